"""The places in the warehouse: each table and mart that has IDs.

A row with a user's ID is about that user. A row that has only the IDs of accounts is about each of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.insights.mart import ValueType
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.people.finding import Finding, Unread
from tiktok_insights.people.person import Person
from tiktok_insights.schema import ID_COLUMN
from tiktok_insights.tables.definitions import ALL

_MISSING = 2003
_USER = ID_COLUMN.warehouse or ""
_ACCOUNT = "ACCOUNT_ID"


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
        try:
            rows = self.session.records(f"SELECT * FROM {self.name} WHERE {condition}", [person.id] * len(self.ids))
        except ProgrammingError as error:
            if error.errno != _MISSING:
                raise
            return
        for number, row in enumerate(rows, 1):
            yield Finding(self.name, f"row {number}", None, {name: _plain(value) for name, value in row.items()})


def warehouse_places(session: Session) -> Iterator[TablePlace]:
    """Give every table, also those that only the pipeline needs, and every mart, if it has IDs."""
    namespace = session.namespace
    for table in ALL:
        if ids := _ids(table.names):
            yield TablePlace(session, namespace.name_of(table), table.grain, ids)
    for mart in all_marts():
        names = tuple(column.name for column in mart.columns if column.type is ValueType.ID)
        if ids := _ids(names):
            yield TablePlace(session, f"{namespace.view_schema}.{mart.view}", mart.description, ids)


def _ids(names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that say about whom a row is."""
    return (_USER,) if _USER in names else tuple(name for name in names if name.endswith(_ACCOUNT))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value
