"""Every environment variable of this package, once: name, default and meaning.

`environment` reads these and no other; docs/reference/configuration.md and .env.example are written from them.
"""

from dataclasses import dataclass

from tiktok_insights.powerbi.names import PROJECT
from tiktok_insights.tiktok.client import PUBLIC_URL
from tiktok_insights.tiktok.pagination import KNOWN_CAPS

#: The REST API of the Power BI service, and who signs in there: those of the public cloud.
POWER_BI_URL = "https://api.powerbi.com/v1.0/myorg"
_LOGIN_URL = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `default` holds when it is unset or empty; `meaning` says what an empty default stands for."""

    name: str
    default: str
    meaning: str


GROUPS: dict[str, tuple[Variable, ...]] = {
    "Locations": (
        Variable("TIKTOK_INSIGHTS_DEPLOYMENT", "local", "where S3, Glue and the warehouse run: `local` or `aws`"),
        Variable("TIKTOK_INSIGHTS_HOME", ".local", "the folder for the local stack's data and Dagster's runs"),
        Variable(
            "TIKTOK_INSIGHTS_LOG_FORMAT",
            "text",
            "how runs log: `text`, or `json` for one JSON object per event on standard error, with metrics in "
            "CloudWatch's embedded metric format",
        ),
        Variable(
            "DAGSTER_HOME",
            "${PWD}/.local/dagster",
            "Dagster's home, an absolute path; by default `dagster` in `TIKTOK_INSIGHTS_HOME`. `make setup` writes it "
            "to `.env` for Dagster's own commands. A shell keeps `PWD` up to date; a service manager that starts those "
            "commands has to set it",
        ),
        Variable(
            "TIKTOK_INSIGHTS_CODE_SERVER_HOST",
            "",
            "the host at which Dagster reaches `tiktok-insights orchestrator code-server`, which only an orchestrator "
            "on a server needs. If empty, Dagster starts code servers itself",
        ),
        Variable("TIKTOK_INSIGHTS_CODE_SERVER_PORT", "4000", "the port of that code server"),
    ),
    "The source": (
        Variable(
            "TIKTOK_ACCOUNTS",
            "corner.bakery,city.museum,night.market",
            "accounts to extract: comma-separated handles or secUids. There is no default with a real API",
        ),
        Variable(
            "TIKTOK_API_URL",
            "",
            f"the API's URL, such as `{PUBLIC_URL}`. If empty: the fake API in `local`, RapidAPI in `aws`",
        ),
        Variable("RAPIDAPI_KEY", "", "your key for that API; the fake API needs none"),
        Variable(
            "TIKTOK_REQUESTS_PER_MINUTE",
            "6000",
            "maximum requests per minute, for all accounts of a run together. The default with a real API is 60",
        ),
        Variable(
            "TIKTOK_REQUEST_BUDGET",
            "",
            "maximum requests per run. If they do not suffice, accounts take turns, and the first in `TIKTOK_ACCOUNTS` "
            "has priority among those that have waited equally long. If empty, a run leaves 5% of the plan's quota "
            "unused, as reported in the API's headers",
        ),
        Variable(
            "TIKTOK_FULL_WALK_DAYS",
            "7",
            "an incremental run reads an account's list to its end when the last time is this many days ago",
        ),
        Variable(
            "TIKTOK_LIST_CAPS",
            ",".join(map(str, KNOWN_CAPS)),
            "lengths at which the API cuts lists, comma-separated. A list is called whole only if none of them is "
            "between the users seen and the total",
        ),
    ),
    "Names": (
        Variable("TIKTOK_INSIGHTS_BUCKET", "project-with-tiktok-data", "the S3 bucket; created if missing"),
        Variable(
            "AWS_REGION",
            "",
            "the region of the bucket and of Glue, only for `aws`. If empty: `AWS_DEFAULT_REGION`, or the region of "
            "your AWS profile",
        ),
        Variable("GLUE_DATABASE", "tiktok", "the Glue database; created if missing"),
        Variable(
            "GLUE_JOB",
            "tiktok_etl",
            "the Glue job that stages large batches. There is no default in `aws`: if empty there, every batch is "
            "staged where Dagster runs",
        ),
        Variable(
            "GLUE_CONNECTION",
            "snowflake-connection",
            "the Glue connection with which that job signs in to Snowflake, only for `aws`",
        ),
        Variable(
            "GLUE_ABOVE_GB",
            "20",
            "a run stages with that job if more gigabytes than this are pending, unless its settings name an engine",
        ),
        Variable(
            "GLUE_CRAWLER",
            "",
            "the Glue crawler that each run starts after the table is registered, only to compare what it finds. In "
            "`local`, it is created. If empty, there is none",
        ),
        Variable("GLUE_CRAWLER_MINUTES", "15", "how long a run waits for the crawler. Then it loads anyway"),
        Variable("SNOWFLAKE_DATABASE", "AMAZON_DB", "the database for all tables; in `aws`, you create it"),
        Variable("SNOWFLAKE_SCHEMA", "PUBLIC", "the schema of the tables; created if missing"),
        Variable(
            "SNOWFLAKE_INTERNAL_SCHEMA",
            "TIKTOK_INTERNAL",
            "the schema of the pipeline's internal tables; created if missing",
        ),
        Variable("SNOWFLAKE_VIEW_SCHEMA", "Main", "the schema of the views; created if missing"),
        Variable("SNOWFLAKE_READER_SCHEMA", "TIKTOK_READERS", "the schema of views with pseudonyms; none without it"),
        Variable(
            "SNOWFLAKE_ROLE",
            "ACCOUNTADMIN",
            "the role. There is no default in `aws`: use a role with only the privileges it needs",
        ),
        Variable("SNOWFLAKE_WAREHOUSE", "COMPUTE_WH", "the virtual warehouse"),
    ),
    "Retention": (
        Variable(
            "TIKTOK_RETENTION_DAYS", "", "for how many days snapshots are kept, up to 36500. If empty, nothing expires"
        ),
    ),
    "Alerts": (
        Variable("ALERT_SNS_TOPIC", "", "the ARN of an Amazon SNS topic that gets alerts"),
        Variable("ALERT_SLACK_URL", "", "the URL of an incoming webhook of Slack that gets alerts; it is a secret"),
        Variable(
            "ALERT_WEBHOOK_URL",
            "",
            "the URL of any server that gets alerts, as JSON by POST; it may be a secret, and is treated as one",
        ),
        Variable("ALERT_STALE_HOURS", "48", "alert when nothing was loaded for so many hours"),
        Variable("ALERT_QUOTA_PERCENT", "10", "alert when less than this percentage of the API plan's quota is left"),
        Variable("ALERT_GLUE_MINUTES", "60", "alert when a run of the Glue job takes longer"),
    ),
    "The dashboard": (
        Variable("TIKTOK_PSEUDONYMS", "0", "1 to show made-up names in place of every name, handle and ID"),
        Variable(
            "TIKTOK_PSEUDONYM_KEY",
            "",
            "the secret from which those names are computed: with the same one, a user has the same name in each file. "
            "If empty, one is kept in `TIKTOK_INSIGHTS_HOME`",
        ),
    ),
    "Snowflake sessions": (
        Variable(
            "SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS",
            "3600",
            "the longest that one statement may take. Snowflake then cancels it, and the run fails",
        ),
        Variable(
            "SNOWFLAKE_LOCK_TIMEOUT_SECONDS",
            "600",
            "the longest that one statement waits for another transaction's lock. Its transaction is then retried, for "
            "15 minutes in all. Must be less than `SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS`",
        ),
        Variable(
            "SNOWFLAKE_QUEUED_TIMEOUT_SECONDS",
            "1800",
            "the longest that one statement waits for a busy or suspended virtual warehouse; 0 for no limit",
        ),
    ),
    "Snowflake authentication, only for `aws`": (
        Variable("SNOWFLAKE_ACCOUNT", "", "your account identifier, such as `myorg-myaccount`, or its URL"),
        Variable("SNOWFLAKE_USER", "", "the user who signs in"),
        Variable(
            "SNOWFLAKE_PRIVATE_KEY",
            "",
            r"the text of the user's private key, not its path: PEM (you may write line breaks as `\n`), its body "
            "alone, or the base64 of either",
        ),
        Variable("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "", "the key's passphrase; ignored if the key is not encrypted"),
    ),
    "Power BI, only for `aws`": (
        Variable("AZURE_POWERBI_TENANT_ID", "", "the directory (tenant) ID of Microsoft Entra, or its domain"),
        Variable("AZURE_POWERBI_CLIENT_ID", "", "the application (client) ID of the service principal"),
        Variable("AZURE_POWERBI_CLIENT_SECRET", "", "the value of its client secret, not the secret's ID"),
        Variable("AZURE_POWERBI_WORKSPACE_ID", "", "the ID of the workspace, as in its URL after `groups/`"),
        Variable("AZURE_POWERBI_SEMANTIC_MODEL", PROJECT, "the name or the ID of the semantic model there"),
        Variable(
            "AZURE_POWERBI_REFRESH_MINUTES",
            "60",
            "how long a run waits for the refresh. Then it cancels the refresh that it began, and fails",
        ),
        Variable(
            "AZURE_POWERBI_API_URL",
            "",
            f"the URL of the REST API. If empty: `{POWER_BI_URL}` in `aws`, none in `local`",
        ),
        Variable("AZURE_POWERBI_LOGIN_URL", _LOGIN_URL, "the URL of the service where the principal signs in"),
    ),
}

DEFAULTS = {variable.name: variable.default for variables in GROUPS.values() for variable in variables}
