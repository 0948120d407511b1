"""The quarantine: the rejected rows of an object, each with its place, the reason, and the line itself.

The transform says which rows these are; their lines come from the file itself.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tiktok_insights.staging.inspection import LONGEST_LINE_BYTES, MAX_LINE_BYTES, id_of, is_utf_8
from tiktok_insights.staging.transform import READ_COLUMNS, rejection_reason
from tiktok_insights.tables.id_sums import id_sum

QUARANTINE_PREFIX = "quarantine/"
JSON_LINES = "application/jsonl"
#: S3's limit.
_MAX_KEY_BYTES = 1024

#: A record whose texts the contract rejects: its number among the records that were split, and the first such column.
Rejected = tuple[int, str]


@dataclass(frozen=True, slots=True)
class QuarantinedIds:
    """The sums over the IDs of an object's rows in the quarantine: those that are rows, and the other lines.

    They come from the bytes of the lines, so that the first can be compared with the engine's own.
    """

    rejected: int = 0
    unsplit: int = 0


def quarantine_key(key: str, etag: str) -> str:
    """The key of the rejected rows of an object version. A key that would be too long has a digest for the name."""
    whole = f"{QUARANTINE_PREFIX}{key}.{etag}.jsonl"
    if len(whole.encode()) <= _MAX_KEY_BYTES:
        return whole
    folder, _, name = key.rpartition("/")
    return f"{QUARANTINE_PREFIX}{folder}/{hashlib.sha256(name.encode()).hexdigest()}.{etag}.jsonl"


def write_rejected(
    path: Path,
    csv_path: Path,
    object_key: str,
    header: Sequence[str],
    rejected: Iterable[Rejected],
    unsplit: Iterable[int],
) -> QuarantinedIds:
    """Write one JSON object a line: object, line, column (where one is at fault), reason, and the row itself.

    `unsplit` are the numbers of the lines that are no rows, as the inspection knows them. Both come in the file's
    order. Bytes that are no UTF-8 stand as U+FFFD.
    """
    of_rejected = of_unsplit = 0
    csv.field_size_limit(2 * LONGEST_LINE_BYTES)  # more than any line has that was not refused before
    with csv_path.open("rb") as file, path.open("w", encoding="ascii") as out:
        for line, column, reason, row, is_split in _rejected(file, header, iter(rejected), iter(unsplit)):
            text = row.decode("utf-8", "replace")
            entry = {"object": object_key, "line": line, "column": column, "reason": reason, "row": text}
            out.write(json.dumps(entry) + "\n")
            number = id_sum([id_of(row)])
            of_rejected, of_unsplit = of_rejected + number * is_split, of_unsplit + number * (not is_split)
    return QuarantinedIds(of_rejected, of_unsplit)


def row_fields(row: str) -> list[str]:
    """The fields of a row in the quarantine."""
    return next(csv.reader([row]), [])


def _rejected(
    file: IO[bytes], header: Sequence[str], rejected: Iterator[Rejected], unsplit: Iterator[int]
) -> Iterator[tuple[int, str | None, str, bytes, bool]]:
    """The lines to quarantine: number, column, reason, bytes, and whether it is a row."""
    next_rejected, next_unsplit = next(rejected, None), next(unsplit, None)
    record = 0
    for number, content in _records(file):
        if number == next_unsplit:
            yield number, *_why_no_row(content, header), content, False
            next_unsplit = next(unsplit, None)
            continue
        record += 1
        if next_rejected and record == next_rejected[0]:
            column = next_rejected[1]
            text = row_fields(content.decode("utf-8", "replace"))[header.index(column)]
            yield number, column, rejection_reason(column, text), content, True
            next_rejected = next(rejected, None)
        if not next_rejected and not next_unsplit:
            return


def _records(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines after the header that have something on them, with their numbers."""
    for number, line in enumerate(file, 1):
        content = line.removesuffix(b"\n").removesuffix(b"\r")
        if number > 1 and content:
            yield number, content


def _why_no_row(content: bytes, header: Sequence[str]) -> tuple[str | None, str]:
    """The column at fault, if it is one, and the reason."""
    if len(content) > MAX_LINE_BYTES:
        return None, f"the line is longer than {MAX_LINE_BYTES:,} bytes"
    # Latin-1 has a character for each byte, so that what is no UTF-8 can be split as well.
    fields = row_fields(content.decode("latin-1"))
    for column, field in zip(header, fields, strict=False):
        if column in READ_COLUMNS and not is_utf_8(field.encode("latin-1")):
            return column, f"{column} is not UTF-8 text"
    return None, f"the number of fields is {len(fields)}, not {len(header)}"
