"""Removals that were begun and not finished, in one file that only its owner may read.

A removal that was cut off is continued with the names that it had found: what it has erased since would not tell them
again. The file goes when the removal ends.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tiktok_insights.people.person import Person


class UnfinishedError(RuntimeError):
    """The file of an unfinished removal cannot be read."""


class Unfinished:
    """The people whose removal is not finished, in the home of this machine."""

    def __init__(self, home: Path) -> None:
        self._path = home / "forget" / "unfinished.json"

    def people(self) -> tuple[Person, ...]:
        """Whose removal was cut off, oldest first. Raises UnfinishedError."""
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(
                Person(entry["id"], frozenset(entry["handles"]), frozenset(entry["sec_uids"])) for entry in entries
            )
        except FileNotFoundError:
            return ()
        except (ValueError, KeyError, TypeError) as error:
            msg = (
                f"{self._path} is damaged, so that an unfinished removal cannot be continued. Delete the file, and "
                "run tiktok-insights forget again for each person whose removal was cut off."
            )
            raise UnfinishedError(msg) from error

    @contextmanager
    def noted(self, person: Person) -> Iterator[None]:
        """Keep a person noted until the block has ended without an error."""
        others = [known for known in self.people() if known != person]
        self._write([*others, person])
        yield
        self._write([known for known in self.people() if known != person])

    def _write(self, people: list[Person]) -> None:
        if not people:
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
            return
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([_entry(person) for person in people], file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)


def _entry(person: Person) -> dict[str, object]:
    return {"id": person.id, "handles": sorted(person.handles), "sec_uids": sorted(person.sec_uids)}
