"""The one place that reads the environment: which deployment, whose accounts, which names and keys.

It only reads: the variables with their defaults are in `variables`, what they may hold in `typed_variables`, and what
they are read into in `client_settings`. `env_file` reads .env, and `resources.opening` opens the clients. Nothing here
imports Dagster, so the command line is quick.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from tiktok_insights.settings.client_settings import (
    DashboardSettings,
    GlueJobSettings,
    GlueSettings,
    PowerBISettings,
    S3Settings,
    SnowflakeSettings,
    TikTokSettings,
)
from tiktok_insights.settings.errors import SettingsError, wrong_value
from tiktok_insights.settings.typed_variables import TypedVariables
from tiktok_insights.settings.variables import DEFAULTS, POWER_BI_URL
from tiktok_insights.settings.watch_settings import AlertSettings, CloudWatchSettings
from tiktok_insights.tiktok.client import PUBLIC_URL

#: For an API that is not on this machine.
_REQUESTS_PER_MINUTE = "60"
_HIGHEST_PORT = 65_535


class Deployment(Enum):
    """Where the pipeline runs: all on this machine, or with AWS and Snowflake. The code is the same."""

    LOCAL = "local"
    AWS = "aws"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says: where this machine's state is, and what opens each client.

    `home` is the folder of this machine's state, `dagster_home` the folder where Dagster keeps its runs. `code_server`
    is the address (host:port) at which Dagster reaches the code server on this machine, '' where it starts one itself.
    `logs_json` says whether runs log for machines.
    """

    deployment: Deployment
    home: Path
    dagster_home: Path
    code_server: str
    logs_json: bool
    tiktok: TikTokSettings
    s3: S3Settings
    glue: GlueSettings
    glue_job: GlueJobSettings
    snowflake: SnowflakeSettings
    dashboard: DashboardSettings
    power_bi: PowerBISettings
    alerts: AlertSettings
    cloudwatch: CloudWatchSettings


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (by default the process's own). Raises SettingsError."""
    env = TypedVariables(os.environ if environment is None else environment)
    deployment = _deployment(env)
    home = env.folder("TIKTOK_INSIGHTS_HOME").absolute()
    local_stack = str(home) if deployment is Deployment.LOCAL else ""
    region = env.text("AWS_REGION")
    s3 = S3Settings(
        bucket=env.text("TIKTOK_INSIGHTS_BUCKET"), region="" if local_stack else region, local_stack=local_stack
    )
    return Settings(
        deployment=deployment,
        home=home,
        dagster_home=env.absolute_folder("DAGSTER_HOME", home / "dagster"),
        code_server=_code_server(env),
        logs_json=env.choice("TIKTOK_INSIGHTS_LOG_FORMAT", "text", "json") == "json",
        tiktok=_tiktok(env, str(home), local_stack),
        s3=s3,
        glue=GlueSettings(
            database=env.text("GLUE_DATABASE"),
            bucket=s3.bucket,
            crawler=env.text("GLUE_CRAWLER"),
            crawler_minutes=env.positive("GLUE_CRAWLER_MINUTES"),
            region=s3.region,
            local_stack=local_stack,
        ),
        glue_job=_glue_job(env, s3.region, local_stack),
        snowflake=_snowflake(env, local_stack),
        dashboard=DashboardSettings(
            home=str(home), pseudonyms=env.flag("TIKTOK_PSEUDONYMS"), pseudonym_key=env.text("TIKTOK_PSEUDONYM_KEY")
        ),
        power_bi=_power_bi(env, local_stack),
        alerts=_alerts(env, s3, home),
        cloudwatch=CloudWatchSettings(bucket=s3.bucket, region=s3.region, local_stack=local_stack),
    )


def our_variables() -> dict[str, str]:
    """Our variables that are set in this process's environment."""
    return {name: os.environ[name] for name in DEFAULTS if name in os.environ}


def set_dagster_home(settings: Settings) -> None:
    """Let Dagster, in this process and those that it starts, find its home."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


def use_variables(variables: Mapping[str, str]) -> None:
    """Let this process and those that it starts have these of our variables, and none of the others."""
    for name in DEFAULTS:
        os.environ.pop(name, None)
    os.environ.update(variables)


def require_accounts(accounts: Sequence[str]) -> tuple[str, ...]:
    """The accounts of a run. Raises SettingsError when there is none, and when one has no name."""
    if not accounts:
        msg = (
            "No TikTok account is configured. Set TIKTOK_ACCOUNTS to a comma-separated list of handles or secUids, or "
            "set 'accounts' in the run config."
        )
        raise SettingsError(msg)
    if not all(name.strip(" @") for name in accounts):
        msg = "One of the accounts has an empty name, perhaps from an unset variable. Use a handle or secUid for each."
        raise SettingsError(msg)
    return tuple(accounts)


def _deployment(env: TypedVariables) -> Deployment:
    name = env.text("TIKTOK_INSIGHTS_DEPLOYMENT")
    try:
        return Deployment(name)
    except ValueError:
        known = " or ".join(repr(deployment.value) for deployment in Deployment)
        raise wrong_value("TIKTOK_INSIGHTS_DEPLOYMENT", name, known) from None


def _code_server(env: TypedVariables) -> str:
    host = env.text("TIKTOK_INSIGHTS_CODE_SERVER_HOST")
    port = env.whole("TIKTOK_INSIGHTS_CODE_SERVER_PORT")
    if port is None or not 0 < port <= _HIGHEST_PORT:
        raise wrong_value("TIKTOK_INSIGHTS_CODE_SERVER_PORT", str(port), f"a port from 1 to {_HIGHEST_PORT}")
    return f"{host}:{port}" if host else ""


def _tiktok(env: TypedVariables, home: str, local_stack: str) -> TikTokSettings:
    """An API that is named has neither the fake one's made-up accounts nor its high rate; only it gets the key."""
    api_url, api_key = env.text("TIKTOK_API_URL", None if local_stack else PUBLIC_URL), env.text("RAPIDAPI_KEY")
    accounts = env.text("TIKTOK_ACCOUNTS", "" if api_url else None).split(",")
    return TikTokSettings(
        api_url=api_url,
        api_key=api_key if api_url else "",
        requests_per_minute=env.positive("TIKTOK_REQUESTS_PER_MINUTE", _REQUESTS_PER_MINUTE if api_url else None),
        request_budget=env.whole("TIKTOK_REQUEST_BUDGET"),
        list_caps=env.numbers("TIKTOK_LIST_CAPS"),
        full_walk_days=env.positive("TIKTOK_FULL_WALK_DAYS"),
        accounts=tuple(name.strip() for name in accounts if name.strip()),
        home=home,
        local_stack="" if api_url else local_stack,
    )


def _snowflake(env: TypedVariables, local_stack: str) -> SnowflakeSettings:
    """The local stack is shown nobody's account, user or key."""
    sign_in: dict[str, Any] = {
        "account": env.text("SNOWFLAKE_ACCOUNT"),
        "user": env.text("SNOWFLAKE_USER"),
        "private_key": env.text("SNOWFLAKE_PRIVATE_KEY"),
        "private_key_passphrase": env.text("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
    }
    return SnowflakeSettings(
        **({} if local_stack else sign_in),
        role=env.text("SNOWFLAKE_ROLE", None if local_stack else ""),
        warehouse=env.text("SNOWFLAKE_WAREHOUSE"),
        database=env.text("SNOWFLAKE_DATABASE"),
        schema_name=env.text("SNOWFLAKE_SCHEMA"),
        internal_schema=env.text("SNOWFLAKE_INTERNAL_SCHEMA"),
        view_schema=env.text("SNOWFLAKE_VIEW_SCHEMA"),
        reader_schema=env.text("SNOWFLAKE_READER_SCHEMA"),
        statement_timeout_seconds=env.seconds("SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS"),
        lock_timeout_seconds=env.seconds("SNOWFLAKE_LOCK_TIMEOUT_SECONDS"),
        queued_timeout_seconds=env.seconds("SNOWFLAKE_QUEUED_TIMEOUT_SECONDS"),
        local_stack=local_stack,
    )


def _glue_job(env: TypedVariables, region: str, local_stack: str) -> GlueJobSettings:
    """The local stack makes the job, and what it needs, when it is first used."""
    return GlueJobSettings(
        job=env.text("GLUE_JOB", None if local_stack else ""),
        connection=env.text("GLUE_CONNECTION"),
        above_gb=env.positive("GLUE_ABOVE_GB"),
        role=env.text("SNOWFLAKE_ROLE") if local_stack else "",
        warehouse=env.text("SNOWFLAKE_WAREHOUSE") if local_stack else "",
        region=region,
        local_stack=local_stack,
    )


def _power_bi(env: TypedVariables, local_stack: str) -> PowerBISettings:
    """The service cannot read a warehouse on this machine, so `local` gives the secret only to a service it names."""
    api_url = env.text("AZURE_POWERBI_API_URL", None if local_stack else POWER_BI_URL)
    secret = env.text("AZURE_POWERBI_CLIENT_SECRET")
    return PowerBISettings(
        api_url=api_url,
        login_url=env.text("AZURE_POWERBI_LOGIN_URL"),
        tenant_id=env.text("AZURE_POWERBI_TENANT_ID"),
        client_id=env.text("AZURE_POWERBI_CLIENT_ID"),
        client_secret=secret if api_url else "",
        workspace_id=env.text("AZURE_POWERBI_WORKSPACE_ID"),
        semantic_model=env.text("AZURE_POWERBI_SEMANTIC_MODEL"),
        refresh_minutes=env.positive("AZURE_POWERBI_REFRESH_MINUTES"),
    )


def _alerts(env: TypedVariables, s3: S3Settings, home: Path) -> AlertSettings:
    return AlertSettings(
        sns_topic=env.text("ALERT_SNS_TOPIC"),
        slack_url=env.text("ALERT_SLACK_URL"),
        webhook_url=env.text("ALERT_WEBHOOK_URL"),
        stale_hours=env.positive("ALERT_STALE_HOURS"),
        quota_percent=env.positive("ALERT_QUOTA_PERCENT"),
        glue_minutes=env.positive("ALERT_GLUE_MINUTES"),
        bucket=s3.bucket,
        home=str(home),
        region=s3.region,
        local_stack=s3.local_stack,
    )
