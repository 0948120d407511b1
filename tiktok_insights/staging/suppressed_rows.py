"""Takes the rows of people who were removed out of this machine's copy of a CSV, before an engine reads it.

Each such line becomes an empty one, so the numbers of all others stay. The object in the bucket is left as it is:
`forget` cleans it. Who was removed belongs in `suppression/hashes.py`.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.inspection import LONGEST_LINE_BYTES, id_of, inspect
from tiktok_insights.suppression.hashes import Kind, SuppressionList, is_id
from tiktok_insights.tables.id_sums import id_sum

#: In a row without an ID, a shorter number may as well be one of the row's counts.
_LOOSE_NAME = 6
#: An ID inside of something else, such as a formula that keeps a spreadsheet from rounding it.
_ID_INSIDE = re.compile("(?<![0-9])[0-9]{10,20}(?![0-9])")
#: A handle as people and addresses write it.
_AT_HANDLE = re.compile(r"(?<![\w.-])@([\w.]*\w)")


def take_out(path: Path, suppression: SuppressionList) -> int:
    """Take out the rows of people on the list, and give how many they were.

    Counts the file's records and their IDs before and after, so that none is lost. Raises UnloadableError for a file
    that is not loadable at all.
    """
    if not suppression or not any(is_suppressed(line, suppression) for line in lines_of(path)):
        return 0
    before = inspect(path)
    rest = path.with_suffix(".rest")
    records = of_ids = 0
    with rest.open("wb") as out:
        for number, line in enumerate(lines_of(path), 1):
            if number == 1 or not is_suppressed(line, suppression):
                out.write(line)
                continue
            content = line.rstrip(b"\r\n")
            records, of_ids = records + 1, of_ids + id_sum([id_of(content)])
            out.write(line[len(content) :])
    after = inspect(rest)
    if (after.records + records, after.id_sum + of_ids) != (before.records, before.id_sum):
        raise UnloadableError("the rows of people who were removed cannot be told from the others; rewrite the file")
    rest.replace(path)
    return records


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file with their ends; one that is longer than any row comes in parts."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE_BYTES):
            yield line


def is_suppressed(line: bytes, suppression: SuppressionList) -> bool:
    """Whether a line is of somebody on the list: its ID decides, or in a row without one any of its fields."""
    tiktok_id = id_of(line.rstrip(b"\r\n")).decode("utf-8", "replace")
    if is_id(tiktok_id):
        return suppression.has(Kind.ID, tiktok_id)
    names = [*loose_names(line), *_ID_INSIDE.findall(tiktok_id)]
    return any(suppression.has(kind, name) for name in names for kind in Kind)


def loose_names(line: bytes, delimiter: str = ",") -> list[str]:
    """What on a line may be somebody's name: its fields, but for short numbers."""
    # A NUL, a CR or a space that came along is no part of a name.
    text = line.decode("utf-8", "replace").translate({0: None, ord("\r"): " ", ord("\n"): " "})
    try:
        fields = next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:  # a field of more than 131,072 characters
        fields = text.split(delimiter)
    stripped = (field.strip() for field in fields)
    return [field for field in stripped if len(field) >= _LOOSE_NAME or not field.isdecimal()]


def names_inside(text: str) -> set[str]:
    """What may be somebody's name within other text, such as in a formula or in the address of a profile."""
    return {*_ID_INSIDE.findall(text), *_AT_HANDLE.findall(text)}
