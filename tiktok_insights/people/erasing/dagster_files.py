"""Takes a person's names out of what Dagster keeps in files: its SQLite databases, and what runs have printed.

Runs, events and the history of assets stay; a text that named the person says [removed] there. Dagster is not imported:
a name may be in any text, also in one that a later version adds. On PostgreSQL, nothing of this applies.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.named_texts import REMOVED, NamedTexts
from tiktok_insights.people.erasing.text_files import clean_text_files
from tiktok_insights.people.finding import Unread
from tiktok_insights.suppression import Kind

#: Seconds for which a run may hold a database.
_PATIENCE = 30.0
#: What people read. Elsewhere in an event, a text that looks like a handle is the name of an asset, a job or a class.
_PROSE = {
    "message", "user_message", "stack", "text", "md_str", "data", "records", "run_config", "description", "label",
    "skip_reason",
}  # fmt: skip
_NAMES_OF_DAGSTER = ("__class__", "__enum__")


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
    quoted = ", ".join(f'"{name}"' for name in columns)
    copies = 0
    for rowid, *values in connection.execute(f'SELECT rowid, {quoted} FROM "{table}"').fetchall():
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, str) and (clean := _cleaned(value, texts)) != value:
                update = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
                connection.execute(update, (clean, rowid))
                copies += 1
    return copies


def _cleaned(value: str, texts: NamedTexts) -> str:
    # Most texts have no name, and need not be read as JSON.
    if texts.clean(value) == value and not any(name in value for kind, name in texts.names if kind is Kind.ID):
        return value
    try:
        document = json.loads(value)
    except ValueError:
        return texts.clean(value, handles=False)
    clean = _cleaned_document(document, texts, is_prose=False)
    return value if clean == document else json.dumps(clean)


def _cleaned_document(found: Any, texts: NamedTexts, *, is_prose: bool) -> Any:
    if isinstance(found, dict):
        return {
            key: value
            if key in _NAMES_OF_DAGSTER
            else _cleaned_document(value, texts, is_prose=is_prose or key in _PROSE)
            for key, value in found.items()
        }
    if isinstance(found, list):
        return [_cleaned_document(each, texts, is_prose=is_prose) for each in found]
    if isinstance(found, str):
        is_short_id = is_prose and (Kind.ID, found) in texts.names
        return REMOVED if is_short_id else texts.clean(found, handles=is_prose)
    return found
