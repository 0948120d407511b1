"""The marts after snapshots have expired: as if only the others had ever been loaded, but for what is kept of them."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from tiktok_insights.dashboard.reading.facts import read_facts
from tiktok_insights.dashboard.view.render import render
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.warehouse.rebuild import rebuild
from tiktok_insights_tests.insights.test_followers_over_time import BURSTS, quick_return
from tiktok_insights_tests.support.expiring import expire
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import load, mart_rows, object_key
from tiktok_insights_tests.support.oracle.random_looks import random_looks
from tiktok_insights_tests.support.oracle.records import Snapshot
from tiktok_insights_tests.support.shared_warehouse import empty_tables

pytestmark = pytest.mark.worlds

Row = dict[str, Any]
#: By moment and mart.
Rows = dict[str, dict[str, list[Row]]]

#: About half of the snapshots are before it.
CUT = datetime(2026, 3, 12, tzinfo=UTC)
EXPIRED_AT = datetime(2026, 4, 1, tzinfo=UTC)
#: Marts that keep what the expired snapshots said, with the columns that do; all of them where it says None.
KEEP = {
    "account_coverage": None,
    "account_days": None,
    "account_growth": {"FOLLOWERS", "SINCE", "DAYS_SINCE", "IS_WEEK", "CHANGE_SINCE", "CHANGE_PER_DAY", "SEEN"},
    "account_periods": {"SINCE", "UNTIL", "FOLLOWERS_BEFORE", "FOLLOWERS", "CHANGE", "EARLIER_SNAPSHOTS"},
    "followers_joined_daily": {"FIRST_SEEN"},
    "snapshot_coverage": None,
}
#: What depends on when a user was first seen, or on a snapshot that has expired; and marts of which little does not.
KNOW_OF_THE_CUT = {
    "account_growth": {"JOINED", "UNEXPLAINED"},
    "follower_history": {"USERS_NEW"},
    "follower_status": {"FIRST_SEEN_AT"},
    "notable_new_followers": {"WAS_SEEN_BEFORE"},
}
UNLIKE = {"account_periods", "follower_retention"}
MARTS = {mart.name: mart for mart in all_marts()}
ALL_ELSE = sorted(MARTS.keys() - {name for name, columns in KEEP.items() if columns is None} - UNLIKE)


@cache
def worlds() -> tuple[Snapshot, ...]:
    """Accounts with lists of all kinds, with a burst, and one whose lists have all expired."""
    return (
        *random_looks(1, "42", users=60),
        *random_looks(3, "43", ("whole", "whole", "hidden", "window"), users=30, count=8, bursts=BURSTS[1:]),
        *random_looks(5, "46", ("foreign", "hidden"), users=20, count=4),
        *(replace(look, account_id="47") for look in quick_return()[:-1]),
    )


def rows_of(loader: Loader, names: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of some marts, each of which reconciles."""
    rows = {name: mart_rows(loader, name) for name in names}
    measured = Marts(loader.session).measure([MARTS[name] for name in rows])
    assert [one.finding.offenders for one in measured.values() if one.finding.offenders] == []
    return rows


@pytest.fixture(scope="module")
def made() -> Rows:
    """The rows once the first test has made them."""
    return {}


@pytest.fixture
def rows(made: Rows, request: pytest.FixtureRequest) -> Rows:
    """The marts before and after the expiry, and of a warehouse that never had more than what is retained."""
    if not made:
        loader: Loader = request.getfixturevalue("loader")
        load(loader, worlds())
        made["before"] = rows_of(loader, KEEP)
        expire(loader.session, CUT, EXPIRED_AT)
        rebuild(loader.connect)
        made["after"] = rows_of(loader, MARTS)
        made["page"] = {"html": [{"text": render(read_facts(loader.session))}]}
        empty_tables(loader.session)
        loader.load(*(object_key(look) for look in worlds() if look.started_at >= CUT.timestamp()))
        made["retained"] = rows_of(loader, ALL_ELSE)
    return made


def by_key(name: str, rows: Iterable[Row], columns: Iterable[str]) -> dict[tuple[Any, ...], Row]:
    """Some columns of a mart's rows, by its key."""
    wanted = list(columns)
    return {tuple(row[part] for part in MARTS[name].key): {one: row[one] for one in wanted} for row in rows}


def is_retained(time: datetime) -> bool:
    """Whether a time of the warehouse is after the cut."""
    return time >= CUT.replace(tzinfo=None)


@pytest.mark.parametrize("name", KEEP)
def test_what_expired_snapshots_said_is_kept(rows: Rows, name: str) -> None:
    """The rows of days and snapshots are what they were, in these columns."""
    columns = KEEP[name] or {column.name for column in MARTS[name].columns}
    before, after = (by_key(name, rows[when][name], columns) for when in ("before", "after"))
    if name == "followers_joined_daily":
        before, after = ({key: row for key, row in found.items() if row["FIRST_SEEN"]} for found in (before, after))
    assert after == before
    assert before


@pytest.mark.parametrize("name", ALL_ELSE)
def test_all_else_is_as_if_only_the_retained_snapshots_had_been_loaded(rows: Rows, name: str) -> None:
    """In every column that does not depend on when a user was first seen, of the accounts that have such snapshots."""
    hidden = {*(KEEP.get(name) or ()), *KNOW_OF_THE_CUT.get(name, ())}
    columns = [column.name for column in MARTS[name].columns if column.name not in hidden]
    accounts = {row["ACCOUNT_ID"] for row in rows["retained"]["account_states"]}
    after, retained = (
        by_key(name, (row for row in rows[when][name] if is_about(row, accounts)), columns)
        for when in ("after", "retained")
    )
    if name == "followers_joined_daily":
        after, retained = ({key: row for key, row in found.items() if row["AT_MOST"]} for found in (after, retained))
    if name == "account_growth":
        after = {key: row for key, row in after.items() if key in retained}
    assert after == retained


def is_about(row: Row, accounts: set[str]) -> bool:
    """Whether all accounts that a row names are among these."""
    return all(row[name] in accounts for name in ("ACCOUNT_ID", "OTHER_ACCOUNT_ID") if name in row)


def test_users_may_have_been_listed_before_the_retained_history(rows: Rows) -> None:
    """Then they count as seen before, and are in no cohort."""
    first_seen = {
        (one["ACCOUNT_ID"], one["TIKTOK_ID"]): one["FIRST_SEEN_AT"] for one in rows["after"]["follower_status"]
    }
    unknown = sum(time is None for time in first_seen.values())
    assert 0 < unknown < len(first_seen)
    for row in rows["after"]["notable_new_followers"]:
        is_known = row["TIKTOK_ID"] is None or first_seen[row["ACCOUNT_ID"], row["TIKTOK_ID"]]
        assert is_known or row["WAS_SEEN_BEFORE"]
    cohorts = [row for row in rows["after"]["follower_retention"] if row["WEEK"] == 0]
    assert sum(row["USERS"] for row in cohorts) == len(first_seen)
    assert sum(row["USERS"] for row in cohorts if row["COHORT"] is None) >= unknown
    assert sum(row["USERS_NEW"] for row in rows["after"]["follower_history"]) == len(first_seen) - unknown


def test_of_changes_since_an_expired_snapshot_only_the_count_is_known(rows: Rows) -> None:
    """Nobody knows who joined or left since then."""
    growth, periods = rows["after"]["account_growth"], rows["after"]["account_periods"]
    assert all(row["JOINED"] is None for row in growth if not is_retained(row["PREVIOUS_AT"] or row["LOOKED_AT"]))
    assert all((row["LISTED_BEFORE"] is None) or is_retained(row["SINCE"]) for row in periods)
    assert {row["JOINED"] is None for row in growth} == {row["JOINED"] is None for row in periods} == {True, False}


def test_an_account_whose_snapshots_have_all_expired_lists_no_one(rows: Rows) -> None:
    """What its newest one counted is still there."""
    (states,) = [row for row in rows["after"]["account_states"] if row["ACCOUNT_ID"] == "47"]
    assert (states["USERS"], states["LISTED"], states["SEEN"]) == (0, 0, worlds()[-1].users_seen)
    assert [row for row in rows["after"]["listed_followers"] if row["ACCOUNT_ID"] == "47"] == []


def test_the_dashboard_is_drawn_without_what_has_expired(rows: Rows) -> None:
    """It says None nowhere."""
    text = rows["page"]["html"][0]["text"]
    assert text.rstrip().endswith("</html>")
    assert not re.search(r">[^<>]*\b(None|nan|inf)\b[^<>]*<(?!/b> are)", text)
