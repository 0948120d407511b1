"""One way to open each client, for Dagster's resources and the command line alike. Dagster is not imported here.

Each function takes the settings of its client and nothing else: no environment, no globals. If the settings name a
local stack, it is started if it is not running, and supplies what the settings leave empty. Imports are inside the
functions, so that a command loads only the client it uses. What the client does belongs in `clients` and the stages;
the sessions that dagster-snowflake opens, in `platform_session`.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiktok_insights.resources.local_stack import local_api, local_aws, local_snowflake
from tiktok_insights.settings.client_settings import (
    AwsSettings,
    GlueJobSettings,
    GlueSettings,
    S3Settings,
    SnowflakeSettings,
    TikTokSettings,
)
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.settings.power_bi_settings import PowerBISettings
from tiktok_insights.settings.private_key import private_key_der

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection

    from tiktok_insights.catalog.crawler import Crawler
    from tiktok_insights.catalog.glue_table import Catalog
    from tiktok_insights.clients.object_store import ObjectStore
    from tiktok_insights.clients.snowflake_session import Session
    from tiktok_insights.powerbi.service.api import Api
    from tiktok_insights.runtime.extraction_lock import HeldLock
    from tiktok_insights.staging.glue.job_runs import JobRuns
    from tiktok_insights.tiktok.client import Client
    from tiktok_insights.tiktok.limiter import RateLimiter


def open_api_client(
    settings: TikTokSettings, limiter: "RateLimiter | None" = None, may_send: Callable[[], None] = lambda: None
) -> "Client":
    """Make a client of the API with the settings' budget, and with their rate unless there is a limiter.

    `may_send` raises a RunError when a request may not be sent. Raises RefusedError for a key that cannot be sent, and
    StackError.
    """
    from tiktok_insights.tiktok.budget import Budget
    from tiktok_insights.tiktok.client import Client
    from tiktok_insights.tiktok.limiter import RateLimiter

    url, key = settings.api_url, settings.api_key.strip()
    if settings.local_stack and not url:
        url, local_key = local_api(settings.local_stack)
        key = key or local_key
    limiter = limiter or RateLimiter(settings.requests_per_minute)
    budget = Budget(settings.request_budget)
    return Client(url, key, limiter, budget=budget, list_caps=settings.list_caps, may_send=may_send)


def open_extraction_lock(home: str, settings: S3Settings, log: logging.Logger) -> "AbstractContextManager[HeldLock]":
    """The lock that lets one extraction run at a time: of this machine with a local stack, else of the bucket."""
    if settings.local_stack:
        from tiktok_insights.runtime.extraction_lock import machine_lock

        return machine_lock(Path(home), log)
    from tiktok_insights.clients.lease_object import LeaseObject
    from tiktok_insights.runtime.extraction_lease import LOCK_KEY, extraction_lease

    # A claim must be renewed well before it expires, so no call may take long.
    patience = {"retries": {"total_max_attempts": 3, "mode": "standard"}, "connect_timeout": 5, "read_timeout": 5}
    return extraction_lease(LeaseObject(aws_client("s3", settings, patience), settings.bucket, LOCK_KEY), log)


def open_power_bi(settings: PowerBISettings) -> "Api":
    """Make a client of the Power BI service. Raises SettingsError when who signs in, or the workspace, is missing."""
    from tiktok_insights.powerbi.service.api import Api

    if settings.missing:
        raise SettingsError(f"A refresh in Power BI needs variables that are not set: {', '.join(settings.missing)}")
    if not settings.api_url:
        msg = "AZURE_POWERBI_API_URL is not set. The deployment 'local' has no Power BI service."
        raise SettingsError(msg)
    return Api(settings)


def open_bucket(settings: S3Settings) -> "ObjectStore":
    """Open the bucket, and create it if it is missing. Raises StackError, and boto3's errors."""
    from tiktok_insights.clients.object_store import ObjectStore

    store = ObjectStore(aws_client("s3", settings), settings.bucket)
    store.ensure_bucket()
    return store


def open_catalog(settings: GlueSettings) -> "Catalog":
    """Open the Glue database; nothing is created yet. Raises StackError, and boto3's errors."""
    from tiktok_insights.catalog.glue_table import Catalog

    return Catalog(aws_client("glue", settings), settings.database, settings.bucket)


def open_glue_job(settings: GlueJobSettings) -> tuple["JobRuns", Any]:
    """Open the runs of the Glue job, and a client of CloudWatch's logs. Raises StackError, and boto3's errors."""
    from tiktok_insights.staging.glue.glue_calls import GlueCalls
    from tiktok_insights.staging.glue.job_runs import JobRuns

    # Whoever starts runs decides what is sent again; until an answer comes, it also cannot be interrupted.
    patience = {"retries": {"total_max_attempts": 1}, "connect_timeout": 10, "read_timeout": 30}
    glue = aws_client("glue", settings, patience)
    runs = JobRuns(GlueCalls(glue), settings.job, has_console=not settings.local_stack)
    return runs, aws_client("logs", settings)


def ensure_local_glue_job(settings: GlueJobSettings, store: "ObjectStore") -> None:
    """Make the job on the local stack, with the package that was built here, and what it needs.

    Raises StackError where Spark or Java is missing, and PackageMissingError.
    """
    from tiktok_insights.resources.local_glue import LocalGlue
    from tiktok_insights.staging.glue.packages import upload

    glue, secrets = aws_client("glue", settings), aws_client("secretsmanager", settings)
    local = LocalGlue(Path(settings.local_stack), glue, secrets)
    local.ensure(settings.job, lambda: upload(store, Path("build/glue")), settings.role, settings.warehouse)


def open_crawler(settings: GlueSettings) -> "Crawler | None":
    """Open the crawler, or nothing where none is configured; the local stack's is created if it is missing.

    Raises StackError, and boto3's errors from the local stack.
    """
    if not settings.crawler:
        return None
    from tiktok_insights.catalog.crawler import Crawler

    client = aws_client("glue", settings)
    if settings.local_stack:
        from tiktok_insights.catalog.crawler_definition import ensure_crawler

        ensure_crawler(client, settings.crawler, settings.database, settings.bucket)
    return Crawler(client, settings.crawler, settings.crawler_minutes)


@contextmanager
def open_session(settings: SnowflakeSettings, step: str, run_id: str = "") -> Iterator["Session"]:
    """Open a session in the tables' schema, and close it at the end; no table is created.

    `step` says what it is for, and `run_id` in which of Dagster's runs: Snowflake shows both beside each statement.
    Raises SettingsError when the sign-in settings are missing or the key cannot be read, StackError, and the
    connector's errors.
    """
    from tiktok_insights.clients.snowflake_session import session_on

    connection = _snowflake_connection(settings, snowflake_arguments(settings, step, run_id))
    with session_on(connection, settings.namespace) as session:
        yield session


def aws_client(service: str, settings: AwsSettings, options: dict[str, Any] | None = None) -> Any:
    """Make a client; `options` are those of botocore's Config that are not its defaults."""
    from tiktok_insights.clients.aws_errors import hide_sign_in

    arguments = aws_arguments(settings)
    if settings.local_stack:
        from tiktok_insights.resources.local_clients import local_aws_client

        return hide_sign_in(local_aws_client(service, arguments, options or {}))
    import boto3
    from botocore.config import Config

    # A session of its own: boto3's default one keeps the profile that it found first.
    client = boto3.Session().client(service, **arguments, config=Config(**(options or {})))  # type: ignore[call-overload]
    return hide_sign_in(client, settings.secret_access_key, settings.session_token, settings.access_key_id)


def _snowflake_connection(settings: SnowflakeSettings, arguments: dict[str, Any]) -> "SnowflakeConnection":
    if settings.local_stack:
        from tiktok_insights.resources.local_clients import LocalConnection

        return LocalConnection(**arguments)
    import snowflake.connector

    return snowflake.connector.connect(**arguments)


def aws_arguments(settings: AwsSettings) -> dict[str, Any]:
    """Give the arguments of boto3's clients; boto3 finds by itself what is left out."""
    given = {
        "region_name": settings.region,
        "endpoint_url": settings.endpoint_url,
        "aws_access_key_id": settings.access_key_id.strip(),
        "aws_secret_access_key": settings.secret_access_key.strip(),
        "aws_session_token": settings.session_token.strip(),
    }
    local = local_aws(settings.local_stack) if settings.local_stack else {}
    return local | {name: value for name, value in given.items() if value}


def snowflake_arguments(settings: SnowflakeSettings, step: str = "", run_id: str = "") -> dict[str, Any]:
    """Give the arguments of Snowflake's connector. Raises SettingsError as `open_session` does."""
    if settings.local_stack:
        local = local_snowflake(settings.local_stack)
    else:
        local = {}
        _require_sign_in(settings)
    given = {
        "account": settings.account,
        "user": settings.user,
        "private_key": settings.private_key
        and private_key_der(settings.private_key, settings.private_key_passphrase.strip()),
        "host": settings.host,
        "port": settings.port,
        "protocol": settings.protocol,
        "role": settings.role,
        "warehouse": settings.warehouse,
        "database": settings.database,
        "schema": settings.schema_name,
        "session_parameters": {
            "QUERY_TAG": _query_tag(step, run_id),
            "STATEMENT_TIMEOUT_IN_SECONDS": settings.statement_timeout_seconds,
            "LOCK_TIMEOUT": settings.lock_timeout_seconds,
            "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": settings.queued_timeout_seconds,
        },
    }
    return {"paramstyle": "qmark", "autocommit": True} | local | {name: value for name, value in given.items() if value}


def _query_tag(step: str, run_id: str) -> str:
    """What Snowflake's query history shows beside each statement: who, what for, in which run. No personal data."""
    tag = {"app": "tiktok_insights", "run": run_id, "step": step}
    return json.dumps({name: text for name, text in tag.items() if text})


def _require_sign_in(settings: SnowflakeSettings) -> None:
    needed = {
        "SNOWFLAKE_ACCOUNT": settings.account,
        "SNOWFLAKE_USER": settings.user,
        "SNOWFLAKE_PRIVATE_KEY": settings.private_key,
        "SNOWFLAKE_ROLE": settings.role,
    }
    if missing := [name for name, value in needed.items() if not value]:
        names = ", ".join(missing)
        msg = f"Not set: {names}. The deployment 'aws' needs these variables to sign in to Snowflake."
        raise SettingsError(msg)
