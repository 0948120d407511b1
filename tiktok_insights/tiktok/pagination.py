"""The walk along a list: where to go on, when to stop, and why it stopped.

The same object is fed the pages that an earlier run stored and the pages that this one fetches, so a resumed walk
decides as an undisturbed one. It asks nothing and stores nothing.
"""

from enum import Enum

from tiktok_insights.tiktok.models import Page
from tiktok_insights.tiktok.outcomes import Outcome

#: Dead accounts are filtered out of the pages (5 % measured), so a whole list has fewer users than its claimed total.
COMPLETE_SHARE = 0.9
#: In a short list chance weighs more: so many missing are no sign of a cut one either.
FILTERED_BY_CHANCE = 5
#: The API cuts lists at 5,000 (2020-24) or 10,000 (2026) followers; with the filtered ones a cut list has no fewer.
SMALLEST_CAP = 4_500
PAGES_WITHOUT_NEWS = 3


class Stop(Enum):
    """Why a walk ended; the value is what people read."""

    END_OF_LIST = "the API said that the list ends"
    CAP = "the API cuts lists of this length"
    OVERLAP = "the walk has reached the newest whole snapshot"
    ENDED_EARLY = "the API ended the list far below its claimed total"
    UNKNOWN_ROWS = "too many of the list's rows have a shape that we do not know; update this package, then replay"
    NO_CURSOR = "the API said that there is more, but not where"
    STALLED_CURSOR = "the cursor did not move back in time"
    NO_NEW_USERS = f"{PAGES_WITHOUT_NEWS} pages in a row had no new user"
    LIST_VANISHED = "the list was hidden in the middle of the walk"

    @property
    def outcome(self) -> Outcome:
        """The snapshot's outcome after such an end."""
        good = {Stop.END_OF_LIST: Outcome.WHOLE, Stop.CAP: Outcome.CUT, Stop.OVERLAP: Outcome.WINDOW}
        return good.get(self, Outcome.PARTIAL)


class Walk:
    """The state of a walk: `cursor` (unix seconds, 0 at the start), `stop` once it has ended, and what was seen.

    `until` (unix seconds) ends the walk where an earlier snapshot has the rest. Memory: the ids seen, 70 bytes each.
    """

    def __init__(self, claimed: int | None, until: int | None = None) -> None:
        self.claimed = claimed
        self._until = until
        self.cursor = 0
        self.stop: Stop | None = None
        self.pages = 0
        self.rows = 0
        self.dummies = 0
        self.rejected = 0
        self._seen: set[int | str] = set()
        self._pages_without_news = 0

    @property
    def users_seen(self) -> int:
        """Different users so far."""
        return len(self._seen)

    def take(self, page: Page) -> None:
        """Count a page in, and move on to the next cursor or stop."""
        before = self.users_seen
        self._seen.update(_compact(row.tiktok_id) for row in page.followers)
        self.pages += 1
        self.rows += len(page.followers) + len(page.rejected)
        self.dummies += page.dummies
        self.rejected += len(page.rejected)
        # Only the account itself can say that nobody follows it; a page that says so may be an upstream hiccup.
        if page.total is not None and page.total > 0:
            self.claimed = page.total
        self._pages_without_news = 0 if self.users_seen > before else self._pages_without_news + 1
        self.stop = self._why_stop(page)
        if self.stop is None and page.next_cursor is not None:
            self.cursor = page.next_cursor

    def _why_stop(self, page: Page) -> Stop | None:
        if not page.has_more:
            return self._kind_of_end()
        if page.next_cursor is None:
            return Stop.NO_CURSOR
        if self.cursor and page.next_cursor >= self.cursor:
            return Stop.STALLED_CURSOR
        if self._pages_without_news >= PAGES_WITHOUT_NEWS:
            return Stop.NO_NEW_USERS
        if self._until is not None and page.next_cursor <= self._until:
            return Stop.OVERLAP
        return None

    def _kind_of_end(self) -> Stop:
        if not self.users_seen:
            return Stop.END_OF_LIST if self.claimed == 0 else Stop.ENDED_EARLY
        if self._is_whole(self.users_seen):
            return Stop.END_OF_LIST
        if self.users_seen >= SMALLEST_CAP:
            return Stop.CAP
        return Stop.UNKNOWN_ROWS if self._is_whole(self.users_seen + self.rejected) else Stop.ENDED_EARLY

    def _is_whole(self, users: int) -> bool:
        """Whether so many users can be the whole list, less those that the API filters out."""
        claimed = self.claimed or 0
        return users >= claimed * COMPLETE_SHARE or claimed - users <= FILTERED_BY_CHANCE


def _compact(tiktok_id: str) -> int | str:
    """An id in half the memory, as its number; a text with a leading zero is another id than its number."""
    is_number = tiktok_id.isascii() and tiktok_id.isdecimal() and tiktok_id[0] != "0" and len(tiktok_id) <= 20
    return int(tiktok_id) if is_number else tiktok_id
