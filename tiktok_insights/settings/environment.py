"""The one place that reads the environment: which deployment, whose accounts, which names and keys.

It only reads: the variables with their defaults stand in `variables`, and `connections` says how to reach what the
settings name. Nothing here imports Dagster, so the command line is quick.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from dotenv import load_dotenv

from tiktok_insights.settings.errors import SettingsError, wrong_value
from tiktok_insights.settings.snowflake_names import account_identifier, identifier
from tiktok_insights.settings.variables import DEFAULTS
from tiktok_insights.tiktok.client import PUBLIC_URL

#: For an API that is not on this machine.
_REQUESTS_PER_MINUTE = "60"


class Deployment(Enum):
    """Where the pipeline runs: all on this machine, or with AWS and Snowflake. The code is the same."""

    LOCAL = "local"
    AWS = "aws"


@dataclass(frozen=True, slots=True)
class SnowflakeSettings:
    """How to sign in to Snowflake, with a key pair, and where the tables lie.

    `schema` holds the tables, `view_schema` the views that people read.
    """

    account: str
    user: str
    private_key: str = field(repr=False)
    private_key_passphrase: str = field(repr=False)
    role: str
    warehouse: str
    database: str
    schema: str
    view_schema: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    `home` is where this machine's state lies, `dagster_home` where Dagster keeps its runs; an empty `api_url` is the
    fake API.
    """

    deployment: Deployment
    home: Path
    dagster_home: Path
    accounts: tuple[str, ...]
    api_url: str
    api_key: str = field(repr=False)
    requests_per_minute: float
    request_budget: int | None
    bucket: str
    glue_database: str
    snowflake: SnowflakeSettings


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (by default the process's own). Raises SettingsError."""
    env = _Environment(os.environ if environment is None else environment)
    deployment = env.deployment()
    local = deployment is Deployment.LOCAL
    api_url = env.text("TIKTOK_API_URL", None if local else PUBLIC_URL)
    home = Path(env.text("TIKTOK_INSIGHTS_HOME")).absolute()
    # The made-up accounts and the high rate are the fake API's.
    accounts = env.text("TIKTOK_ACCOUNTS", "" if api_url else None).split(",")
    return Settings(
        deployment=deployment,
        home=home,
        dagster_home=Path(env.text("DAGSTER_HOME", str(home / "dagster"))).absolute(),
        accounts=tuple(name.strip() for name in accounts if name.strip()),
        api_url=api_url,
        api_key=env.text("RAPIDAPI_KEY"),
        requests_per_minute=env.positive("TIKTOK_REQUESTS_PER_MINUTE", _REQUESTS_PER_MINUTE if api_url else None),
        request_budget=env.whole("TIKTOK_REQUEST_BUDGET"),
        bucket=env.text("TIKTOK_INSIGHTS_BUCKET"),
        glue_database=env.text("GLUE_DATABASE"),
        snowflake=env.snowflake(is_local=local),
    )


def load_env_file() -> Path:
    """Read .env of the working directory, as Dagster's commands do; what the environment has already wins."""
    path = Path.cwd() / ".env"
    load_dotenv(path)
    return path


def set_dagster_home(settings: Settings) -> None:
    """Let Dagster, in this process and those that it starts, find its home."""
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


def wants_no_colour() -> bool:
    """Whether NO_COLOR is set, to anything (no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def runs_in_ci() -> bool:
    """Whether CI is set, as the services set it that run tests: nobody waits at the terminal."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def require_accounts(settings: Settings, chosen: Sequence[str] = ()) -> tuple[str, ...]:
    """The chosen accounts, or else the settings'. Raises SettingsError for none, and for one without a name."""
    accounts = tuple(chosen) or settings.accounts
    if not accounts:
        msg = (
            "No TikTok account is named. Set TIKTOK_ACCOUNTS to a comma-separated list of handles or secUids, or fill "
            "in 'accounts' in the run's config."
        )
        raise SettingsError(msg)
    if not all(name.strip(" @") for name in accounts):
        msg = (
            "One of the accounts has an empty name, as from a variable that is not set. Name each by handle or secUid."
        )
        raise SettingsError(msg)
    return accounts


class _Environment:
    """Variables by name, with their defaults; an empty one counts as unset."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str | None = None) -> str:
        """The variable's text, or its default; `default` where circumstances give it another one than `variables`."""
        usual = DEFAULTS[name]
        return self._variables.get(name, "").strip() or (usual if default is None else default)

    def positive(self, name: str, default: str | None = None) -> float:
        text = self.text(name, default)
        try:
            number = float(text)
        except ValueError:
            number = 0.0
        if not 0 < number < float("inf"):
            raise wrong_value(name, text, "a number greater than 0")
        return number

    def whole(self, name: str) -> int | None:
        text = self.text(name)
        if text and not text.isdecimal():
            raise wrong_value(name, text, "a whole number")
        return int(text) if text else None

    def deployment(self) -> Deployment:
        name = self.text("TIKTOK_INSIGHTS_DEPLOYMENT")
        try:
            return Deployment(name)
        except ValueError:
            known = " or ".join(repr(deployment.value) for deployment in Deployment)
            raise wrong_value("TIKTOK_INSIGHTS_DEPLOYMENT", name, known) from None

    def snowflake(self, *, is_local: bool) -> SnowflakeSettings:
        account = self.text("SNOWFLAKE_ACCOUNT")
        return SnowflakeSettings(
            account=account and account_identifier(account),
            user=self.text("SNOWFLAKE_USER"),
            private_key=self.text("SNOWFLAKE_PRIVATE_KEY"),
            private_key_passphrase=self.text("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
            role=self.name("SNOWFLAKE_ROLE", None if is_local else ""),
            warehouse=self.name("SNOWFLAKE_WAREHOUSE"),
            database=self.name("SNOWFLAKE_DATABASE"),
            schema=self.name("SNOWFLAKE_SCHEMA"),
            view_schema=self.name("SNOWFLAKE_VIEW_SCHEMA"),
        )

    def name(self, variable: str, default: str | None = None) -> str:
        """An unquoted SQL identifier, or an empty text."""
        text = self.text(variable, default)
        return text and identifier(variable, text)
