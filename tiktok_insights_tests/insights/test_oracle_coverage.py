"""The oracle's section 1 and M1 against the worked examples of the definitions."""

import pytest

from tiktok_insights_tests.support.oracle import walks
from tiktok_insights_tests.support.oracle.coverage import account_coverage, class_of_walk, coverage
from tiktok_insights_tests.support.oracle.records import Interval, Snapshot
from tiktok_insights_tests.support.oracle.times import at
from tiktok_insights_tests.support.oracle.walks import Page
from tiktok_insights_tests.support.oracle.worlds import hidden, shown, whole, window

NOON = at("2026-03-02 12:00")


@pytest.mark.parametrize(
    ("seen", "claimed", "expected"),
    [
        (9_500, 10_400, False),
        (4_750, 5_200, False),
        (6_900, 7_300, True),
        (950, 1_000, True),
        (29, 30, True),
        (50, 900, False),
        (29, 4_900, False),
        (7_000, 9_900, False),
        (30, 33, False),
        (3, 8, True),
        (2, 8, False),
        (0, 0, True),
        (10, None, False),
    ],
)
def test_is_whole_examples(seen: int, claimed: int | None, expected: bool) -> None:
    """A list is whole by its share or its few missing, and by no cap between seen and claimed."""
    assert walks.is_whole(seen, claimed) is expected
    assert not walks.is_whole(seen, claimed, ended=False)
    assert not walks.is_whole(seen, claimed, has_holes=True)


def test_a_configured_cap_counts() -> None:
    """A cap of 300 makes 295 of 310 cut."""
    assert walks.is_whole(295, 310)
    assert not walks.is_whole(295, 310, caps=(*walks.CAPS, 300))
    assert class_of_walk(295, 310, ended=True, caps=(300,)) == "cut"


def test_rows_have_the_windows_of_their_pages() -> None:
    """The page's own cursor, the cursor asked with, and one second after page 1's fetch time."""
    pages = [
        Page(None, NOON - 3_600, NOON, ("a", "b")),
        Page(NOON - 3_600, NOON - 9_000, NOON + 1, ("c",)),
        Page(NOON - 9_000, -1, NOON + 2, ("d",), has_more=False),
    ]
    assert [(row.tiktok_id, row.list_position, row.window) for row in walks.rows(pages)] == [
        ("a", 1, Interval(NOON - 3_600, NOON + 1)),
        ("b", 2, Interval(NOON - 3_600, NOON + 1)),
        ("c", 3, Interval(NOON - 9_000, NOON - 3_600)),
        ("d", 4, Interval(None, NOON - 9_000)),
    ]
    assert (walks.covered_from(pages), walks.covered_to(pages), walks.holes(pages)) == (None, NOON, [])


@pytest.mark.parametrize("cursor", [-1, 0, None])
def test_an_unusable_cursor_means_long_ago(cursor: int | None) -> None:
    """Neither -1 nor 0 nor null is a follow time."""
    page = Page(None, cursor, NOON, has_more=True)
    assert walks.window(page).after is None
    assert walks.next_asked(page) is None


def test_clock_skew_does_not_invert_the_window() -> None:
    """Page 1's own time wins when our clock is late, and never makes the window shorter."""
    assert walks.window(Page(None, NOON + 5, NOON, now=NOON + 9)).before == NOON + 10
    assert walks.window(Page(None, NOON - 5, NOON, now=NOON - 9)).before == NOON + 1


def test_dense_pages_overlap_and_repeats_keep_their_first_window() -> None:
    """A page below 10 minutes is followed by one at its cursor plus 1; one of 10 minutes is not."""
    dense = Page(None, NOON - 598, NOON, ("a", "b"))
    assert walks.next_asked(dense) == NOON - 597
    assert walks.next_asked(Page(None, NOON - 599, NOON)) == NOON - 599
    rows = walks.rows([dense, Page(NOON - 597, NOON - 900, NOON, ("b", "c"))])
    assert [row.tiktok_id for row in rows] == ["a", "b", "c"]
    assert rows[1].window == Interval(NOON - 598, NOON + 1)
    assert rows[2].list_position == 3


def test_a_page_within_one_second_is_a_hole_unless_the_list_ends() -> None:
    """More followers in a second than a page holds cannot be read."""
    page = Page(NOON + 1, NOON, NOON + 60)
    assert walks.holes([page]) == [Interval(NOON, NOON + 1)]
    assert walks.next_asked(page) == NOON
    assert walks.holes([Page(NOON + 1, NOON, NOON + 60, has_more=False)]) == []


def test_rejected_rows_and_unread_pages_are_holes() -> None:
    """A rejected row hides its page's window, an unread page all up to the next page."""
    pages = [
        Page(None, NOON - 1_000, NOON, rejected=1),
        Page(NOON - 1_000, None, NOON, is_readable=False),
        Page(NOON - 3_000, NOON - 5_000, NOON),
        Page(NOON - 5_000, None, NOON, is_readable=False),
    ]
    assert walks.holes(pages) == [
        Interval(None, NOON - 5_000),
        Interval(NOON - 3_000, NOON - 1_000),
        Interval(NOON - 1_000, NOON + 1),
    ]


def test_coverage_example() -> None:
    """9,490 of 43,046 is 22 %, cut."""
    look = Snapshot("s", NOON, "cut", False, at("2026-03-02 14:10"), NOON, users_seen=9_490, users_claimed=43_046)
    found = coverage(look)
    assert (found.coverage, round((found.shown_share or 0) * 100), found.too_little) == ("cut", 22, False)
    assert class_of_walk(9_490, 43_046, ended=True) == "cut"


@pytest.mark.parametrize(
    ("seen", "claimed", "little"),
    [(99, 900, True), (100, 900, False), (100, 10_001, True), (100, 10_000, False), (200, None, False), (0, 0, True)],
)
def test_too_little_hides_the_share_and_keeps_the_counts(seen: int, claimed: int | None, little: bool) -> None:
    """Below 100 users or 1 % of a list that is not whole, no share is shown."""
    found = coverage(Snapshot("s", NOON, "partial", users_seen=seen, users_claimed=claimed))
    assert (found.too_little, found.seen, found.claimed) == (little, seen, claimed)
    assert not little or found.shown_share is None


def test_a_whole_list_is_never_too_little() -> None:
    """Three of three followers are all that there are."""
    assert coverage(whole(NOON, *shown("a", "b", "c", after=None, before=NOON))).shown_share == 1


@pytest.mark.parametrize(
    ("seen", "claimed", "ended", "expected"),
    [
        (29, 4_900, True, "cut"),
        (50, 900, True, "cut"),
        (7_000, 9_900, True, "partial"),
        (7_000, 12_000, True, "partial"),
        (6_900, 7_300, True, "whole"),
        (6_900, 7_300, False, "partial"),
        (6_900, None, True, "partial"),
    ],
)
def test_classes_of_walks(seen: int, claimed: int | None, ended: bool, expected: str) -> None:
    """A cap names a list cut only if it explains its length."""
    assert class_of_walk(seen, claimed, ended=ended) == expected


def test_an_account_has_the_coverage_of_its_newest_list() -> None:
    """A window does not count, a hidden list does; their order does not matter."""
    first = whole(NOON, *shown("a", after=None, before=NOON))
    later = window(NOON + 9, back_to=NOON)
    assert account_coverage([later, first]) == coverage(first)
    assert account_coverage([hidden(NOON + 5), later, first]) == coverage(hidden(NOON + 5))
    assert account_coverage([]) is None
