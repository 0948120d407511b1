"""Looks at a CSV's bytes before any CSV parser does: whether it is ours, and how many records it has.

A parser that loses rows would agree with itself, so the records are counted here as physical lines. That is right only
while no field has a line break; a line whose quotes are not RFC 4180 says that one has, or that a parser would guess.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tiktok_insights.schema import CSV_HEADER, FOREIGN_HEADER

_BOM = b"\xef\xbb\xbf"
#: A longer line is rejected by the transform's reader.
MAX_LINE_BYTES = 2_000_000
#: The fields of a line as RFC 4180 has them: quoted as a whole, or without any quote.
_FIELD = rb'(?:"(?:[^"]|"")*"|[^",]*)'
_WELL_QUOTED = re.compile(rb"%s(?:,%s)*" % (_FIELD, _FIELD), re.DOTALL)


class UnloadableError(ValueError):
    """The object as a whole cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """A loadable CSV: its columns (all of the contract's, or the first 14), and its physical records."""

    header: tuple[str, ...]
    records: int


def inspect(path: Path) -> Inspection:
    """Read the file once, line by line. Raises UnloadableError."""
    with path.open("rb") as file:
        line = file.readline(MAX_LINE_BYTES)
        return Inspection(_header(line), _count_records(file, crlf=line.endswith(b"\r\n")))


def _header(line: bytes) -> tuple[str, ...]:
    try:
        text = _content(line.removeprefix(_BOM)).decode("utf-8")
    except UnicodeDecodeError:
        raise UnloadableError("line 1 is not UTF-8 text; save the file as CSV in UTF-8") from None
    if "\r" in text:
        raise UnloadableError("line 1 has a CR inside; save the file with line ends of LF or CR LF")
    names = tuple(next(csv.reader([text]), []))
    if names not in (CSV_HEADER, FOREIGN_HEADER):
        msg = f"line 1 is not the header of the contract; it has {_difference(names)}. Expected: {','.join(CSV_HEADER)}"
        raise UnloadableError(msg)
    return names


def _difference(names: tuple[str, ...]) -> str:
    missing = [name for name in FOREIGN_HEADER if name not in names]
    unknown = [name[:40] for name in names if name not in CSV_HEADER]
    parts = [f"no {', '.join(missing[:5])}"] if missing else []
    parts += [f"unknown {', '.join(map(repr, unknown[:5]))}"] if unknown else []
    return " and ".join(parts) or "the columns in another order, or only one of the last two"


def _count_records(file: IO[bytes], *, crlf: bool) -> int:
    records = 0
    for number, line in enumerate(file, 2):
        content = _content(line)
        if reason := _why_broken(content):
            raise UnloadableError(f"line {number} {reason}")
        if line.endswith(b"\n") and line.endswith(b"\r\n") is not crlf:
            raise UnloadableError(f"line {number} ends unlike line 1; save the file with one kind of line end")
        if content:
            records += 1
    return records


def _why_broken(content: bytes) -> str:
    if content.count(b'"') % 2:
        return "has an unclosed quote, or a line break inside a field"
    if b"\r" in content:
        return "has a line break (CR) inside a field"
    if b'"' in content and not _WELL_QUOTED.fullmatch(content):
        return "has a quote inside an unquoted field, or text beside a quoted one"
    return ""


def _content(line: bytes) -> bytes:
    return line.removesuffix(b"\n").removesuffix(b"\r")
