"""The warehouse as a Dagster resource: sessions on Snowflake through dagster-snowflake."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import Field, PrivateAttr

from tiktok_insights.clients.snowflake_session import Session, session_on
from tiktok_insights.resources.connections import connect
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.tables.definitions import VERSIONS, ensure_tables
from tiktok_insights.tables.namespace import Namespace, is_newest
from tiktok_insights.warehouse.table_checks import step_7

#: What SnowflakeResource has no field for; it hands these on to the connector.
_CONNECTOR_ONLY = (
    "backoff_policy", "host", "platform_detection_timeout_seconds", "port", "protocol", "socket_timeout",
)  # fmt: skip


class WarehouseResource(dg.ConfigurableResource):
    """Snowflake. User and private key come from the environment when a session is opened, and are kept nowhere."""

    role: str = Field(description="The role that sessions use.")
    warehouse: str = Field(description="The virtual warehouse that runs the statements.")
    database: str = Field(description="The database of the tables.")
    schema_name: str = Field(description="The schema of the tables.")
    view_schema: str = Field(description="The schema of the views that people read.")
    _is_checked: bool = PrivateAttr(default=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session in the tables' schema; they are made when they are missing, and migrated when they are old.

        A run looks at all of them once. Each later session asks for their version, which is one statement.
        """
        # Imported here: it takes seconds, and loading the definitions needs it not.
        from dagster_snowflake import SnowflakeResource

        arguments = connect(read_settings()).snowflake
        extra = {name: arguments.pop(name) for name in _CONNECTOR_ONLY if name in arguments}
        resource = SnowflakeResource(**arguments, additional_snowflake_connection_args=extra)
        with resource.get_connection() as connection, session_on(connection) as session:
            if not (self._is_checked and is_newest(session, VERSIONS)):
                ensure_tables(session, self.namespace)
                self._is_checked = True
            yield session

    @property
    def namespace(self) -> Namespace:
        """Where the tables and the views lie."""
        return Namespace.named(self.database, self.schema_name, self.view_schema)

    @property
    def step_7(self) -> tuple[str, ...]:
        """The statements of Step 7 with this deployment's names."""
        return step_7(self.role, self.warehouse, self.database, self.view_schema)

    @property
    def table_name(self) -> str:
        """The table's full name."""
        return f"{self.database}.{self.schema_name}.TIKTOK_DATA"
