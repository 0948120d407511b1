"""Sessions in Dagster: the tables are ready in each, and looked at once in a run."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import dagster as dg
import pytest

from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tables.creation import TableDriftError
from tiktok_insights.tables.definitions import SCHEMA_VERSION


@pytest.fixture
def snowflake(settings: Settings) -> SnowflakeResource:
    """The resource on the test's own database, in which nothing is made yet."""
    return SnowflakeResource.of(settings.snowflake)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement of every session, in order; they run as ever."""
    seen: list[str] = []
    table, execute = Session.table, Session.execute

    def seen_table(self: Session, sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        seen.append(sql)
        return table(self, sql, values)

    def seen_execute(self: Session, sql: str, values: Sequence[object] = ()) -> int:
        seen.append(sql)
        return execute(self, sql, values)

    monkeypatch.setattr(Session, "table", seen_table)
    monkeypatch.setattr(Session, "execute", seen_execute)
    return seen


@dg.asset
def first(snowflake: SnowflakeResource) -> None:
    """Opens two sessions."""
    for _ in range(2):
        with snowflake.session() as session:
            session.query("SELECT COUNT(*) FROM TIKTOK_DATA")


@dg.asset(deps=[first])
def second(snowflake: SnowflakeResource) -> None:
    """Opens one more."""
    with snowflake.session() as session:
        session.query("SELECT COUNT(*) FROM Main.TIKTOK_DATA")


def test_a_run_looks_at_the_tables_once(
    snowflake: SnowflakeResource, statements: list[str], connect_warehouse: Connect
) -> None:
    """Where the session is, what is there, which version; then only the version, in each session of each step.

    On the local stack, the first one also makes the schema of readers.
    """
    statements.clear()
    assert dg.materialize([first, second], resources={"snowflake": snowflake}).success
    assert [kind_of(statement) for statement in statements] == [
        *("place", "look", "version", "readers", "readers", "asset"),
        *("version", "asset"),
        *("version", "asset"),
    ]
    with connect_warehouse() as session:
        assert session.query("SELECT SCHEMA_VERSION FROM TIKTOK_INTERNAL.PUBLISH_LOCK") == [(SCHEMA_VERSION,)]


def kind_of(statement: str) -> str:
    """What a statement is for."""
    words = {
        "CURRENT_DATABASE": "place",
        "information_schema": "look",
        "SCHEMA_VERSION": "version",
        "SCHEMA": "readers",
    }
    return next((kind for word, kind in words.items() if word in statement), "asset")


def test_the_first_session_makes_the_tables(snowflake: SnowflakeResource) -> None:
    """And is in their schema."""
    with snowflake.session() as session:
        assert session.query("SELECT CURRENT_SCHEMA(), COUNT(*) FROM TIKTOK_DATA") == [("PUBLIC", 0)]


def test_a_process_that_lives_long_notices_a_newer_version(
    snowflake: SnowflakeResource, connect_warehouse: Connect
) -> None:
    """Another process has changed the tables since: the next session is refused, not only the next run."""
    with snowflake.session(), connect_warehouse() as other:
        other.execute("UPDATE TIKTOK_INTERNAL.PUBLISH_LOCK SET SCHEMA_VERSION = SCHEMA_VERSION + 1")
    with (
        pytest.raises(
            TableDriftError, match=f"have version {SCHEMA_VERSION + 1}, but this package needs version {SCHEMA_VERSION}"
        ),
        snowflake.session(),
    ):
        pytest.fail("a session on tables of a newer version")


def test_a_process_that_lives_long_makes_the_tables_again(
    snowflake: SnowflakeResource, connect_warehouse: Connect
) -> None:
    """The warehouse was emptied since, as by a reset of the local stack."""
    with snowflake.session(), connect_warehouse() as other:
        for schema in ("PUBLIC", "TIKTOK_INTERNAL"):
            other.execute(f"DROP SCHEMA {schema} CASCADE")
    with snowflake.session() as session:
        assert session.query("SELECT COUNT(*) FROM TIKTOK_DATA") == [(0,)]
        assert session.query("SELECT SCHEMA_VERSION FROM TIKTOK_INTERNAL.PUBLISH_LOCK") == [(SCHEMA_VERSION,)]


def test_every_session_says_what_it_is_for_and_how_long_it_waits(
    snowflake: SnowflakeResource, settings: Settings
) -> None:
    """The tag names run and step, so that a run's statements can be summed up; the timeouts are the settings'."""
    seen: list[dict[str, str]] = []

    @dg.asset(name="looks_around")
    def look(snowflake: SnowflakeResource) -> None:
        with snowflake.session() as session:
            seen.append({row["key"]: row["value"] for row in session.records("SHOW PARAMETERS")})

    @dg.multi_asset_check(name="checks", specs=[dg.AssetCheckSpec("is_seen", asset=look)])
    def check(snowflake: SnowflakeResource) -> Iterator[dg.AssetCheckResult]:
        with snowflake.session() as session:
            seen.append({row["key"]: row["value"] for row in session.records("SHOW PARAMETERS")})
            yield dg.AssetCheckResult(passed=True, check_name="is_seen", asset_key=look.key)

    changed = SnowflakeResource.of(replace(settings.snowflake, lock_timeout_seconds=60))
    result = dg.materialize([look, check], resources={"snowflake": changed})
    assert result.success
    parameters, of_check = seen
    assert json.loads(of_check["QUERY_TAG"]) == {"app": "tiktok_insights", "run": result.run_id, "step": "checks"}
    assert json.loads(parameters.pop("QUERY_TAG")) == {
        "app": "tiktok_insights",
        "run": result.run_id,
        "step": "looks_around",
    }
    assert parameters == {
        "LOCK_TIMEOUT": "60",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "1800",
        "STATEMENT_TIMEOUT_IN_SECONDS": "3600",
    }
    with snowflake.session() as session:
        ((_, tag, *_),) = session.query("SHOW PARAMETERS LIKE 'QUERY_TAG'")
    assert json.loads(tag) == {"app": "tiktok_insights", "step": "sensor"}
