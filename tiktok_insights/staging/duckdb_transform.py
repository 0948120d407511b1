"""Runs the transform on one downloaded CSV in DuckDB: a Parquet file of staged rows, a file of rejected rows, counts.

DuckDB reads with a ceiling on memory and spills to disk. Rows that its reader cannot split into the contract's columns
are rejected too; an object of which it does not account for every physical record is not loadable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from tiktok_insights.clients.duckdb_engine import MEMORY_LIMIT, bounded_duckdb, literal, readable
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.staging import quarantine, transform
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.id_patterns import IdFindings, look_at_ids
from tiktok_insights.staging.inspection import MAX_LINE_BYTES, Inspection

_READER = (
    "header = false, skip = 1, auto_detect = false, delim = ',', quote = '\"', escape = '\"', comment = '', "
    "hive_partitioning = false, strict_mode = true, null_padding = false, encoding = 'utf-8', store_rejects = true, "
    f"max_line_size = {MAX_LINE_BYTES}"
)
#: A line may have several errors. The reader's own table is for its own connection only.
_UNSPLIT = (
    "CREATE TABLE unsplit AS SELECT line, min(CAST(error_type AS VARCHAR)) AS error FROM reject_errors GROUP BY line"
)


@dataclass(frozen=True, slots=True)
class RowOrigin:
    """Where rows come from: constants that are beside each of them in the warehouse.

    `taken_at` is the time of a row that has none of its own. Times are UTC.
    """

    batch_id: str
    object_key: str
    account_id: str
    snapshot_id: str
    first_modified: datetime
    taken_at: datetime

    @staticmethod
    def of(batch_id: str, item: CsvObject, first_modified: datetime) -> "RowOrigin":
        """The origin of an object's rows. A list of a day was taken by its end, and before it was uploaded."""
        taken_at = min(first_modified, item.end_of_day)
        return RowOrigin(batch_id, item.info.key, item.account_id, item.snapshot_id, first_modified, taken_at)


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What became of an object's records; `negative_counts` counts values, not rows."""

    rows_in: int = 0
    staged: int = 0
    duplicate: int = 0
    rejected: int = 0
    negative_counts: int = 0

    def __str__(self) -> str:
        parts = (f"{self.staged:,} staged", f"{self.duplicate:,} duplicate", f"{self.rejected:,} rejected")
        return f"{self.rows_in:,} rows in: {', '.join(parts)}"


@dataclass(frozen=True, slots=True)
class Transformed:
    """The counts, what the IDs look like, and the files with the staged and the rejected rows (None without any)."""

    counts: RowCounts
    ids: IdFindings
    staged: Path | None
    rejected: Path | None


def run(csv_path: Path, inspection: Inspection, origin: RowOrigin, folder: Path) -> Transformed:
    """Transform one CSV; the results and DuckDB's own files go to the folder. Raises UnloadableError."""
    try:
        with bounded_duckdb(folder, str(folder / "transform.duckdb")) as duck:
            return _run(duck, csv_path, inspection, origin, folder)
    except duckdb.OutOfMemoryException as error:
        msg = f"the file's long rows need more memory than {MEMORY_LIMIT}; split the file ({_first_line(error)})"
        raise UnloadableError(msg) from error
    except duckdb.InvalidInputException as error:
        msg = f"the CSV reader failed; rewrite the file with another program ({_first_line(error)})"
        raise UnloadableError(msg) from error


def _run(
    duck: duckdb.DuckDBPyConnection, csv_path: Path, inspection: Inspection, origin: RowOrigin, folder: Path
) -> Transformed:
    duck.execute("SET TimeZone = 'UTC'")
    _read(duck, csv_path, inspection, origin)
    counts = _count(duck, inspection.records)
    staged = _write_staged(duck, origin, folder / "staged.parquet") if counts.staged else None
    rejected = _write_rejected(duck, csv_path, inspection, origin, folder) if counts.rejected else None
    return Transformed(counts, look_at_ids(duck, has_duplicates=counts.duplicate > 0), staged, rejected)


def _first_line(error: duckdb.Error) -> str:
    return str(error).partition("\n")[0]


def _read(duck: duckdb.DuckDBPyConnection, csv_path: Path, inspection: Inspection, origin: RowOrigin) -> None:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in inspection.header)
    read = ", ".join(
        name if name in inspection.header else f"NULL::VARCHAR AS {name}" for name in transform.READ_COLUMNS
    )
    # DuckDB takes no bound values in a view; its own literals quote the text.
    duck.execute(
        f"CREATE VIEW source AS SELECT {read}, {literal(origin.object_key)} AS object_key, "
        f"{_timestamp(origin.first_modified)} AS first_modified, {_timestamp(origin.taken_at)} AS taken_at "
        f"FROM read_csv({readable(csv_path)}, columns = {{{columns}}}, {_READER})"
    )
    duck.execute(f"CREATE TABLE transformed AS {transform.transform_sql('source')}")
    duck.execute(_UNSPLIT)


def _count(duck: duckdb.DuckDBPyConnection, records: int) -> RowCounts:
    rows = duck.execute(
        "SELECT disposition, count(*), coalesce(sum(negative_counts), 0) FROM transformed GROUP BY ALL"
    ).fetchall()
    by_disposition = {disposition: (int(count), int(negative)) for disposition, count, negative in rows}
    unsplit = duck.execute("SELECT count(*) FROM unsplit").fetchone()
    unsplit_rows = int(unsplit[0]) if unsplit else 0
    accounted = sum(count for count, _ in by_disposition.values()) + unsplit_rows
    if accounted != records:
        msg = f"the CSV reader found {accounted} of {records} records; rewrite the file with another program"
        raise UnloadableError(msg)
    return RowCounts(
        rows_in=records,
        staged=by_disposition.get(transform.STAGED, (0, 0))[0],
        duplicate=by_disposition.get(transform.DUPLICATE, (0, 0))[0],
        rejected=by_disposition.get(transform.REJECTED, (0, 0))[0] + unsplit_rows,
        negative_counts=by_disposition.get(transform.STAGED, (0, 0))[1],
    )


def _write_staged(duck: duckdb.DuckDBPyConnection, origin: RowOrigin, path: Path) -> Path:
    constants = {
        "BATCH_ID": origin.batch_id,
        "OBJECT_KEY": origin.object_key,
        "ACCOUNT_ID": origin.account_id,
        "SNAPSHOT_ID": origin.snapshot_id,
    }
    columns = [f"{literal(text)} AS {name}" for name, text in constants.items()]
    columns.append(f"{_timestamp(origin.first_modified)} AS FIRST_MODIFIED")
    duck.execute(
        f"COPY (SELECT {', '.join([*columns, *WAREHOUSE_NAMES])} FROM transformed "
        f"WHERE disposition = '{transform.STAGED}') TO {literal(str(path))} (FORMAT parquet)"
    )
    return path


def _timestamp(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'microseconds')}'"


def _write_rejected(
    duck: duckdb.DuckDBPyConnection, csv_path: Path, inspection: Inspection, origin: RowOrigin, folder: Path
) -> Path:
    path = folder / "rejected.jsonl"
    # The reader keeps the file's order, so this numbers the records that it could split.
    duck.execute("CREATE VIEW numbered AS SELECT *, row_number() OVER () AS record FROM source")
    rejected = transform.rejected_rows_sql("numbered")
    unsplit = "SELECT line, error FROM unsplit ORDER BY 1"
    records = ((record, column) for record, column, _ in _rows(duck, rejected))
    lines = ((line, error) for line, error in _rows(duck, unsplit))
    quarantine.write_rejected(path, csv_path, origin.object_key, inspection.header, records, lines)
    return path


def _rows(duck: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, however many, while other queries are read too."""
    cursor = duck.cursor().execute(sql)
    while rows := cursor.fetchmany(10_000):
        yield from rows
