"""The marts of who follows, held against the oracle over looks of every kind, with names and counts of every kind."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import load, mart_rows, seconds
from tiktok_insights_tests.support.oracle import audience, signs
from tiktok_insights_tests.support.oracle.coverage import account_coverage
from tiktok_insights_tests.support.oracle.presence import listed_rows, statuses
from tiktok_insights_tests.support.oracle.profiles import newest_list, shared
from tiktok_insights_tests.support.oracle.random_looks import START, random_looks
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.oracle.retention import MIN_USERS
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, WEEK
from tiktok_insights_tests.support.oracle.worlds import hidden, whole, window

pytestmark = pytest.mark.worlds

World = dict[str, list[Snapshot]]
MartRow = dict[str, Any]
#: A group of fewer people has no share.
MIN_GROUP = 10
SIGN_NAMES = {
    "default_handle": ("default handle", "HAS_DEFAULT_HANDLE"),
    "follows_many": ("follows many more", "FOLLOWS_MANY_MORE"),
    "never_liked": ("never liked", "NEVER_LIKED"),
    "was_young": ("young when joined", "WAS_YOUNG"),
    "same_age": ("same age", "IS_SAME_AGE"),
    "at_limit": ("at the follow limit", "IS_AT_LIMIT"),
}


def crowd(count: int, *, impossible: int = 0, idle: int = 15, spread: int = DAY) -> tuple[Row, ...]:
    """Users of whom some have accounts that were created when they no longer could follow, and many on one day.

    Each hour brings one user. The first has no counts, and `idle` of the others show no activity.
    """
    rows = []
    for place in range(count):
        after = START - (place + 1) * HOUR
        created = after + HOUR if place < impossible else START - 900 * DAY - (place % 3) * place * spread
        # Large numbers in the last 32 bits: whoever divides and rounds is a second late.
        tiktok_id = str((created << 32) + 2**32 - 1 - place - 1_000 * idle)
        name = ("user{}", "user{}x", "auser{}", "user", "USER{}")[place % 5].format(place)
        rows.append(Row(tiktok_id, after, after + HOUR, place + 1, name, followers=place, following=50 * place))
    return tuple(replace(row, videos=int(place > idle), likes_given=place // 20) for place, row in enumerate(rows))


def look(account: str, rows: tuple[Row, ...], *, at: int = START, claimed: int = 0, is_whole: bool = True) -> Snapshot:
    """A look at a crowd."""
    found = whole(at, *rows, claimed=claimed or len(rows))
    return replace(found, account_id=account, is_whole=is_whole, outcome="whole" if is_whole else "partial")


def make_world() -> World:
    """Accounts whose lists are of all kinds, of few kinds, and some with more than chance gives."""
    world = {
        "42": random_looks(0, "42", users=120, count=12),
        "6812345678901234567": random_looks(1, "6812345678901234567", users=120, count=8),
        "7": random_looks(2, "7", ("whole",), count=3),
        "8": random_looks(3, "8", ("whole", "foreign"), users=60, count=4),
        "9": random_looks(4, "9", ("window",), users=60, count=2),
        "10": random_looks(5, "10", ("cut", "hidden"), users=60, count=4),
    }
    # The same users in another account's lists, of which the newest lacks some.
    world["70"] = [replace(look, account_id="70", rows=look.rows[15:]) for look in world["7"][1:]]
    ends = replace(window(START + HOUR, back_to=START), account_id="20"), replace(hidden(START + HOUR), account_id="21")
    crowds = [
        # A map of everyone, one with as many impossible accounts as may be, and none; a map of a few minutes.
        look("11", crowd(400, impossible=2)), look("12", crowd(399, impossible=2)), look("22", crowd(70, spread=1)),
        # Too few users seen, too small a share, and neither.
        look("13", crowd(99), is_whole=False), look("14", crowd(120), claimed=12_001, is_whole=False),
        look("15", crowd(120), claimed=12_000, is_whole=False),
        # Under 30 with known counts, 30 of them, and a group under 10 among them.
        look("16", crowd(30)), look("17", crowd(31, idle=10)), look("18", crowd(31, idle=9)),
        # Older and newer than the others by 7 days, and by more; whoever is compared, with either.
        look("24", crowd(30), at=START + WEEK), look("100", crowd(40), at=START + WEEK + 1),
        look("25", crowd(40), at=START + WEEK + 1),
        # Lists before a window and before a look at a list that is hidden.
        look("20", crowd(110)), look("21", crowd(110)), *ends,
        # A window alone.
        replace(window(START, *crowd(110), back_to=START - WEEK), account_id="26"),
    ]  # fmt: skip
    for one in crowds:
        world.setdefault(one.account_id, []).append(one)
    return world


def of(rows: Iterable[MartRow], account: str) -> list[MartRow]:
    """The rows of an account."""
    return [row for row in rows if row["ACCOUNT_ID"] == account]


def may_show(looks: Sequence[Snapshot]) -> bool:
    """Whether an account's list is enough for shares."""
    covered = account_coverage(looks)
    return covered is not None and not covered.too_little


def share(users: int, known: int, looks: Sequence[Snapshot]) -> object:
    """The share that a mart gives."""
    is_shown = may_show(looks) and known >= MIN_USERS and users >= MIN_GROUP
    return pytest.approx(users / known, abs=1e-6) if is_shown else None


def compare_coverage(row: MartRow, looks: Sequence[Snapshot]) -> None:
    """The account's coverage stands beside each number."""
    covered = account_coverage(looks)
    expected = (covered.seen, covered.claimed, covered.share) if covered else (None, None, None)
    assert (row["SEEN"], row["CLAIMED"]) == expected[:2]
    assert row["COVERAGE"] == pytest.approx(expected[2])


def test_the_marts_are_those_of_the_oracle(loader: Loader) -> None:
    """Each mart has each account, with what the oracle says of it."""
    world = make_world()
    load(loader, [look for looks in world.values() for look in looks])
    compare = (
        compare_activity, compare_bands, compare_signs, compare_sign_counts, compare_sign_weeks, compare_notable,
        compare_map, compare_listed,
    )  # fmt: skip
    names = (
        "public_activity", "following_bands", "follower_signs", "audience_signs", "signs_by_week",
        "notable_new_followers", "follower_map", "listed_followers",
    )  # fmt: skip
    for name, one in zip(names, compare, strict=True):
        rows = mart_rows(loader, name)
        for account, looks in world.items():
            one(of(rows, account), looks)
        assert {row["ACCOUNT_ID"] for row in rows} <= world.keys()
    compare_shared(mart_rows(loader, "shared_followers"), world)


def compare_activity(rows: Sequence[MartRow], looks: Sequence[Snapshot]) -> None:
    """M9."""
    (row,) = rows
    expected = audience.public_activity(listed_rows(looks))
    assert row["USERS_LISTED"] == expected.users
    assert (row["USERS_CONSIDERED"], row["USERS_WITHOUT_ACTIVITY"]) == (expected.considered, expected.no_activity)
    assert row["SHARE_WITHOUT_ACTIVITY"] == share(expected.no_activity, expected.considered, looks)
    compare_coverage(row, looks)


def compare_bands(rows: Sequence[MartRow], looks: Sequence[Snapshot]) -> None:
    """M14."""
    expected = audience.following_bands(listed_rows(looks))
    served = sum(users for band, users in expected.items() if band)
    assert [row["BAND"] for row in rows] == ["not served", *(name for _, name in reversed(audience.BANDS))]
    for row in rows:
        band = None if row["AT_LEAST"] is None else row["BAND"]
        assert (row["USERS"], row["USERS_SERVED"]) == (expected.get(band, 0), served)
        assert row["SHARE"] == (share(row["USERS"], served, looks) if band else None)
        compare_coverage(row, looks)


def compare_signs(rows: Sequence[MartRow], looks: Sequence[Snapshot]) -> None:
    """M10, user by user."""
    listed = listed_rows(looks)
    groups = signs.same_age_groups(listed)
    found = {row["TIKTOK_ID"]: row for row in rows}
    assert found.keys() == {one.tiktok_id for one in listed}
    for one in listed:
        row = found[one.tiktok_id]
        expected = {SIGN_NAMES[sign][1]: value for sign, value in signs.signs(one, groups).items()}
        assert {column: row[column] for column in expected} == expected, one
        assert row["SIGNS"] == signs.sign_class(one, groups)
        assert seconds(row["CREATED_AT"]) == signs.created_at(one.tiktok_id)
        assert (row["USER_NAME"], seconds(row["FOLLOWED_BEFORE"])) == (one.user_name, one.followed_before)


def compare_listed(rows: Sequence[MartRow], looks: Sequence[Snapshot]) -> None:
    """Profile and counts, user by user."""
    words = {
        "PRIVACY": {True: "private", False: "public", None: "unknown"},
        "VERIFICATION": {True: "verified", False: "not verified", None: "unknown"},
        "COUNTS": {True: "exact", False: "rounded", None: "unknown"},
    }
    times = ("FOLLOWED_AFTER", "FOLLOWED_BEFORE")
    found = {
        row["TIKTOK_ID"]: {name: seconds(value) if name in times else value for name, value in row.items()}
        for row in rows
    }
    expected = {
        one.tiktok_id: {
            "ACCOUNT_ID": looks[0].account_id,
            "TIKTOK_ID": one.tiktok_id,
            "USER_NAME": one.user_name,
            "NICK_NAME": one.nick_name,
            "PRIVACY": words["PRIVACY"][one.is_private],
            "VERIFICATION": words["VERIFICATION"][one.is_verified],
            "COUNTS": words["COUNTS"][one.counts_exact] if audience.counts_served(one) else "not served",
            "FOLLOWERS": one.followers,
            "FOLLOWING_COUNT": one.following,
            "HEARTS": one.hearts,
            "VIDEOS": one.videos,
            "FOLLOWED_AFTER": one.followed_after,
            "FOLLOWED_BEFORE": one.followed_before,
        }
        for one in listed_rows(looks)
    }
    assert found == expected


def compare_sign_counts(rows: Sequence[MartRow], looks: Sequence[Snapshot]) -> None:
    """M10, in sum: of all on the list, and of those who joined in the account's own last days."""
    listed = listed_rows(looks)
    groups = signs.same_age_groups(listed)
    users = {0: listed, **{days: signs.recent(listed, looks, days) for days in signs.STRETCHES}}
    for days, some in users.items():
        found = {row["NAME"]: (row["USERS"], row["USERS_KNOWN"]) for row in rows if row["DAYS"] == days}
        assert found == sign_counts(some, groups), days
    assert len(rows) == len(users) * len(sign_counts(listed, groups))
    for row in rows:
        assert row["SHARE"] == share(row["USERS"], row["USERS_KNOWN"], looks)
        compare_coverage(row, looks)


def sign_counts(listed: Sequence[Row], groups: Mapping[int, int]) -> dict[str, tuple[int, int]]:
    """How many of some users have each class and sign, and of how many that is known."""
    classes = Counter(signs.sign_class(one, groups) for one in listed)
    said = len(listed) - classes["cannot say"]
    expected = {name: (classes[name], said) for name in ("none", "one", "several")}
    expected["cannot say"] = (classes["cannot say"], len(listed))
    for sign, (name, _) in SIGN_NAMES.items():
        values = [signs.signs(one, groups)[sign] for one in listed]
        expected[name] = (values.count(True), len(values) - values.count(None))
    return expected


def compare_sign_weeks(rows: Sequence[MartRow], looks: Sequence[Snapshot]) -> None:
    """M10, by the week in which users joined."""
    expected = signs.classes_by_week(looks)
    found = {seconds(row["WEEK"]): row for row in rows}
    assert found.keys() == expected.keys()
    for week, classes in expected.items():
        row, several, known = found[week], classes["several"], classes.total() - classes["cannot say"]
        assert (row["USERS"], row["SEVERAL_SIGNS"], row["SIGNS_KNOWN"]) == (classes.total(), several, known)
        assert row["SHARE_SEVERAL"] == share(several, known, looks)
        compare_coverage(row, looks)


def compare_notable(rows: Sequence[MartRow], looks: Sequence[Snapshot]) -> None:
    """M7 and M8."""
    expected = audience.most_followed_new(looks)
    listed = listed_rows(looks)
    found = [
        (row["PLACE"], row["TIKTOK_ID"], row["FOLLOWERS"], row["IS_NOTABLE"], row["WAS_SEEN_BEFORE"])
        for row in rows if row["PLACE"] is not None
    ]  # fmt: skip
    assert found == [(one.rank, one.tiktok_id, one.followers, one.is_notable, one.seen_before) for one in expected]
    assert len(rows) == max(1, len(expected))
    as_of = max(look.started_at for look in looks)
    new = [one for one in listed if (one.followed_after or 0) >= as_of - 7 * DAY]
    notable = sum(audience.is_notable(one.followers) for one in listed)
    for row in rows:
        assert (row["USERS_LISTED"], row["USERS_NOTABLE"], row["USERS_NEW"]) == (len(listed), notable, len(new))
        assert seconds(row["AS_OF"]) == as_of
        compare_coverage(row, looks)


def compare_map(rows: Sequence[MartRow], looks: Sequence[Snapshot]) -> None:
    """M12 of the newest list; an account without one has no rows."""
    newest = newest_list(looks)
    if newest is None:
        assert rows == []
        return
    users = tuple(replace(row, list_position=None) for row in newest.rows) if newest.covered_to is None else newest.rows
    expected = signs.follower_map(users)
    cells = {(row["JOINED_CELL"], row["CREATED_CELL"]): row["USERS"] for row in rows}
    without = cells.pop((None, None), 0)
    assert cells == (expected.cells if expected.is_shown else {})
    assert without == (expected.unknown if expected.is_shown else len(users))
    for row in rows:
        assert (row["USERS_IMPOSSIBLE"], row["IS_SHOWN"]) == (expected.impossible, expected.is_shown)
        assert (row["USERS_KNOWN"], row["SEEN"]) == (len(users) - expected.unknown, newest.users_seen)


def compare_shared(rows: Sequence[MartRow], world: World) -> None:
    """M13 of each pair of accounts with a list."""
    found = {(row["ACCOUNT_ID"], row["OTHER_ACCOUNT_ID"]): row for row in rows}
    expected = {pair: shared(*(world[one] for one in pair)) for pair in combinations(sorted(world), 2)}
    assert found.keys() == {pair for pair, one in expected.items() if one}
    for pair, row in found.items():
        one = expected[pair]
        assert one is not None
        assert (row["AT_LEAST"], row["SHARE"]) == (one.at_least, pytest.approx(one.share, abs=1e-6))
    assert any(row["SHARE"] for row in rows)


def test_the_world_has_what_the_marts_tell_apart() -> None:
    """Every state, every sign in each of its three answers, a map that is hidden, shares that are and are not shown."""
    world = make_world()
    states = Counter(found.state for looks in world.values() for found in statuses(looks).values())
    assert states.keys() == {"listed", "returned", "missed_once", "gone", "unknown"}
    answers: dict[str, set[bool | None]] = {}
    for looks in world.values():
        listed = listed_rows(looks)
        groups = signs.same_age_groups(listed)
        for one in listed:
            for sign, answer in signs.signs(one, groups).items():
                answers.setdefault(sign, set()).add(answer)
    assert all(found == {True, False, None} for found in answers.values()), answers
    assert [signs.follower_map(world[one][-1].rows).is_shown for one in ("11", "12")] == [True, False]
    assert [may_show(world[account]) for account in ("13", "14", "15", "20", "21")] == [False, False, True, True, False]
    assert any(one.seen_before for looks in world.values() for one in audience.most_followed_new(looks))
