"""The publication's own statements in DuckDB itself, without servers: quick enough for every order and batching.

What the stack adds (sessions, locks, Snowflake's dialect) is tested on the stack.
"""

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from tiktok_insights.object_store import ObjectInfo
from tiktok_insights.staging.duckdb_transform import Origin, run
from tiktok_insights.staging.inspection import inspect
from tiktok_insights.staging.pending import PendingObject
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.tables import ALL, STAGED_OBJECTS
from tiktok_insights.warehouse.publish import publish_steps
from tiktok_insights_tests.loading import DUMPS

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_COUNTS = "OBJECT_KEY, STATUS, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED"


class Engine:
    """The warehouse's tables in DuckDB."""

    def __init__(self) -> None:
        # For a handful of rows a second thread is but overhead.
        self.duck = duckdb.connect(config={"threads": 1})
        for table in ALL:
            ddl = table.ddl.replace("NUMBER(38,0)", "DECIMAL(38,0)").replace("TIMESTAMP_NTZ", "TIMESTAMP")
            self.duck.execute(ddl)
        self.duck.execute("INSERT INTO PUBLISH_LOCK (SCHEMA_VERSION) VALUES (1)")

    def stage(self, batch_id: str, key: str, account: str, body: bytes) -> None:
        """Put one object through inspection and transform into the staging tables."""
        item = PendingObject(ObjectInfo(key, "e1", len(body), NOON), account, "2026-01-31")
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "object.csv"
            path.write_bytes(body)
            origin = Origin(batch_id, key, account, item.snapshot_id, NOON)
            result = run(path, inspect(path), origin, Path(name))
            if result.staged:
                self.duck.execute(f"INSERT INTO STAGED_TIKTOK_DATA BY NAME SELECT * FROM '{result.staged}'")
        row = StagedObject(item, result.counts).row(batch_id)
        self.duck.execute(f"INSERT INTO {STAGED_OBJECTS.name} VALUES ({', '.join('?' * len(row))})", row)

    def batch(self, batch_id: str, keys: Iterable[str]) -> None:
        """Make staged objects one batch."""
        for key in keys:
            for table in ("STAGED_TIKTOK_DATA", "STAGED_OBJECTS"):
                self.duck.execute(f"UPDATE {table} SET BATCH_ID = ? WHERE OBJECT_KEY = ?", [batch_id, key])

    def publish(self, batch_id: str) -> None:
        """Run the steps of the publication in their order."""
        for step in publish_steps(NOON).values():
            self.duck.execute(step.replace("TIMESTAMP_NTZ", "TIMESTAMP"), [batch_id] * step.count("?"))

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """The tables in one order, of the ledger the counts."""
        names = {**DUMPS, "LOAD_HISTORY": _COUNTS}
        return {
            table: sorted((_plain(row) for row in self._rows(columns, table)), key=repr)
            for table, columns in names.items()
        }

    def _rows(self, columns: str, table: str) -> list[tuple[Any, ...]]:
        return self.duck.execute(f"SELECT {columns} FROM {table}").fetchall()


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Decimals of whole numbers as integers, as the oracle has them."""
    return tuple(int(value) if type(value).__name__ == "Decimal" else value for value in row)
