"""docs/troubleshooting.md as the tests read it: its entries are patterns, against which provoked messages are held.

`told("The first words")` names one entry. It is a context in which just that error must be raised, and its `says` holds
a text against the entry. `test_messages` sees that every entry is named so in some test. So every message that there is
comes through here, and none of them, nor an error behind it, may have a key or a person of the tests' data.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tiktok_insights.checks import CheckOutcome

_VALUE = re.compile(r"(<[a-z][a-z ,']*>|…)")

#: Messages that list accounts, whose IDs are long too, or repeat a name that the user has typed.
_NAMED = {"UnknownAccountError", "NoSnapshotError", "AccountStillFollowedError"}
#: An ID of a user (an account's follows its name), the texts of the usual rows, and the keys that tests plant.
_SOMEONE = re.compile(
    r"(?<![0-9a-f=])[0-9]{15,20}(?![0-9a-f])|canary|MS4wLjABAAAA\w|"
    r"\bmade\.up\b|Made Up|\b(?:x|y|p16)\.example/|\bann\b|\bAnn\b|a bio\b"
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "troubleshooting.md"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the document. `kind` is its section: an error's class, or where the message is seen."""

    kind: str
    message: str
    meaning: str
    remedy: str

    def fits(self, text: str) -> bool:
        """Whether a text reads as the entry: `<words>` stand for some text, `…` for a part that may be missing."""
        parts = re.split(_VALUE, self.message)
        pattern = "".join({"…": ".*"}.get(part, ".+" if part.startswith("<") else re.escape(part)) for part in parts)
        return re.fullmatch(pattern, " ".join(text.split())) is not None

    @property
    def example(self) -> str:
        """A text that reads as the entry."""
        return re.sub(_VALUE, lambda value: "" if value[0] == "…" else "x", self.message)


def entries() -> Iterator[Entry]:
    """Every row of the document's tables of messages, which are its sections of the third level."""
    for section in DOCUMENT.read_text(encoding="utf-8").split("\n### ")[1:]:
        title, _, body = section.partition("\n## ")[0].partition("\n")
        for line in body.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("| `"):
                message, meaning, remedy = cells
                yield Entry(title, message.strip("`"), meaning, remedy)


ENTRIES = tuple(entries())


@dataclass(slots=True)
class Told:
    """An entry in the hands of a test; `words` are values that the message must name, `value` the error that came."""

    entry: Entry
    words: tuple[str, ...]
    value: Any = field(default=None, init=False)

    def says(self, text: str) -> None:
        """See that a text reads as the entry, and has the words."""
        assert self.entry.fits(text), f"{text}\ndoes not read as\n{self.entry.message}"
        assert self.entry.kind in _NAMED or not _SOMEONE.search(text), f"{text}\nhas a person or a key"
        for word in self.words:
            assert word in text, (word, text)

    def says_check(self, outcome: CheckOutcome) -> None:
        """See that a red check reads as the entry."""
        self.says(f"{outcome.name}: {'; '.join(outcome.offenders)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        assert error is not None, f"nothing was raised: {self.entry.message}"
        if not isinstance(error, Exception) or kind is None or kind.__name__ != self.entry.kind:
            return False
        self.value = error
        self.says(str(error))
        assert not (behind := [said for said in _behind(error) if _SOMEONE.search(said)]), behind
        return True


def _behind(error: BaseException) -> Iterator[str]:
    """What the errors say that a traceback shows above one."""
    while (cause := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        error = cause
        yield str(error)


def told(beginning: str, *words: str) -> Told:
    """The one entry whose message begins so."""
    found = [entry for entry in ENTRIES if entry.message.startswith(beginning)]
    assert len(found) == 1, f"docs/troubleshooting.md has {len(found)} messages that begin with {beginning!r}"
    return Told(found[0], words)
