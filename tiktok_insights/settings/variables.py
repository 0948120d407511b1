"""Every environment variable of this package, once: name, default and meaning.

`environment` reads these and no other; docs/reference/configuration.md and .env.example are written from them.
"""

from dataclasses import dataclass

from tiktok_insights.tiktok.client import PUBLIC_URL


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `default` holds when it is unset or empty; `meaning` says what an empty default stands for."""

    name: str
    default: str
    meaning: str


GROUPS: dict[str, tuple[Variable, ...]] = {
    "Where everything is": (
        Variable("TIKTOK_INSIGHTS_DEPLOYMENT", "local", "where S3, Glue and the warehouse are: `local`, or `aws`"),
        Variable(
            "TIKTOK_INSIGHTS_HOME",
            ".local",
            "the folder of this machine's state: the local stack's data, Dagster's runs",
        ),
        Variable(
            "DAGSTER_HOME",
            ".local/dagster",
            "Dagster's own folder; by default `dagster` in `TIKTOK_INSIGHTS_HOME`. `make setup` writes it to `.env`, "
            "where Dagster's own commands find it",
        ),
    ),
    "The source": (
        Variable(
            "TIKTOK_ACCOUNTS",
            "corner.bakery,city.museum,night.market",
            "whose followers: handles or secUids, with commas. With a real API there is no default",
        ),
        Variable(
            "TIKTOK_API_URL",
            "",
            f"the API's address, such as `{PUBLIC_URL}`. Empty: the fake API in `local`, RapidAPI's address in `aws`",
        ),
        Variable("RAPIDAPI_KEY", "", "your key for that address; the fake API needs none"),
        Variable(
            "TIKTOK_REQUESTS_PER_MINUTE",
            "6000",
            "the most requests a minute, for all accounts of a run together. With a real API the default is 60",
        ),
        Variable(
            "TIKTOK_REQUEST_BUDGET",
            "",
            "the most requests that a run spends. Empty: a run leaves 5 % of the plan's quota, which the API's headers "
            "tell",
        ),
    ),
    "Names": (
        Variable("TIKTOK_INSIGHTS_BUCKET", "project-with-tiktok-data", "the S3 bucket; made when missing"),
        Variable(
            "AWS_REGION",
            "",
            "the region of the bucket and of Glue, only for `aws`. Empty: the one of `AWS_DEFAULT_REGION` or of your "
            "AWS profile",
        ),
        Variable("GLUE_DATABASE", "tiktok", "the Glue database; made when missing"),
        Variable("SNOWFLAKE_DATABASE", "AMAZON_DB", "the database of all tables; in `aws` you create it"),
        Variable("SNOWFLAKE_SCHEMA", "PUBLIC", "the schema of the tables; made when it is missing"),
        Variable(
            "SNOWFLAKE_INTERNAL_SCHEMA",
            "TIKTOK_INTERNAL",
            "the schema of the tables that only the platform needs; created when it is missing",
        ),
        Variable("SNOWFLAKE_VIEW_SCHEMA", "Main", "the schema of the views that people read; made when it is missing"),
        Variable("SNOWFLAKE_ROLE", "ACCOUNTADMIN", "the role. In `aws` there is no default: name a role of your own"),
        Variable("SNOWFLAKE_WAREHOUSE", "COMPUTE_WH", "the virtual warehouse"),
    ),
    "Signing in to Snowflake, only for `aws`": (
        Variable("SNOWFLAKE_ACCOUNT", "", "your account's identifier, such as `myorg-myaccount`, or its address"),
        Variable("SNOWFLAKE_USER", "", "the user who signs in"),
        Variable(
            "SNOWFLAKE_PRIVATE_KEY",
            "",
            r"the text of the user's private key, not its path: PEM, whose line breaks may be written as `\n`, its "
            "body alone, or the base64 of either",
        ),
        Variable("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "", "the key's passphrase; ignored when the key is not encrypted"),
    ),
}

DEFAULTS = {variable.name: variable.default for variables in GROUPS.values() for variable in variables}
