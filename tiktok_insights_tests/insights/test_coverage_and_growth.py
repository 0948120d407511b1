"""The marts of coverage, growth and departures, held against the oracle over random looks of every kind."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import facts_of, key_of, load, mart_rows, object_key, seconds
from tiktok_insights_tests.support.oracle import coverage, growth, presence
from tiktok_insights_tests.support.oracle.random_looks import START, random_looks
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.oracle.times import DAY
from tiktok_insights_tests.support.oracle.worlds import cut, shown, window

pytestmark = pytest.mark.worlds

ACCOUNTS = ("42", "6812345678901234567")
LISTS = {None: None, "whole": "whole", "cut": "cut", "partial": "partial", "window": "window", "hidden": "hidden"}


@pytest.fixture
def looks(loader: Loader) -> dict[str, list[Snapshot]]:
    """Looks at two accounts, and at one whose lists are and are not enough for a share; loaded."""
    found = {account: random_looks(1, account) for account in ACCOUNTS}
    found["44"] = [
        replace(
            cut(START + day * DAY, *listed(seen), back_to=START - DAY, claimed=claimed),
            account_id="44",
        )
        for day, (seen, claimed) in enumerate([(99, 900), (100, 900), (100, 10_001), (100, 10_000)])
    ]
    newest = window(START + 4 * DAY, *listed(10), back_to=START - DAY)
    found["44"].append(replace(newest, account_id="44"))
    load(loader, [look for looks in found.values() for look in looks])
    return found


def listed(count: int) -> tuple[Row, ...]:
    """So many users of one page."""
    return shown(*(str(1_000 + number) for number in range(count)), after=START - DAY, before=START)


def name_of(look: Snapshot) -> str:
    """The snapshot's name in the warehouse."""
    return object_key(look) if look.covered_to is None else key_of(look).snapshot_id


def by_snapshot(rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    """A mart's rows by account and snapshot."""
    return {(row["ACCOUNT_ID"], row["SNAPSHOT_ID"]): row for row in rows}


def test_the_marts_are_those_of_the_oracle(loader: Loader, looks: dict[str, list[Snapshot]]) -> None:
    """Coverage of each snapshot, change and bridge of each count, and every departure."""
    covered, grown = (by_snapshot(mart_rows(loader, name)) for name in ("snapshot_coverage", "account_growth"))
    assert covered.keys() == {(look.account_id, name_of(look)) for found in looks.values() for look in found}
    for look in (look for found in looks.values() for look in found):
        compare_coverage(covered[look.account_id, name_of(look)], look)
    expected = {
        (look.account_id, name_of(look)): look
        for found in looks.values()
        for look in found
        if look.users_claimed is not None
    }
    assert grown.keys() == expected.keys()
    for place, look in expected.items():
        compare_growth(grown[place], look, looks[look.account_id])
    gone = [
        (row["ACCOUNT_ID"], row["TIKTOK_ID"], seconds(row["LAST_SEEN_AT"]), seconds(row["FIRST_MISSED_AT"]))
        for row in mart_rows(loader, "followers_gone")
    ]
    departures = [(account, *one) for account, found in looks.items() for one in presence.departures(found)]
    assert len(departures) > 10
    assert sorted(gone) == sorted(departures)


def compare_coverage(row: dict[str, Any], look: Snapshot) -> None:
    """One row of snapshot_coverage. Of a file from another source only the number of users is known."""
    expected = coverage.coverage(look)
    assert (row["SEEN"], row["CLAIMED"]) == (expected.seen, expected.claimed)
    assert row["IS_TOO_LITTLE"] is expected.too_little
    assert row["SHARE"] == pytest.approx(expected.shown_share, abs=1e-6)
    assert seconds(row["LOOKED_AT"]) == look.started_at
    requests, left = (None, None) if look.covered_to is None else (facts_of(look).requests, facts_of(look).quota_left)
    assert (row["REQUESTS"], row["QUOTA_LEFT"]) == (requests, left)
    if look.covered_to is None:
        assert (row["LIST"], row["IS_WHOLE"], row["COVERED_TO"]) == (None, None, None)
        return
    assert (row["LIST"], row["IS_WHOLE"]) == (expected.coverage, look.is_whole)
    assert seconds(row["COVERED_FROM"]) == (None if look.is_whole else look.covered_from)


def compare_growth(row: dict[str, Any], look: Snapshot, looks: Sequence[Snapshot]) -> None:
    """One row of account_growth."""
    change = growth.change(looks, look)
    assert (row["FOLLOWERS"], row["CHANGE_SINCE"]) == (look.users_claimed, change and change.change)
    if change:
        assert (row["IS_WEEK"], row["DAYS_SINCE"]) == (change.is_week, pytest.approx(change.days, abs=1e-5))
        assert row["CHANGE_PER_DAY"] == pytest.approx(change.per_day, abs=1e-5)
    bridge = next((one for one in growth.bridges(looks) if one.later == look.snapshot_id), None)
    assert [row[name] for name in ("CHANGE", "JOINED", "GONE", "UNEXPLAINED")] == (
        [bridge.change, bridge.joined, bridge.gone, bridge.unexplained] if bridge else [None] * 4
    )


def test_an_account_has_the_coverage_of_its_newest_list(loader: Loader, looks: dict[str, list[Snapshot]]) -> None:
    """A window after it does not count."""
    found = {
        row["ACCOUNT_ID"]: (row["USERS_SEEN"], row["USERS_CLAIMED"]) for row in mart_rows(loader, "account_coverage")
    }
    expected = {account: coverage.account_coverage(mine) for account, mine in looks.items()}
    assert found == {account: (one.seen, one.claimed) for account, one in expected.items() if one}


def test_a_users_return_is_told_with_the_departure(loader: Loader, looks: dict[str, list[Snapshot]]) -> None:
    """And only of the users who are shown again."""
    returned = {
        (row["TIKTOK_ID"], seconds(row["RETURNED_AT"]))
        for row in mart_rows(loader, "followers_gone")
        if row["RETURNED_AT"] is not None
    }
    expected = {
        (tiktok_id, later.shown[0].started_at)
        for found in looks.values()
        for tiktok_id in {row.tiktok_id for look in found for row in look.rows}
        for later in presence.spells(found, tiktok_id)[1:]
    }
    assert expected
    assert returned == expected
