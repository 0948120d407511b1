"""Fills the warehouse with a past that nobody has to load first: history, ledger and users as the loads leave them.

The rows are those of one followers file, once for each day. The objects themselves are not in the bucket, as when old
CSVs were moved out of it. Runs before the first load.
"""

from pathlib import Path

import duckdb

from benchmarks.children import Stopwatch
from benchmarks.workplace import Workplace, csv_key
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.schema import CSV_HEADER, HISTORY_COLUMNS, WAREHOUSE_NAMES, ColumnKind
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.definitions import (
    ACCOUNT_SNAPSHOTS,
    FOLLOWER_SNAPSHOTS,
    LOAD_BATCHES,
    LOAD_HISTORY,
    PUBLISH_LOCK,
    TIKTOK_DATA,
)
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql

_TYPED = {
    ColumnKind.ID: "{0}",
    ColumnKind.TEXT: "NULLIF({0}, '')",
    ColumnKind.BOOLEAN: "{0} = 'true'",
    ColumnKind.COUNT: "CASE WHEN {0} NOT LIKE '-%' THEN CAST(NULLIF({0}, '') AS DECIMAL(38,0)) END",
    ColumnKind.TIMESTAMP: "CAST(NULLIF(rtrim({0}, 'Z'), '') AS TIMESTAMP)",
}
_LOADED_AT = "CAST(DAY AS TIMESTAMP) + INTERVAL 13 HOUR"
_ZERO = "CAST(0 AS DECIMAL(38,0))"


def fill(watch: Stopwatch, *, csv: str, first_day: str, days: int, distinct: bool, **place: str) -> int:
    """Write the file's rows once for each day into the empty tables; gives the rows of the history.

    The rows' times are moved to their day. With `distinct`, each day has other users; else all days have the same.
    """
    here = Workplace.of(**place)
    here.make_tables()
    with watch, duckdb.connect() as duck, here.session() as session:
        _make(duck, csv, first_day, days, distinct=distinct)
        history = here.folder / "history.parquet"
        duck.execute(f"COPY (SELECT {', '.join(FOLLOWER_SNAPSHOTS.names)} FROM history) TO '{history}'")
        rows = session.copy_parquet(history, FOLLOWER_SNAPSHOTS.name)
        for table in (LOAD_HISTORY, ACCOUNT_SNAPSHOTS, LOAD_BATCHES):
            _copy(duck, session, here.folder, table)
        columns = ", ".join(WAREHOUSE_NAMES)
        last = csv_key(duck.execute("SELECT MAX(DAY)::VARCHAR FROM objects").fetchall()[0][0])
        newest = "" if distinct else f" WHERE OBJECT_KEY = '{last}'"
        session.execute(
            f"INSERT INTO {TIKTOK_DATA.name} ({columns}) SELECT {columns} FROM {FOLLOWER_SNAPSHOTS.name}{newest}"
        )
        # Each publication counts the users on from there.
        lock = session.namespace.name_of(PUBLISH_LOCK)
        session.execute(f"UPDATE {lock} SET USERS = (SELECT COUNT(*) FROM {TIKTOK_DATA.name})")
    return rows


def _make(duck: duckdb.DuckDBPyConnection, csv: str, first_day: str, days: int, *, distinct: bool) -> None:
    """The views `history` and `objects`."""
    texts = ", ".join(f"'{name}': 'VARCHAR'" for name in CSV_HEADER)
    typed = ", ".join(f"{_TYPED[c.kind].format(c.csv)} AS {c.warehouse}" for c in HISTORY_COLUMNS)
    duck.execute(
        f"CREATE TABLE users AS SELECT {typed} FROM read_csv('{csv}', header = true, auto_detect = false, "
        f"delim = ',', quote = '\"', escape = '\"', columns = {{{texts}}}) "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY TIKTOK_ID ORDER BY EXTRACTED_AT DESC) = 1"
    )
    number = "CAST(CAST(TIKTOK_ID AS HUGEINT) + COPY AS VARCHAR)" if distinct else "TIKTOK_ID"
    # Days with the same users have the same sum.
    counted = "days, users" if distinct else "(SELECT 0 AS COPY, TIKTOK_ID FROM users)"
    key = csv_key("%").replace("%", "' || DAY::VARCHAR || '")
    duck.execute(
        f"CREATE VIEW days AS SELECT COPY, CAST('{first_day}' AS DATE) + CAST(COPY AS INTEGER) AS DAY "
        f"FROM range({days}) AS copies (COPY)"
    )
    duck.execute(
        f"CREATE VIEW history AS SELECT '{key}' AS OBJECT_KEY, '42' AS ACCOUNT_ID, OBJECT_KEY AS SNAPSHOT_ID, "
        f"{_LOADED_AT} AS FIRST_MODIFIED, users.* REPLACE ({number} AS TIKTOK_ID, "
        "CAST(DAY AS TIMESTAMP) + (EXTRACTED_AT - date_trunc('day', EXTRACTED_AT)) AS EXTRACTED_AT) FROM days, users"
    )
    duck.execute(
        f"CREATE VIEW objects AS SELECT '{key}' AS OBJECT_KEY, DAY, {_LOADED_AT} AS MOMENT, "
        "strftime(MOMENT, '%Y%m%dT%H%M%SZ') || '-bench' AS BATCH_ID, N, ID_SUM FROM days "
        f"JOIN (SELECT COPY, COUNT(*) AS N, {id_sum_sql(number, SqlEngine.DUCKDB)} AS ID_SUM FROM {counted} "
        f"GROUP BY COPY) AS sums ON sums.COPY = {'days.COPY' if distinct else '0'}"
    )


_OBJECT = {
    "OBJECT_KEY": "OBJECT_KEY",
    "ETAG": "md5(OBJECT_KEY)",
    "LATEST_ETAG": "md5(OBJECT_KEY)",
    "STATUS": "'loaded'",
    "REASON": "CAST(NULL AS VARCHAR)",
    "ROWS_IN": "CAST(N AS DECIMAL(38,0))",
    "ROWS_STAGED": "CAST(N AS DECIMAL(38,0))",
    "ROWS_DUPLICATE": _ZERO,
    "ROWS_REJECTED": _ZERO,
    "ROWS_SUPPRESSED": _ZERO,
    "ID_SUM_IN": "ID_SUM",
    "ID_SUM_STAGED": "ID_SUM",
    "ID_SUM_DUPLICATE": _ZERO,
    "ID_SUM_REJECTED": _ZERO,
    "NEGATIVE_COUNTS": _ZERO,
    "SIZE_BYTES": "CAST(780 * N AS DECIMAL(38,0))",
    "CONTENT_SHA256": "sha256(OBJECT_KEY)",
    "FIRST_MODIFIED": "MOMENT",
    "LAST_MODIFIED": "MOMENT",
    "BATCH_ID": "BATCH_ID",
    "LOADED_AT": "MOMENT",
    "NEWEST_ROW_AT": "MOMENT",
}
_VALUES = {
    LOAD_HISTORY.name: _OBJECT,
    ACCOUNT_SNAPSHOTS.name: {
        "OBJECT_KEY": "OBJECT_KEY",
        "ACCOUNT_ID": "'42'",
        "SNAPSHOT_ID": "OBJECT_KEY",
        "USERS_SEEN": "CAST(N AS DECIMAL(38,0))",
        "LOOKED_AT": "MOMENT",
    },
    LOAD_BATCHES.name: {
        "BATCH_ID": "BATCH_ID",
        "STAGED_AT": "MOMENT",
        "VERDICT": "'passed'",
        "CHECKS": "'{}'",
        "OBJECTS": "CAST(1 AS DECIMAL(38,0))",
        "ROWS_STAGED": "CAST(N AS DECIMAL(38,0))",
        "PUBLISHED_AT": "MOMENT",
        "CHECKED_AT": "MOMENT",
    },
}


def _copy(duck: duckdb.DuckDBPyConnection, session: Session, folder: Path, table: Table) -> None:
    """Load what a table says of the objects; a column that is not known stays NULL."""
    path = folder / f"{table.name.lower()}.parquet"
    values = ", ".join(f"{value} AS {name}" for name, value in _VALUES[table.name].items())
    duck.execute(f"COPY (SELECT {values} FROM objects) TO '{path}'")
    session.copy_parquet(path, table.name)
