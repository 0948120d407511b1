"""Looks at a CSV's bytes before any CSV parser does: whether it is ours, how many records it has, and of whom.

A parser that loses rows would agree with itself, so the records are counted here as physical lines, and their IDs added
up from the bytes. That is right only while no field has a line break; a line whose quotes are not RFC 4180 says that
one has, or that a parser would guess.
"""

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

from tiktok_insights.schema import CSV_HEADER, HISTORY_COLUMNS
from tiktok_insights.staging.header import MAX_HEADER_BYTES, UnloadableError, columns_of
from tiktok_insights.tables.id_sums import id_sum

#: A longer line is no row, whatever an engine's reader could take. Its line ending does not count.
MAX_LINE_BYTES = 2_000_000
#: For an even longer one, the file is refused. No more of a file than this is held in memory.
LONGEST_LINE_BYTES = 8_000_000
#: Lines that are no rows go to the quarantine. Of more, an engine's reader may lose some.
MAX_LINES_WITHOUT_ROWS = 10_000
#: Small enough for a processor's cache, which is looked through several times.
_BLOCK_BYTES = 64 * 1024

#: Whether each column of the contract is kept.
_IS_KEPT = [name in {column.csv for column in HISTORY_COLUMNS} for name in CSV_HEADER]

#: A field in quotes as RFC 4180 has it: on one line, between commas or line ends, with its own quotes doubled.
_QUOTED = rb'(?<![^,\n])"[^"\r\n]*+(?:""[^"\r\n]*+)*+"(?![^,\r\n])'
#: Text in which every quote belongs to such a field.
_WELL_QUOTED = re.compile(rb'[^"]*+(?:%s[^"]*+)*+' % _QUOTED)
_QUOTED_FIELD = re.compile(_QUOTED)


@dataclass(frozen=True, slots=True)
class Inspection:
    """A loadable CSV: its columns (all of the contract's, or the first 14), its physical records, and their IDs.

    `lines_without_rows` are the numbers of the lines among them that are not rows: too long, of another number of
    fields, or not UTF-8 in a column that is kept. An engine must reject these lines and no others. `suppressed` are
    records that were taken out before the file was inspected.
    """

    header: tuple[str, ...]
    records: int
    id_sum: int
    lines_without_rows: tuple[int, ...] = ()
    suppressed: int = 0


def header_of(path: Path) -> tuple[str, ...]:
    """Read the columns of a file in its first line. Raises UnloadableError."""
    with path.open("rb") as file:
        return columns_of(file.readline(MAX_HEADER_BYTES))


def inspect(path: Path) -> Inspection:
    """Read the file once, in blocks of whole lines. Raises UnloadableError."""
    csv.field_size_limit(2 * LONGEST_LINE_BYTES)
    with path.open("rb") as file:
        line = file.readline(MAX_HEADER_BYTES)
        header = columns_of(line)
        lines = _Lines(len(header), line_end=b"\r\n" if line.endswith(b"\r\n") else b"\n")
        while block := file.read(_BLOCK_BYTES):
            rest = file.readline(LONGEST_LINE_BYTES)
            if len(rest) == LONGEST_LINE_BYTES and not rest.endswith(b"\n"):
                number = lines.number + block.count(b"\n")
                raise UnloadableError(f"line {number} is longer than {len(rest):,} bytes; a line ending may be missing")
            lines.add(block + rest)
    return Inspection(header, lines.records, lines.id_sum, tuple(lines.no_rows))


def id_of(line: bytes) -> bytes:
    """The ID of a record as its bytes have it: the first field, without the quotes around it."""
    if not line.startswith(b'"'):
        return line.partition(b",")[0].removesuffix(b"\r")
    quoted = _QUOTED_FIELD.match(line)
    return quoted[0][1:-1].replace(b'""', b'"') if quoted else line


@dataclass(slots=True)
class _Lines:
    """The lines after the header: what was seen of them so far. `number` is that of the next line."""

    columns: int
    line_end: bytes
    records: int = 0
    id_sum: int = 0
    number: int = 2
    no_rows: list[int] = field(default_factory=list)

    def add(self, block: bytes) -> None:
        """Count the records of a block, and add up their IDs. Raises UnloadableError for a line that is broken."""
        lines = block.split(b"\n")
        if self._is_plain(block, lines):
            self.records += len(lines) - 1
            self.id_sum += id_sum(map(id_of, lines[:-1]))
        else:
            self._add_line_by_line(block)
        self.number += len(lines) - 1

    def _is_plain(self, block: bytes, lines: list[bytes]) -> bool:
        """Whether each line is a record and none is broken, seen at once; if not, the lines have to say which one.

        `lines` are the block's, without their LF; behind the last LF is nothing.
        """
        carriage_returns = len(lines) - 1 if self.line_end == b"\r\n" else 0
        quoted = b'"' in block
        unquoted = _outside_quotes(block).split(b"\n") if quoted else lines
        return (
            len(block) <= MAX_LINE_BYTES
            and not lines[-1]
            and lines.count(b"") == 1
            and b"\r" not in lines
            and block.count(b"\r") == carriage_returns == [line[-1:] for line in lines].count(b"\r")
            and (not quoted or _WELL_QUOTED.fullmatch(block) is not None)
            and set(map(bytes.count, unquoted[:-1], repeat(b","))) == {self.columns - 1}
            and is_utf_8(block)
        )

    def _add_line_by_line(self, block: bytes) -> None:
        for number, line in enumerate(io.BytesIO(block), self.number):
            content = line.removesuffix(b"\n").removesuffix(b"\r")
            if reason := _why_broken(content):
                raise UnloadableError(f"line {number}, {reason}")
            # The last line may have no ending, or in a file with CR LF half of one.
            if line[len(content) :] not in (self.line_end, b"", self.line_end[:-1]):
                raise UnloadableError(
                    f"line {number} has a different line ending from line 1; save the file with consistent line endings"
                )
            self.records += bool(content)
            if content:
                self.id_sum += id_sum([id_of(content)])
            if content and not self._is_row(content):
                self.no_rows.append(number)
        if len(self.no_rows) > MAX_LINES_WITHOUT_ROWS:
            lines = f"line {self.no_rows[0]} and {MAX_LINES_WITHOUT_ROWS:,} others"
            raise UnloadableError(
                f"{lines} are not rows of {self.columns} fields in UTF-8; rewrite them to match the header"
            )

    def _is_row(self, content: bytes) -> bool:
        """Whether the line has the header's number of fields, empty ones after them apart, and is text where kept."""
        if len(content) > MAX_LINE_BYTES:
            return False
        # Latin-1 has a character for each byte, so that what is no UTF-8 can be split as well.
        (fields,) = csv.reader([content.decode("latin-1")])
        if len(fields) < self.columns or any(fields[self.columns :]):
            return False
        kept = (text for text, is_kept in zip(fields, _IS_KEPT, strict=False) if is_kept)
        return is_utf_8(content) or all(is_utf_8(text.encode("latin-1")) for text in kept)


def _outside_quotes(text: bytes) -> bytes:
    """Well-quoted text without what stands in quotes: that is every other piece between two quotes."""
    return b"".join(text.split(b'"')[::2])


def is_utf_8(text: bytes) -> bool:
    """Whether bytes are text."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _why_broken(content: bytes) -> str:
    """The first column of a line that is broken, why, and what to do; nothing for a good line."""
    well_quoted = _WELL_QUOTED.match(content)
    place = well_quoted.end() if well_quoted else 0
    if b"\r" in content:
        place = min(place, content.index(b"\r"))
        reason = "contains a line break (CR); replace it with a space"
    elif place == len(content):
        return ""
    elif content.count(b'"') % 2:
        reason = (
            "has an unclosed quote or a line break; double the quotes inside the field, replace line breaks with spaces"
        )
    else:
        reason = (
            "has a quote in an unquoted field, or text next to a quoted one; quote the field, and double its quotes"
        )
    column = _QUOTED_FIELD.sub(b"", content[:place]).count(b",")
    name = CSV_HEADER[column] if column < len(CSV_HEADER) else "beyond the header"
    return f"column {column + 1} ({name}) {reason}"
