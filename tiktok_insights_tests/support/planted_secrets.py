"""Every secret that the platform knows, as a sign: in the environment, in Secrets Manager, and in the warehouse.

What may be found where is the business of `leaks`; variables that are no secrets belong in `failing_runs`.
"""

from tiktok_insights.resources.opening import aws_client, open_bucket, open_session
from tiktok_insights.resources.suppression_opening import open_suppression
from tiktok_insights.settings.environment import Settings
from tiktok_insights.suppression.hashes import Kind
from tiktok_insights.suppression.store import secret_name
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.tables.readers import READER_KEY
from tiktok_insights_tests.support.private_keys import PASSPHRASE
from tiktok_insights_tests.support.signs import Signs


def secret_variables(signs: Signs, private_key: str, *, is_aws: bool) -> dict[str, str]:
    """The variables that are secrets. Those of AWS are only for a deployment there: the local stack has its own."""
    url = "https://127.0.0.1:9/"
    ours = {
        "RAPIDAPI_KEY": signs.text("RAPIDAPI_KEY") * 2,
        "TIKTOK_PSEUDONYM_KEY": signs.text("TIKTOK_PSEUDONYM_KEY"),
        "ALERT_SLACK_URL": url + signs.text("ALERT_SLACK_URL"),
        "ALERT_WEBHOOK_URL": url + signs.text("ALERT_WEBHOOK_URL"),
        "AZURE_POWERBI_CLIENT_SECRET": signs.text("AZURE_POWERBI_CLIENT_SECRET"),
        "DAGSTER_POSTGRES_PASSWORD": signs.text("DAGSTER_POSTGRES_PASSWORD"),
        "SNOWFLAKE_PRIVATE_KEY": private_key.replace("\n", "\\n"),
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": PASSPHRASE,
    }
    aws = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return ours | {name: signs.text(name) for name in aws if is_aws}


def plant_keys(settings: Settings, signs: Signs) -> None:
    """Put the key of the suppression list into its secret, with someone on the list; and the key of readers."""
    store = open_bucket(settings.s3)
    name = secret_name(store.bucket)
    aws_client("secretsmanager", settings.s3).create_secret(Name=name, SecretString=_key(signs, "SUPPRESSION_KEY"))
    open_suppression(settings.s3, store).add([(Kind.ID, "1")])
    with open_session(settings.snowflake, "test") as session:
        ensure_tables(session)
        session.execute(
            f"INSERT INTO {session.namespace.name_of(READER_KEY)} SELECT ?, ?, CURRENT_TIMESTAMP()",
            [_key(signs, "READER_KEY inner"), _key(signs, "READER_KEY outer")],
        )


def _key(signs: Signs, what: str) -> str:
    """64 hexadecimal digits, which are found as such, and as the bytes that they stand for."""
    return f"{signs.text(what)}{'k' * 12}".encode().hex()
