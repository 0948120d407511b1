"""Where the tables lie, and what is there: tables, views, and the version that they say. Changes nothing."""

from dataclasses import dataclass

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.comparison import FoundTable, existing_tables
from tiktok_insights.tables.migrations import TableVersions

#: The column of the lock's table that holds the version.
VERSION = "SCHEMA_VERSION"


@dataclass(frozen=True, slots=True)
class Namespace:
    """Where the tables lie, and the schema of the view that people read. Upper case, as names without quotes are."""

    database: str
    schema: str
    view_schema: str

    @classmethod
    def named(cls, database: str, schema: str, view_schema: str) -> "Namespace":
        """The place by names that a person wrote, in whatever case."""
        return cls(database.upper(), schema.upper(), view_schema.upper())

    def __str__(self) -> str:
        """The tables' schema with its database."""
        return f"{self.database}.{self.schema}"

    @property
    def has_view(self) -> bool:
        """Whether people read a view; where its schema is that of the tables, they read the table itself."""
        return self.view_schema != self.schema


@dataclass(frozen=True, slots=True)
class Found:
    """What is at the place under our names, in whatever case, and the lowest and highest of the version rows.

    There is one row, but two processes that make the tables at once may write two. The lowest then says what the tables
    surely have, the highest who has been here, and every statement on the row is one on both.
    """

    tables: dict[str, FoundTable]
    views: dict[str, FoundTable]
    versions: tuple[int, int] | None


def look(session: Session, namespace: Namespace, known: TableVersions) -> Found:
    """What is there at this moment, in at most two statements."""
    names = [table.name for table in known.tables]
    found = existing_tables(session, (namespace.schema, namespace.view_schema), names)
    tables, readable = found[namespace.schema], found[namespace.view_schema] if namespace.has_view else {}
    views = {name: there for name, there in readable.items() if name.upper() == known.viewed}
    has_version = known.lock in tables and tables[known.lock].columns.get(VERSION, "").startswith("NUMBER")
    return Found(tables, views, _read_versions(session, known) if has_version else None)


def is_newest(session: Session, known: TableVersions) -> bool:
    """Whether the version rows say so. One statement; a place that was checked before needs no more."""
    try:
        return _read_versions(session, known) == (known.newest, known.newest)
    except ProgrammingError:
        # The table is gone, or its schema: the whole check says what that means.
        return False


def _read_versions(session: Session, known: TableVersions) -> tuple[int, int] | None:
    ((lowest, highest),) = session.query(f"SELECT MIN({VERSION}), MAX({VERSION}) FROM {known.lock}")
    return None if lowest is None else (int(lowest), int(highest))
