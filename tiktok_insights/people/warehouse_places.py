"""The places in the warehouse: each table and mart that has IDs, and each column of texts that may name a user.

A row with a user's ID is about that user. A row that has only the IDs of accounts is about each of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.insights.mart import ValueType
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.people.erasing.texts import TEXTS, without_names
from tiktok_insights.people.finding import Finding, Place, Unread
from tiktok_insights.people.person import Person
from tiktok_insights.schema import ID_COLUMN
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.definitions import ALL

_MISSING = 2003
_USER = ID_COLUMN.warehouse or ""
_ACCOUNT = "ACCOUNT_ID"
#: What tells the rows of a table with texts apart, and when such a row was written.
_KEYS = {
    "LOAD_HISTORY": ("OBJECT_KEY", "LOADED_AT"),
    "LOAD_BATCHES": ("BATCH_ID", "STAGED_AT"),
    "ACCOUNT_SNAPSHOTS": ("OBJECT_KEY", "FINISHED_AT"),
}


@dataclass(frozen=True, slots=True)
class TablePlace:
    """A table or mart, by the columns in which the person's ID stands."""

    session: Session
    name: str
    meaning: str
    ids: tuple[str, ...]

    def find(self, person: Person) -> Iterator[Finding | Unread]:
        """Give the person's rows; a table that no run has made holds none."""
        condition = " OR ".join(f"{name} = ?" for name in self.ids)
        statement = f"SELECT * FROM {self.name} WHERE {condition}"
        for number, row in enumerate(_records(self.session, statement, [person.id] * len(self.ids)), 1):
            yield Finding(self.name, f"row {number}", None, {name: _plain(value) for name, value in row.items()})


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A column of texts about objects or runs, some of which name a user as an example."""

    session: Session
    table: Table
    column: str

    @property
    def name(self) -> str:
        """The column's full name."""
        return f"{self.session.namespace.name_of(self.table)}.{self.column}"

    @property
    def meaning(self) -> str:
        """The column's meaning."""
        return next(column.meaning for column in self.table.columns if column.name == self.column)

    def find(self, person: Person) -> Iterator[Finding | Unread]:
        """Give each text that names the person, in full or shortened, without its words: they may name others, too."""
        key, at = _KEYS[self.table.name]
        suppression, ids = person.alone(), [person.id] if person.id else []
        statement = (
            f"SELECT {key}, {at}, {self.column} FROM {self.session.namespace.name_of(self.table)} "
            f"WHERE {self.column} IS NOT NULL ORDER BY {key}"
        )
        for row in _records(self.session, statement):
            if without_names(row[self.column], suppression, ids) != row[self.column]:
                yield Finding(self.name, f"{key} {row[key]}", _plain(row[at]), None)


def warehouse_places(session: Session) -> Iterator[Place]:
    """Give every table, also those that only the pipeline needs, and every mart, if it has IDs; then the texts."""
    namespace = session.namespace
    for table in ALL:
        if ids := _ids(table.names):
            yield TablePlace(session, namespace.name_of(table), table.grain, ids)
    for mart in all_marts():
        names = tuple(column.name for column in mart.columns if column.type is ValueType.ID)
        if ids := _ids(names):
            yield TablePlace(session, f"{namespace.view_schema}.{mart.view}", mart.description, ids)
    for table, column_name in TEXTS:
        yield TextPlace(session, table, column_name)


def _records(session: Session, statement: str, values: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The rows of a statement; a table that no run has made has none."""
    try:
        return session.records(statement, values)
    except ProgrammingError as error:
        if error.errno != _MISSING:
            raise
        return []


def _ids(names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that say about whom a row is."""
    return (_USER,) if _USER in names else tuple(name for name in names if name.endswith(_ACCOUNT))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value
