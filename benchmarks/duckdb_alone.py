"""DuckDB alone, from the file on disk to the same table in a DuckDB file: what the load's own work is compared with.

It reads no bucket, counts no records, keeps no history and audits nothing.
"""

from pathlib import Path

import duckdb

from benchmarks.children import Stopwatch
from benchmarks.results import SUMMARY, Summary, summary_of
from tiktok_insights.schema import CSV_HEADER, WAREHOUSE_NAMES
from tiktok_insights.staging.transform import transform_sql


def users(watch: Stopwatch, csv: str, folder: str, **_: str) -> Summary:
    """The transform's own SQL, and no limit on memory."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in CSV_HEADER)
    with watch, duckdb.connect(str(Path(folder) / "alone.duckdb")) as duck:
        duck.execute(
            "CREATE VIEW source AS SELECT *, 0 AS object_number, "
            "TIMESTAMP '2026-01-31 12:00:00' AS first_modified, first_modified AS taken_at "
            f"FROM read_csv('{csv}', header = true, auto_detect = false, delim = ',', quote = '\"', "
            f"escape = '\"', columns = {{{columns}}})"
        )
        duck.execute(
            f"CREATE TABLE users AS SELECT {', '.join(WAREHOUSE_NAMES)} FROM ({transform_sql('source')}) "
            "WHERE disposition = 'staged'"
        )
    with duckdb.connect(str(Path(folder) / "alone.duckdb"), read_only=True) as duck:
        return summary_of(duck.execute(SUMMARY.format(table="users")).fetchall()[0])
