"""Takes a person's names out of what Dagster keeps in files: its SQLite databases, and what runs have printed.

Runs, events and the history of assets stay; a text that named the person says [removed] there. Dagster is not imported:
a name may be in any text, also in one that a later version adds. For PostgreSQL, there is `dagster_postgres`.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.dagster_texts import TAG_TABLES, TAG_VALUE, cleaned_text, is_own_tag
from tiktok_insights.people.erasing.named_texts import NamedTexts
from tiktok_insights.people.erasing.text_files import clean_text_files
from tiktok_insights.people.finding import Unread

#: Seconds for which a run may hold a database.
_PATIENCE = 30.0


def clean_dagster(dagster_home: Path, texts: NamedTexts) -> list[Cleaned]:
    """Clean every database and text file below Dagster's home, and give their deleted pages back to the disk.

    May be cut off and repeated. A database that a run holds for too long is named as unread.
    """
    databases = sorted(dagster_home.rglob("*.db"))
    cleaned = [_clean_database(path, texts) for path in databases]
    return [*cleaned, clean_text_files("Dagster's logs", dagster_home, texts)]


def _clean_database(path: Path, texts: NamedTexts) -> Cleaned:
    place = f"Dagster's {path.name}" if path.name in ("runs.db", "index.db", "schedules.db") else "Dagster's events"
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
            copies = _clean_tables(connection, texts)
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        return Cleaned(place, unread=(Unread(str(path), f"{error}; stop what uses it, and run again"),))
    return Cleaned(place, min(copies, 1), copies)


def _clean_tables(connection: sqlite3.Connection, texts: NamedTexts) -> int:
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    copies = sum(_clean_table(connection, table, texts) for (table,) in tables if not table.startswith("sqlite_"))
    connection.execute("COMMIT")
    return copies


def _clean_table(connection: sqlite3.Connection, table: str, texts: NamedTexts) -> int:
    """Clean every text of a table. Names of tables and columns are SQLite's own."""
    columns = [name for _, name, *_ in connection.execute(f'PRAGMA table_info("{table}")').fetchall()]
    key = columns.index("key") if table.endswith(TAG_TABLES) and "key" in columns else None
    quoted = ", ".join(f'"{name}"' for name in columns)
    copies = 0
    for rowid, *values in connection.execute(f'SELECT rowid, {quoted} FROM "{table}"').fetchall():
        is_tag = key is not None and not is_own_tag(str(values[key]))
        for column, value in zip(columns, values, strict=True):
            is_prose = is_tag and column == TAG_VALUE
            if isinstance(value, str) and (clean := cleaned_text(value, texts, is_prose=is_prose)) != value:
                update = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
                connection.execute(update, (clean, rowid))
                copies += 1
    return copies
