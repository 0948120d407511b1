"""What the variables say of each client, read into the client's settings.

Add a function here when a client's settings need more than a few variables. Which deployment it is, and everything that
is not a client's, belongs in `environment`.
"""

from pathlib import Path
from typing import Any

from tiktok_insights.settings.client_settings import GlueJobSettings, S3Settings, SnowflakeSettings, TikTokSettings
from tiktok_insights.settings.errors import wrong_value
from tiktok_insights.settings.power_bi_settings import PowerBISettings
from tiktok_insights.settings.typed_variables import TypedVariables
from tiktok_insights.settings.variables import POWER_BI_URL
from tiktok_insights.settings.watch_settings import AlertSettings
from tiktok_insights.tiktok.client import PUBLIC_URL

#: For an API that is not on this machine.
_REQUESTS_PER_MINUTE = "60"
#: A hundred years: SQL writes the years before 1000 in another way than Python.
_MOST_DAYS = 36_500
#: Marks of a URL with more than an address: messages and Dagster's UI show the URL.
_BESIDE_ADDRESS = frozenset("@?# ")


def s3_settings(env: TypedVariables, local_stack: str) -> S3Settings:
    """The bucket, and for how many days its snapshots are kept."""
    days, region = env.whole("TIKTOK_RETENTION_DAYS"), env.text("AWS_REGION")
    if days is not None and not 1 <= days <= _MOST_DAYS:
        raise wrong_value("TIKTOK_RETENTION_DAYS", str(days), f"a whole number from 1 to {_MOST_DAYS}, or empty,")
    return S3Settings(
        bucket=env.text("TIKTOK_INSIGHTS_BUCKET"),
        retention_days=days,
        region="" if local_stack else region,
        local_stack=local_stack,
    )


def tiktok_settings(env: TypedVariables, home: str, local_stack: str) -> TikTokSettings:
    """An API that is named has neither the fake one's made-up accounts nor its high rate; only it gets the key."""
    api_url, api_key = env.text("TIKTOK_API_URL", None if local_stack else PUBLIC_URL), env.text("RAPIDAPI_KEY")
    if _BESIDE_ADDRESS & set(api_url):
        raise wrong_value("TIKTOK_API_URL", api_url, f"a URL such as {PUBLIC_URL}, without a key in it,")
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


def snowflake_settings(env: TypedVariables, local_stack: str) -> SnowflakeSettings:
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


def glue_job_settings(env: TypedVariables, region: str, local_stack: str) -> GlueJobSettings:
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


def power_bi_settings(env: TypedVariables, local_stack: str) -> PowerBISettings:
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


def alerts_settings(env: TypedVariables, s3: S3Settings, home: Path) -> AlertSettings:
    """Who gets alerts, and what is worth one."""
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
