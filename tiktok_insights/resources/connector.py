"""Warehouse sessions without Dagster, for the command line: the connector alone loads five seconds faster."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tiktok_insights.clients.snowflake_session import Session, session_on
from tiktok_insights.resources.connections import Connections
from tiktok_insights.settings.environment import SettingsError


@contextmanager
def open_session(connections: Connections) -> Iterator[Session]:
    """A session in the tables' schema; no table is made. Raises SettingsError for a key that is no PEM text."""
    import snowflake.connector

    arguments = dict(connections.snowflake)
    if key := arguments.pop("private_key", ""):
        arguments |= _key_arguments(key, arguments.pop("private_key_password"))
    with session_on(snowflake.connector.connect(**arguments)) as session:
        yield session


def _key_arguments(key: str, passphrase: str | None) -> dict[str, Any]:
    """The connector takes a key as DER, which is what stands between the lines of a PEM text."""
    lines = [line.strip() for line in key.replace("\\n", "\n").splitlines()]
    try:
        der = base64.b64decode("".join(line for line in lines if not line.startswith("-----")), validate=True)
    except ValueError:
        msg = (
            "SNOWFLAKE_PRIVATE_KEY is not a private key in PEM form. Copy the whole file, from -----BEGIN to the last "
            "line; its line breaks may be written as \\n."
        )
        raise SettingsError(msg) from None
    return {"private_key": der, "private_key_passphrase": passphrase.encode() if passphrase else None}
