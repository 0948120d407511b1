"""What differs between two CSVs of the contract's kind, row by row and column by column. Pure: lines in, changes out.

A row is found again by its user's id; of a repeated id the first is held against the first, the second against the
second. Both files are read side by side, and only rows that are out of step are kept in memory.
"""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from tiktok_insights.schema import ID_COLUMN

CHANGED, ADDED, GONE = "changed", "added", "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a column of a row (`changed`), or a whole row that is `added` or `gone` and has no column."""

    kind: str
    user_id: str
    column: str = ""
    old: str = ""
    new: str = ""


@dataclass(slots=True)
class CsvDiff:
    """How two CSVs differ: rows by kind, changed texts by column, and the first changes one by one."""

    rows_changed: int = 0
    rows_added: int = 0
    rows_gone: int = 0
    columns: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """How many changes there are, kept or not: a line for each changed text and each row that came or went."""
        return self.rows_added + self.rows_gone + self.columns.total()

    def take(self, changes: list[Change], keep: int) -> None:
        """Count one row's changes; keep them while there are fewer than `keep`."""
        kind = changes[0].kind
        self.rows_changed += kind == CHANGED
        self.rows_added += kind == ADDED
        self.rows_gone += kind == GONE
        self.columns.update(change.column for change in changes if change.column)
        self.changes.extend(changes[: max(keep - len(self.changes), 0)])


def diff(old: Iterable[bytes], new: Iterable[bytes], keep: int) -> CsvDiff:
    """Compare two CSVs, given as their physical lines, and keep the first `keep` changes.

    Each line is read as a row of its own, so an unclosed quote of a damaged file spoils one row, not the rest.
    """
    found = CsvDiff()
    for changes in _changes(iter(old), iter(new)):
        found.take(changes, keep)
    return found


def _changes(old: Iterator[bytes], new: Iterator[bytes]) -> Iterator[list[Change]]:
    old_header, new_header = (_Header(next(lines, b"")) for lines in (old, new))
    same_header = old_header.names == new_header.names
    waiting_old, waiting_new = _Waiting(), _Waiting()
    for old_line, new_line in zip_longest(old, new):
        if old_line == new_line and same_header and not waiting_old and not waiting_new:
            continue
        if old_line is not None:
            user_id = old_header.user_id(old_line)
            if (partner := waiting_new.first(user_id)) is None:
                waiting_old.add(user_id, old_line)
            elif changes := _compare(user_id, old_header.row(old_line), new_header.row(partner)):
                yield changes
        if new_line is not None:
            user_id = new_header.user_id(new_line)
            if (partner := waiting_old.first(user_id)) is None:
                waiting_new.add(user_id, new_line)
            elif changes := _compare(user_id, old_header.row(partner), new_header.row(new_line)):
                yield changes
    yield from ([Change(GONE, user_id)] for user_id in waiting_old.ids())
    yield from ([Change(ADDED, user_id)] for user_id in waiting_new.ids())


def _compare(user_id: str, old: dict[str, str], new: dict[str, str]) -> list[Change]:
    return [
        Change(CHANGED, user_id, column, old.get(column, ""), new.get(column, ""))
        for column in new | old
        if old.get(column, "") != new.get(column, "")
    ]


class _Header:
    """A file's header, by which its rows are read; a file without the id's column has the id in its first."""

    def __init__(self, line: bytes) -> None:
        self.names = [name.removeprefix("\ufeff") for name in _fields(line)]
        self._id = self.names.index(ID_COLUMN.csv) if ID_COLUMN.csv in self.names else 0

    def user_id(self, line: bytes) -> str:
        fields = _fields(line)
        return fields[self._id] if self._id < len(fields) else ""

    def row(self, line: bytes) -> dict[str, str]:
        """The row's texts by column; what stands beyond the header is named by its place."""
        fields = _fields(line)
        beyond = (f"field {place}" for place in range(len(self.names) + 1, len(fields) + 1))
        return dict(zip([*self.names, *beyond], fields, strict=False))


class _Waiting:
    """Rows of one file whose partner in the other has not come yet, in order."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[bytes]] = {}

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, user_id: str, line: bytes) -> None:
        self._lines.setdefault(user_id, deque()).append(line)

    def first(self, user_id: str) -> bytes | None:
        """Take out the first row of the user; None when there is none."""
        if (lines := self._lines.get(user_id)) is None:
            return None
        line = lines.popleft()
        if not lines:
            del self._lines[user_id]
        return line

    def ids(self) -> Iterator[str]:
        """The users that are still waiting, one for each row."""
        for user_id, lines in self._lines.items():
            yield from (user_id for _ in lines)


def _fields(line: bytes) -> list[str]:
    text = line.decode("utf-8", "backslashreplace").rstrip("\r\n")
    try:
        return next(csv.reader([text]), [])
    except csv.Error:
        return [text]  # no CSV at all: the whole line stands for itself
