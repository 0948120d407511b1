"""What people read while a walk goes on, on a clock of the test's own."""

import logging
from datetime import UTC, datetime

import pytest

from tiktok_insights.progress import SILENT, Progress, ProgressReporter
from tiktok_insights.raw.walk_progress import WalkProgress
from tiktok_insights.tiktok.pagination import Walk
from tiktok_insights_tests.support.bodies import encoded, parse_page, web_page, web_row


def take(walk: Walk, first: int, users: int) -> None:
    """Let a walk take a page with so many new users."""
    rows = [web_row(str(first + place)) for place in range(users)]
    walk.take(
        parse_page(encoded(web_page(*rows, more=True, cursor=1_000 - walk.pages, total=None))),
        datetime(2026, 11, 26, tzinfo=UTC),
    )


def test_a_line_every_five_seconds_says_how_far_and_how_long(caplog: pytest.LogCaptureFixture) -> None:
    """60 users in 6 seconds of 300 claimed; the pages of an earlier run do not make this one look faster."""
    caplog.set_level(logging.INFO)
    moments = iter([100.0, 104.9, 106.0, 110.0])
    walk = Walk(300)
    take(walk, 1_000, 30)
    progress = WalkProgress("some.shop", walk, SILENT, logging.getLogger("progress"), lambda: next(moments))
    progress.report()
    take(walk, 2_000, 30)
    take(walk, 3_000, 30)
    progress.report()
    progress.report()
    assert caplog.messages == ["some.shop: 90 users, 3 pages, 20 pages/min, 30% of 300 claimed, about 21 s left"]


@pytest.mark.parametrize(("claimed", "users"), [(None, 30), (0, 30), (300, 0)])
def test_an_unknown_total_or_no_news_gives_no_time_left(
    claimed: int | None, users: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Rather no number than a wrong one."""
    caplog.set_level(logging.INFO)
    moments = iter([100.0, 106.0])
    walk = Walk(claimed)
    progress = WalkProgress("100%s.shop", walk, SILENT, logging.getLogger("progress"), lambda: next(moments))
    take(walk, 1_000, users)
    progress.report()
    assert caplog.messages == [f"100%s.shop: {users} users, 1 pages, 10 pages/min"]


def test_more_users_than_claimed_are_not_more_than_all(caplog: pytest.LogCaptureFixture) -> None:
    """Lists grow while they are walked."""
    caplog.set_level(logging.INFO)
    moments = iter([100.0, 106.0])
    walk = Walk(20)
    progress = WalkProgress("shop", walk, SILENT, logging.getLogger("progress"), lambda: next(moments))
    take(walk, 1_000, 30)
    progress.report()
    assert caplog.messages == ["shop: 30 users, 1 pages, 10 pages/min, 100% of 20 claimed, about 0 s left"]


def test_each_page_and_the_end_are_reported() -> None:
    """To whoever subscribed, whether or not it is time for a line of the log."""
    reports: list[Progress] = []
    walk = Walk(300)
    progress = WalkProgress("shop", walk, ProgressReporter(reports.append), logging.getLogger("progress"))
    take(walk, 1_000, 30)
    progress.report()
    take(walk, 2_000, 30)
    progress.report()
    progress.end()
    assert reports == [
        Progress("shop", 30, 300, "users"),
        Progress("shop", 60, 300, "users"),
        Progress("shop", 60, 300, "users", has_ended=True),
    ]
