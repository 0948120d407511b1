"""Warehouse sessions without Dagster, for the command line: the connector alone loads five seconds faster."""

from collections.abc import Iterator
from contextlib import contextmanager

from tiktok_insights.clients.snowflake_session import Session, session_on
from tiktok_insights.resources.connections import Connections
from tiktok_insights.settings.private_key import private_key_der


@contextmanager
def open_session(connections: Connections) -> Iterator[Session]:
    """A session in the tables' schema; no table is made. Raises SettingsError for a key that cannot be read."""
    import snowflake.connector

    arguments = dict(connections.snowflake)
    if key := arguments.pop("private_key", ""):
        arguments["private_key"] = private_key_der(key, arguments.pop("private_key_password") or "")
    with session_on(snowflake.connector.connect(**arguments)) as session:
        yield session
