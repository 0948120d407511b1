"""Sessions of the deployment `aws` in Dagster: dagster-snowflake's resource opens their connection.

Importing this module takes seconds, since dagster-snowflake loads Snowpark; only a session that needs it does. The
arguments are those of the command line: what a setting means belongs in `opening`.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster_snowflake import SnowflakeResource
from snowflake.connector import SnowflakeConnection

from tiktok_insights.clients.snowflake_session import Session, session_on
from tiktok_insights.resources.opening import snowflake_arguments
from tiktok_insights.settings.client_settings import SnowflakeSettings

#: The arguments that dagster-snowflake has no field for.
_WITHOUT_FIELD = ("host", "port", "protocol", "session_parameters")


@contextmanager
def platform_session(settings: SnowflakeSettings, step: str, run_id: str = "") -> Iterator[Session]:
    """Open a session as `open_session` does, and close it at the end, whatever happens.

    dagster-snowflake itself closes a connection only where its user succeeds; a second close does nothing.
    """
    with _resource(snowflake_arguments(settings, step, run_id)).get_connection() as connection:
        assert isinstance(connection, SnowflakeConnection)  # noqa: S101 - not the SQLAlchemy connection, which is not asked for
        with session_on(connection, settings.namespace) as session:
            yield session


def _resource(arguments: dict[str, Any]) -> SnowflakeResource:
    """Make the resource that hands these arguments to the connector. It reads a private key only as PEM."""
    body = base64.encodebytes(arguments["private_key"]).decode()
    pem = f"-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n"
    others = {name: arguments[name] for name in _WITHOUT_FIELD if name in arguments}
    fields = {name: value for name, value in arguments.items() if name not in others}
    return SnowflakeResource(**fields | {"private_key": pem}, additional_snowflake_connection_args=others)
