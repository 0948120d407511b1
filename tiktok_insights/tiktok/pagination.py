"""The walk along a list: where to go on, when to stop, and why it stopped.

The same object is fed the pages that an earlier run stored and the pages that this one fetches, so a resumed walk
decides as an undisturbed one. It asks nothing and stores nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from tiktok_insights.tiktok.follow_windows import FollowWindow
from tiktok_insights.tiktok.models import FORGOTTEN, Page
from tiktok_insights.tiktok.outcomes import Outcome

#: Dead accounts are filtered out of the pages (5 % measured), so a whole list has fewer users than its claimed total.
WHOLE_SHARE = 0.9
#: In a short list chance weighs more: that many missing users do not show that the list was cut.
FILTERED_BY_CHANCE = 5
#: Lengths at which backends are known to cut a list: 30 and 50 without a login, 5,000 (2020-24), 10,000 (2026).
KNOWN_CAPS = (30, 50, 5_000, 10_000)
PAGES_WITHOUT_NEWS = 3

#: An interval of follow time that was not read, both ends included, in unix seconds.
Hole = tuple[int, int]


class Stop(Enum):
    """Why a walk ended; the value is what people read."""

    END_OF_LIST = "the API reported the end of the list"
    CAP = "the API cuts lists of this length"
    OVERLAP = "earlier snapshots cover the rest of the list"
    ENDED_EARLY = "the API ended the list far below its claimed total"
    UNKNOWN_LENGTH = "the API ended the list without reporting the account's follower count"
    UNKNOWN_ROWS = "too many of the list's rows have an unknown structure; update this package, then replay"
    NO_CURSOR = "the API reported more pages but no cursor"
    STALLED_CURSOR = "the cursor did not move back in time"
    NO_NEW_USERS = f"{PAGES_WITHOUT_NEWS} pages in a row had no new users"
    LIST_VANISHED = "the list was hidden during the extraction"

    @property
    def outcome(self) -> Outcome:
        """The snapshot's outcome after such an end."""
        good = {Stop.END_OF_LIST: Outcome.WHOLE, Stop.CAP: Outcome.CUT, Stop.OVERLAP: Outcome.WINDOW}
        return good.get(self, Outcome.PARTIAL)


class Walk:
    """The state of a walk: `cursor` (unix seconds, 0 at the start), `stop` once it has ended, and what was seen.

    `covered_from` is the cursor of the last page that has one, `covered_to` the fetch time of the first page, both in
    unix seconds. Follows between them were listed, but for the `holes`.
    `until` (unix seconds) ends the walk at the first cursor that is not newer: earlier snapshots cover the rest.
    `caps` are the lengths at which the API may cut the list. Memory: the ids seen, 70 bytes each.
    """

    def __init__(self, claimed: int | None, until: int | None = None, caps: Sequence[int] = KNOWN_CAPS) -> None:
        self.claimed = claimed
        self._until = until
        self._caps = tuple(caps)
        self.cursor = 0
        self.stop: Stop | None = None
        self.pages = 0
        self.rows = 0
        self.dummies = 0
        self.rejected = 0
        self._holes: list[Hole] = []
        self._last_window: FollowWindow | None = None
        self.covered_from: int | None = None
        self.covered_to: int | None = None
        self._seen: set[int | str] = set()
        self._forgotten = 0
        self._ended_forgotten = False
        self._pages_without_news = 0

    @property
    def users_seen(self) -> int:
        """Different users so far."""
        return len(self._seen) + self._forgotten

    @property
    def coverage(self) -> float | None:
        """Users seen divided by users claimed; None if the API did not say how many there are, or said none."""
        return self.users_seen / self.claimed if self.claimed else None

    @property
    def holes(self) -> tuple[Hole, ...]:
        """What was not read, among it the rest of a dense second in which the list was cut or the walk stopped."""
        last = self._last_window
        if self.stop in (None, Stop.END_OF_LIST) or last is None or last.after is None or not last.is_dense:
            return tuple(self._holes)
        return (*self._holes, (last.after, last.after))

    @property
    def is_whole(self) -> bool:
        """Whether every user of the list was seen but those that the API filters out: the end was reached, no hole."""
        return self.stop is Stop.END_OF_LIST and not self.holes

    def take(self, page: Page, fetched_at: datetime, asked: int | None = None) -> FollowWindow:
        """Count a page in, move to the next cursor or stop, and give the page's window.

        `fetched_at` is when the page was fetched, `asked` the cursor that it was asked with: the walk's own, unless
        another version of this package fetched the page.
        """
        if asked is not None:
            self._go_to(asked)
        window = self._last_window = FollowWindow.of(page, self.cursor, fetched_at)
        if self.covered_to is None:
            self.covered_to = int(fetched_at.timestamp())
        if window.after is not None:
            self.covered_from = window.after
        before = self.users_seen
        self._seen.update(_compact(row.tiktok_id) for row in page.followers if row != FORGOTTEN)
        self._forgotten += self._new_forgotten(page)
        has_news = self.users_seen > before
        self.pages += 1
        self.rows += len(page.followers) + len(page.rejected)
        self.dummies += page.dummies
        self.rejected += len(page.rejected)
        # Only the account itself can say that no one follows it; a page that says so may be an upstream hiccup.
        if page.total is not None and page.total > 0:
            self.claimed = page.total
        self._pages_without_news = 0 if has_news else self._pages_without_news + 1
        if page.rejected:
            self._holes.append((window.after or 0, window.before - 1))
        self.stop = self._why_stop(page, has_news=has_news)
        if self.stop is None and page.next_cursor is not None:
            self._move(page.next_cursor, window)
        return window

    def _new_forgotten(self, page: Page) -> int:
        """How many users of the page were removed from it; one at its top may be the last one of the page before."""
        count = page.followers.count(FORGOTTEN)
        is_repeated = self._ended_forgotten and page.followers[:1] == (FORGOTTEN,)
        self._ended_forgotten = page.followers[-1:] == (FORGOTTEN,)
        return count - is_repeated

    def _go_to(self, asked: int) -> None:
        """Go to the cursor that was asked with; if it is older than the walk's own, that leaves a hole."""
        if asked < self.cursor:
            self._holes.append((asked, self.cursor - 1))
        self.cursor = asked

    def _move(self, cursor: int, window: FollowWindow) -> None:
        """Go to the next page: at the page's own cursor, or one second later where follows are dense.

        A page ends in the middle of a second when more users followed in that second than it had room for. The API
        lists what is older than the cursor, so the rest of that second needs a page that overlaps this one.
        """
        following = cursor + 1 if window.is_dense else cursor
        if self.cursor and following >= self.cursor:
            # The whole page lies within one second, and no cursor leads to the rest of that second.
            following = self.cursor - 1
            self._holes.append((cursor, cursor))
        self.cursor = following

    def _why_stop(self, page: Page, *, has_news: bool) -> Stop | None:
        if not page.has_more:
            return self._kind_of_end()
        if page.next_cursor is None:
            return Stop.NO_CURSOR
        stays_for_news = has_news and page.next_cursor == self.cursor > 1
        if self.cursor and page.next_cursor >= self.cursor and not stays_for_news:
            return Stop.STALLED_CURSOR
        if self._pages_without_news >= PAGES_WITHOUT_NEWS:
            return Stop.NO_NEW_USERS
        if self._until is not None and page.next_cursor <= self._until:
            return Stop.OVERLAP
        return None

    def _kind_of_end(self) -> Stop:
        seen, claimed = self.users_seen, self.claimed
        if claimed is None:
            return Stop.UNKNOWN_LENGTH if seen else Stop.ENDED_EARLY
        if not seen:
            return Stop.END_OF_LIST if claimed == 0 else Stop.ENDED_EARLY
        if caps := [cap for cap in self._caps if seen <= cap < claimed]:
            return Stop.CAP if any(seen >= cap * WHOLE_SHARE for cap in caps) else Stop.ENDED_EARLY
        if _is_nearly(seen, claimed):
            return Stop.END_OF_LIST
        return Stop.UNKNOWN_ROWS if _is_nearly(seen + self.rejected, claimed) else Stop.ENDED_EARLY


def _is_nearly(users: int, claimed: int) -> bool:
    """Whether so many users can be the whole list, less those that the API filters out."""
    return users >= claimed * WHOLE_SHARE or claimed - users <= FILTERED_BY_CHANCE


def _compact(tiktok_id: str) -> int | str:
    """An id in half the memory, as its number; a text with a leading zero is another id than its number."""
    is_number = tiktok_id.isascii() and tiktok_id.isdecimal() and tiktok_id[0] != "0" and len(tiktok_id) <= 20
    return int(tiktok_id) if is_number else tiktok_id
