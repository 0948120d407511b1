"""A group of CSVs in DuckDB: read with one query, transformed, counted, and written as one Parquet file.

DuckDB reads with a ceiling on memory and spills to disk. A CSV is loadable only if its reader rejects exactly the lines
that are no rows, and every physical record and every ID is accounted for. Which CSVs are a group belongs in
`groups.py`; the rows that are rejected, in `rejections.py`; what of a CSV the reader gets, in `long_lines.py`.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from tiktok_insights.clients.duckdb_engine import literal, readable
from tiktok_insights.staging import transform
from tiktok_insights.staging.csv_file import CsvFile
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights.staging.local.id_patterns import look_at_ids
from tiktok_insights.staging.local.long_lines import READER_LINE_BYTES, with_long_lines_told
from tiktok_insights.staging.local.rejections import Rejections
from tiktok_insights.staging.row_counts import (
    IdSums,
    RowCounts,
    counted,
    require_conserved,
    require_quarantined,
    with_inspection,
)
from tiktok_insights.staging.staged_object import naive_utc
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql

#: With 32,001,600 bytes, which it would take for its limit of a line, the reader lost the last lines of a large file in
#: which most lines were bad.
_BUFFER_BYTES = 32_000_000
_READER = (
    "header = false, skip = 1, auto_detect = false, delim = ',', quote = '\"', escape = '\"', comment = '', "
    "hive_partitioning = false, strict_mode = true, null_padding = false, encoding = 'utf-8', store_rejects = true, "
    f"filename = true, max_line_size = {READER_LINE_BYTES}, buffer_size = {_BUFFER_BYTES}"
)
#: The table of a group lives for seconds, and its order means nothing: neither is worth the time that it takes.
_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET preserve_insertion_order = false",
    "SET force_compression = 'uncompressed'",
)
#: What stands beside each row of an object in the warehouse, and what the transform needs to know.
_OBJECTS = """
CREATE TABLE objects (object_number INTEGER, BATCH_ID VARCHAR, OBJECT_KEY VARCHAR, ACCOUNT_ID VARCHAR,
  SNAPSHOT_ID VARCHAR, FIRST_MODIFIED TIMESTAMP, taken_at TIMESTAMP)
"""


class MemoryLimitError(RuntimeError):
    """A CSV has more text than this engine has memory for. That says nothing about the CSV."""


@dataclass(frozen=True, slots=True)
class Transformed:
    """Counts and sums of one CSV, what its IDs look like, and the file with its rejected rows (None without any)."""

    counts: RowCounts
    id_sums: IdSums
    ids: IdFindings
    rejected: Path | None


@dataclass(frozen=True, slots=True)
class TransformedGroup:
    """The result of each CSV by its number, or why it has none; and one file with the staged rows of all.

    `staged` is None where no row is staged.
    """

    results: Mapping[int, Transformed | UnloadableError | MemoryLimitError]
    staged: Path | None


class CsvGroup:
    """One group in a database of its own: a second read would add to the first one's rejects."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, files: Sequence[CsvFile], folder: Path) -> None:
        self._duck = duck
        self._files = files
        self._folder = folder

    def transform(self) -> TransformedGroup:
        """Read, count, and write what is good."""
        for setting in _SETTINGS:
            self._duck.execute(setting)
        self._read()
        counted = self._count()
        rows = {number: counts.accounted for number, (counts, _) in counted.items()}
        rejections = Rejections(self._duck, rows)
        ids = look_at_ids(self._duck, [number for number, (counts, _) in counted.items() if counts.duplicate])
        results: dict[int, Transformed | UnloadableError] = {}
        for file in self._files:
            try:
                results[file.number] = self._result(file, *counted[file.number], rejections, ids)
            except UnloadableError as error:
                results[file.number] = error
                self._duck.execute("DELETE FROM objects WHERE object_number = ?", [file.number])
        staged = any(isinstance(result, Transformed) and result.counts.staged for result in results.values())
        return TransformedGroup(results, self._write_staged() if staged else None)

    def _read(self) -> None:
        """Read all files at once. Every later read of them has the same columns: else it would reject other lines."""
        header = self._files[0].header
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
        read = ", ".join(name if name in header else f"NULL::VARCHAR AS {name}" for name in transform.READ_COLUMNS)
        paths = ", ".join(readable(with_long_lines_told(file.path)) for file in self._files)
        origins = [file.origin for file in self._files]
        self._duck.execute(_OBJECTS)
        self._duck.execute(
            "INSERT INTO objects SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
            "unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::TIMESTAMP[]), unnest(?::TIMESTAMP[])",
            [
                [file.number for file in self._files],
                [origin.batch_id for origin in origins],
                [origin.object_key for origin in origins],
                [origin.account_id for origin in origins],
                [origin.snapshot_id for origin in origins],
                [naive_utc(origin.first_modified) for origin in origins],
                [naive_utc(origin.taken_at) for origin in origins],
            ],
        )
        self._duck.execute(
            f"CREATE VIEW lines AS SELECT {read}, CAST(parse_filename(filename, true) AS INTEGER) AS object_number "
            f"FROM read_csv([{paths}], columns = {{{columns}}}, {_READER})"
        )
        self._duck.execute("CREATE VIEW source AS FROM lines JOIN objects USING (object_number)")
        self._duck.execute(f"CREATE TABLE transformed AS {transform.transform_sql('source')}")

    def _count(self) -> dict[int, tuple[RowCounts, IdSums]]:
        """Of each file: what became of the rows that the reader could split, and the sums over their IDs."""
        rows = self._duck.execute(
            "SELECT object_number, disposition, count(*), coalesce(sum(negative_counts), 0), "
            f"{id_sum_sql('TIKTOK_ID', SqlEngine.DUCKDB)} FROM transformed GROUP BY object_number, disposition"
        ).fetchall()
        numbers = {(number, disposition): tuple(map(int, found)) for number, disposition, *found in rows}
        return {file.number: counted(file.number, numbers) for file in self._files}

    def _result(
        self,
        file: CsvFile,
        counts: RowCounts,
        sums: IdSums,
        rejections: Rejections,
        ids: Mapping[int, IdFindings],
    ) -> Transformed:
        inspection = file.inspect()
        rejections.require_unsplit(file.number, inspection.lines_without_rows)
        counts, sums = with_inspection(counts, sums, inspection)
        rejected = None
        if counts.rejected:
            rejected = self._folder / f"{file.number}.jsonl"
            written = rejections.write(rejected, file)
            require_quarantined(sums, written.rejected)
            sums = replace(sums, rejected=sums.rejected + written.unsplit)
        require_conserved(counts, sums)
        return Transformed(counts, sums, ids.get(file.number, IdFindings()), rejected)

    def _write_staged(self) -> Path:
        # A unique name: the warehouse remembers the files that it has loaded.
        path = self._folder / f"{self._files[0].origin.batch_id}-{secrets.token_hex(4)}.parquet"
        self._duck.execute(
            f"COPY (SELECT {', '.join(STAGED_TIKTOK_DATA.names)} FROM transformed "
            f"JOIN objects USING (object_number) WHERE disposition = '{transform.STAGED}') "
            f"TO {literal(str(path))} (FORMAT parquet)"
        )
        return path
