"""Sessions of `aws` in Dagster: dagster-snowflake opens them, and with the command line's arguments."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import Error

from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.local.stack import ensure_running
from tiktok_insights.resources.opening import open_session
from tiktok_insights.resources.platform_session import platform_session
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.settings.client_settings import SnowflakeSettings
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.private_keys import PASSPHRASE, Written
from tiktok_insights_tests.support.run_config import run_with


@pytest.fixture
def aws(settings: Settings, keys: dict[str, Written], monkeypatch: pytest.MonkeyPatch) -> SnowflakeSettings:
    """The test's own database, reached as `aws` reaches an account: with a key, and without the local stack's rules."""
    key = keys["RSA"].pems["encrypted PKCS#8"]
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY", key)
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", PASSPHRASE)
    # The connector would ask the cloud's metadata addresses where it runs.
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    stack = ensure_running(settings.home)
    return replace(
        settings.snowflake,
        account="myorg-acc",
        user="loader",
        private_key=key,
        private_key_passphrase=PASSPHRASE,
        host=stack.snowflake_host,
        port=stack.snowflake_port,
        protocol="http",
        local_stack="",
    )


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The arguments that the connector is handed for each connection; it connects as ever."""
    seen: list[dict[str, Any]] = []
    connect = snowflake.connector.connect

    def seen_connect(**arguments: Any) -> snowflake.connector.SnowflakeConnection:
        seen.append(arguments)
        return connect(**arguments)

    monkeypatch.setattr(snowflake.connector, "connect", seen_connect)
    return seen


def test_a_session_of_aws_is_dagster_snowflakes(aws: SnowflakeSettings, handed: list[dict[str, Any]]) -> None:
    """On the local stack's Snowflake, which does not check the signature: tables are made, and statements run."""
    rows: list[Row] = []

    def use(resource: SnowflakeResource) -> None:
        with resource.session() as session:
            rows.extend(session.query("SELECT COUNT(*), ? FROM TIKTOK_DATA", ["a text"]))

    run_with(SnowflakeResource.of(aws), {}, use)
    assert rows == [(0, "a text")]
    assert [arguments["application"] for arguments in handed] == ["DagsterLabs_Dagster"]


def test_the_connector_is_handed_the_command_lines_arguments(
    aws: SnowflakeSettings, handed: list[dict[str, Any]]
) -> None:
    """All of them, the key as bytes; dagster-snowflake adds its name, which Snowflake records."""
    settings = replace(aws, lock_timeout_seconds=7)
    for opened in (open_session, platform_session):
        with opened(settings, "a step", "a run"):
            pass
    on_the_command_line, in_dagster = handed
    assert in_dagster == {**on_the_command_line, "application": "DagsterLabs_Dagster"}
    assert in_dagster["session_parameters"]["LOCK_TIMEOUT"] == 7


def test_a_session_that_fails_is_rolled_back_and_closed(aws: SnowflakeSettings, connect_warehouse: Connect) -> None:
    """Though dagster-snowflake leaves the connection of a failed step open."""
    with connect_warehouse() as other:
        other.execute("CREATE TABLE ROWS_OF_A_FAILURE (N NUMBER)")
    sessions: list[Session] = []

    def fail() -> None:
        with platform_session(aws, "test") as session:
            sessions.append(session)
            session.execute("BEGIN")
            session.execute("INSERT INTO ROWS_OF_A_FAILURE VALUES (1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with pytest.raises(Error, match="closed"):
        sessions[0].query("SELECT 1")
    with connect_warehouse() as other:
        assert other.query("SELECT COUNT(*) FROM ROWS_OF_A_FAILURE") == [(0,)]


def test_a_session_on_the_local_stack_does_not_import_dagster_snowflake(settings: Settings) -> None:
    """Nor Snowpark with it, whose import takes more CPU time than a step of an idle run."""
    code = (
        "import sys\n"
        "from tiktok_insights.definitions import resources_for\n"
        "from tiktok_insights.settings.environment import read_settings\n"
        "with resources_for(read_settings())['snowflake'].session() as session:\n"
        "    session.query('SELECT 1')\n"
        "print(sorted({'dagster', 'dagster_aws', 'dagster_snowflake', 'snowflake.snowpark'} & sys.modules.keys()))\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)  # noqa: S603 - ours
    assert answer.stdout.strip() == "['dagster']"
