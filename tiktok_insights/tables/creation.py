"""Creates the tables and the views that are missing, or refuses what exists and leaves it alone.

DDL commits, so nothing here is one transaction. Each statement may run twice, also in two processes at the same time,
and a process that is killed in between leaves what the next one completes. Nothing here changes an existing table; what
does belongs in a module of its own, once there is a V002.
"""

from collections.abc import Iterator

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import Session, retry_conflicts
from tiktok_insights.tables.columns import Table, comment
from tiktok_insights.tables.comparison import ActualTable, quoted, table_differences, view_differences
from tiktok_insights.tables.definitions import ALL, LOAD_BATCHES, PUBLISH_LOCK, SCHEMA_VERSION, VIEWED
from tiktok_insights.tables.inventory import read_tables
from tiktok_insights.tables.namespace import Namespace

#: Enough to see several other processes half-way.
_LOOKS = 10
_VERSION = "SCHEMA_VERSION"
_BY_NAME = {table.name: table for table in ALL}
#: What to do about a refused table, apart from changing it back.
_REMEDY = (
    "set SNOWFLAKE_DATABASE to another database, or each of SNOWFLAKE_SCHEMA, SNOWFLAKE_INTERNAL_SCHEMA and "
    "SNOWFLAKE_VIEW_SCHEMA to another schema"
)

#: By schema, then by name in whatever case: what there is under the names of our tables.
_Actual = dict[str, dict[str, ActualTable]]


class TableDriftError(RuntimeError):
    """What exists is not what this version expects; it was left as it is."""


class DatabaseMissingError(RuntimeError):
    """The session is not in the tables' database."""


@retry_conflicts
def ensure_tables(session: Session, remedy: str | None = None) -> None:
    """Create the tables, and the views that people read, when they are missing; the session is in their schema then.

    May be run by several processes at once. `remedy` is what a person may do about refused tables; by default it is to
    use other schemas. Raises DatabaseMissingError, and TableDriftError for tables that differ or are of another
    version; nothing is changed then.
    """
    _enter_schema(session)
    namespace, remedy = session.namespace, remedy or _REMEDY
    for _ in range(_LOOKS):
        actual = read_tables(session, namespace.schemas, tuple(_BY_NAME))
        versions = _read_versions(session) if _has_version(namespace, actual) else ()
        _refuse_other_versions(namespace, versions, remedy)
        _refuse_differences(namespace, actual, remedy)
        statements = list(_missing(namespace, actual, versions))
        if not statements:
            return
        for statement in statements:
            session.execute(statement)
    msg = (
        f"The tables in {namespace} are still incomplete after several attempts to create them. Someone may be "
        "dropping or altering them, or the role cannot see them: grant it access, and run again."
    )
    raise TableDriftError(msg)


def is_current(session: Session) -> bool:
    """Tell whether the version row is this package's. One statement; tables that were checked before need no more."""
    try:
        return _read_versions(session) == (SCHEMA_VERSION,)
    except ProgrammingError:
        # The table is gone, or its schema: the whole check says what that means.
        return False


def creation_script(namespace: Namespace) -> str:
    """All statements that create the tables in an empty database, as a script; a record of each version is kept."""
    return ";\n\n".join([*_schema(namespace), *_missing(namespace, {}, ()), *_missing(namespace, {}, (1,))]) + ";\n"


def _enter_schema(session: Session) -> None:
    """Create the tables' schema when it is missing: the session is then in none."""
    namespace = session.namespace
    ((database, schema),) = session.query("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()")
    if (database or "").upper() != namespace.database:
        msg = (
            f"The database {namespace.database} does not exist, or the role has no access to it. Create it "
            f"(CREATE DATABASE {namespace.database}), grant the role USAGE on it, or set SNOWFLAKE_DATABASE to another."
        )
        raise DatabaseMissingError(msg)
    if (schema or "").upper() != namespace.schema:
        for statement in _schema(namespace):
            session.execute(statement)


def _read_versions(session: Session) -> tuple[int, ...]:
    """The versions in the lock's row: none before it is written. Two processes that create it at once may write two."""
    rows = session.query(
        f"SELECT DISTINCT {_VERSION} FROM {session.namespace.name_of(PUBLISH_LOCK)} ORDER BY {_VERSION}"
    )
    return tuple(int(version) for (version,) in rows)


def _has_version(namespace: Namespace, actual: _Actual) -> bool:
    lock = actual[namespace.internal_schema].get(PUBLISH_LOCK.name)
    return lock is not None and lock.columns.get(_VERSION, "").startswith("NUMBER")


def _refuse_other_versions(namespace: Namespace, versions: tuple[int, ...], remedy: str) -> None:
    if others := [version for version in versions if version != SCHEMA_VERSION]:
        msg = (
            f"The tables in {namespace} have version {others[-1]}, but this package needs version {SCHEMA_VERSION}. "
            f"Nothing was changed. Use the package version that created them, or {remedy}."
        )
        raise TableDriftError(msg)


def _refuse_differences(namespace: Namespace, actual: _Actual, remedy: str) -> None:
    if differences := list(_differences(namespace, actual)):
        msg = (
            f"In {namespace.database}: {' '.join(differences)} Nothing was changed. Undo changes to the pipeline's "
            f"tables, rename tables that are not the pipeline's, or {remedy}."
        )
        raise TableDriftError(msg)


def _differences(namespace: Namespace, actual: _Actual) -> Iterator[str]:
    """How what exists differs from this version, a sentence for each table and view."""
    for schema, tables in actual.items():
        for name, table in tables.items():
            full_name, expected = f"{schema}.{quoted(name)}", _BY_NAME[name.upper()]
            if schema == namespace.schema_of(expected):
                if differences := table_differences(name, table, expected):
                    yield f"{full_name} is not the table of version {SCHEMA_VERSION}: {'; '.join(differences)}."
            elif schema == namespace.view_schema and expected in VIEWED:
                if differences := view_differences(name, table, expected):
                    yield f"{full_name} is not the view of version {SCHEMA_VERSION}: {'; '.join(differences)}."
            elif schema == namespace.schema and expected.is_internal:
                yield f"{full_name} belongs in the schema {namespace.internal_schema}."


def _missing(namespace: Namespace, actual: _Actual, versions: tuple[int, ...]) -> Iterator[str]:
    """The statements to run next. The version row comes before anything else: it may be another version's by then."""
    if not versions:
        yield from _schema(namespace, namespace.internal_schema)
        yield _table(namespace, PUBLISH_LOCK)
        lock = namespace.name_of(PUBLISH_LOCK)
        yield f"INSERT INTO {lock} ({_VERSION}) SELECT {SCHEMA_VERSION} WHERE NOT EXISTS (SELECT 1 FROM {lock})"
        return
    missing = [table for table in ALL if table.name not in actual.get(namespace.schema_of(table), {})]
    if missing and LOAD_BATCHES.name in actual.get(namespace.schema_of(LOAD_BATCHES), {}):
        # Somebody may have dropped what is missing. Before it is there again, empty: compare all publications again.
        yield f"UPDATE {namespace.name_of(LOAD_BATCHES)} SET CHECKED_AT = NULL"
    for table in missing:
        yield _table(namespace, table)
    views = [table for table in VIEWED if table.name not in actual.get(namespace.view_schema, {})]
    if namespace.has_view and views:
        yield from _schema(namespace, namespace.view_schema)
        for table in views:
            yield _view(namespace, table)


def _schema(namespace: Namespace, name: str | None = None) -> tuple[str, str]:
    """Create a schema, by default that of the tables, and go to that of the tables: creating one moves the session."""
    return f"CREATE SCHEMA IF NOT EXISTS {name or namespace.schema}", f"USE SCHEMA {namespace.schema}"


def _table(namespace: Namespace, table: Table) -> str:
    columns = ",\n".join(f"  {column.name} {column.type} {comment(column.meaning)}" for column in table.columns)
    return f"CREATE TABLE IF NOT EXISTS {namespace.name_of(table)} (\n{columns}\n) {comment(table.grain, '=')}"


def _view(namespace: Namespace, table: Table) -> str:
    # A view looks for unqualified tables in its own schema.
    columns = ", ".join(f"{column.name} {comment(column.meaning)}" for column in table.columns)
    return (
        f"CREATE VIEW IF NOT EXISTS {namespace.view_schema}.{table.name} ({columns}) {comment(table.grain, '=')} "
        f"AS SELECT {', '.join(table.names)} FROM {namespace.name_of(table)}"
    )
