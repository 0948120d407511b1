"""What verify asks of the whole table, and what catches which damage there."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from tiktok_insights.warehouse.full_checks import (
    FULL_CHECKS,
    every_row_is_the_newest_of_its_user,
    presence_follows_from_the_history,
)
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.publish_sql import steps_of
from tiktok_insights.warehouse.rebuild import rebuild
from tiktok_insights.warehouse.scope import everything
from tiktok_insights.warehouse.table_checks import TableCheckInput
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.batches

EARLY, NOON, LATE = "2026-01-31T11:00:00Z", "2026-01-31T12:00:00Z", "2026-01-31T13:00:00Z"
ONE_ROW, LEDGER, NEWEST, STEP_7, LOST, PRESENCE = (
    "every_user_has_one_row",
    "ledger_reconciles",
    "every_row_is_the_newest_of_its_user",
    "step_7_returns_every_user",
    "no_id_is_lost",
    "presence_follows_from_the_history",
)
#: What is done by hand to tables that are right, and the checks of verify that are red then.
DAMAGES = {
    "nothing": ("SELECT 1", set()),
    "a row of the history is deleted": (
        "DELETE FROM FOLLOWER_SNAPSHOTS WHERE TIKTOK_ID = '3'", {LEDGER, LOST, NEWEST, PRESENCE, STEP_7},
    ),
    "an older row of the history is deleted": (
        "DELETE FROM FOLLOWER_SNAPSHOTS WHERE TIKTOK_ID = '2' AND OBJECT_KEY LIKE '%/a.csv'", {LEDGER, LOST, PRESENCE},
    ),
    "a digit of an ID is changed in the history": (
        "UPDATE FOLLOWER_SNAPSHOTS SET TIKTOK_ID = '4' WHERE TIKTOK_ID = '3'",
        {LEDGER, LOST, NEWEST, ONE_ROW, PRESENCE},
    ),
    "a digit of an ID is changed in the table": (
        "UPDATE TIKTOK_DATA SET TIKTOK_ID = '4' WHERE TIKTOK_ID = '3'", {LOST, NEWEST, ONE_ROW},
    ),
    "a digit is changed in both": (
        "UPDATE {table} SET TIKTOK_ID = '4' WHERE TIKTOK_ID = '3'", {LEDGER, LOST, PRESENCE},
    ),
    "IDs are swapped between two objects": (
        "UPDATE FOLLOWER_SNAPSHOTS SET TIKTOK_ID = TRANSLATE(TIKTOK_ID, '13', '31') WHERE TIKTOK_ID <> '2'",
        {LEDGER, LOST, PRESENCE},
    ),
    "a duplicate in the history": (
        "INSERT INTO FOLLOWER_SNAPSHOTS SELECT * FROM FOLLOWER_SNAPSHOTS WHERE TIKTOK_ID = '3'", {LEDGER},
    ),
    "a duplicate in the table": (
        "INSERT INTO TIKTOK_DATA SELECT * FROM TIKTOK_DATA WHERE TIKTOK_ID = '3'", {ONE_ROW, STEP_7},
    ),
    "a user is missing from the table": (
        "DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '3'", {LOST, NEWEST, ONE_ROW, STEP_7},
    ),
    "a stranger in the table": (
        "INSERT INTO TIKTOK_DATA (TIKTOK_ID) VALUES ('4')", {NEWEST, STEP_7},
    ),
    "a value in the table": ("UPDATE TIKTOK_DATA SET USER_NAME = 'x' WHERE TIKTOK_ID = '3'", {NEWEST}),
    "a value became NULL": ("UPDATE TIKTOK_DATA SET DIGG_COUNT = NULL WHERE TIKTOK_ID = '3'", {NEWEST}),
    "the ledger lost an object": ("DELETE FROM LOAD_HISTORY WHERE OBJECT_KEY LIKE '%/b.csv'", {LEDGER}),
    "the ledger's count": ("UPDATE LOAD_HISTORY SET ROWS_STAGED = 1, ROWS_REJECTED = 1", {LEDGER}),
    "the ledger's sum": ("UPDATE LOAD_HISTORY SET ID_SUM_STAGED = ID_SUM_STAGED - 1", {LEDGER}),
    "a spell is missing": ("DELETE FROM PRESENCE_SPELLS WHERE TIKTOK_ID = '3'", {PRESENCE}),
    "a spell too many": ("UPDATE PRESENCE_SPELLS SET SPELL = 2 WHERE TIKTOK_ID = '3'", {PRESENCE}),
    "a spell's end": ("UPDATE PRESENCE_SPELLS SET FIRST_MISSED_AT = LAST_SEEN_AT WHERE TIKTOK_ID = '3'", {PRESENCE}),
    "what a snapshot covers": ("UPDATE ACCOUNT_SNAPSHOTS SET LOOKED_AT = COVERED_TO", {PRESENCE}),
    "the number of users": ("UPDATE TIKTOK_INTERNAL.PUBLISH_LOCK SET USERS = 2", {STEP_7}),
}  # fmt: skip


def test_each_damage_is_found_by_these_checks(loader: Loader, given: TableCheckInput, rereading: RereadInput) -> None:
    """And tables that are right by none; two objects, of which the later one changes a user."""
    loader.put("a", csv_file(row("1"), row("2")))
    loader.put("b", csv_file(row("2", extracted_at=LATE, uniqueId="new"), row("3")))
    loader.load()
    asked = replace(given, scope=everything(loader.session))
    for damage, (statement, expected) in DAMAGES.items():
        loader.session.execute("BEGIN")
        for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS")[: 1 + ("{table}" in statement)]:
            loader.session.execute(statement.format(table=table))
        outcomes = [*(check(asked) for check in FULL_CHECKS), no_id_is_lost(rereading)]
        loader.session.execute("ROLLBACK")
        assert {outcome.name for outcome in outcomes if not outcome.passed} == expected, damage


def test_a_row_that_is_not_the_newest_is_named(loader: Loader, given: TableCheckInput) -> None:
    """And one that the history does not have; the message is pseudonymous."""
    loader.put("a", csv_file(row("7423456789012345149")))
    loader.load()
    good = every_row_is_the_newest_of_its_user(given)
    assert (good.passed, good.facts) == (True, {"objects compared": 1})
    loader.session.execute("UPDATE TIKTOK_DATA SET EXTRACTED_AT = NULL")
    red = every_row_is_the_newest_of_its_user(given)
    told("every_row_is_the_newest_of_its_user: <user> differs", "7423…5149 differs").says_check(red)
    loader.session.execute("DELETE FROM FOLLOWER_SNAPSHOTS")
    red = every_row_is_the_newest_of_its_user(given)
    told("every_row_is_the_newest_of_its_user: <user> is not", "7423…5149 is not").says_check(red)


def test_an_increment_that_skips_a_late_snapshot_is_found(
    loader: Loader, given: TableCheckInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the step that drops outdated spells, a late snapshot counts as the newest; verify names the user."""
    for name, moment in (("a", EARLY), ("c", LATE)):
        loader.put(name, csv_file(row("7423456789012345149", extracted_at=moment)))
        loader.load()
    assert presence_follows_from_the_history(given).passed
    monkeypatch.setattr(
        "tiktok_insights.warehouse.publish.steps_of",
        lambda *of: {name: text for name, text in steps_of(*of).items() if name != "drop_outdated_spells"},
    )
    loader.put("b", csv_file(row("7423456789012345149", extracted_at=NOON)))
    loader.load()
    red = presence_follows_from_the_history(given)
    told("presence_follows_from_the_history: <user> in account", "7423…5149 in account 42: spell 1").says_check(red)
    rebuild(lambda: nullcontext(loader.session))
    assert presence_follows_from_the_history(given).passed


@pytest.mark.usefixtures("loader")
def test_empty_tables_are_in_order(given: TableCheckInput, rereading: RereadInput) -> None:
    """Nothing was loaded, nothing is wrong."""
    asked = replace(given, scope=everything(given.session))
    assert [check(asked).offenders for check in FULL_CHECKS] == [()] * len(FULL_CHECKS)
    assert no_id_is_lost(rereading).passed
