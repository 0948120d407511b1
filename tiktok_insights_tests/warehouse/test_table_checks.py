"""The checks on the published tables: each green on loaded data, and red on data that break just it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tiktok_insights.staging.ledger import forget_refused
from tiktok_insights.warehouse.scope import everything
from tiktok_insights.warehouse.table_checks import (
    NAMED_OFFENDERS,
    TableCheckInput,
    every_account_is_fresh,
    every_user_has_one_row,
    ledger_reconciles,
    no_object_is_refused,
    table_matches_the_contract,
)
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.batches


@pytest.fixture
def loaded(loader: Loader) -> Loader:
    """Three users of two objects, one row rejected, one a duplicate."""
    loader.put("a", csv_file(row("7423456789012345149"), row("2"), row("2"), row("x")))
    loader.put("b", csv_file(row("7423456789012345150", extracted_at="2026-02-01T12:00:00Z")), account="43")
    loader.load()
    return loader


def test_a_user_with_two_rows_or_none_is_named(
    loaded: Loader, given: TableCheckInput, ask_about_changes: Callable[[], TableCheckInput]
) -> None:
    """Green as published; red when an id stands twice, and when it is missing, in a run and in verify."""
    good = every_user_has_one_row(ask_about_changes())
    assert (good.passed, good.facts) == (True, {"objects compared": 2})
    loaded.session.execute("INSERT INTO TIKTOK_DATA (TIKTOK_ID) VALUES ('2')")
    loaded.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '7423456789012345150'")
    for asked in (given, ask_about_changes()):
        assert every_user_has_one_row(asked).offenders == ("…2 has 2 rows", "7423…5150 has 0 rows")
    loaded.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '2'")
    loaded.session.execute("DELETE FROM FOLLOWER_SNAPSHOTS WHERE TIKTOK_ID <> '2'")
    told("every_user_has_one_row: <user> has", "…2 has 0 rows").says_check(every_user_has_one_row(given))


@pytest.mark.usefixtures("altered_tables")
def test_a_table_or_view_that_drifted_is_named(loaded: Loader, given: TableCheckInput) -> None:
    """Green as made; red for a column more in the table, and one less in the view."""
    assert table_matches_the_contract(given).passed
    loaded.session.execute("CREATE OR REPLACE VIEW Main.TIKTOK_DATA AS SELECT TIKTOK_ID FROM PUBLIC.TIKTOK_DATA")
    loaded.session.execute("USE SCHEMA PUBLIC")
    loaded.session.execute("ALTER TABLE TIKTOK_DATA ADD COLUMN AVATAR VARCHAR")
    outcome = table_matches_the_contract(given)
    assert outcome.offenders == ("column AVATAR (VARCHAR) is unexpected", "the view MAIN.TIKTOK_DATA has TIKTOK_ID")
    told("table_matches_the_contract: <differences>").says_check(outcome)


#: Each breaks the ledger's counts or sums in another way: what is done, and what is said of it.
BREAKS = {
    "DELETE FROM FOLLOWER_SNAPSHOTS WHERE TIKTOK_ID = '2'": (
        "a.csv: 4 in, 2 staged, 1 duplicate, 1 rejected, 0 suppressed, 1 in the history"
    ),
    "UPDATE FOLLOWER_SNAPSHOTS SET TIKTOK_ID = '3' WHERE TIKTOK_ID = '2'": (
        "a.csv: 4 in, 2 staged, 1 duplicate, 1 rejected, 0 suppressed, 2 in the history"
    ),
    "INSERT INTO FOLLOWER_SNAPSHOTS SELECT * FROM FOLLOWER_SNAPSHOTS WHERE TIKTOK_ID = '2'": (
        "a.csv: 4 in, 2 staged, 1 duplicate, 1 rejected, 0 suppressed, 3 in the history"
    ),
    "UPDATE LOAD_HISTORY SET ROWS_IN = 5 WHERE ROWS_IN = 4": (
        "a.csv: 5 in, 2 staged, 1 duplicate, 1 rejected, 0 suppressed, 2 in the history"
    ),
    "UPDATE LOAD_HISTORY SET ID_SUM_IN = ID_SUM_IN + 1 WHERE ROWS_IN = 4": (
        "a.csv: 4 in, 2 staged, 1 duplicate, 1 rejected, 0 suppressed, 2 in the history"
    ),
    "UPDATE LOAD_HISTORY SET ID_SUM_IN = ID_SUM_IN + 1, ID_SUM_STAGED = ID_SUM_STAGED + 1 WHERE ROWS_IN = 4": (
        "a.csv: 4 in, 2 staged, 1 duplicate, 1 rejected, 0 suppressed, 2 in the history"
    ),
    "DELETE FROM FOLLOWER_SNAPSHOTS WHERE ACCOUNT_ID = '43'": (
        "b.csv: 1 in, 1 staged, 0 duplicate, 0 rejected, 0 suppressed, 0 in the history"
    ),
}


def test_a_ledger_that_does_not_reconcile_is_red(
    loaded: Loader, given: TableCheckInput, ask_about_changes: Callable[[], TableCheckInput]
) -> None:
    """Green as published; red when rows, digits, counts or sums are others: each side alone, in a run and in verify."""
    good = ledger_reconciles(ask_about_changes())
    assert (good.offenders, good.facts) == ((), {"objects compared": 2})
    for change, offender in BREAKS.items():
        loaded.session.execute("BEGIN")
        loaded.session.execute(change)
        for asked in (given, ask_about_changes()):
            outcome = ledger_reconciles(asked)
            ((found),) = outcome.offenders
            assert offender in found
            told("ledger_reconciles: <object>: <number> in").says_check(outcome)
        loaded.session.execute("ROLLBACK")


def test_ids_that_went_to_another_object_are_found(
    loaded: Loader, ask_about_changes: Callable[[], TableCheckInput]
) -> None:
    """The totals are the same; each object's own sum is not."""
    moves = [("7423456789012345149", "99"), ("7423456789012345150", "7423456789012345149")]
    for old, new in (*moves, ("99", "7423456789012345150")):
        loaded.session.execute("UPDATE FOLLOWER_SNAPSHOTS SET TIKTOK_ID = ? WHERE TIKTOK_ID = ?", (new, old))
    outcome = ledger_reconciles(ask_about_changes())
    assert len(outcome.offenders) == 2
    told("ledger_reconciles: <object>: <number> in").says_check(replace(outcome, offenders=outcome.offenders[:1]))


def test_history_without_a_ledger_is_found_by_verify(loaded: Loader, given: TableCheckInput) -> None:
    """Rows that no loaded object explains."""
    loaded.session.execute("DELETE FROM LOAD_HISTORY WHERE ROWS_IN = 1")
    outcome = ledger_reconciles(given)
    assert [found.partition(".csv")[2] for found in outcome.offenders] == [": not in the ledger, 1 in the history"]
    told("ledger_reconciles: <object>: not in").says_check(outcome)


def test_of_a_replaced_object_only_the_newest_version_counts(loaded: Loader, given: TableCheckInput) -> None:
    """The ledger keeps the old version's counts; the history has the new one's rows."""
    loaded.put("a", csv_file(row("2")))
    loaded.load()
    outcome = ledger_reconciles(replace(given, scope=everything(loaded.session)))
    assert (outcome.offenders, outcome.facts) == ((), {"objects compared": 2})


@pytest.mark.usefixtures("loaded")
def test_an_account_is_fresh_for_two_days(given: TableCheckInput) -> None:
    """Each account by its newest row; the stale one is named with its time."""
    noon = datetime(2026, 2, 2, 12, tzinfo=UTC)
    good = every_account_is_fresh(replace(given, now=noon))
    assert (good.offenders, good.facts) == ((), {"accounts": 2})
    stale = every_account_is_fresh(replace(given, now=noon + timedelta(seconds=1)))
    assert stale.offenders == ("42: newest row of 2026-01-31 12:00 UTC",)
    told("every_account_is_fresh: <account>").says_check(stale)


def test_a_refused_object_that_was_deleted_is_settled(loaded: Loader, given: TableCheckInput) -> None:
    """The ledger keeps it; when the same file comes back, it is named again."""
    body = b"not,a,header\n1,2,3\n"
    key = loaded.put("broken", body)
    loaded.load()
    assert not no_object_is_refused(given).passed
    loaded.store._s3.delete_object(Bucket=loaded.store.bucket, Key=key)
    outcome = no_object_is_refused(given)
    assert (outcome.passed, outcome.facts) == (True, {"objects refused": 0})
    assert loaded.ledger("STATUS")["broken"] == ("refused",)
    loaded.put("broken", body)
    assert not no_object_is_refused(given).passed


def test_of_several_refused_versions_only_the_newest_is_named_and_retried(
    loaded: Loader, given: TableCheckInput
) -> None:
    """A refused file, replaced by another bad one: the first reason is gone, also while the second is retried."""
    for body in (b"not,a,header\n1,2,3\n", b"\x1f\x8b packed"):
        key = loaded.put("broken", body)
        loaded.load()
    outcome = no_object_is_refused(given)
    assert (outcome.offenders, outcome.facts) == (
        (f"{key}: the file is compressed (gzip); unpack it",),
        {"objects refused": 1},
    )
    assert forget_refused(loaded.session) == [key]
    assert no_object_is_refused(given).passed
    assert forget_refused(loaded.session) == []
    loaded.load()
    assert no_object_is_refused(given).offenders == outcome.offenders


def test_a_refused_object_is_named_until_a_newer_version_is_loaded(loaded: Loader, given: TableCheckInput) -> None:
    """The reason is told; mending the object and loading it clears the check."""
    assert no_object_is_refused(given).facts == {"objects refused": 0}
    assert no_object_is_refused(given).passed
    key = loaded.put("broken", b"not,a,header\n1,2,3\n")
    loaded.load()
    expected = f"{key}: line 1, column 1 is 'not', not 'Tiktok_id'"
    told("no_object_is_refused: <object>", expected).says_check(no_object_is_refused(given))
    for number in range(NAMED_OFFENDERS):
        loaded.put(f"broken-{number}", b"not,a,header\n")
    loaded.load()
    outcome = no_object_is_refused(given)
    assert (len(outcome.offenders), outcome.facts) == (20, {"objects refused": 21})
    for number in range(NAMED_OFFENDERS):
        loaded.put(f"broken-{number}", csv_file(row("9")))
    loaded.put("broken", csv_file(row("9")))
    loaded.load()
    assert no_object_is_refused(given).passed


def test_a_list_without_times_is_as_fresh_as_its_upload(loader: Loader, given: TableCheckInput) -> None:
    """Of a day long ago, and uploaded now."""
    loader.put("list", csv_file(row_of_14("1"), header=HEADER_14), day="2020-01-31")
    loader.load()
    assert every_account_is_fresh(replace(given, now=datetime.now(UTC))).passed
    assert every_account_is_fresh(replace(given, now=datetime.now(UTC) + timedelta(days=3))).offenders != ()


@pytest.mark.parametrize(
    ("limit", "value"), [("max_lost_users_share", 1.1), ("max_lost_counts_share", -0.1), ("max_step_7_rows", -1)]
)
def test_a_limit_out_of_its_bounds_is_refused(given: TableCheckInput, limit: str, value: float) -> None:
    """Before anything is asked."""
    with told("<setting> is <number>, but must be", f"{limit} is {value}"):
        replace(given, **{limit: value})  # type: ignore[arg-type]
