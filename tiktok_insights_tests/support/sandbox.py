"""A warehouse and a bucket that are put back to where they were, again and again, and what is in them after a load.

The warehouse is met in DuckDB itself, without the server's detours: in milliseconds instead of half a second.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import duckdb
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.definitions import ALL, PUBLISH_LOCK, STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.history import COLUMNS, Tables
from tiktok_insights_tests.support.impatient import impatient_warehouse
from tiktok_insights_tests.support.interrupted_loads import Places, at_once, prepare_children

if TYPE_CHECKING:
    from tiktok_insights.local.snowflake.server import Warehouse

#: When an object was first seen is not the same in two loads: the lake writes our own CSV in each.
_SEEN = {**COLUMNS, "FOLLOWER_SNAPSHOTS": "* EXCLUDE (FIRST_MODIFIED)"}
_STAGED = (STAGED_TIKTOK_DATA, STAGED_OBJECTS)
_IS_CUT_OFF = "BATCH_ID NOT IN (SELECT BATCH_ID FROM {schema}.LOAD_BATCHES)"
#: What a load must not leave behind, and where it would be found.
_UNFINISHED = {
    "passed batches that are not published": "{schema}.LOAD_BATCHES WHERE VERDICT = 'passed' AND PUBLISHED_AT IS NULL",
    "batches that stand twice": "{schema}.LOAD_BATCHES GROUP BY BATCH_ID HAVING COUNT(*) > 1",
    "versions that stand twice in the ledger": "{schema}.LOAD_HISTORY GROUP BY OBJECT_KEY, ETAG HAVING COUNT(*) > 1",
    "touched users": "{internal}.TOUCHED_USERS",
    "touched spells": "{internal}.TOUCHED_SPELLS",
    "locks too many": "{internal}.PUBLISH_LOCK OFFSET 1",
    "staged rows of batches that are done": f"{{internal}}.STAGED_TIKTOK_DATA WHERE NOT {_IS_CUT_OFF}",
    "staged objects of batches that are done": f"{{internal}}.STAGED_OBJECTS WHERE NOT {_IS_CUT_OFF}",
}


@pytest.fixture
def sandbox(
    settings: Settings, connections: Connections, store: ObjectStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Sandbox"]:
    """The test's own bucket, and a warehouse that rolls a killed client's transaction back after a second, not 30."""
    prepare_children()
    folder = tmp_path_factory.mktemp("impatient")
    with impatient_warehouse(folder, idle_transaction_seconds=1.0) as (warehouse, port):
        snowflake = {**connections.snowflake, "port": port, "backoff_policy": at_once}
        yield Sandbox(
            Places(connections.aws, snowflake, settings.s3.bucket, settings.glue.database, connections.namespace),
            warehouse,
        )


class Sandbox:
    """What `places` name, in the hands of a test: their tables, their bucket, their Glue database."""

    def __init__(self, places: Places, warehouse: "Warehouse") -> None:
        self.places = places
        self.warehouse = warehouse
        self._duck: duckdb.DuckDBPyConnection = warehouse.duck_conn.cursor()
        self._s3 = boto3.client("s3", **places.aws)
        self._glue = boto3.client("glue", **places.aws)
        self._store = ObjectStore(self._s3, places.bucket)
        self._kept_keys: set[str] = set()

    def keep(self) -> None:
        """Remember this moment."""
        self._duck.execute(f"CREATE SCHEMA {self._schema('KEPT')}")
        for table in ALL:
            self._duck.execute(f"CREATE TABLE {self._schema('KEPT')}.{table.name} AS FROM {self._name_of(table)}")
        self._kept_keys = set(self._keys())

    def reset(self) -> None:
        """Go back to it; in Glue, to where nothing is."""
        for token in list(self.warehouse.sessions):
            self.warehouse.sessions.pop(token, None)
        for table in ALL:
            self._duck.execute(f"DELETE FROM {self._name_of(table)}")
            self._duck.execute(f"INSERT INTO {self._name_of(table)} FROM {self._schema('KEPT')}.{table.name}")
        for key in set(self._keys()) - self._kept_keys:
            self._s3.delete_object(Bucket=self.places.bucket, Key=key)
        with suppress(self._glue.exceptions.EntityNotFoundException):
            self._glue.delete_database(Name=self.places.glue_database)

    def seen(self) -> Tables:
        """What readers of the tables, the bucket and the catalog see."""
        tables = {name: self._rows(f"SELECT {columns} FROM {self._schema()}.{name}") for name, columns in _SEEN.items()}
        partitions = sorted(self.places.catalog().partitions())
        return {**tables, "the bucket": [(key,) for key in self._keys()], "the catalog": [*partitions]}

    def settled(self) -> Tables:
        """All that a run with nothing to do leaves as it is: the above, and every row of every other table."""
        return {**self.seen(), **self._all_rows(table for table in ALL if table not in _STAGED)}

    def staged(self) -> Tables:
        """The rows of the staging tables."""
        return self._all_rows(_STAGED)

    def unfinished(self) -> list[str]:
        """What a load must not leave behind, such as a transaction that holds the lock."""
        found = []
        for what, where in _UNFINISHED.items():
            schemas = {"schema": self._schema(), "internal": self._schema(self.places.tables.internal_schema)}
            if rows := self._rows(f"SELECT 1 FROM {where.format(**schemas)}"):
                found.append(f"{len(rows)} {what}")
        try:
            self._duck.execute("BEGIN")
            # Another value: DuckDB does not lock a row that an update leaves as it is.
            self._duck.execute(f"UPDATE {self._name_of(PUBLISH_LOCK)} SET BATCH_ID = 'is it free?'")
            self._duck.execute("ROLLBACK")
        except duckdb.TransactionException as error:
            found.append(f"locks that are held: {error}")
        return found

    def let_a_day_pass(self) -> None:
        """Make what cut-off batches have staged so old that no run can be at it any more."""
        for table in _STAGED:
            self._duck.execute(
                f"UPDATE {self._name_of(table)} SET BATCH_ID = '20200101T000000Z-cut-off' "
                f"WHERE {_IS_CUT_OFF.format(schema=self._schema())}"
            )

    def _schema(self, name: str = "PUBLIC") -> str:
        return f'"{self.places.tables.database}".{name}'

    def _name_of(self, table: Table) -> str:
        return f'"{self.places.tables.database}".{self.places.tables.name_of(table)}'

    def _all_rows(self, tables: Iterable[Table]) -> Tables:
        return {table.name: self._rows(f"FROM {self._name_of(table)}") for table in tables}

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return sorted((tuple(map(_plain, row)) for row in self._duck.execute(sql).fetchall()), key=repr)

    def _keys(self) -> list[str]:
        return [info.key for info in self._store.list("")]


def _plain(value: Any) -> Any:
    """A whole number as an integer, as the oracle has it."""
    return int(value) if isinstance(value, Decimal) else value
