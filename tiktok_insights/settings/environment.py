"""The one place that reads the environment: which deployment, whose accounts, which names and keys.

It only reads: the variables with their defaults are in `variables`, what they may hold in `typed_variables`, and what
they are read into in `client_settings`, by `client_environment`. `env_file` reads .env, and `resources.opening` opens
the clients. Nothing here imports Dagster, so the command line is quick.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tiktok_insights.settings.client_environment import (
    alerts_settings,
    glue_job_settings,
    power_bi_settings,
    s3_settings,
    snowflake_settings,
    tiktok_settings,
)
from tiktok_insights.settings.client_settings import (
    DashboardSettings,
    GlueJobSettings,
    GlueSettings,
    S3Settings,
    SnowflakeSettings,
    TikTokSettings,
)
from tiktok_insights.settings.errors import SettingsError, wrong_value
from tiktok_insights.settings.power_bi_settings import PowerBISettings
from tiktok_insights.settings.typed_variables import TypedVariables
from tiktok_insights.settings.variables import DEFAULTS
from tiktok_insights.settings.watch_settings import AlertSettings, CloudWatchSettings

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
    s3 = s3_settings(env, local_stack)
    return Settings(
        deployment=deployment,
        home=home,
        dagster_home=env.absolute_folder("DAGSTER_HOME", home / "dagster"),
        code_server=_code_server(env),
        logs_json=env.choice("TIKTOK_INSIGHTS_LOG_FORMAT", "text", "json") == "json",
        tiktok=tiktok_settings(env, str(home), local_stack),
        s3=s3,
        glue=GlueSettings(
            database=env.text("GLUE_DATABASE"),
            bucket=s3.bucket,
            crawler=env.text("GLUE_CRAWLER"),
            crawler_minutes=env.positive("GLUE_CRAWLER_MINUTES"),
            region=s3.region,
            local_stack=local_stack,
        ),
        glue_job=glue_job_settings(env, s3.region, local_stack),
        snowflake=snowflake_settings(env, local_stack),
        dashboard=DashboardSettings(
            home=str(home), pseudonyms=env.flag("TIKTOK_PSEUDONYMS"), pseudonym_key=env.text("TIKTOK_PSEUDONYM_KEY")
        ),
        power_bi=power_bi_settings(env, local_stack),
        alerts=alerts_settings(env, s3, home),
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
