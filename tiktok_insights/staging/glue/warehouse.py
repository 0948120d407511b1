"""Opens the job's sessions with what the Glue connection and its secret say, on AWS and on the local stack alike.

The driver reads both when the first session is opened or the first task is sent. Workers read neither: they get what
they need with their tasks. What the connection and the secret look like belongs in `connection` and `secret`.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from tiktok_insights.clients.snowflake_session import Session, session_on
from tiktok_insights.resources.local_stack import snowflake_at
from tiktok_insights.resources.opening import open_session, snowflake_arguments
from tiktok_insights.settings.client_settings import SnowflakeSettings
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.settings.private_key import private_key_der
from tiktok_insights.staging.glue.arguments import JobConfigurationError
from tiktok_insights.staging.glue.connection import GlueConnection
from tiktok_insights.staging.glue.secret import KeyPair
from tiktok_insights.tables.namespace import Namespace

_STEP = "glue_job"


@dataclass(frozen=True)
class SignIn:
    """All that opens a session. It is sent to workers, inside Spark's own closures only."""

    connection: GlueConnection
    key_pair: KeyPair = field(repr=False)
    namespace: Namespace
    job_run_id: str

    def __call__(self) -> AbstractContextManager[Session]:
        """Open a session, and close it at the end. Raises the connector's errors."""
        if self.connection.port:
            return self._local_session()
        return open_session(self.settings, _STEP, self.job_run_id)

    @cached_property
    def settings(self) -> SnowflakeSettings:
        """The connector's settings. Raises JobConfigurationError for what Snowflake does not accept."""
        connection, place = self.connection, self.namespace
        try:
            private_key_der(self.key_pair.private_key, self.key_pair.passphrase)
        except SettingsError:
            # Its message names the variables of another deployment.
            raise JobConfigurationError(
                f"The secret {connection.secret_id} has no private key that Snowflake accepts, or its passphrase is "
                "wrong. Store the whole text of the key's file, from -----BEGIN to the last line. Snowflake accepts "
                "RSA keys of at least 2048 bits, and elliptic-curve keys on P-256, P-384 or P-521."
            ) from None
        try:
            return SnowflakeSettings(
                account=connection.account,
                user=self.key_pair.user,
                private_key=self.key_pair.private_key,
                private_key_passphrase=self.key_pair.passphrase,
                role=connection.role,
                warehouse=connection.warehouse,
                database=place.database,
                schema_name=place.schema,
                internal_schema=place.internal_schema,
                view_schema=place.view_schema,
            )
        except SettingsError as error:
            what = str(error).partition(" Change it")[0]
            raise JobConfigurationError(
                f"The Glue connection {connection.name} or the job's arguments have a wrong name: {what} Correct it."
            ) from None

    @contextmanager
    def _local_session(self) -> Iterator[Session]:
        """Open a session on the local stack, which reads nothing of the machine."""
        from tiktok_insights.resources.local_clients import LocalConnection

        local = snowflake_at(self.connection.host, self.connection.port)
        given = snowflake_arguments(self.settings, _STEP, self.job_run_id)
        connection = LocalConnection(**{**local, **given})
        with session_on(connection, self.namespace) as session:
            yield session


class GlueWarehouse:
    """Opens sessions for the driver; what is sent to workers is what opens them there."""

    def __init__(self, read: Callable[[], SignIn]) -> None:
        self._read = read

    def __call__(self) -> AbstractContextManager[Session]:
        """Open a session. Raises JobConfigurationError, and the connector's errors."""
        return self._sign_in()

    def __reduce__(self) -> tuple[type[SignIn], tuple[object, ...]]:
        found = self._sign_in
        return SignIn, (found.connection, found.key_pair, found.namespace, found.job_run_id)

    @cached_property
    def _sign_in(self) -> SignIn:
        return self._read()
