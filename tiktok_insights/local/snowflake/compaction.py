"""Writes the databases on disk again, so that nothing is left of rows that were deleted. No server runs meanwhile.

DuckDB only marks the blocks of deleted rows as free. What is deleted, and why, belongs to whoever asks for this.
"""

from pathlib import Path

import duckdb

#: In which fakesnow keeps what DuckDB does not know. To import it from fakesnow makes a temporary folder that stays.
FAKESNOWS_DATABASE = "_fs_global"
#: Not found by a server that starts after this was cut off.
_NEW = ".new"
_TABLES = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY ALL"
_VIEWS = "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = ? ORDER BY ALL"


class CompactionError(RuntimeError):
    """A database's copy is not what the database is; the database was left as it is."""


def compact(folder: Path) -> int:
    """Write every database below the folder of the local Snowflake again; give how many there are.

    May be cut off and repeated: a database is the old one or the new one, and both have the same rows. Raises
    CompactionError.
    """
    metadata, databases = folder / "metadata.db", sorted((folder / "databases").glob("*.db"))
    for path in (metadata, *databases):
        if path.exists():
            _write_again(path, metadata)
    return len(databases)


def _write_again(path: Path, metadata: Path) -> None:
    new = path.with_name(f"{path.name}{_NEW}")
    for left in (new, new.with_name(f"{new.name}.wal")):
        left.unlink(missing_ok=True)
    with duckdb.connect() as duck:
        # The old file's log goes into it when it is closed.
        if path != metadata:
            duck.execute(f"ATTACH {_quoted(metadata)} AS {FAKESNOWS_DATABASE}")
        name = FAKESNOWS_DATABASE if path == metadata else path.stem
        duck.execute(f'ATTACH {_quoted(path)} AS "{name}"')
        duck.execute(f"ATTACH {_quoted(new)} AS renewed")
        duck.execute(f'COPY FROM DATABASE "{name}" TO renewed')
        if _content(duck, "renewed") != _content(duck, name):
            raise CompactionError(f"{path} was left as it is, because its copy has other rows. Run again.")
    new.replace(path)


def _content(duck: duckdb.DuckDBPyConnection, database: str) -> list[object]:
    """The tables of a database with their numbers of rows, and its views."""
    tables = duck.execute(_TABLES, [database]).fetchall()
    names = [".".join('"' + part.replace('"', '""') + '"' for part in (database, *table)) for table in tables]
    counts = [duck.execute(f"SELECT COUNT(*) FROM {name}").fetchall() for name in names]
    return [*zip(tables, counts, strict=True), *duck.execute(_VIEWS, [database]).fetchall()]


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
