"""Snowflake as a Dagster resource: sessions in the tables' schema, in which the tables are ready."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import dagster as dg
from pydantic import Field, PrivateAttr

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.insights.reader_views import make_reader_schema
from tiktok_insights.resources.client_resource import ClientResource
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.client_settings import SnowflakeSettings
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.creation import ensure_tables, is_current
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights.warehouse.table_checks import step_7


class SnowflakeResource(ClientResource):
    """The warehouse. An empty field is filled in by the local stack or, without one, by the account's defaults."""

    account: str = Field(default="", description="The account identifier.")
    user: str = Field(default="", description="The user who signs in.")
    private_key: str = Field(
        default="", repr=False, description="The user's private key, from an environment variable."
    )
    private_key_passphrase: str = Field(
        default="", repr=False, description="The key's passphrase, if it has one, from an environment variable."
    )
    role: str = Field(description="The role that sessions use.")
    warehouse: str = Field(description="The virtual warehouse that runs the statements.")
    database: str = Field(description="The database of the tables.")
    schema_name: str = Field(description="The schema of the tables.")
    internal_schema: str = Field(description="The schema of the pipeline's internal tables.")
    view_schema: str = Field(description="The schema of the views.")
    reader_schema: str = Field(default="", description="The schema of the same views with pseudonyms.")
    statement_timeout_seconds: int = Field(description="The longest that a statement may take, in seconds.")
    lock_timeout_seconds: int = Field(description="The longest that a statement waits for a lock, in seconds.")
    queued_timeout_seconds: int = Field(
        description="The longest that a statement waits for the virtual warehouse, in seconds; 0 for no limit.",
    )
    host: str = Field(default="", description="The server. If empty, the account's public server.")
    port: int | None = Field(default=None, description="The server's port. If null, the protocol's default.")
    protocol: str = Field(default="", description="`https` or `http`. If empty, https.")
    local_stack: str = Field(default="", description="The home folder of the local stack. If empty, none is used.")
    _is_checked: bool = PrivateAttr(default=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open a session in the tables' schema; they are created when they are missing.

        On the local stack, so is the schema of readers. A run looks at all of them once. Each later session asks for
        the tables' version, which is one statement.
        """
        settings = self.settings_as(SnowflakeSettings)
        with _open(settings) as session:
            if not (self._is_checked and is_current(session)):
                ensure_tables(session, settings.tables_remedy)
                if settings.local_stack:
                    make_reader_schema(session)
                self._is_checked = True
            yield session

    @property
    def namespace(self) -> Namespace:
        """Where the tables and the views are."""
        return self.settings_as(SnowflakeSettings).namespace

    @property
    def step_7(self) -> tuple[str, ...]:
        """The statements of Step 7 with this deployment's names."""
        return step_7(self.role, self.warehouse, self.database, self.view_schema)

    def full_name(self, table: Table) -> str:
        """Give a table's name with its schema and database."""
        return f"{self.namespace.database}.{self.namespace.name_of(table)}"


def _open(settings: SnowflakeSettings) -> AbstractContextManager[Session]:
    """Open a session: on the local stack without dagster-snowflake, whose import costs more than a step there."""
    if settings.local_stack:
        return open_session(settings, *_step_and_run())
    from tiktok_insights.resources.platform_session import platform_session

    return platform_session(settings, *_step_and_run())


def _step_and_run() -> tuple[str, str]:
    """The step that opens a session, and its run; a sensor's tick has none."""
    try:
        context = dg.OpExecutionContext.get()
    except dg.DagsterInvariantViolationError:
        return "sensor", ""
    return context.op.name, context.run_id
