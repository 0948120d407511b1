"""Brings the tables at a place to the version that this package knows, or refuses what is there and leaves it alone.

DDL commits, so nothing here is one transaction. Each statement may run twice, also at the same time in two processes;
the version row moves last. Whoever is killed in between leaves what the next start completes.
"""

import logging

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.comparison import Table, found_differences, view_difference, written
from tiktok_insights.tables.migrations import TableVersions
from tiktok_insights.tables.namespace import VERSION, Found, Namespace, look

#: Enough to see several other processes half-way.
_LOOKS = 10
_logger = logging.getLogger(__name__)


class TableDriftError(RuntimeError):
    """What is at the place is not what this version knows; it is left as it is."""


class DatabaseMissingError(RuntimeError):
    """The session is not in the tables' database."""


class TableSetup:
    """One check of a place in a session, with what has to be made there."""

    def __init__(self, session: Session, namespace: Namespace, known: TableVersions) -> None:
        self._session = session
        self._namespace = namespace
        self._known = known

    def run(self) -> None:
        """Look, refuse or do the next step, and look again until there is nothing to do.

        Raises DatabaseMissingError and TableDriftError.
        """
        self._enter_schema()
        refused: Found | None = None
        for _ in range(_LOOKS + self._known.newest):
            found = look(self._session, self._namespace, self._known)
            version = self._version(found)
            if differences := self._differences(found, version):
                # What is another's migration half-way is something else at a second look.
                if found == refused:
                    raise TableDriftError(self._refusal(differences))
                refused = found
            elif not self._next_step(found, version):
                return
        msg = (
            f"The tables in {self._namespace} are not complete, however often they are made. Somebody drops or alters "
            "them just now, or the role may not see them: grant it the tables, and run again."
        )
        raise TableDriftError(msg)

    def _enter_schema(self) -> None:
        """Make the tables' schema when it is missing: the session is then in none."""
        ((database, schema),) = self._session.query("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()")
        if (database or "").upper() != self._namespace.database:
            msg = (
                f"The database {self._namespace.database} does not exist, or the role may not use it. Create "
                f"it (CREATE DATABASE {self._namespace.database}), grant the role USAGE on it, or set "
                "SNOWFLAKE_DATABASE to another."
            )
            raise DatabaseMissingError(msg)
        if (schema or "").upper() != self._namespace.schema:
            self._session.execute(f"CREATE SCHEMA IF NOT EXISTS {self._namespace.schema}")
            self._session.execute(f"USE SCHEMA {self._namespace.schema}")

    def _version(self, found: Found) -> int:
        """The version to check and to go on from. Raises TableDriftError for one that this package does not know."""
        if not found.versions:
            return self._unrecorded_version(found)
        lowest, highest = found.versions
        if lowest < 1 or highest > self._known.newest:
            msg = (
                f"The tables in {self._namespace} are of version {highest}; this package knows "
                f"version {self._known.newest}. Nothing was changed. Use the package version that made them, or let "
                "SNOWFLAKE_DATABASE or SNOWFLAKE_SCHEMA name another place."
            )
            raise TableDriftError(msg)
        return lowest

    def _unrecorded_version(self, found: Found) -> int:
        """The version of tables without a version row: the earliest that they fit, as migrations may run twice."""
        if set(found.tables) <= {self._known.lock}:
            return self._known.newest
        fitting = (version for version in range(1, self._known.newest + 1) if not self._differences(found, version))
        return next(fitting, self._known.newest)

    def _differences(self, found: Found, version: int) -> list[str]:
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
                said.append(
                    f"{self._namespace.view_schema}.{written(name)} is not the view of any version: {difference}."
                )
        return said

    def _refusal(self, differences: list[str]) -> str:
        return (
            f"In {self._namespace}: {' '.join(differences)} Nothing was changed. Alter back what "
            "is the pipeline's; rename what is not, or let SNOWFLAKE_DATABASE or SNOWFLAKE_SCHEMA name another place."
        )

    def _next_step(self, found: Found, version: int) -> bool:
        """Do what is due next; say whether anything was."""
        return (
            self._make_version_row(found, version)
            or self._make_what_is_missing(found, version)
            or self._migrate(version)
            or self._renew_view(found)
        )

    def _make_version_row(self, found: Found, version: int) -> bool:
        """Make the version row before anything else; say whether it was missing.

        What is made next depends on the row that is there then, which may be another process's.
        """
        if found.versions:
            return False
        lock = self._known.at(self._known.newest)[self._known.lock]
        if lock.name not in found.tables:
            self._session.execute(lock.ddl)
        self._session.execute(
            f"INSERT INTO {lock.name} ({VERSION}) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM {lock.name})",
            (version,),
        )
        return True

    def _make_what_is_missing(self, found: Found, version: int) -> bool:
        """Make tables and view as the version has them; say whether anything was missing."""
        tables = self._known.at(version)
        statements = [table.ddl for name, table in tables.items() if name not in found.tables]
        if self._namespace.has_view and not found.views:
            statements += [
                f"CREATE SCHEMA IF NOT EXISTS {self._namespace.view_schema}",
                # Which has moved the session to the new schema.
                f"USE SCHEMA {self._namespace.schema}",
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
            f"UPDATE {self._known.lock} SET {VERSION} = ?, BATCH_ID = BATCH_ID WHERE {VERSION} = ?",
            (version + 1, version),
        )
        _logger.info("The tables in %s went to version %d.", self._namespace, version + 1)
        return True

    def _renew_view(self, found: Found) -> bool:
        """Show the newest columns in the view; say whether it had others."""
        newest = self._known.at(self._known.newest)[self._known.viewed]
        if all(tuple(view.columns) == newest.names for view in found.views.values()):
            return False
        # Without COPY GRANTS, who may read the view would have to be granted it again.
        self._session.execute(f"CREATE OR REPLACE VIEW {self._view(newest, 'COPY GRANTS ')}")
        return True

    def _view(self, table: Table, grants: str = "") -> str:
        namespace, columns = self._namespace, ", ".join(table.names)
        # A view looks for unqualified tables in its own schema.
        return f"{namespace.view_schema}.{table.name} {grants}AS SELECT {columns} FROM {namespace.schema}.{table.name}"
