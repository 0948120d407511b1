"""Looks at an account of a story, in process: the product's walk over the fake API's pages, in the oracle's records.

No HTTP, no bucket: thousands of looks take seconds. The whole pipeline on a story is what `demo.days.play` does.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from tiktok_insights.local.fake_api.accounts import Account, Direction
from tiktok_insights.local.fake_api.paging import LARGEST_PAGE, page_of
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.tiktok.models import Follower, Page
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.tiktok.pagination import Walk
from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot

_NO_TEXTS = ("",) * 14


def look(world: World, account: Account, at: int, caps: Sequence[int]) -> Snapshot:
    """A snapshot begun at a virtual time; the account is asked for first, and each request takes a second.

    Of the account's faults, hidden lists and lists that end early are known.
    """
    walk = Walk(world.total(account, at), caps=caps)
    rows: dict[str, Row] = {}
    fault = world.fault(account, at)
    if fault is not None and fault.kind == "hidden":
        return Snapshot(f"{at:012}", at, Outcome.HIDDEN.value, users_claimed=walk.claimed)
    while not walk.stop:
        now = at + 1 + walk.pages
        is_last = fault is not None and walk.pages + 1 >= fault.schedule.first_page
        page = _page(world, account, walk.cursor, now, is_last=is_last)
        window = walk.take(page, datetime.fromtimestamp(now, UTC))
        for follower in page.followers:
            place = len(rows) + 1
            row = Row(follower.tiktok_id, window.after, window.before, place, extracted_at=now)
            rows.setdefault(follower.tiktok_id, row)
    return Snapshot(
        f"{at:012}",
        at,
        walk.stop.outcome.value,
        is_whole=walk.is_whole,
        covered_from=walk.covered_from,
        covered_to=walk.covered_to,
        holes=tuple(Interval(first, last + 1) for first, last in walk.holes),
        users_seen=walk.users_seen,
        users_claimed=walk.claimed,
        rows=tuple(rows.values()),
    )


def _page(world: World, account: Account, cursor: int, at: int, *, is_last: bool) -> Page:
    """One page as the client reads it; of its followers only the ids."""
    served = page_of(world, account, Direction.FOLLOWERS, cursor=cursor, count=LARGEST_PAGE, at=at)
    followers = tuple(Follower(row.tiktok_id, *_NO_TEXTS) for row in served.rows if row is not None)
    moment = datetime.fromtimestamp(at, UTC)
    has_more = served.has_more and not is_last
    return Page("web", followers, (), 0, has_more, served.cursor or None, served.total, moment)


def daily(world: World, handle: str, first: int, days: int, caps: Sequence[int]) -> Iterator[Snapshot]:
    """One look a day from the virtual time `first` on."""
    account = world.account(handle)
    return (look(world, account, first + day * 86_400, caps) for day in range(days))
