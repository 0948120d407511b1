"""The oracle's M7, M8, M9, M13, M14 and M15 against the definitions."""

from dataclasses import replace

import pytest

from tiktok_insights_tests.support.oracle.audience import (
    Activity,
    band,
    following_bands,
    is_notable,
    most_followed_new,
    public_activity,
    tier,
)
from tiktok_insights_tests.support.oracle.presence import listed_rows
from tiktok_insights_tests.support.oracle.profiles import profile_changes, shared
from tiktok_insights_tests.support.oracle.records import Row
from tiktok_insights_tests.support.oracle.times import DAY, WEEK
from tiktok_insights_tests.support.oracle.worlds import cut, hidden, shown, whole, window

NOW = 1_000 * DAY


@pytest.mark.parametrize(
    ("followers", "expected"),
    [
        (None, None), (0, "under 1,000"), (999, "under 1,000"), (1_000, "nano"), (9_999, "nano"), (10_000, "micro"),
        (99_999, "micro"), (100_000, "mid"), (499_999, "mid"), (500_000, "macro"), (999_999, "macro"),
        (1_000_000, "mega"),
    ],
)  # fmt: skip
def test_tiers(followers: int | None, expected: str | None) -> None:
    """Each tier begins at its least number."""
    assert tier(followers) == expected


def test_notable_begins_at_five_thousand() -> None:
    """The threshold can be configured; an unknown count is never notable."""
    assert (is_notable(4_999), is_notable(5_000), is_notable(None)) == (False, True, False)
    assert is_notable(100, threshold=100)


@pytest.mark.parametrize(
    ("following", "expected"),
    [
        (None, None), (0, None), (1, "1-499"), (499, "1-499"), (500, "500-1,499"), (1_499, "500-1,499"),
        (1_500, "1,500-4,999"), (4_999, "1,500-4,999"), (5_000, "5,000-9,899"), (9_899, "5,000-9,899"),
        (9_900, "9,900+"),
    ],
)  # fmt: skip
def test_following_bands(following: int | None, expected: str | None) -> None:
    """A follower follows someone, so 0 means not served."""
    assert band(following) == expected
    assert following_bands([Row("a", following=following), Row("b", following=1)])[expected] >= 1


def test_most_followed_among_the_new() -> None:
    """Top 20 by followers of those whose window is within 7 days, ties by id; a user who is back is marked."""
    new = [Row(f"{number:02}", NOW - WEEK, NOW - DAY, followers=number // 2) for number in range(22)]
    rows = [*new, Row("old", NOW - WEEK - 1, NOW, followers=9_000), Row("unserved", NOW - 60, NOW)]
    found = most_followed_new([whole(NOW, *rows)])
    assert [(one.rank, one.tiktok_id) for one in found][:3] == [(1, "20"), (2, "21"), (3, "18")]
    assert (len(found), found[-1].tiktok_id) == (20, "03")
    assert not any(one.seen_before or one.is_notable for one in found)


def test_a_new_follower_who_was_seen_before_is_marked() -> None:
    """Also after a single miss, when the user was not gone."""
    looks = [
        whole(NOW - 3 * DAY, *shown("back", after=NOW - 9 * DAY, before=NOW - 8 * DAY)),
        whole(NOW - 2 * DAY),
        whole(NOW, Row("back", NOW - DAY, NOW - 60, followers=5_000), Row("new", NOW - DAY, NOW - 60, followers=1)),
    ]
    found = most_followed_new(looks)
    assert [(one.tiktok_id, one.seen_before, one.is_notable) for one in found] == [
        ("back", True, True), ("new", False, False),
    ]  # fmt: skip


def test_public_activity_considers_public_users_with_counts_only() -> None:
    """A private user, one who follows 0, and one without counts say nothing."""
    active = Row("a", followers=1, following=5, videos=1, likes_given=0)
    silent = replace(active, tiktok_id="b", videos=0)
    rows = [
        active,
        silent,
        replace(silent, is_private=True),
        replace(silent, following=0),
        replace(silent, videos=None),
    ]
    assert public_activity(rows) == Activity(users=5, considered=2, no_activity=1)


def test_shared_followers_are_a_lower_bound() -> None:
    """A share needs two whole lists that are at most 7 days apart."""
    ids = [f"{number}" for number in range(40)]
    one = whole(NOW, *shown(*ids, after=1, before=2))
    other = whole(NOW - WEEK, *shown(*ids[:30], "x", "y", after=1, before=2))
    assert (found := shared([one], [other])) is not None
    assert (found.at_least, found.share) == (30, 30 / 32)
    for weaker in (
        replace(other, started_at=NOW - WEEK - 1),
        replace(other, is_whole=False, outcome="cut"),
        replace(other, rows=other.rows[:29]),
    ):
        assert (found := shared([one], [weaker])) is not None
        assert (found.at_least >= 29, found.share) == (True, None)
    assert shared([one], [hidden(NOW), window(NOW, back_to=1)]) is None


def test_shared_followers_rest_on_the_newest_lists() -> None:
    """A user of an old list only is not counted, whatever the order."""
    looks = [cut(NOW, *shown("b", after=5, before=6), back_to=4), whole(NOW - DAY, *shown("a", "b", after=1, before=2))]
    assert (found := shared(looks, [looks[1]])) is not None
    assert found.at_least == 1


def test_profile_changes_are_found_by_id() -> None:
    """Handle and verification, between two looks that show the user; unknown is no change, a swap is two."""
    looks = [
        whole(1_000, Row("1", 1, 2, user_name="x"), Row("2", 1, 2, user_name="y")),
        whole(2_000, Row("1", 1, 2, user_name=None, is_verified=None)),
        whole(3_000, Row("1", 1, 2, user_name="y", is_verified=True), Row("2", 1, 2, user_name="x")),
    ]
    found = [
        (one.tiktok_id, one.field, one.old, one.new, one.seen_old_at, one.seen_new_at) for one in profile_changes(looks)
    ]
    assert found == [
        ("1", "user_name", "x", "y", 1_000, 3_000),
        ("1", "is_verified", False, True, 1_000, 3_000),
        ("2", "user_name", "y", "x", 1_000, 3_000),
    ]
    assert profile_changes(looks[::-1]) == profile_changes(looks)
    assert {row.user_name for row in listed_rows(looks)} == {"x", "y"}
