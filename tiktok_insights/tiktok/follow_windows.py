"""When the users of a page followed: between two cursors of the list, both unix seconds of follow times.

A list is newest-first, and no row carries its own follow time. A page is requested with a cursor, lists what is older,
and returns its own cursor, the time of its oldest follow. What the windows say about a missing user belongs in the
insights.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.tiktok.models import Page

#: Seconds. In a page that spans less, follows are so dense that the next page must overlap it by a second.
DENSE_SPAN = 600


@dataclass(frozen=True, slots=True)
class FollowWindow:
    """The users of a page followed at or after `after` and before `before`, in unix seconds.

    `after` is None where the page has no usable cursor: long ago, unknown.
    """

    after: int | None
    before: int

    @staticmethod
    def of(page: Page, asked: int, fetched_at: datetime) -> "FollowWindow":
        """The window of a page that was asked for with the cursor `asked`, 0 for the newest followers.

        The newest page ends a second after it was served, by our clock or the API's, whichever is later: with a clock
        that is behind the API's, the page's cursor would lie after its end.
        """
        after = page.next_cursor
        if asked:
            return FollowWindow(after if after is not None and after < asked else None, asked)
        moments = [fetched_at] if page.served_at is None else [fetched_at, page.served_at]
        before = max(math.floor(moment.timestamp()) for moment in moments) + 1
        return FollowWindow(after, before if after is None else max(before, after + 1))

    @property
    def is_dense(self) -> bool:
        """Whether the page may end in the middle of a second, whose rest the next page must list."""
        return self.after is not None and self.before - self.after < DENSE_SPAN
