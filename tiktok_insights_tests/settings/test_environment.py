"""Reading the environment: defaults, every variable, and messages that name the variable."""

from pathlib import Path

import pytest

from tiktok_insights.resources.opening import aws_arguments, open_api_client, open_session, snowflake_arguments
from tiktok_insights.settings.env_file import load_env_file
from tiktok_insights.settings.environment import Deployment, read_settings, require_accounts
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.private_keys import Written
from tiktok_insights_tests.support.troubleshooting import told

_KEY = "-----BEGIN PRIVATE KEY-----\\nY2FuYXJ5\\n-----END PRIVATE KEY-----"
_AWS = {
    "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
    "RAPIDAPI_KEY": "canary-api",
    "SNOWFLAKE_ACCOUNT": "org-account",
    "SNOWFLAKE_USER": "loader",
    "SNOWFLAKE_ROLE": "LOADING",
    "SNOWFLAKE_PRIVATE_KEY": _KEY,
}
#: What signs in to Snowflake, in the order of the message.
_SIGN_IN = ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PRIVATE_KEY", "SNOWFLAKE_ROLE")


def test_without_any_variable_everything_is_local() -> None:
    """The defaults are the tutorial's names, three made-up accounts, and a home in the working directory."""
    settings = read_settings({})
    assert settings.deployment is Deployment.LOCAL
    assert settings.tiktok.accounts == ("corner.bakery", "city.museum", "night.market")
    assert settings.tiktok.api_url == ""
    assert settings.home == Path.cwd() / ".local"
    assert settings.dagster_home == Path.cwd() / ".local" / "dagster"
    assert (settings.s3.bucket, settings.glue.database) == ("project-with-tiktok-data", "tiktok")
    snowflake = settings.snowflake
    assert (snowflake.role, snowflake.warehouse, snowflake.database) == ("ACCOUNTADMIN", "COMPUTE_WH", "AMAZON_DB")
    assert (snowflake.schema_name, snowflake.view_schema) == ("PUBLIC", "Main")


def test_an_empty_variable_counts_as_unset() -> None:
    """A line left empty in .env changes nothing."""
    assert read_settings({"TIKTOK_INSIGHTS_BUCKET": " ", "TIKTOK_ACCOUNTS": ""}) == read_settings({})


def test_accounts_are_split_at_commas() -> None:
    """Blanks round the names, and empty names, are left out."""
    assert read_settings({"TIKTOK_ACCOUNTS": " a.b , c_d,, "}).tiktok.accounts == ("a.b", "c_d")


def test_another_api_has_no_accounts_of_its_own_and_a_modest_rate() -> None:
    """The made-up accounts belong to the fake API; a real one gets 60 requests a minute unless told otherwise."""
    settings = read_settings({"TIKTOK_API_URL": "https://api.example"}).tiktok
    assert (settings.accounts, settings.requests_per_minute) == ((), 60.0)
    with told("No TikTok account is configured."):
        require_accounts(settings.accounts)


@pytest.mark.parametrize("empty", ["", " ", "@"])
def test_each_account_needs_a_name(empty: str) -> None:
    """An empty name is a variable that was not set, and no reason to extract other accounts instead."""
    assert require_accounts(["a.b", "c_d"]) == ("a.b", "c_d")
    with told("One of the accounts has an empty name"):
        require_accounts(["c_d", empty])


@pytest.mark.parametrize("text", ["0", "-1", "fast", "inf", "nan"])
def test_a_rate_that_is_no_positive_number_is_named(text: str) -> None:
    """The message has the variable and what it holds."""
    with told(
        "<variable> is <value>, but",
        f"TIKTOK_REQUESTS_PER_MINUTE is '{text}', but a number greater than 0 was expected.",
    ):
        read_settings({"TIKTOK_REQUESTS_PER_MINUTE": text})


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("STATEMENT", "soon", "a whole number"),
        ("STATEMENT", "0", "a number of seconds from 1 to 604800 (7 days)"),
        ("STATEMENT", "604801", "a number of seconds from 1 to 604800 (7 days)"),
        ("LOCK", "1.5", "a whole number"),
        ("LOCK", "0", "a number of seconds from 1 to 604800 (7 days)"),
        ("LOCK", "1h", "a whole number"),
        ("QUEUED", "-1", "a whole number"),
        ("QUEUED", "9999999999", "a number of seconds from 0 to 604800 (7 days)"),
    ],
)
def test_a_timeout_that_is_no_number_of_seconds_is_named(name: str, text: str, expected: str) -> None:
    """The message has the variable and what it holds."""
    variable = f"SNOWFLAKE_{name}_TIMEOUT_SECONDS"
    with told("<variable> is <value>, but", f"{variable} is '{text}', but {expected} was expected."):
        read_settings({variable: text})


def test_a_wait_for_a_lock_must_end_before_its_statement() -> None:
    """Otherwise Snowflake cancels the statement, which is not retried. A queue without a limit is fine."""
    assert read_settings({"SNOWFLAKE_QUEUED_TIMEOUT_SECONDS": "0"}).snowflake.queued_timeout_seconds == 0
    with told("SNOWFLAKE_LOCK_TIMEOUT_SECONDS is <number>", "600", "300"):
        read_settings({"SNOWFLAKE_STATEMENT_TIMEOUT_SECONDS": "300"})


@pytest.mark.parametrize("text", ["public", "TIKTOK_INTERNAL", "Main"])
def test_readers_need_a_schema_of_their_own(text: str) -> None:
    """In another one, they could read names and IDs, or a view of theirs would replace a mart."""
    with told("SNOWFLAKE_READER_SCHEMA is <schema>", text):
        read_settings({"SNOWFLAKE_READER_SCHEMA": text})


@pytest.mark.parametrize("text", ["many", "-1", "1.5", "9" * 5_000])
def test_a_budget_that_is_no_whole_number_is_named(text: str) -> None:
    """The message has the variable and what it holds."""
    with told("<variable> is <value>, but", f"TIKTOK_REQUEST_BUDGET is '{text}', but a whole number was expected."):
        read_settings({"TIKTOK_REQUEST_BUDGET": text})


@pytest.mark.parametrize("text", ["0", "36501", "1000000000"])
def test_days_of_retention_are_at_most_a_hundred_years(text: str) -> None:
    """No calendar has the day before which more would expire, and SQL writes the years before 1000 in another way."""
    with told(
        "<variable> is <value>, but", f"TIKTOK_RETENTION_DAYS is '{text}', but a whole number from 1 to 36500, or"
    ):
        read_settings({"TIKTOK_RETENTION_DAYS": text})
    assert read_settings({"TIKTOK_RETENTION_DAYS": "36500"}).s3.retention_days == 36_500


def test_the_days_between_full_walks_are_a_number() -> None:
    """A week, unless another number is set."""
    assert read_settings({}).tiktok.full_walk_days == 7
    assert read_settings({"TIKTOK_FULL_WALK_DAYS": "0.5"}).tiktok.full_walk_days == 0.5
    with told("<variable> is <value>, but", "TIKTOK_FULL_WALK_DAYS is '0', but a number greater than 0 was expected."):
        read_settings({"TIKTOK_FULL_WALK_DAYS": "0"})


def test_the_apis_caps_are_numbers_between_commas() -> None:
    """Other numbers replace the known ones; anything else is named."""
    assert read_settings({}).tiktok.list_caps == (30, 50, 5_000, 10_000)
    assert read_settings({"TIKTOK_LIST_CAPS": "200, 20000"}).tiktok.list_caps == (200, 20_000)
    with told(
        "<variable> is <value>, but", "TIKTOK_LIST_CAPS is '50,', but a comma-separated list of whole numbers was"
    ):
        read_settings({"TIKTOK_LIST_CAPS": "50,"})


def test_a_key_that_cannot_be_read_opens_no_session() -> None:
    """Its path, say: the message says what to copy."""
    settings = read_settings({**_AWS, "SNOWFLAKE_PRIVATE_KEY": "/home/me/key.p8"})
    with told("SNOWFLAKE_PRIVATE_KEY is a file path."), open_session(settings.snowflake, "test"):
        raise AssertionError("a session without a key")


def test_an_unknown_deployment_is_named() -> None:
    """The message lists those that there are."""
    with told(
        "<variable> is <value>, but", "TIKTOK_INSIGHTS_DEPLOYMENT is 'production', but 'local' or 'aws' was expected."
    ):
        read_settings({"TIKTOK_INSIGHTS_DEPLOYMENT": "production"})


@pytest.mark.parametrize("name", ["SNOWFLAKE_DATABASE", "SNOWFLAKE_VIEW_SCHEMA", "SNOWFLAKE_ROLE"])
def test_a_name_that_could_be_sql_is_refused(name: str) -> None:
    """Names stand unquoted in statements, so they are identifiers and nothing else."""
    with told("<variable> is <value>, but", name, "letters, digits, _ and $"):
        read_settings({name: "X; DROP TABLE Y"})


def test_the_role_of_the_local_stack_is_none_elsewhere() -> None:
    """The strongest role of an account is taken only by somebody who says so."""
    without = {name: value for name, value in _AWS.items() if name != "SNOWFLAKE_ROLE"}
    assert read_settings(without).snowflake.role == ""
    assert read_settings({**without, "SNOWFLAKE_ROLE": "ACCOUNTADMIN"}).snowflake.role == "ACCOUNTADMIN"


def test_an_address_is_read_as_the_account() -> None:
    """As it stands in the browser."""
    settings = read_settings({**_AWS, "SNOWFLAKE_ACCOUNT": "https://org-account.snowflakecomputing.com/"})
    assert settings.snowflake.account == "org-account"


def test_no_secret_shows_in_a_representation() -> None:
    """Keys are left out of what ends up in logs and tracebacks."""
    shown = repr(read_settings(_AWS))
    assert "canary" not in shown
    assert "Y2FuYXJ5" not in shown


@pytest.mark.parametrize("missing", _SIGN_IN)
def test_what_aws_needs_is_asked_for_by_name(missing: str) -> None:
    """A missing variable is named before a session is opened."""
    settings = read_settings({name: value for name, value in _AWS.items() if name != missing})
    with told("Not set: <variables>.", missing), open_session(settings.snowflake, "test"):
        raise AssertionError("a session that nobody signed in to")


def test_what_needs_no_warehouse_asks_for_none() -> None:
    """The plan and the probe work in aws before there is a Snowflake account."""
    settings = read_settings({name: value for name, value in _AWS.items() if name not in _SIGN_IN})
    assert open_api_client(settings.tiktok)
    with told("Not set: <variables>.", ", ".join(_SIGN_IN)):
        snowflake_arguments(settings.snowflake)


def test_aws_has_the_public_api_and_leaves_the_rest_of_aws_to_boto3(keys: dict[str, Written]) -> None:
    """No endpoint and no credentials are set: boto3 finds the standard AWS_* settings by itself, but for AWS_REGION."""
    settings = read_settings({**_AWS, "SNOWFLAKE_PRIVATE_KEY": keys["RSA"].pems["PKCS#8"]})
    assert settings.tiktok.api_url == "https://tiktok-api23.p.rapidapi.com"
    assert aws_arguments(settings.s3) == {}
    regional = read_settings({**_AWS, "AWS_REGION": "eu-central-1"})
    assert [aws_arguments(client) for client in (regional.s3, regional.glue)] == [{"region_name": "eu-central-1"}] * 2
    snowflake = snowflake_arguments(settings.snowflake)
    assert snowflake["account"] == "org-account"
    assert snowflake.keys().isdisjoint({"password", "host", "port", "protocol"})


def test_local_points_everything_at_the_stack(connections: Connections) -> None:
    """API, AWS and Snowflake are on the loopback, and the key opens nothing else."""
    assert connections.api_url.startswith("http://127.0.0.1:")
    assert connections.api_key == "local-key"
    assert connections.aws["endpoint_url"].startswith("http://127.0.0.1:")
    assert connections.snowflake["host"] == "127.0.0.1"


def test_the_fakes_get_nothing_of_the_users_own() -> None:
    """A key is read only for an API that the environment names; Snowflake's, and a region, only outside `local`."""
    local = {"TIKTOK_INSIGHTS_DEPLOYMENT": "local"}
    own = {**_AWS, "AWS_REGION": "eu-central-1", "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "secret"}
    assert read_settings({**own, "SNOWFLAKE_ROLE": "ACCOUNTADMIN", **local}) == read_settings({})
    other = read_settings({**own, **local, "TIKTOK_API_URL": "https://api.example"}).tiktok
    assert (other.api_url, other.api_key, other.local_stack) == ("https://api.example", "canary-api", "")


def test_env_wins_over_the_environment(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in Dagster's commands. Variables with another value are named; PWD is the folder, whatever the shell says."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"PWD": "/nowhere", "GLUE_DATABASE": "exported", "RAPIDAPI_KEY": "the same"}.items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".env").write_text("GLUE_DATABASE=mine\nRAPIDAPI_KEY=the same\nDAGSTER_HOME=${PWD}/é/dagster\nOTHER\n")
    assert load_env_file() == ["GLUE_DATABASE"]
    settings = read_settings()
    assert (settings.glue.database, settings.dagster_home) == ("mine", tmp_path / "é" / "dagster")
    (tmp_path / ".env").write_bytes("GLUE_DATABASE=é".encode("utf-16"))
    with told("<file> is not UTF-8 text.", str(tmp_path / ".env")):
        load_env_file()


@pytest.mark.parametrize("line", ['DAGSTER_HOME="open', "two words", "=x", "A=1\0"])
def test_a_line_of_env_that_is_no_setting_is_named(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs with the settings that are left: one of the missing ones may choose the home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    (tmp_path / ".env").write_text(f"# mine\nTIKTOK_INSIGHTS_TEST=1\n{line}\n")
    with told("Line <number> of <file> is not NAME=value.", f"Line 3 of {tmp_path / '.env'}"):
        load_env_file()


def test_homes_may_be_below_the_users_own_and_dagsters_is_absolute() -> None:
    """A shell expands `~`, .env does not; a relative path is refused by Dagster, so it is refused here."""
    settings = read_settings({"TIKTOK_INSIGHTS_HOME": "~/x", "DAGSTER_HOME": "~/y"})
    assert (settings.home, settings.dagster_home) == (Path.home() / "x", Path.home() / "y")
    with told("<variable> is <value>, but", "DAGSTER_HOME is 'dagster', but an absolute path"):
        read_settings({"DAGSTER_HOME": "dagster"})
    for variable in ("TIKTOK_INSIGHTS_HOME", "DAGSTER_HOME"):
        with told("<variable> is <value>, but", f"{variable} is '~nobody-here/x', but a path below the home"):
            read_settings({variable: "~nobody-here/x"})
