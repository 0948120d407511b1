"""The schema in which a session's names are looked up. What a session does otherwise belongs in `session`."""

from typing import Any


def enter_schema(session: Any, database: str, schema: str) -> None:
    """Make a schema the current one, where there is one: USE DATABASE does so with PUBLIC."""
    session._schema = None
    found = session._duck_conn.execute(
        "SELECT 1 FROM information_schema.schemata WHERE upper(catalog_name) = upper(?) AND upper(schema_name) = ?",
        [database, schema],
    )
    if found.fetchone():
        session.cursor().execute(f'USE SCHEMA "{database}".{schema}')
