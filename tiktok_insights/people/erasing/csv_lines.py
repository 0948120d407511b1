"""Cuts the lines of removed people out of a CSV, ours or anyone's. All other lines keep their bytes.

`staging/suppressed_rows.py` says whose a line of our columns is. In a file of other columns, any field may be a name.
"""

from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.staging.header import UnloadableError, other_kind
from tiktok_insights.staging.inspection import LONGEST_LINE_BYTES, Inspection, header_of, id_of, inspect
from tiktok_insights.staging.suppressed_rows import is_suppressed, lines_of, loose_names, names_inside
from tiktok_insights.suppression.hashes import Kind, SuppressionList, is_id
from tiktok_insights.tables.id_sums import id_sum

_DELIMITERS = (",", ";", "\t", "|")
#: In the lines of others, a shorter number may be anything.
_LONG = 10
#: A field with line breaks goes on over so many lines at most.
_MOST_CONTINUED = 20
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class CutLines:
    """What was cut: records, and the sum over their IDs. `before` is None for a file that no engine loads."""

    records: int
    id_sum: int
    before: Inspection | None

    def require(self, after: Inspection) -> None:
        """Raise UnloadableError unless exactly these records are missing now."""
        before = self.before
        if before and (after.records + self.records, after.id_sum + self.id_sum) != (before.records, before.id_sum):
            raise UnloadableError(
                "the rows of people who were removed cannot be told from the others; rewrite the file"
            )


def cut_lines(path: Path, rest: Path, suppression: SuppressionList) -> CutLines:
    """Write a file's other lines to `rest`; without anyone on the list, write nothing.

    Raises UnloadableError for a file whose lines cannot be told apart.
    """
    require_lines(path)
    is_ours = _is_ours(path)
    cutter = _Cutter(suppression, is_ours=is_ours)
    if not any(cutter.is_removed(line) for line in _pieces(path, is_ours=is_ours)):
        return CutLines(0, 0, None)
    before = _inspected(path) if is_ours else None
    with rest.open("wb") as out:
        for line in cutter.kept(_pieces(path, is_ours=is_ours), is_loadable=before is not None):
            out.write(line)
    return CutLines(cutter.records, cutter.id_sum, before)


def removed_lines(path: Path, suppression: SuppressionList) -> Iterator[tuple[int, bytes]]:
    """The lines that `cut_lines` cuts, each with its number. Raises UnloadableError."""
    require_lines(path)
    is_ours = _is_ours(path)
    waiting: deque[tuple[int, bytes]] = deque()

    def noted() -> Iterator[bytes]:
        for numbered in enumerate(_pieces(path, is_ours=is_ours), 1):
            waiting.append(numbered)
            yield numbered[1]

    is_loadable = is_ours and _inspected(path) is not None
    for kept in _Cutter(suppression, is_ours=is_ours).kept(noted(), is_loadable=is_loadable):
        while (first := waiting.popleft())[1] is not kept:
            yield first
    yield from waiting


@dataclass(slots=True)
class _Cutter:
    suppression: SuppressionList
    is_ours: bool
    records: int = 0
    id_sum: int = 0

    def is_removed(self, line: bytes) -> bool:
        """Whether a line is of someone on the list."""
        if self.is_ours:
            return is_suppressed(line, self.suppression)
        line = line.removeprefix(_BOM)
        if is_id(first := _first(line)) and len(first) >= _LONG:
            return self.suppression.has(Kind.ID, first)
        names = {name.removeprefix("@") for delimiter in _DELIMITERS for name in loose_names(line, delimiter)}
        inside = names | names_inside(line.decode("utf-8", "replace"))
        has = self.suppression.has
        if any(has(Kind.ID, name) or has(Kind.SEC_UID, name) for name in (*inside, first)):
            return True
        # An old handle may be somebody else's by now, whose ID is then beside it.
        is_others = any(is_id(name) and len(name) >= _LONG for name in names)
        return not is_others and any(has(Kind.HANDLE, name) for name in inside)

    def kept(self, lines: Iterator[bytes], *, is_loadable: bool) -> Iterator[bytes]:
        """The lines of others."""
        is_header = self.is_ours
        line = next(lines, b"")
        while line:
            if is_header or not self.is_removed(line):
                yield line
                line = next(lines, b"")
            else:
                self.records += 1
                self.id_sum += id_sum([id_of(line.rstrip(b"\r\n"))])
                if is_loadable or not line.count(b'"') % 2:
                    line = next(lines, b"")
                else:
                    line = yield from _after_continued(lines)
            is_header = False


def _after_continued(lines: Iterator[bytes]) -> Generator[bytes, None, bytes]:
    """Drop the lines on which a record with an open quote continues, and return the next one."""
    held: list[bytes] = []
    for line in lines:
        if is_id(_first(line)):
            return line
        held.append(line)
        if line.count(b'"') % 2:
            return next(lines, b"")
        if len(held) == _MOST_CONTINUED:
            break
    yield from held
    return next(lines, b"")


def _first(line: bytes) -> str:
    return id_of(line.rstrip(b"\r\n")).decode("utf-8", "replace")


def require_lines(path: Path) -> None:
    """Raise UnloadableError for a file of which the lines cannot be told, as for one that is packed."""
    with path.open("rb") as file:
        if kind := other_kind(file.read(4)):
            raise UnloadableError(f"cannot be searched: {kind}")


def _is_ours(path: Path) -> bool:
    try:
        header_of(path)
    except UnloadableError:
        return False
    return True


def _inspected(path: Path) -> Inspection | None:
    try:
        return inspect(path)
    except UnloadableError:
        return None


def _pieces(path: Path, *, is_ours: bool) -> Iterator[bytes]:
    """The lines with their ends. In the file of others, a CR alone may end a line."""
    for line in lines_of(path):
        if len(line) == LONGEST_LINE_BYTES and not line.endswith(b"\n"):
            raise UnloadableError(f"has a line of more than {LONGEST_LINE_BYTES:,} bytes; a line ending may be missing")
        yield from [line] if is_ours else line.splitlines(keepends=True)
