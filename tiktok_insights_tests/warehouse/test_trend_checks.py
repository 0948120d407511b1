"""What should not get much worse from one snapshot to the next: green when it does not, red by account or object."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tiktok_insights.warehouse.scope import mark_checked
from tiktok_insights.warehouse.table_checks import TableCheckInput
from tiktok_insights.warehouse.trend_checks import no_list_lost_many_users, no_snapshot_lost_many_counts
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader, put_upload
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.worlds

_FIRST = datetime(2026, 1, 1, 5)  # noqa: DTZ001 - as the tables have it
_UNSERVED = {"followers_Count": "", "following_Count": "-1", "videoCount": ""}


def put_list(
    loader: Loader, day: int, users: int, *, account: str = "42", outcome: str = "whole", unserved: int = 0
) -> str:
    """Put an account's list of some day, with the manifest that says how it ended; its first users lack counts."""
    at = _FIRST + timedelta(days=day)
    snapshot = f"{at:%Y%m%dT%H%M%S}000Z"
    key = f"csv/followers/account={account}/dt={at:%Y-%m-%d}/tiktok_user_data-{snapshot}.csv"
    facts = (f"handle.{account}", at, at, outcome, "", users, users, 1, None, None, at, "[]", outcome == "whole", None)
    rows = [row(str(number), **(_UNSERVED if number <= unserved else {})) for number in range(1, users + 1)]
    return put_upload(loader.store, Upload(key, csv_file(*rows), at, snapshot, facts)).key


def test_a_list_with_far_fewer_users_than_the_one_before_is_named(loader: Loader, given: TableCheckInput) -> None:
    """By more than a fifth, or by what a person sets; only the newest list is compared, and only with its neighbor."""
    put_list(loader, 0, 20)
    loader.load()
    assert no_list_lost_many_users(given).facts == {"lists compared": 0, "lists with far fewer users": 0}
    put_list(loader, 1, 10)
    put_list(loader, 2, 8)
    put_list(loader, 0, 3, account="43")
    loader.load()
    good = no_list_lost_many_users(given)
    assert (good.offenders, good.facts) == ((), {"lists compared": 1, "lists with far fewer users": 0})
    strict = no_list_lost_many_users(replace(given, max_lost_users_share=0.1))
    assert strict.offenders == ("handle.42: 8 users seen, 10 in the previous list (20% fewer)",)
    put_list(loader, 3, 1)
    loader.load()
    red = no_list_lost_many_users(given)
    told("no_list_lost_many_users: <account>", "handle.42: 1 users seen, 8 in").says_check(red)


def test_lists_that_are_not_whole_are_not_compared(loader: Loader, given: TableCheckInput) -> None:
    """A window has few users on purpose, and every_account_finished tells of one that was cut off."""
    put_list(loader, 0, 20)
    put_list(loader, 1, 2, outcome="window")
    put_list(loader, 2, 3, outcome="partial")
    put_list(loader, 3, 20, outcome="cut")
    loader.load()
    assert no_list_lost_many_users(given).facts == {"lists compared": 1, "lists with far fewer users": 0}


def test_a_snapshot_with_fewer_counts_than_the_one_before_is_named(
    loader: Loader, ask_about_changes: Callable[[], TableCheckInput]
) -> None:
    """Missing and negative ones; each is held against its own account's last, and only what is new is read."""
    put_list(loader, 0, 2)
    put_list(loader, 0, 1, account="43", unserved=1)
    loader.load()
    given = ask_about_changes()
    assert no_snapshot_lost_many_counts(given).facts == {
        "objects compared": 2, "snapshots compared": 0, "snapshots with more missing": 0,
    }  # fmt: skip
    mark_checked(loader.session, given.scope, given.now)
    red_key = put_list(loader, 1, 2, unserved=1)
    put_list(loader, 1, 1, account="43", unserved=1)
    loader.load()
    given = ask_about_changes()
    red = no_snapshot_lost_many_counts(given)
    assert red.offenders == (f"{red_key}: 25.0% of the counts are missing, 0.0% in the previous one",)
    assert red.facts == {"objects compared": 2, "snapshots compared": 2, "snapshots with more missing": 1}
    told("no_snapshot_lost_many_counts: <object>").says_check(red)
    assert no_snapshot_lost_many_counts(replace(given, max_lost_counts_share=0.3)).passed
    mark_checked(loader.session, given.scope, given.now)
    put_list(loader, 2, 2)
    loader.load()
    good = no_snapshot_lost_many_counts(ask_about_changes())
    assert (good.offenders, good.facts) == (
        (), {"objects compared": 1, "snapshots compared": 1, "snapshots with more missing": 0},
    )  # fmt: skip


def test_files_from_other_sources_are_not_compared(loader: Loader, given: TableCheckInput) -> None:
    """Two of a day may be parts of one list, whose order says nothing."""
    loader.put("a", csv_file(row("1"), row("2")))
    loader.put("b", csv_file(row("3", **_UNSERVED)))
    loader.load()
    assert no_list_lost_many_users(given).facts["lists compared"] == 0
    assert no_snapshot_lost_many_counts(given).facts["snapshots compared"] == 0
