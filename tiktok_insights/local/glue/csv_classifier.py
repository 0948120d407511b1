"""What a crawler makes of a CSV file: header, column names and types, as Glue's built-in CSV classifier does it.

Imitated from what is documented (docs.aws.amazon.com/glue/latest/dg/add-classifier.html, "Built-in CSV classifier"):
when the first row is a header, and that a CSV has two columns and two rows at least. The types are the usual ones of
crawled tables: boolean, bigint, double, string; a time stays a string, and so does a whole number beyond 64 bits. So
an ID of 19 digits becomes a bigint, or a double where one cell has a point. Only commas and double quotes are known
here, and neither custom classifiers nor compressed files.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

SAMPLE_BYTES = 1_000_000
SAMPLE_ROWS = 1_000
_HEADER_CHARACTERS = 150
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_BIGINT = range(-(2**63), 2**63)
_STRING = "string"

#: Names and types in the order of the columns.
Columns = dict[str, str]


@dataclass(frozen=True, slots=True)
class CsvSample:
    """What the beginning of a file says. `rows` counts the sampled rows below the header."""

    columns: Columns
    has_header: bool
    rows: int


def classify(body: bytes) -> CsvSample | None:
    """Look at the beginning of a file; None if it is no CSV."""
    rows = list(islice(_rows(body), SAMPLE_ROWS + 1))
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    below = _types(rows[1:], len(rows[0]))
    has_header = _is_header(rows[0]) and any(found not in (_STRING, "") for found in below)
    types = below if has_header else _types(rows, len(rows[0]))
    names = [cell.strip().lower() for cell in rows[0]] if has_header else [f"col{n}" for n in range(len(rows[0]))]
    columns = {name: found or _STRING for name, found in zip(names, types, strict=True)}
    return CsvSample(columns, has_header, len(rows) - has_header)


def merged(samples: Sequence[CsvSample]) -> Columns:
    """The columns of all files, in the order in which they were first seen, each with a type that holds all."""
    found: Columns = {}
    for sample in samples:
        for name, kind in sample.columns.items():
            found[name] = _both(found.get(name, ""), kind)
    return found


def _rows(body: bytes) -> Iterator[list[str]]:
    text = body[:SAMPLE_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").replace("\0", "")
    lines = text.splitlines(keepends=True)
    if len(body) > SAMPLE_BYTES:
        lines.pop()  # the sample ends in the middle of it
    try:
        yield from (row for row in csv.reader(lines) if row)
    except csv.Error:  # what was read so far is the sample
        return


def _is_header(row: list[str]) -> bool:
    shorter = all(len(cell) < _HEADER_CHARACTERS for cell in row[:-1])
    return shorter and all(cell.strip() and _type(cell) == _STRING for cell in row)


def _types(rows: list[list[str]], columns: int) -> list[str]:
    found = [""] * columns
    for row in rows:
        for number, cell in zip_longest(range(columns), row[:columns], fillvalue=""):
            found[int(number)] = _both(found[int(number)], _type(str(cell)))
    return found


def _type(cell: str) -> str:
    """The type of one cell; nothing for an empty one, which fits every type."""
    text = cell.strip()
    if not text:
        return ""
    if text.lower() in ("true", "false"):
        return "boolean"
    if _INTEGER.fullmatch(text):
        return "bigint" if int(text) in _BIGINT else _STRING
    return "double" if _DECIMAL.fullmatch(text) and not text.lstrip("+-").isdecimal() else _STRING


def _both(one: str, other: str) -> str:
    if not one or not other or one == other:
        return one or other
    return "double" if {one, other} == {"bigint", "double"} else _STRING
