"""The marts of joining, staying, bursts and profile changes, held against the oracle over random looks of every kind.

What the oracle says of hand-made looks belongs in `test_oracle_*`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby
from math import exp, log
from typing import Any

import pytest

from tiktok_insights.insights.thresholds import THRESHOLDS
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import key_of, load, mart_rows, object_key, seconds
from tiktok_insights_tests.support.oracle import bursts as oracle
from tiktok_insights_tests.support.oracle.coverage import account_coverage
from tiktok_insights_tests.support.oracle.joined import joined
from tiktok_insights_tests.support.oracle.presence import listed_rows
from tiktok_insights_tests.support.oracle.profiles import ProfileChange, profile_changes
from tiktok_insights_tests.support.oracle.random_looks import KINDS, START, random_looks
from tiktok_insights_tests.support.oracle.records import Interval, Snapshot, users
from tiktok_insights_tests.support.oracle.retention import Kept, left_out, reaches_back, retention
from tiktok_insights_tests.support.oracle.signs import same_age_groups, sign_class
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, WEEK, at, day_start, week_start
from tiktok_insights_tests.support.oracle.worlds import cut, shown, whole

pytestmark = pytest.mark.worlds

Row = dict[str, Any]
MARTS = ("followers_joined_daily", "follower_retention", "follow_bursts", "profile_changes")
#: Of one hour and of two, while the looks go on.
BURSTS = ((START // HOUR * HOUR + 5 * DAY, 140, HOUR), (START // HOUR * HOUR + 8 * DAY, 250, 2 * HOUR))
ACCOUNTS = ("42", "43", "44", "45", "46", "47")
MONDAY = at("2026-03-02")


@cache
def world(account: str) -> list[Snapshot]:
    """Looks at an account: of every kind, with bursts on whole and on cut lists, dense, and without windows."""
    match account:
        case "43":
            return random_looks(3, account, ("whole", "whole", "hidden", "window"), users=40, count=10, bursts=BURSTS)
        case "44":
            return random_looks(6, account, ("cut", "cut", "partial", "window"), users=40, count=8, bursts=BURSTS[:1])
        case "45":
            return random_looks(4, account, ("whole", "cut"), users=500, count=7)
        case "46":
            return random_looks(5, account, ("foreign", "hidden"), users=20, count=3)
        case "47":
            return [replace(look, account_id=account) for look in quick_return()]
        case _:
            return random_looks(1, account)


def quick_return() -> list[Snapshot]:
    """A user is gone and returns within the week of both follows; then a day is covered, but for an hour.

    Another one has a new handle, and then the old one again.
    """
    stay, back = (shown(one, after=MONDAY + HOUR, before=MONDAY + 2 * HOUR) for one in ("1", "2"))
    ann, bo = ([replace(row, user_name=name) for row in stay] for name in ("ann", "bo"))
    again = shown("2", after=MONDAY + 3 * DAY, before=MONDAY + 3 * DAY + HOUR)
    last = shown("3", after=MONDAY + 9 * DAY, before=MONDAY + 9 * DAY + HOUR)
    hole = Interval(MONDAY + 8 * DAY + HOUR, MONDAY + 8 * DAY + 2 * HOUR)
    return [
        whole(MONDAY + DAY, *ann, *back),
        whole(MONDAY + 2 * DAY, *bo),
        whole(MONDAY + 3 * DAY, *stay),
        whole(MONDAY + 4 * DAY, *ann, *again),
        cut(MONDAY + 10 * DAY, *last, back_to=MONDAY + 7 * DAY, holes=(hole,)),
    ]


@pytest.fixture(scope="module")
def rows_by_mart() -> dict[str, list[Row]]:
    """The marts' rows, once the first test has made them."""
    return {}


@pytest.fixture
def rows(rows_by_mart: dict[str, list[Row]], request: pytest.FixtureRequest) -> dict[str, list[Row]]:
    """The marts over all worlds, loaded with one batch."""
    if not rows_by_mart:
        loader: Loader = request.getfixturevalue("loader")
        load(loader, [look for account in ACCOUNTS for look in world(account)])
        rows_by_mart.update({name: mart_rows(loader, name) for name in MARTS})
    return rows_by_mart


def of_account(rows: Sequence[Row], account: str) -> list[Row]:
    """The rows of one account."""
    return [row for row in rows if row["ACCOUNT_ID"] == account]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_followers_joined_daily(rows: dict[str, list[Row]], account: str) -> None:
    """The bounds of each covered day; and of each day those who were first seen on it."""
    mine, looks = of_account(rows["followers_joined_daily"], account), world(account)
    days = {seconds(row["DAY"]): (row["AT_LEAST"], row["AT_MOST"]) for row in mine if row["AT_LEAST"] is not None}
    assert days == {one.day: (one.at_least, one.at_most) for one in joined(looks)}
    firsts = sorted(
        day_start(min(look.started_at for look in looks if look.row_of(tiktok_id))) for tiktok_id in users(looks)
    )
    seen = {seconds(row["DAY"]): row["FIRST_SEEN"] for row in mine if row["FIRST_SEEN"]}
    assert seen == {day: len(list(same)) for day, same in groupby(firsts)}


def coverage(looks: Sequence[Snapshot]) -> float | None:
    """The largest share of the users claimed that one of the looks shows."""
    return max((look.users_seen / look.users_claimed for look in looks if look.users_claimed), default=None)


def as_kept(row: Row) -> Kept:
    """A row of the mart as the oracle has it, apart from what follows from the counts."""
    return Kept(
        seconds(row["COHORT"]) or 0,
        row["WEEK"],
        listed=row["LISTED"],
        gone=row["GONE"],
        unknown=row["UNKNOWN"],
        missed_once=row["MISSED_ONCE"],
        is_reached=row["COVERAGE"] is not None,
    )


@pytest.mark.parametrize("account", ACCOUNTS)
def test_follower_retention(rows: dict[str, list[Row]], account: str) -> None:
    """Each cell with its counts, the share and its interval, or none; and those who are in no cohort."""
    mine, looks = of_account(rows["follower_retention"], account), world(account)
    cells = sorted((row for row in mine if row["COHORT"] is not None), key=lambda row: (row["COHORT"], row["WEEK"]))
    expected = retention(looks)
    assert [as_kept(row) for row in cells] == expected
    for row, cell in zip(cells, expected, strict=True):
        assert (row["N"], row["SHARE_KEPT"]) == (cell.n, pytest.approx(cell.share))
        interval = None if row["KEPT_FROM"] is None else (row["KEPT_FROM"], row["KEPT_TO"])
        assert interval == pytest.approx(cell.interval)
        week = [look for look in looks if week_start(look.started_at) == cell.cohort + cell.week * WEEK]
        assert row["COVERAGE"] == pytest.approx(coverage([look for look in week if reaches_back(look, cell.cohort)]))
    assert sum(row["USERS"] for row in mine if row["COHORT"] is None) == left_out(looks)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_follow_bursts(rows: dict[str, list[Row]], account: str) -> None:
    """Each burst with who was kept and how far apart the accounts' ages are; all others are in one row."""
    mine, looks = of_account(rows["follow_bursts"], account), world(account)
    expected = oracle.bursts(looks)
    found = sorted((row for row in mine if row["STARTED_AT"] is not None), key=lambda row: row["STARTED_AT"])
    assert [
        oracle.Burst(seconds(row["STARTED_AT"]) or 0, seconds(row["ENDED_AT"]) or 0, row["JOINED"]) for row in found
    ] == expected
    inside: set[str] = set()
    by_day = oracle.joined_by(looks, DAY)
    rows_listed = {one.tiktok_id: one for one in listed_rows(looks)}
    groups = same_age_groups(rows_listed.values())
    covered = account_coverage(looks)
    is_too_little = covered is None or covered.too_little
    for row, burst in zip(found, expected, strict=True):
        kept, members = oracle.kept_of(looks, burst), oracle.members(looks, burst)
        rates = [oracle.usual_rate(looks, by_day, day_start(hour)) for hour in range(burst.start, burst.end, HOUR)]
        assert row["USUAL"] == pytest.approx(max(rate for rate in rates if rate is not None))
        inside.update(members)
        assert (row["LISTED"], row["N"], row["SHARE_KEPT"]) == (
            (kept.listed, kept.listed + kept.gone, pytest.approx(kept.share)) if kept else (None, None, None)
        )
        assert (row["AGES_KNOWN"], row["AGES_SPREAD_DAYS"]) == pytest.approx(oracle.spread_of_ages(members))
        classes = Counter(sign_class(rows_listed[one], groups) for one in members if one in rows_listed)
        known, several = classes.total() - classes["cannot say"], classes["several"]
        assert (row["SEVERAL_SIGNS"], row["SIGNS_KNOWN"]) == (several, known)
        may_show = known >= 30 and several >= 10 and not is_too_little
        assert row["SHARE_SEVERAL"] == (pytest.approx(several / known) if may_show else None)
    (others,) = [row for row in mine if row["STARTED_AT"] is None]
    outside = [tiktok_id for tiktok_id in users(looks) if tiktok_id not in inside]
    assert (others["JOINED"], others["N"], others["SHARE_KEPT"]) == (len(outside), None, None)
    assert (others["AGES_KNOWN"], others["AGES_SPREAD_DAYS"]) == pytest.approx(oracle.spread_of_ages(outside))


def test_a_burst_is_never_by_chance() -> None:
    """The mart does not compute the Poisson probability: the thresholds keep its bound far below what is allowed."""
    number = {threshold.word: threshold.value for threshold in THRESHOLDS}
    least, times = number["burst_joined"], number["burst_times"]
    bound = exp(least * (1 - 1 / times - log(times)))
    assert oracle.at_least_by_chance(int(least), least / times) <= bound + 1e-12
    assert bound < 1e-35 < oracle.MAX_P
    assert (least, times, number["burst_days"]) == (oracle.MIN_JOINED, oracle.TIMES, oracle.DAYS)
    assert number["burst_look_back"] == 10 * oracle.DAYS


def values_before(looks: Sequence[Snapshot], change: ProfileChange) -> set[str | bool]:
    """The values of the field that earlier looks show of the user."""
    rows = [look.row_of(change.tiktok_id) for look in looks if look.started_at < change.seen_new_at]
    return {getattr(row, change.field) for row in rows if row is not None}


@pytest.mark.parametrize("account", ACCOUNTS)
def test_profile_changes(rows: dict[str, list[Row]], account: str) -> None:
    """Each change of a handle or of the verification, and in which snapshot it shows."""
    looks = world(account)
    words = {"user_name": "handle", "is_verified": "verification", True: "verified", False: "not verified"}
    found = [
        (row["TIKTOK_ID"], row["FIELD"], row["OLD_VALUE"], row["NEW_VALUE"], seconds(row["OLD_SEEN_AT"]),
         seconds(row["NEW_SEEN_AT"]), row["SNAPSHOT_ID"], row["IS_FIRST"])
        for row in of_account(rows["profile_changes"], account)
    ]  # fmt: skip  # a row
    names = {
        look.started_at: object_key(look) if look.covered_to is None else key_of(look).snapshot_id for look in looks
    }
    expected = [
        (one.tiktok_id, words[one.field], words.get(one.old, one.old), words.get(one.new, one.new), one.seen_old_at,
         one.seen_new_at, names[one.seen_new_at], one.new not in values_before(looks, one))
        for one in profile_changes(looks)
    ]  # fmt: skip  # a row
    assert sorted(found) == sorted(expected)


def test_the_worlds_hold_what_the_marts_are_about() -> None:
    """Lists of every kind, bursts, shares of cohorts, changes: else the comparisons would say nothing."""
    looks = [look for account in ACCOUNTS for look in world(account)]
    assert {look.outcome for look in looks} | {"foreign"} == set(KINDS)
    assert any(look.holes for look in looks)
    for account, lengths in (("43", [HOUR, 2 * HOUR]), ("44", [HOUR])):
        found = oracle.bursts(world(account))
        assert [burst.end - burst.start for burst in found] == lengths
        assert all((kept := oracle.kept_of(world(account), burst)) and kept.share for burst in found)
    shares = [cell.share for cell in retention(world("45"))]
    assert None in shares
    assert len(set(shares)) > 3
    assert len(profile_changes(world("42"))) > 3
