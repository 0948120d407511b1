"""Brings the tables at a place to the version that this package knows, or refuses what is there and leaves it alone.

DDL commits, so nothing here is one transaction. Each statement may run twice, also at the same time in two processes;
the version row moves last. Whoever is killed in between leaves what the next start completes.
"""

import logging
from dataclasses import dataclass

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.migrations import TableVersions
from tiktok_insights.table_shape import (
    FoundTable,
    Table,
    existing_tables,
    found_differences,
    view_difference,
    written,
)
from tiktok_insights.warehouse_session import Session

#: Enough to see several other processes half-way.
_LOOKS = 10
_VERSION = "SCHEMA_VERSION"
_logger = logging.getLogger(__name__)


class TableDriftError(RuntimeError):
    """What is at the place is not what this version knows; it is left as it is."""


class DatabaseMissingError(RuntimeError):
    """The session is not in the tables' database."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tables lie, and the schema of the views that people read."""

    database: str
    schema: str
    view_schema: str


@dataclass(frozen=True, slots=True)
class _Found:
    """What is at the place under our names, in whatever case, and the lowest and highest of the version rows.

    There is one row, but two processes that make the tables at once may write two. The lowest then says what the tables
    surely have, the highest who has been here, and every statement on the row is one on both.
    """

    tables: dict[str, FoundTable]
    views: dict[str, FoundTable]
    versions: tuple[int, int] | None


class TableSetup:
    """One check of a place in a session, with what has to be made there."""

    def __init__(self, session: Session, place: Place, known: TableVersions) -> None:
        self._session = session
        self._place = place
        self._known = known
        self._schema = place.schema.upper()
        self._view_schema = place.view_schema.upper()

    def run(self) -> None:
        """Look, refuse or do the next step, and look again until there is nothing to do.

        Raises DatabaseMissingError and TableDriftError.
        """
        self._enter_schema()
        refused: _Found | None = None
        for _ in range(_LOOKS + self._known.newest):
            found = self._look()
            version = self._version(found)
            if differences := self._differences(found, version):
                # What is another's migration half-way is something else at a second look.
                if found == refused:
                    raise TableDriftError(self._refusal(differences))
                refused = found
            elif not self._next_step(found, version):
                return
        msg = (
            f"The tables in {self._place.database}.{self._schema} are not complete, however often they are made. "
            "Somebody drops or alters them just now, or the role may not see them: grant it the tables, and run again."
        )
        raise TableDriftError(msg)

    def _enter_schema(self) -> None:
        """Make the tables' schema when it is missing: the session is then in none."""
        ((database, schema),) = self._session.query("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()")
        if (database or "").upper() != self._place.database.upper():
            msg = (
                f"The database {self._place.database} does not exist, or the role may not use it. Create it (CREATE "
                f"DATABASE {self._place.database}), grant the role USAGE on it, or set SNOWFLAKE_DATABASE to another."
            )
            raise DatabaseMissingError(msg)
        if (schema or "").upper() != self._schema:
            self._session.execute(f"CREATE SCHEMA IF NOT EXISTS {self._schema}")
            self._session.execute(f"USE SCHEMA {self._schema}")

    def _look(self) -> _Found:
        known = self._known
        names = [table.name for table in known.tables]
        found = existing_tables(self._session, (self._schema, self._view_schema), names)
        tables = found[self._schema]
        views = {
            name: there
            for name, there in found[self._view_schema].items()
            if name.upper() == known.viewed and self._view_schema != self._schema
        }
        has_version = known.lock in tables and tables[known.lock].columns.get(_VERSION, "").startswith("NUMBER")
        return _Found(tables, views, _read_versions(self._session, known) if has_version else None)

    def _version(self, found: _Found) -> int:
        """The version to check and to go on from. Raises TableDriftError for one that this package does not know."""
        lowest, highest = found.versions or (self._known.newest, self._known.newest)
        if lowest < 1 or highest > self._known.newest:
            msg = (
                f"The tables in {self._place.database}.{self._schema} are of version {highest}; this package knows "
                f"version {self._known.newest}. Nothing was changed. Use the package version that made them, or let "
                "SNOWFLAKE_DATABASE or SNOWFLAKE_SCHEMA name another place."
            )
            raise TableDriftError(msg)
        return lowest

    def _differences(self, found: _Found, version: int) -> list[str]:
        """How what is there differs from the version and from every step of its migration, each a sentence."""
        states = self._known.states(version)
        said = []
        for name, there in found.tables.items():
            differences = found_differences(name, there, [state[name.upper()] for state in states])
            if differences:
                said.append(f"{written(name)} is not the table of version {version}: {'; '.join(differences)}.")
        # The view may be any version's: it holds nothing, and is renewed when all tables are of the newest.
        viewed = [self._known.at(any_version)[self._known.viewed] for any_version in range(1, self._known.newest + 1)]
        for name, there in found.views.items():
            if difference := view_difference(name, there, viewed):
                said.append(f"{self._view_schema}.{written(name)} is not the view of any version: {difference}.")
        return said

    def _refusal(self, differences: list[str]) -> str:
        return (
            f"In {self._place.database}.{self._schema}: {' '.join(differences)} Nothing was changed. Alter back what "
            "is the pipeline's; rename what is not, or let SNOWFLAKE_DATABASE or SNOWFLAKE_SCHEMA name another place."
        )

    def _next_step(self, found: _Found, version: int) -> bool:
        """Do what is due next; say whether anything was."""
        return (
            self._make_version_row(found)
            or self._make_what_is_missing(found, version)
            or self._migrate(version)
            or self._renew_view(found)
        )

    def _make_version_row(self, found: _Found) -> bool:
        """Make the version row before anything else; say whether it was missing.

        What is made next depends on the row that is there then, which may be another process's.
        """
        if found.versions:
            return False
        lock = self._known.at(self._known.newest)[self._known.lock]
        if lock.name not in found.tables:
            self._session.execute(lock.ddl)
        self._session.execute(
            f"INSERT INTO {lock.name} ({_VERSION}) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM {lock.name})",
            (self._known.newest,),
        )
        return True

    def _make_what_is_missing(self, found: _Found, version: int) -> bool:
        """Make tables and view as the version has them; say whether anything was missing."""
        tables = self._known.at(version)
        statements = [table.ddl for name, table in tables.items() if name not in found.tables]
        if self._view_schema != self._schema and not found.views:
            statements += [
                f"CREATE SCHEMA IF NOT EXISTS {self._view_schema}",
                # Which has moved the session to the new schema.
                f"USE SCHEMA {self._schema}",
                f"CREATE VIEW IF NOT EXISTS {self._view(tables[self._known.viewed])}",
            ]
        for statement in statements:
            self._session.execute(statement)
        return bool(statements)

    def _migrate(self, version: int) -> bool:
        """Go on to the next version; say whether there is one."""
        if version == self._known.newest:
            return False
        for change in self._known.migrations[version - 1]:
            self._session.execute(change.statement)
        # A publication holds the column BATCH_ID of the row: written too, it makes this wait for the publication's end.
        self._session.execute(
            f"UPDATE {self._known.lock} SET {_VERSION} = ?, BATCH_ID = BATCH_ID WHERE {_VERSION} = ?",
            (version + 1, version),
        )
        _logger.info("The tables in %s.%s went to version %d.", self._place.database, self._schema, version + 1)
        return True

    def _renew_view(self, found: _Found) -> bool:
        """Show the newest columns in the view; say whether it had others."""
        newest = self._known.at(self._known.newest)[self._known.viewed]
        if all(tuple(view.columns) == newest.names for view in found.views.values()):
            return False
        # Without COPY GRANTS, who may read the view would have to be granted it again.
        self._session.execute(f"CREATE OR REPLACE VIEW {self._view(newest, 'COPY GRANTS ')}")
        return True

    def _view(self, table: Table, grants: str = "") -> str:
        # A view looks for unqualified tables in its own schema.
        columns = ", ".join(table.names)
        return f"{self._view_schema}.{table.name} {grants}AS SELECT {columns} FROM {self._schema}.{table.name}"


def is_newest(session: Session, known: TableVersions) -> bool:
    """Whether the version rows say so. One statement; a place that was checked before needs no more."""
    try:
        return _read_versions(session, known) == (known.newest, known.newest)
    except ProgrammingError:
        # The table is gone, or its schema: the whole check says what that means.
        return False


def _read_versions(session: Session, known: TableVersions) -> tuple[int, int] | None:
    ((lowest, highest),) = session.query(f"SELECT MIN({_VERSION}), MAX({_VERSION}) FROM {known.lock}")
    return None if lowest is None else (int(lowest), int(highest))
