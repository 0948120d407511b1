"""Compares two CSVs of the contract's kind, row by row and column by column. What to do about it belongs to `replay`.

Each physical line is a row, so an unclosed quote or a broken character spoils only its own row. DuckDB finds the rows
that differ, with bounded memory: it stores where each row is, not what is in it. Only those rows are split into fields.
"""

import re
from codecs import BOM_UTF8
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import duckdb

from tiktok_insights.clients.duckdb_engine import bounded_duckdb
from tiktok_insights.schema import ID_COLUMN
from tiktok_insights.scratch import scratch_folder

_BLOCK_BYTES = 250_000
#: A longer line counts as several rows. The load rejects it in any case.
_MAX_LINE_BYTES = 2_000_000
#: Fields beyond these are not compared. DuckDB's regular expressions repeat a group at most 1,000 times.
_MAX_COLUMNS = 100
#: A field in valid quotes, or anything else up to the comma.
_FIELD = '(?:"[^"]*(?:""[^"]*)*"|[^,]*)'
_FIELDS = re.compile(f'(?:"([^",]*)"|({_FIELD})),')
#: The block is in Latin-1: each character is a byte, so `start` and `size` count bytes. Commas are appended, as in a
#: row that is too short the expression would look for the ID inside quotes.
_INSERT = """
INSERT INTO {table}
SELECT left(trim(regexp_extract(padded, '^(?:{field},){{{place}}}({field})(?:,|$)', 1), '"'), 100), md5_number(line),
    $start + sum(length(line) + 1) OVER (ROWS UNBOUNDED PRECEDING) - length(line) - 1, length(line)
FROM (SELECT unnest(string_split($block, E'\\n')) AS line, rtrim(line, E'\\r') || repeat(',', {place}) AS padded)
"""
_NUMBERED = "(SELECT *, row_number() OVER (PARTITION BY user_id ORDER BY start) AS occurrence FROM {})"
_DIFFERING = f"""
SELECT user_id, old.start, old.size, new.start, new.size
FROM {_NUMBERED.format("old_rows")} AS old FULL JOIN {_NUMBERED.format("new_rows")} AS new USING (user_id, occurrence)
WHERE $all OR old.digest IS DISTINCT FROM new.digest
ORDER BY new.start NULLS LAST, old.start
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a column of a row (`changed`), or a whole row that is `added` or `removed` and has no column.

    A missing field differs from an empty one, although the text of both is empty.
    """

    kind: str
    user_id: str
    column: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class CsvDiff:
    """How two CSVs differ: rows by kind, changed texts by column, and the first changes one by one.

    Changes follow the new file's rows and columns. Rows and columns that only the old file has come last, in its order.
    """

    rows_changed: int = 0
    rows_added: int = 0
    rows_removed: int = 0
    columns: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """The number of changes, kept or not: one for each changed text and each row that is added or removed."""
        return self.rows_added + self.rows_removed + self.columns.total()


def diff(old: Path, new: Path, keep: int) -> CsvDiff:
    """Compare two CSVs, whatever is in them, and keep the first `keep` changes.

    Rows are matched by user ID: the n-th row of a user in one file with the n-th in the other.
    """
    rows, columns, kept = Counter[str](), Counter[str](), list[Change]()
    with scratch_folder() as folder, bounded_duckdb(Path(folder)) as duck, old.open("rb") as a, new.open("rb") as b:
        a_names, b_names = _load(duck, "old_rows", a), _load(duck, "new_rows", b)
        duck.execute(_DIFFERING, {"all": a_names != b_names})
        while places := duck.fetchmany(1000):
            for user_id, *old_place, new_start, new_size in places:
                changes = _changes(user_id, _row(a, a_names, *old_place), _row(b, b_names, new_start, new_size))
                rows.update({change.kind for change in changes})
                columns.update(change.column for change in changes if change.column)
                kept += changes[: keep - len(kept)]
    return CsvDiff(rows["changed"], rows["added"], rows["removed"], columns, kept)


def _load(duck: duckdb.DuckDBPyConnection, table: str, file: BinaryIO) -> list[str]:
    """Store where the rows are, and return the columns' names. Without an ID column, the first one counts as it."""
    names = [*_fields(file.readline(_MAX_LINE_BYTES).removeprefix(BOM_UTF8)), *[""] * _MAX_COLUMNS][:_MAX_COLUMNS]
    place = names.index(ID_COLUMN.csv) if ID_COLUMN.csv in names else 0
    insert = _INSERT.format(table=table, field=_FIELD, place=place)
    duck.execute(f"CREATE TABLE {table} (user_id VARCHAR, digest UHUGEINT, start BIGINT, size BIGINT)")
    start = file.tell()
    while block := file.read(_BLOCK_BYTES) + file.readline(_MAX_LINE_BYTES):
        duck.execute(insert, {"start": start, "block": block.removesuffix(b"\n").decode("latin-1")})
        start = file.tell()
    return [name if name and name not in names[:i] else f"field {i + 1}" for i, name in enumerate(names)]


def _row(file: BinaryIO, names: list[str], start: int | None, size: int) -> dict[str, str] | None:
    if start is None:
        return None
    file.seek(start)
    return dict(zip(names, _fields(file.read(size)), strict=False))


def _changes(user_id: str, old: dict[str, str] | None, new: dict[str, str] | None) -> list[Change]:
    if old is None or new is None:
        return [Change("added" if old is None else "removed", _text(user_id))]
    differing = (name for name in new | old if old.get(name) != new.get(name))
    return [Change("changed", *map(_text, (user_id, name, old.get(name, ""), new.get(name, "")))) for name in differing]


def _fields(line: bytes) -> list[str]:
    """Split a line, and remove only quotes that are not needed, so that invalid ones differ from valid ones."""
    text = line.removesuffix(b"\n").removesuffix(b"\r").decode("latin-1")
    return [unquoted or field for unquoted, field in _FIELDS.findall(f"{text},")]


def _text(field: str) -> str:
    """Return a field's text, fit to be printed and stored anywhere: bytes that are not UTF-8 become numbers."""
    if len(field) > 1 and field[0] == field[-1] == '"':
        field = field[1:-1].replace('""', '"')
    return field.encode("latin-1").decode("utf-8", "backslashreplace")
