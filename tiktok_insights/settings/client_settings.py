"""The settings that open each client: one frozen class per client.

Add a field here, and to the resource of the same name, when a client needs another setting. Reading the environment
belongs in `environment`, opening a client in `resources.opening`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tiktok_insights.settings.errors import SettingsError, wrong_value
from tiktok_insights.settings.snowflake_names import account_identifier, identifier
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights.tiktok.pagination import KNOWN_CAPS

#: In a secret field's metadata: the environment variable that holds the secret.
VARIABLE = "variable"

#: Seven days: the most that Snowflake takes for a statement's timeout (docs.snowflake.com/en/sql-reference/parameters).
_MAX_TIMEOUT_SECONDS = 604_800


def _secret(variable: str) -> str:
    secret: str = field(default="", repr=False, metadata={VARIABLE: variable})
    return secret


@dataclass(frozen=True, slots=True, kw_only=True)
class TikTokSettings:
    """The source API, and how much of it a run may use.

    `home` is where this machine's extractions wait for each other. With `local_stack`, the home folder of a local
    stack, an empty `api_url` is that stack's fake API.
    """

    api_url: str = ""
    api_key: str = _secret("RAPIDAPI_KEY")
    requests_per_minute: float
    request_budget: int | None = None
    list_caps: Sequence[int] = KNOWN_CAPS
    full_walk_days: float = 7.0
    accounts: Sequence[str] = ()
    home: str
    local_stack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSettings:
    """How to reach AWS. What is empty is the local stack's, or without `local_stack` what boto3 finds by itself."""

    region: str = ""
    endpoint_url: str = ""
    access_key_id: str = _secret("AWS_ACCESS_KEY_ID")
    secret_access_key: str = _secret("AWS_SECRET_ACCESS_KEY")
    session_token: str = _secret("AWS_SESSION_TOKEN")
    local_stack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Settings(AwsSettings):
    """The bucket that holds raw pages, CSVs and the quarantine.

    `retention_days` is for how many days its snapshots are kept; None for as long as nobody deletes them.
    """

    bucket: str
    retention_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GlueSettings(AwsSettings):
    """The Glue database, and the bucket that its table describes.

    An empty `crawler` is none; `crawler_minutes` is how long a run waits for it.
    """

    database: str
    bucket: str
    crawler: str = ""
    crawler_minutes: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GlueJobSettings(AwsSettings):
    """The Glue job that stages batches; without a name, the deployment has none.

    `connection` is the Glue connection with which the job signs in to Snowflake. `above_gb` is how many gigabytes (of
    10^9 bytes) must wait for a run that may choose to take the job. `role` and `warehouse` are those of the local
    stack's Glue connection; elsewhere the connection has its own.
    """

    job: str = ""
    connection: str = "snowflake-connection"
    above_gb: float = 20.0
    role: str = ""
    warehouse: str = ""

    def require_job(self) -> None:
        """Raise SettingsError where the deployment has no job."""
        if not self.job:
            msg = "GLUE_JOB is not set, so this deployment cannot stage with Glue. Set it to the name of the job."
            raise SettingsError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardSettings:
    """Where the dashboard's file is on this machine, below `home`, and whether it shows pseudonyms.

    An empty key is the one that is kept in `home`.
    """

    home: str
    pseudonyms: bool = False
    pseudonym_key: str = _secret("TIKTOK_PSEUDONYM_KEY")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnowflakeSettings:
    """Who signs in to Snowflake, with a key pair, and where the tables are.

    `schema_name` has the tables, `internal_schema` those of the pipeline, `view_schema` the views that people read, and
    `reader_schema` these with pseudonyms. The timeouts are those of its sessions; a queued timeout of 0 is none. Host,
    port and protocol are empty where the account's own are right; an empty role is refused when a session is opened.
    With `local_stack`, what is not given is that stack's. Raises SettingsError for a value that cannot be one.
    """

    account: str = ""
    user: str = ""
    private_key: str = _secret("SNOWFLAKE_PRIVATE_KEY")
    private_key_passphrase: str = _secret("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE")
    role: str
    warehouse: str
    database: str
    schema_name: str
    internal_schema: str
    view_schema: str
    reader_schema: str = ""
    statement_timeout_seconds: int = 3600
    lock_timeout_seconds: int = 600
    queued_timeout_seconds: int = 1800
    host: str = ""
    port: int | None = None
    protocol: str = ""
    local_stack: str = ""

    def __post_init__(self) -> None:
        """Read the account out of its address, and refuse names that are no identifiers: they appear in SQL."""
        self._check_timeouts()
        object.__setattr__(self, "account", self.account and account_identifier(self.account))
        for variable, name in (
            ("SNOWFLAKE_ROLE", self.role),
            ("SNOWFLAKE_WAREHOUSE", self.warehouse),
            ("SNOWFLAKE_DATABASE", self.database),
            ("SNOWFLAKE_SCHEMA", self.schema_name),
            ("SNOWFLAKE_INTERNAL_SCHEMA", self.internal_schema),
            ("SNOWFLAKE_VIEW_SCHEMA", self.view_schema),
            ("SNOWFLAKE_READER_SCHEMA", self.reader_schema),
        ):
            if name:
                identifier(variable, name)
        if self.reader_schema and self.namespace.reader_schema in self.namespace.schemas:
            msg = (
                f"SNOWFLAKE_READER_SCHEMA is {self.reader_schema}, which is also the schema of tables or views with "
                "names and IDs. Set it to another schema: readers may read everything in theirs."
            )
            raise SettingsError(msg)

    def _check_timeouts(self) -> None:
        for variable, seconds, least in (
            ("SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS", self.statement_timeout_seconds, 1),
            ("SNOWFLAKE_LOCK_TIMEOUT_SECONDS", self.lock_timeout_seconds, 1),
            ("SNOWFLAKE_QUEUED_TIMEOUT_SECONDS", self.queued_timeout_seconds, 0),
        ):
            if not least <= seconds <= _MAX_TIMEOUT_SECONDS:
                expected = f"a number of seconds from {least} to {_MAX_TIMEOUT_SECONDS} (7 days)"
                raise wrong_value(variable, str(seconds), expected)
        if self.lock_timeout_seconds >= self.statement_timeout_seconds:
            msg = (
                f"SNOWFLAKE_LOCK_TIMEOUT_SECONDS is {self.lock_timeout_seconds}, but must be less than "
                f"SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS ({self.statement_timeout_seconds}). Lower the first or raise the "
                "second: a wait for a lock is retried, but a statement that timed out is not."
            )
            raise SettingsError(msg)

    @property
    def namespace(self) -> Namespace:
        """Where the tables are."""
        return Namespace.named(
            self.database, self.schema_name, self.internal_schema, self.view_schema, self.reader_schema
        )

    @property
    def tables_remedy(self) -> str | None:
        """What to do about refused tables where that is easier than anywhere else: on a local stack."""
        if not self.local_stack:
            return None
        return (
            "run tiktok-insights local reset --keep-bucket, and then tiktok-insights run --job load_pending_objects, "
            "which restores everything from the bucket"
        )
