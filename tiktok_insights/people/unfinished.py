"""Removals that were begun and not finished, in one file that only its owner may read.

A removal that was cut off is continued with the names that it had found: what it has erased since would not tell them
again. The file goes when the removal ends.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tiktok_insights.people.person import Person
from tiktok_insights.people.receipt import Removed


class UnfinishedError(RuntimeError):
    """The file of an unfinished removal cannot be read."""


@dataclass(frozen=True, slots=True)
class Note:
    """A removal that was begun: when (ISO 8601, UTC), whose, and what a search found before anything was erased.

    Of an account, `person` has the ID and the handles.
    """

    begun_at: str
    person: Person
    found: tuple[Removed, ...]


class Unfinished:
    """The removals that are not finished, of users or of accounts, in the home of this machine."""

    def __init__(self, home: Path, *, of_accounts: bool = False) -> None:
        self._path = home / "forget" / ("unfinished_accounts.json" if of_accounts else "unfinished.json")

    def notes(self) -> tuple[Note, ...]:
        """The removals that were cut off, oldest first. Raises UnfinishedError."""
        try:
            return tuple(map(_note, json.loads(self._path.read_text(encoding="utf-8"))))
        except FileNotFoundError:
            return ()
        except (ValueError, KeyError, TypeError) as error:
            msg = (
                f"{self._path} is damaged, so that an unfinished removal cannot be continued. Delete the file, and "
                "run tiktok-insights forget again for each user or account whose removal was cut off."
            )
            raise UnfinishedError(msg) from error

    @contextmanager
    def noted(self, notes: Collection[Note]) -> Iterator[list[Note]]:
        """Keep removals noted until the block has ended without an error; what it adds to the list stays noted."""
        self._change(lambda before: [*(note for note in before if note not in notes), *notes])
        kept: list[Note] = []
        yield kept
        self._change(lambda before: [note for note in before if note in kept or note not in notes])

    def _change(self, change: Callable[[Collection[Note]], Sequence[Note]]) -> None:
        """Change the notes as they are now: another removal may note its own at the same time."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._write(change(self.notes()))

    def _write(self, notes: Sequence[Note]) -> None:
        if not notes:
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
            return
        part = self._path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([_entry(note) for note in notes], file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)


def _entry(note: Note) -> dict[str, object]:
    person = note.person
    names = {"id": person.id, "handles": sorted(person.handles), "sec_uids": sorted(person.sec_uids)}
    return {"begun_at": note.begun_at, **names, "found": [asdict(one) for one in note.found]}


def _note(entry: dict[str, Any]) -> Note:
    person = Person(entry["id"], frozenset(entry["handles"]), frozenset(entry["sec_uids"]))
    return Note(entry["begun_at"], person, tuple(Removed(**one) for one in entry["found"]))
