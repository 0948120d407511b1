"""Looks at a CSV's bytes before any CSV parser does: whether it is ours, and how many records it has.

A parser that loses rows would agree with itself, so the records are counted here as physical lines. That is right only
while no field has a line break; a line with an odd number of quotes says that one has, or that a quote is unclosed.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tiktok_insights.schema import CSV_HEADER, FOREIGN_HEADER

_BOM = b"\xef\xbb\xbf"
_MAX_LINE_BYTES = 2_000_000


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
        header = _header(file)
        return Inspection(header, _count_records(file))


def _header(file: IO[bytes]) -> tuple[str, ...]:
    line = file.readline(_MAX_LINE_BYTES).removeprefix(_BOM)
    try:
        names = tuple(next(csv.reader([line.decode("utf-8").rstrip("\r\n")]), []))
    except (UnicodeDecodeError, csv.Error):
        raise UnloadableError("line 1 is not UTF-8 text; save the file as CSV in UTF-8") from None
    if names not in (CSV_HEADER, FOREIGN_HEADER):
        msg = f"line 1 is not the header of the contract; it has {_difference(names)}. Expected: {','.join(CSV_HEADER)}"
        raise UnloadableError(msg)
    return names


def _difference(names: tuple[str, ...]) -> str:
    missing = [name for name in FOREIGN_HEADER if name not in names]
    unknown = [name[:40] for name in names if name not in CSV_HEADER]
    parts = [f"no {', '.join(missing[:5])}"] if missing else []
    parts += [f"unknown {', '.join(map(repr, unknown[:5]))}"] if unknown else []
    return " and ".join(parts) or "the columns in another order"


def _count_records(file: IO[bytes]) -> int:
    records = 0
    for number, line in enumerate(file, 2):
        if line.count(b'"') % 2:
            msg = f"line {number} has an unclosed quote, or a line break inside a field"
            raise UnloadableError(msg)
        content = line.rstrip(b"\r\n")
        if b"\r" in content:
            raise UnloadableError(f"line {number} has a line break (CR) inside a field")
        if content:
            records += 1
    return records
