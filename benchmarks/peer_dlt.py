"""dlt from the same file on disk to the same table in a DuckDB file: merged on the id, the newest row wins.

Twice, as dlt is quick with Arrow tables and slow with rows as dictionaries, which most of its sources give. Its own
files go to the run's folder.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.csv  # type: ignore[import-untyped]
from dlt.sources.filesystem import filesystem, read_csv

from benchmarks.children import Stopwatch
from benchmarks.results import SUMMARY, Summary, summary_of
from tiktok_insights.schema import WAREHOUSE_COLUMNS, ColumnKind

_TRUE, _FALSE = ("true", "t", "1"), ("false", "f", "0")
_BLOCK_BYTES = 32_000_000


def arrow(watch: Stopwatch, csv: str, folder: str) -> Summary:
    """Arrow tables, typed column by column."""
    return _run(watch, dlt.resource(_tables(csv), name="users"), folder)


def rows(watch: Stopwatch, csv: str, folder: str) -> Summary:
    """Dictionaries from dlt's own CSV reader, typed row by row."""
    return _run(watch, _rows(csv).with_name("users"), folder)


def _run(watch: Stopwatch, resource: Any, folder: str) -> Summary:
    # That a hint is none of Arrow's is as it should be.
    logging.getLogger("dlt").setLevel(logging.ERROR)
    target = Path(folder) / "dlt.duckdb"
    with watch:
        destination = dlt.destinations.duckdb(str(target))
        pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=destination, dataset_name="bench")
        resource.apply_hints(
            primary_key="tiktok_id",
            write_disposition="merge",
            columns={"extracted_at": {"dedup_sort": "desc", "timezone": False}},
        )
        # Its default for rows, INSERT statements, takes five times longer in DuckDB.
        pipeline.run(resource, loader_file_format="parquet").raise_on_failed_jobs()
    with duckdb.connect(str(target), read_only=True) as duck:
        (row,) = duck.execute(SUMMARY.format(table="bench.users")).fetchall()
        return summary_of(row)


def _tables(path: str) -> Iterator[pa.Table]:
    wanted = [column.csv for column in WAREHOUSE_COLUMNS]
    batches = pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(block_size=_BLOCK_BYTES),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()), include_columns=wanted
        ),
    )
    for batch in batches:
        columns = {(c.warehouse or "").lower(): _typed_column(c.kind, batch[c.csv]) for c in WAREHOUSE_COLUMNS}
        yield pa.table(columns)


def _typed_column(kind: ColumnKind, texts: pa.Array) -> pa.Array:
    given = pc.if_else(pc.equal(texts, ""), None, texts)
    if kind is ColumnKind.BOOLEAN:
        lower = pc.utf8_lower(given)
        false = pc.if_else(pc.is_in(lower, pa.array(_FALSE)), False, None)
        return pc.if_else(pc.is_in(lower, pa.array(_TRUE)), True, false)
    if kind is ColumnKind.COUNT:
        counts = given.cast(pa.int64())
        return pc.if_else(pc.less(counts, 0), None, counts)
    if kind is ColumnKind.TIMESTAMP:
        return given.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us"))
    return given


def _rows(path: str) -> Any:
    files = filesystem(bucket_url=Path(path).parent.as_uri(), file_glob=Path(path).name)
    reader = files | read_csv(dtype=str, keep_default_na=False, usecols=[column.csv for column in WAREHOUSE_COLUMNS])
    return reader.add_map(_typed_row)


def _typed_row(row: dict[str, str]) -> dict[str, object]:
    return {(column.warehouse or "").lower(): _typed(column.kind, row[column.csv]) for column in WAREHOUSE_COLUMNS}


def _typed(kind: ColumnKind, text: str) -> object:
    if text == "":
        return None
    if kind is ColumnKind.BOOLEAN:
        return True if text.lower() in _TRUE else False if text.lower() in _FALSE else None
    if kind is ColumnKind.COUNT:
        return int(text) if int(text) >= 0 else None
    if kind is ColumnKind.TIMESTAMP:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    return text
