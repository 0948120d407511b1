"""What a run may spend: a number of requests, or else all but a reserve of the plan's quota."""

import threading

from tiktok_insights.tiktok.errors import BudgetSpentError
from tiktok_insights.tiktok.models import Quota

#: Without a budget of its own a run leaves this share of the plan's quota to others.
RESERVE_SHARE = 0.05


class Budget:
    """Counts the requests of a run, over all its threads, and says no before one too many.

    `limit` is the most that the run may spend; None leaves a reserve, as the API's quota headers tell it.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._quota = Quota(None, None, None)
        self.spent = 0

    def spend(self) -> None:
        """Count one request, which is then sent. Raises BudgetSpentError when it may not be."""
        with self._lock:
            if self.limit is not None:
                if self.spent >= self.limit:
                    msg = f"The run's budget of {self.limit:,} requests is used up (TIKTOK_REQUEST_BUDGET)."
                    raise BudgetSpentError(msg)
            elif (left := self._quota.remaining) is not None and left <= self.reserve:
                raise BudgetSpentError(self._what_is_left(left))
            self.spent += 1

    def note(self, quota: Quota) -> None:
        """Remember what an answer's headers said of the quota."""
        if quota.limit is not None and quota.remaining is not None:
            with self._lock:
                self._quota = quota

    @property
    def quota(self) -> Quota:
        """What the last answer's headers said of the plan's quota."""
        return self._quota

    @property
    def reserve(self) -> int:
        """How many requests of the plan are left to others, by the last answer's headers; 0 while nothing is known."""
        return int((self._quota.limit or 0) * RESERVE_SHARE)

    def _what_is_left(self, left: int) -> str:
        reset = self._quota.reset_seconds
        when = f" They reset in {reset:,} s." if reset is not None else ""
        if left == 0:
            return f"The plan's {self._quota.limit:,} requests are used up.{when}"
        return (
            f"The plan has {left:,} of {self._quota.limit:,} requests left, which are kept in reserve.{when} "
            "Set TIKTOK_REQUEST_BUDGET to use them."
        )
