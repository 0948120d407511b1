"""A Parquet file for programs: every value exactly as it is in the warehouse. DuckDB writes it.

IDs are strings, decimals keep their digits, and times are microseconds in UTC.
"""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tiktok_insights.clients.duckdb_engine import bounded_duckdb, literal
from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.exports.changes import Changes
from tiktok_insights.exports.columns import ExportColumn, Kind, in_utc

_TYPES = {Kind.TEXT: "VARCHAR", Kind.FLOAT: "DOUBLE", Kind.BOOLEAN: "BOOLEAN", Kind.TIME: "TIMESTAMP"}
#: Why an operating system writes no more, in its words, which DuckDB repeats.
_FULL = {os.strerror(number): number for number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO)}


class ParquetFile:
    """A Parquet file that is being written. `folder` holds its rows until it is finished: DuckDB takes no stream."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn], folder: Path) -> None:
        self.changes = Changes()
        self._path, self._columns = path, columns
        self._times = [place for place, column in enumerate(columns) if column.kind is Kind.TIME]
        types = [_duckdb_type(column) for column in columns]
        values = ", ".join(f"unnest(?::{duckdb_type}[])" for duckdb_type in types)
        self._insert = f"INSERT INTO rows SELECT {values}"
        with _full_disk_in_words():
            self._duck = bounded_duckdb(folder, str(folder / "rows.duckdb"))
            # DuckDB would draw a bar of its own on standard output.
            self._duck.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            named = ", ".join(f"{column.name} {kind}" for column, kind in zip(columns, types, strict=True))
            self._duck.execute(f"CREATE TABLE rows ({named})")

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        if not rows:
            return
        values: list[list[object]] = [list(column) for column in zip(*rows, strict=True)]
        for place in self._times:
            values[place] = [in_utc(value) if value else None for value in values[place]]  # type: ignore[arg-type]
        with _full_disk_in_words():
            self._duck.execute(self._insert, values)

    def finish(self) -> None:
        """Write the file."""
        columns = ", ".join(
            f"{column.name} AT TIME ZONE 'UTC' AS {column.name}" if column.kind is Kind.TIME else column.name
            for column in self._columns
        )
        with _full_disk_in_words():
            # DuckDB takes no bound values in a COPY.
            self._duck.execute(f"COPY (SELECT {columns} FROM rows) TO {literal(str(self._path))} (FORMAT parquet)")
        self._duck.close()

    def abandon(self) -> None:
        """Let go of the rows, which are in the folder."""
        try:
            self._duck.close()
        except duckdb.Error:
            return  # A full disk, which is why it is abandoned.


def _duckdb_type(column: ExportColumn) -> str:
    return f"DECIMAL({column.digits},{column.places})" if column.kind is Kind.DECIMAL else _TYPES[column.kind]


@contextmanager
def _full_disk_in_words() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        for words, number in _FULL.items():
            if words in str(error):
                raise OSError(number, words) from error
        raise
