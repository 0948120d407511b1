"""What the checks compare: what was published since they last passed, and nothing when that is nothing."""

import re
from collections.abc import Callable
from contextlib import nullcontext

import pytest

from tiktok_insights.checks import CheckOutcome, declared_in
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.warehouse import step_7_check, table_checks, trend_checks
from tiktok_insights.warehouse.overview import overview
from tiktok_insights.warehouse.rebuild import rebuild
from tiktok_insights.warehouse.scope import everything, mark_checked, unchecked
from tiktok_insights.warehouse.table_checks import TableCheckInput
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.loading import Loader, put_in_parts
from tiktok_insights_tests.warehouse.test_trend_checks import put_list

pytestmark = pytest.mark.batches

Ask = Callable[[], TableCheckInput]


def ask(given: TableCheckInput) -> dict[str, CheckOutcome]:
    """Ask all checks of a run; mark what was checked, as the step does."""
    outcomes = {check.name: check(given) for check in declared_in(table_checks, step_7_check, trend_checks)}
    mark_checked(given.session, given.scope, given.now)
    return outcomes


def reads_the_history(statement: str) -> bool:
    """Whether a statement names TIKTOK_DATA, its view or FOLLOWER_SNAPSHOTS."""
    return re.search(r"\b(TIKTOK_DATA|FOLLOWER_SNAPSHOTS)\b", statement, re.IGNORECASE) is not None


def test_a_run_that_publishes_nothing_reads_neither_table_nor_history(loader: Loader, ask_about_changes: Ask) -> None:
    """Nor any view of them: all its statements are recorded. The checks say that they have compared nothing."""
    put_list(loader, 0, 2)
    loader.load()
    with Requests().watched() as publishing:
        ask(ask_about_changes())
    assert len([sql for sql in publishing.statements if reads_the_history(sql)]) >= 3, "the test sees such statements"
    with Requests().watched() as idle:
        assert loader.staging().stage(loader.listing()) == []
        assert loader.publish() == []
        assert overview(loader.session).users == 2
        outcomes = ask(ask_about_changes())
    assert len(idle.statements) > 8
    assert [sql for sql in idle.statements if reads_the_history(sql)] == []
    assert [name for name, outcome in outcomes.items() if not outcome.passed] == []
    for name in ("every_user_has_one_row", "ledger_reconciles", "step_7_returns_every_user"):
        assert outcomes[name].facts == {
            "objects compared": 0, "note": "Nothing was published since these checks last passed.",
        }  # fmt: skip


@pytest.mark.parametrize("table", ["FOLLOWER_SNAPSHOTS", "TIKTOK_DATA"])
def test_a_table_that_somebody_dropped_is_compared_again(loader: Loader, ask_about_changes: Ask, table: str) -> None:
    """It is made again, empty; a run without anything to load must not be green for it."""
    loader.put("a", csv_file(row("1"), row("2")))
    loader.load()
    assert all(outcome.passed for outcome in ask(ask_about_changes()).values())
    assert unchecked(loader.session).objects == 0
    loader.session.execute(f"DROP TABLE {table}")
    ensure_tables(loader.session)
    assert not all(outcome.passed for outcome in ask(ask_about_changes()).values())


def test_what_was_published_and_not_checked_is_compared_by_the_next_run(loader: Loader, ask_about_changes: Ask) -> None:
    """As after a run that was killed between publication and checks, whatever the next one loads."""
    loader.put("a", csv_file(row("1"), row("2")))
    loader.load()
    loader.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '2'")
    loader.put("b", csv_file(row("3")))
    loader.load()
    given = ask_about_changes()
    assert (len(given.scope.batch_ids), given.scope.objects) == (2, 2)
    assert table_checks.every_user_has_one_row(given).offenders == ("…2 has 0 rows",)
    mark_checked(loader.session, given.scope, given.now)
    assert unchecked(loader.session).batch_ids == ()
    assert everything(loader.session).objects == 2


def test_what_is_published_while_the_checks_run_waits_for_the_next(loader: Loader, ask_about_changes: Ask) -> None:
    """Only what was compared is marked."""
    loader.put("a", csv_file(row("1")))
    loader.load()
    given = ask_about_changes()
    loader.put("b", csv_file(row("2")))
    later = loader.load().batch_id
    mark_checked(loader.session, given.scope, given.now)
    assert unchecked(loader.session).batch_ids == (later,)


def test_the_same_content_uploaded_again_is_still_its_first_publication(loader: Loader, ask_about_changes: Ask) -> None:
    """It is compared while that is unchecked, and not when only the second upload is."""
    key = loader.put("a", csv_file(row("1")))
    loader.load()
    put_in_parts(loader.store, key)
    loader.load()
    given = ask_about_changes()
    assert (len(given.scope.batch_ids), given.scope.objects) == (2, 1)
    mark_checked(loader.session, given.scope, given.now)
    loader.store._s3.delete_object(Bucket=loader.store.bucket, Key=key)
    loader.put("a", csv_file(row("1")))
    loader.load()
    scope = unchecked(loader.session)
    assert (len(scope.batch_ids), scope.objects) == (1, 0)


@pytest.mark.parametrize("damage", ["DELETE FROM TIKTOK_DATA", "SELECT 1"])
def test_after_a_rebuild_everything_is_compared(loader: Loader, ask_about_changes: Ask, damage: str) -> None:
    """And the number of users is the history's again."""
    loader.put("a", csv_file(row("1"), row("2")))
    loader.load()
    ask(ask_about_changes())
    loader.session.execute(damage)
    loader.session.execute("UPDATE TIKTOK_INTERNAL.PUBLISH_LOCK SET USERS = 7")
    rebuild(lambda: nullcontext(loader.session))
    given = ask_about_changes()
    assert given.scope.objects == 1
    assert [name for name, outcome in ask(given).items() if not outcome.passed] == []
    assert overview(loader.session).users == 2
