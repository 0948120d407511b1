"""Sessions in Dagster: the tables are ready in each, and looked at once in a run."""

from collections.abc import Sequence

import dagster as dg
import pytest

from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.resources.snowflake import WarehouseResource
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tables.creation import TableDriftError
from tiktok_insights.tables.definitions import SCHEMA_VERSION


@pytest.fixture
def warehouse(settings: Settings) -> WarehouseResource:
    """The resource on the test's own database, in which nothing is made yet."""
    names = settings.snowflake
    return WarehouseResource(
        role=names.role,
        warehouse=names.warehouse,
        database=names.database,
        schema_name=names.schema,
        view_schema=names.view_schema,
    )


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement of every session, in order; they run as ever."""
    seen: list[str] = []
    query, execute = Session.query, Session.execute

    def seen_query(self: Session, sql: str, values: Sequence[object] = ()) -> list[Row]:
        seen.append(sql)
        return query(self, sql, values)

    def seen_execute(self: Session, sql: str, values: Sequence[object] = ()) -> int:
        seen.append(sql)
        return execute(self, sql, values)

    monkeypatch.setattr(Session, "query", seen_query)
    monkeypatch.setattr(Session, "execute", seen_execute)
    return seen


@dg.asset
def first(warehouse: WarehouseResource) -> None:
    """Opens two sessions."""
    for _ in range(2):
        with warehouse.session() as session:
            session.query("SELECT COUNT(*) FROM TIKTOK_DATA")


@dg.asset(deps=[first])
def second(warehouse: WarehouseResource) -> None:
    """Opens one more."""
    with warehouse.session() as session:
        session.query("SELECT COUNT(*) FROM Main.TIKTOK_DATA")


def test_a_run_looks_at_the_tables_once(
    warehouse: WarehouseResource, statements: list[str], connect_warehouse: Connect
) -> None:
    """Where the session is, what is there, which version; then only the version, in each session of each step."""
    statements.clear()
    assert dg.materialize([first, second], resources={"warehouse": warehouse}).success
    assert [kind_of(statement) for statement in statements] == [
        *("place", "look", "version", "asset"),
        *("version", "asset"),
        *("version", "asset"),
    ]
    with connect_warehouse() as session:
        assert session.query("SELECT SCHEMA_VERSION FROM PUBLISH_LOCK") == [(SCHEMA_VERSION,)]


def kind_of(statement: str) -> str:
    """What a statement is for."""
    words = {"CURRENT_DATABASE": "place", "information_schema": "look", "SCHEMA_VERSION": "version"}
    return next((kind for word, kind in words.items() if word in statement), "asset")


def test_the_first_session_makes_the_tables(warehouse: WarehouseResource) -> None:
    """And is in their schema."""
    with warehouse.session() as session:
        assert session.query("SELECT CURRENT_SCHEMA(), COUNT(*) FROM TIKTOK_DATA") == [("PUBLIC", 0)]


def test_a_process_that_lives_long_notices_a_newer_version(
    warehouse: WarehouseResource, connect_warehouse: Connect
) -> None:
    """Another process has migrated the tables since: the next session is refused, not only the next run."""
    with warehouse.session(), connect_warehouse() as other:
        other.execute("UPDATE PUBLISH_LOCK SET SCHEMA_VERSION = SCHEMA_VERSION + 1")
    with (
        pytest.raises(
            TableDriftError, match=f"of version {SCHEMA_VERSION + 1}; this package knows version {SCHEMA_VERSION}"
        ),
        warehouse.session(),
    ):
        pytest.fail("a session on tables of a newer version")


def test_a_process_that_lives_long_makes_the_tables_again(
    warehouse: WarehouseResource, connect_warehouse: Connect
) -> None:
    """The warehouse was emptied since, as by a reset of the local stack."""
    with warehouse.session(), connect_warehouse() as other:
        other.execute("DROP SCHEMA PUBLIC CASCADE")
    with warehouse.session() as session:
        assert session.query("SELECT COUNT(*) FROM TIKTOK_DATA") == [(0,)]
        assert session.query("SELECT SCHEMA_VERSION FROM PUBLISH_LOCK") == [(SCHEMA_VERSION,)]
