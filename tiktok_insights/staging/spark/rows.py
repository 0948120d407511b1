"""What a worker makes of an inspected CSV: its rows as Arrow batches, in the columns that the transform reads.

Knows Arrow and no Spark. The inspection has said already which lines are no rows.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]

from tiktok_insights.staging.csv_file import CsvFile
from tiktok_insights.staging.transform import READ_COLUMNS

_MOMENT = pa.timestamp("us", tz="UTC")
#: One stream has both: a row of an object, or (with `outcome`) what is said of an object as a whole.
SCHEMA = pa.schema(
    [
        ("object_number", pa.int32()),
        ("outcome", pa.binary()),
        ("record", pa.int64()),
        ("first_modified", _MOMENT),
        ("taken_at", _MOMENT),
        *((name, pa.string()) for name in READ_COLUMNS),
    ]
)
#: The same as Spark writes it.
DDL = "object_number int, outcome binary, record bigint, first_modified timestamp, taken_at timestamp, " + ", ".join(
    f"{name} string" for name in READ_COLUMNS
)
#: A batch is full with so many rows, or so many characters of lines.
_BATCH_ROWS, _BATCH_CHARACTERS = 8_192, 4_000_000


def outcome_batch(number: int, outcome: bytes) -> pa.RecordBatch:
    """What is said of an object as a whole."""
    return _batch(1, {"object_number": [number], "outcome": [outcome]})


def row_batches(number: int, file: CsvFile) -> Iterator[pa.RecordBatch]:
    """The rows of a loadable CSV, numbered among its rows from 1, as the file has them: all text."""
    places = {name: file.header.index(name) for name in READ_COLUMNS if name in file.header}
    times = {"first_modified": file.origin.first_modified, "taken_at": file.origin.taken_at}
    record = 0
    for rows in _parts(file.path, frozenset(file.inspect().lines_without_rows)):
        columns: dict[str, Sequence[object]] = {name: [row[place] for row in rows] for name, place in places.items()}
        constants: dict[str, datetime | int] = {**times, "object_number": number}
        columns |= {name: [value] * len(rows) for name, value in constants.items()}
        yield _batch(len(rows), {**columns, "record": range(record + 1, record + len(rows) + 1)})
        record += len(rows)


def _parts(path: Path, without_rows: frozenset[int]) -> Iterator[list[list[str]]]:
    """The fields of each row, so many at once as a batch has."""
    rows: list[list[str]] = []
    characters = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            content = line.removesuffix(b"\n").removesuffix(b"\r")
            if number == 1 or not content or number in without_rows:
                continue
            # What is no text stands in columns that are dropped. A line has no line break, so it is one row.
            text = content.decode("utf-8", "surrogateescape")
            rows.append(next(csv.reader([text], strict=True)))
            characters += len(text)
            if len(rows) == _BATCH_ROWS or characters > _BATCH_CHARACTERS:
                yield rows
                rows, characters = [], 0
    if rows:
        yield rows


def _batch(length: int, columns: dict[str, Sequence[object]]) -> pa.RecordBatch:
    arrays = [
        pa.array(columns[field.name], field.type) if field.name in columns else pa.nulls(length, field.type)
        for field in SCHEMA
    ]
    return pa.record_batch(arrays, schema=SCHEMA)
