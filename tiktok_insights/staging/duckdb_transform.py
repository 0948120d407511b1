"""Runs the transform on one downloaded CSV in DuckDB: a Parquet file of staged rows, a file of rejected rows, counts.

DuckDB reads with a ceiling on memory and spills to disk. Rows that its reader cannot split into the contract's columns
are rejected too; an object of which it does not account for every physical record is not loadable.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from tiktok_insights.staging.quarantine import QuarantinedIds
from tiktok_insights.staging.row_counts import IdSums, RowCounts, require_conserved
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql

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
class Transformed:
    """Counts, sums, what the IDs look like, and the files with the staged and the rejected rows (None without any)."""

    counts: RowCounts
    id_sums: IdSums
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
    counts, sums = _count(duck, inspection)
    rejected, quarantined = None, QuarantinedIds()
    if counts.rejected:
        rejected, quarantined = _write_rejected(duck, csv_path, inspection, origin, folder)
    if quarantined.rejected != sums.rejected:
        raise UnloadableError(
            "its rejected rows are not those that the quarantine would have; rewrite the file with another program"
        )
    sums = replace(sums, rejected=sums.rejected + quarantined.unsplit)
    require_conserved(counts, sums)
    staged = _write_staged(duck, origin, folder / "staged.parquet") if counts.staged else None
    return Transformed(counts, sums, look_at_ids(duck, has_duplicates=counts.duplicate > 0), staged, rejected)


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


def _count(duck: duckdb.DuckDBPyConnection, inspection: Inspection) -> tuple[RowCounts, IdSums]:
    """Count and add up what the reader could split, and count the lines that it could not."""
    rows = duck.execute(
        f"SELECT disposition, count(*), coalesce(sum(negative_counts), 0), {id_sum_sql('TIKTOK_ID', SqlEngine.DUCKDB)} "
        "FROM transformed GROUP BY disposition"
    ).fetchall()
    numbers = {disposition: tuple(map(int, found)) for disposition, *found in rows}
    staged, duplicate, rejected = (
        numbers.get(name, (0, 0, 0)) for name in (transform.STAGED, transform.DUPLICATE, transform.REJECTED)
    )
    unsplit = duck.execute("SELECT count(*) FROM unsplit").fetchone()
    return (
        RowCounts(
            rows_in=inspection.records,
            staged=staged[0],
            duplicate=duplicate[0],
            rejected=rejected[0] + (int(unsplit[0]) if unsplit else 0),
            negative_counts=staged[1],
        ),
        IdSums(rows_in=inspection.id_sum, staged=staged[2], duplicate=duplicate[2], rejected=rejected[2]),
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
) -> tuple[Path, QuarantinedIds]:
    path = folder / "rejected.jsonl"
    # The reader keeps the file's order, so this numbers the records that it could split.
    duck.execute("CREATE VIEW numbered AS SELECT *, row_number() OVER () AS record FROM source")
    rejected = transform.rejected_rows_sql("numbered")
    unsplit = "SELECT line, error FROM unsplit ORDER BY 1"
    records = ((record, column) for record, column, _ in _rows(duck, rejected))
    lines = ((line, error) for line, error in _rows(duck, unsplit))
    return path, quarantine.write_rejected(path, csv_path, origin.object_key, inspection.header, records, lines)


def _rows(duck: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, however many, while other queries are read too."""
    cursor = duck.cursor().execute(sql)
    while rows := cursor.fetchmany(10_000):
        yield from rows
