"""What can be exported: the tables that people query and the marts, by the names that people type.

Which tables and marts there are is said elsewhere, in `tables.definitions` and `insights.mart_files`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.tables.definitions import ALL, VIEWED
from tiktok_insights.tables.namespace import Namespace

#: The columns that tell the rows of each table apart, in which its rows are ordered. A mart's file says its own.
ORDERS = {
    "TIKTOK_DATA": "TIKTOK_ID",
    "FOLLOWER_SNAPSHOTS": "OBJECT_KEY, TIKTOK_ID",
    "ACCOUNT_SNAPSHOTS": "OBJECT_KEY",
    "LOAD_HISTORY": "OBJECT_KEY, ETAG",
    "LOAD_BATCHES": "BATCH_ID",
    "PRESENCE_SPELLS": "ACCOUNT_ID, TIKTOK_ID, SPELL",
    "ACCOUNT_LOOKS": "OBJECT_KEY",
    "RUN_COSTS": "STARTED_AT, RUN_ID",
    "DAILY_TOTALS": "ACCOUNT_ID, DAY",
}


class UnknownNameError(ValueError):
    """No table and no mart has this name."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table or mart: where it is, its columns, and the order of its rows (none for a mart of one row)."""

    name: str
    schema: str
    columns: tuple[str, ...]
    order: str

    @property
    def statement(self) -> str:
        """The one statement that reads it."""
        order = f" ORDER BY {self.order}" if self.order else ""
        return f"SELECT {', '.join(self.columns)} FROM {self.schema}.{self.name}{order}"


def all_sources(namespace: Namespace) -> Iterator[Source]:
    """Give every table that people query, and every mart."""
    for table in ALL:
        if not table.is_internal:
            yield Source(table.name, namespace.schema_of(table), table.names, ORDERS[table.name])
    if namespace.has_view:
        for table in VIEWED:
            yield Source(table.name, namespace.view_schema, table.names, ORDERS[table.name])
    for mart in all_marts():
        yield Source(mart.view, namespace.view_schema, tuple(column.name for column in mart.columns), mart.order)


def find_source(name: str, namespace: Namespace) -> Source:
    """Find a table or mart by its name, in any case; schema and database may stand before it.

    Raises UnknownNameError, with the names that are most like it.
    """
    sources = tuple(all_sources(namespace))
    typed = name.strip().upper()
    for source in sources:
        if typed in (
            source.name,
            f"{source.schema}.{source.name}",
            f"{namespace.database}.{source.schema}.{source.name}",
        ):
            return source
    raise UnknownNameError(f"There is no table or mart {name}. {_hint(typed, sources)}")


def _hint(typed: str, sources: tuple[Source, ...]) -> str:
    """Say what may have been meant."""
    last = typed.rpartition(".")[2]
    if elsewhere := [f"{source.schema}.{source.name}" for source in sources if source.name == last]:
        return f"Did you mean {' or '.join(elsewhere)}?"
    names = list(dict.fromkeys(source.name for source in sources))
    similar = get_close_matches(last, names, n=3, cutoff=0.7) or [one for one in names if last and last in one][:3]
    if similar:
        return f"Did you mean {' or '.join(similar)}?"
    return "docs/data_model.md lists all tables and marts."
