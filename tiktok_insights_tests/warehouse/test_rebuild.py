"""rebuild TIKTOK_DATA from the history: what the publications made of it, whatever somebody has done to it since."""

from collections.abc import Callable
from contextlib import nullcontext

import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.warehouse.rebuild import Rebuilt, rebuild
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.warehouse_contents import run_at_once

pytestmark = pytest.mark.orders

LATE = "2026-01-31T13:00:00Z"
TABLES = ("TIKTOK_DATA", "PRESENCE_SPELLS")
DAMAGES = {
    "emptied": "DELETE FROM TIKTOK_DATA",
    "rows gone": "DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '2'",
    "rows bent": "UPDATE TIKTOK_DATA SET FOLLOWERS_COUNT = 0, NICK_NAME = NULL",
    "a stranger": "INSERT INTO TIKTOK_DATA (TIKTOK_ID) VALUES ('99')",
    "rows twice": "INSERT INTO TIKTOK_DATA SELECT * FROM TIKTOK_DATA",
    "spells gone": "DELETE FROM PRESENCE_SPELLS WHERE TIKTOK_ID <> '3'",
    "spells bent": "UPDATE PRESENCE_SPELLS SET SPELL = 2, FIRST_MISSED_AT = LAST_SEEN_AT",
    "nothing": "SELECT 1",
}


@pytest.fixture
def loaded(loader: Loader) -> list[Upload]:
    """Two snapshots, of which the later one changes a user."""
    uploads = [loader.upload("a", row("1"), row("2")), loader.upload("b", row("2", extracted_at=LATE), row("3"))]
    loader.load()
    return uploads


def _rebuild(loader: Loader) -> Rebuilt:
    """On the session that is open."""
    return rebuild(lambda: nullcontext(loader.session))


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_was_done_to_the_table_it_is_the_histories_again(
    loader: Loader, loaded: list[Upload], damage: str
) -> None:
    """The oracle's rows, and neither history nor ledger is touched; a second time changes nothing."""
    expected = history.tables(loaded)
    before = loader.dump()
    loader.session.execute(DAMAGES[damage])
    ((rows,),) = loader.rows("SELECT COUNT(*) FROM TIKTOK_DATA")
    assert _rebuild(loader) == Rebuilt(int(rows), 3)
    assert loader.tables() == expected
    assert _rebuild(loader) == Rebuilt(3, 3)
    assert loader.dump() == before
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.TOUCHED_USERS") == [(0,)]


@pytest.mark.parametrize("table", TABLES)
def test_a_statement_that_ran_twice_is_rolled_back(loader: Loader, loaded: list[Upload], table: str) -> None:
    """As when its answer was lost: the error says so, and the tables are as they were."""
    loader.session.execute(DAMAGES["rows gone"])
    before = loader.dump()
    names = Requests()
    with names.watched():
        _rebuild(loader)
    loader.session.execute(DAMAGES["rows gone"])
    assert loader.dump() == before
    insert = next(number for number, name in enumerate(names.names) if name.startswith(f"INSERT INTO {table}"))
    point = FailPoint(insert, Moment.ANSWER_LOST, Manner.RAISE)
    with (
        Requests(point).watched(),
        told(("TIKTOK_DATA got <number> rows", "PRESENCE_SPELLS got <number> rows")[TABLES.index(table)], "got 6 rows"),
    ):
        _rebuild(loader)
    assert loader.dump() == before


def test_rebuilds_and_publications_at_once_end_as_one_after_the_other(loader: Loader, loaded: list[Upload]) -> None:
    """Each waits for the other, or begins again; the tables are the oracle's."""
    loader.session.execute(DAMAGES["rows bent"])
    new = loader.upload("c", row("3", extracted_at=LATE), row("4"))
    loader.stage()
    work: list[Callable[[], object]] = [loader.publish, *[lambda: rebuild(loader.connect)] * 3]

    def take_one(_: Session) -> None:
        work.pop()()

    assert run_at_once(loader.connect, 4, take_one) == []
    assert loader.tables() == history.tables([*loaded, new])
