"""Other ways from the same file on disk to the same table, in a DuckDB file: DuckDB alone, and pandas.

None of them reads the bucket, counts records, keeps history or audits; each is written as its documentation suggests,
and as fast as it is that way. pandas is imported where it is used, so that DuckDB's memory is its own.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.children import Stopwatch
from benchmarks.results import SUMMARY, Summary, summary_of
from tiktok_insights.schema import CSV_HEADER, WAREHOUSE_COLUMNS, WAREHOUSE_NAMES, ColumnKind
from tiktok_insights.staging.transform import transform_sql

if TYPE_CHECKING:
    import pandas as pd

_TYPES = {
    ColumnKind.ID: "VARCHAR",
    ColumnKind.TEXT: "VARCHAR",
    ColumnKind.BOOLEAN: "BOOLEAN",
    ColumnKind.COUNT: "DECIMAL(38,0)",
    ColumnKind.TIMESTAMP: "TIMESTAMP",
}


def duckdb_alone(watch: Stopwatch, csv: str, folder: str) -> Summary:
    """DuckDB with the transform's own SQL and no limit on memory."""
    target = Path(folder) / "alone.duckdb"
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in CSV_HEADER)
    with watch, duckdb.connect(str(target)) as duck:
        duck.execute(
            "CREATE VIEW source AS SELECT *, 'object' AS object_key, "
            "TIMESTAMP '2026-01-31 12:00:00' AS first_modified, first_modified AS taken_at "
            f"FROM read_csv('{csv}', header = true, auto_detect = false, delim = ',', quote = '\"', "
            f"escape = '\"', columns = {{{columns}}})"
        )
        duck.execute(
            f"CREATE TABLE users AS SELECT {', '.join(WAREHOUSE_NAMES)} FROM ({transform_sql('source')}) "
            "WHERE disposition = 'staged'"
        )
    return _summary(target, "users")


def pandas(watch: Stopwatch, csv: str, folder: str) -> Summary:
    """The file as a whole, texts first, then types; without the columns that are dropped anyway."""
    import pandas as pd

    target = Path(folder) / "pandas.duckdb"
    with watch, duckdb.connect(str(target)) as duck:
        wanted = [column.csv for column in WAREHOUSE_COLUMNS]
        frame = pd.read_csv(csv, dtype=str, keep_default_na=False, encoding="utf-8", usecols=wanted)
        users = _typed_frame(frame).sort_values(["EXTRACTED_AT", "COUNTS_EXACT"], ascending=False, kind="stable")
        users = users.drop_duplicates("TIKTOK_ID")
        duck.register("frame", users)
        columns = ", ".join(f"CAST({c.warehouse} AS {_TYPES[c.kind]}) AS {c.warehouse}" for c in WAREHOUSE_COLUMNS)
        duck.execute(f"CREATE TABLE users AS SELECT {columns} FROM frame")
    return _summary(target, "users")


def _typed_frame(frame: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    typed = {}
    for column in WAREHOUSE_COLUMNS:
        texts = frame.pop(column.csv)
        if column.kind is ColumnKind.BOOLEAN:
            booleans = {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}
            typed[column.warehouse] = texts.str.lower().map(booleans).astype("boolean")
        elif column.kind is ColumnKind.COUNT:
            counts = pd.to_numeric(texts, errors="coerce").astype("Int64")
            typed[column.warehouse] = counts.mask(counts < 0)
        elif column.kind is ColumnKind.TIMESTAMP:
            typed[column.warehouse] = pd.to_datetime(texts, format="ISO8601", utc=True).dt.tz_localize(None)
        else:
            typed[column.warehouse] = texts.where(texts != "")
    return pd.DataFrame(typed)


def _summary(path: Path, table: str) -> Summary:
    with duckdb.connect(str(path), read_only=True) as duck:
        (row,) = duck.execute(SUMMARY.format(table=table)).fetchall()
        return summary_of(row)
