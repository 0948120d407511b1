"""The window of follow times of a page: between the cursor that was asked with and the page's own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tiktok_insights.tiktok.follow_windows import FollowWindow
from tiktok_insights.tiktok.models import Page
from tiktok_insights.tiktok.pagination import Walk
from tiktok_insights_tests.support.bodies import app_page, app_row, encoded, parse_page, web_page, web_row

FETCHED = datetime(2026, 11, 26, 12, 0, 0, 900_000, tzinfo=UTC)
NOW = int(FETCHED.timestamp())


def page(cursor: int | None, user: str = "1", served_at: datetime | None = None) -> Page:
    """Return a page of one user; it says that there is more when it has a cursor."""
    parsed = parse_page(encoded(web_page(web_row(user), more=cursor is not None, cursor=cursor, total=None)))
    return replace(parsed, served_at=served_at)


@pytest.mark.parametrize("cursor", [900, 1_000 - 1])
def test_a_page_is_between_two_cursors(cursor: int) -> None:
    """The one it was asked with, and its own."""
    assert FollowWindow.of(page(cursor), 1_000, FETCHED) == FollowWindow(cursor, 1_000)


@pytest.mark.parametrize("cursor", [None, 1_000, 1_001])
def test_a_cursor_that_says_nothing_is_no_bound(cursor: int | None) -> None:
    """There is none, or it is not older than what was asked: a window would be inverted."""
    assert FollowWindow.of(page(cursor), 1_000, FETCHED) == FollowWindow(None, 1_000)


@pytest.mark.parametrize(
    ("ahead", "before"), [(timedelta(0), 1), (timedelta(seconds=-90), 1), (timedelta(seconds=90), 91)]
)
def test_the_newest_page_ends_a_second_after_the_later_clock(ahead: timedelta, before: int) -> None:
    """The API's clock and ours differ; a user may follow in the very second of the answer."""
    served = page(NOW - 5_000, served_at=FETCHED + ahead)
    assert FollowWindow.of(served, 0, FETCHED) == FollowWindow(NOW - 5_000, NOW + before)


def test_the_newest_page_is_never_inverted() -> None:
    """Its cursor is in the future of our clock, and the page does not say what time it is."""
    assert FollowWindow.of(page(NOW + 60), 0, FETCHED) == FollowWindow(NOW + 60, NOW + 61)


@pytest.mark.parametrize(
    ("now", "served_at"),
    [
        (NOW * 1_000 + 250, datetime.fromtimestamp(NOW + 0.25, UTC)),
        (str(NOW * 1_000), datetime.fromtimestamp(NOW, UTC)),
        (None, None),
        (0, None),
        ("soon", None),
        (10**30, None),
        (-(10**30), None),
        ([], None),
        (True, None),
    ],
)
def test_the_apis_clock_is_read_if_it_is_there(now: Any, served_at: datetime | None) -> None:
    """In milliseconds, in both dialects; nonsense there does not cost the page."""
    web = {**web_page(web_row(), more=False), "extra": {"now": now}}
    app = {**app_page(app_row(1), more=False), "extra": {"now": now}}
    assert [parse_page(encoded(document)).served_at for document in (web, app)] == [served_at] * 2


def test_a_walk_covers_from_its_last_cursor_to_its_first_page() -> None:
    """The last page has none; the walk took two days."""
    walk = Walk(3)
    windows = [
        walk.take(page(9_000, "1"), FETCHED),
        walk.take(page(5_000, "2"), FETCHED + timedelta(days=1)),
        walk.take(page(None, "3"), FETCHED + timedelta(days=2)),
    ]
    assert windows == [FollowWindow(9_000, NOW + 1), FollowWindow(5_000, 9_000), FollowWindow(None, 5_000)]
    assert (walk.covered_from, walk.covered_to, walk.holes) == (5_000, NOW, ())
    assert (walk.is_whole, walk.coverage) == (True, 1.0)


def test_a_walk_without_any_cursor_has_no_start() -> None:
    """The whole list was on one page."""
    walk = Walk(1)
    assert walk.take(page(None), FETCHED) == FollowWindow(None, NOW + 1)
    assert (walk.covered_from, walk.covered_to, walk.is_whole) == (None, NOW, True)


def test_an_overlapping_page_reaches_into_the_window_before_it() -> None:
    """Where follows are dense, the second of the cursor is listed twice."""
    walk = Walk(9)
    walk.take(page(NOW - 100, "1"), FETCHED)
    assert walk.cursor == NOW - 99
    assert walk.take(page(NOW - 5_000, "2"), FETCHED) == FollowWindow(NOW - 5_000, NOW - 99)


def test_a_page_that_was_asked_for_without_overlap_leaves_a_hole() -> None:
    """An older version of this package skipped the second of the cursor."""
    walk = Walk(9)
    walk.take(page(NOW - 100, "1"), FETCHED, 0)
    assert walk.take(page(NOW - 5_000, "2"), FETCHED, NOW - 100) == FollowWindow(NOW - 5_000, NOW - 100)
    assert walk.holes == ((NOW - 100, NOW - 100),)


def test_a_page_that_was_asked_for_as_the_walk_would_leaves_none() -> None:
    """A resumed walk reads its own pages."""
    walk = Walk(9)
    walk.take(page(NOW - 100, "1"), FETCHED, 0)
    walk.take(page(NOW - 5_000, "2"), FETCHED, NOW - 99)
    assert walk.holes == ()
