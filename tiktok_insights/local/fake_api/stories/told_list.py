"""The list of an account of a story, as slots: what pages are cut out of.

Here: slots at a moment. A slot is the place of a follow among all that there ever are, the newest first, so those of
the future come before those of now. Not here: how follows are drawn (`course`), and people's absences (`lives`).
"""

import bisect
import itertools
from collections.abc import Iterator, Sequence

from tiktok_insights.local.fake_api.clock import SECONDS_PER_DAY, VIRTUAL_START
from tiktok_insights.local.fake_api.stories.course import Follow
from tiktok_insights.local.fake_api.stories.lives import FOREVER
from tiktok_insights.local.fake_api.stories.story import ToldAccount


class ToldList:
    """One account's list. Times are virtual unix seconds; a method takes O(follows)."""

    def __init__(self, key: int, follows: Sequence[Follow], told: ToldAccount) -> None:
        self.key = key
        self.all_follows = follows
        self._cap = told.cap
        self._drift = told.claims_drift
        self._ages = [-follow.since for follow in follows]

    def person_at(self, slot: int) -> int:
        """Return the index of the person in a slot."""
        return self.all_follows[slot].person

    def followed_at(self, slot: int) -> int:
        """Return the second of the follow."""
        return self.all_follows[slot].since

    def first_slot_before(self, time: int) -> int:
        """Return the newest slot whose follow is older than `time`; the number of slots if there is none."""
        return bisect.bisect_right(self._ages, -time)

    def newest_slot(self, at: int) -> int:
        """Return the newest slot that has arrived by `at`."""
        return self.first_slot_before(at + 1)

    def next_arrival(self, at: int) -> int | None:
        """Return the first second after `at` in which one arrives, or None."""
        slot = self.newest_slot(at) - 1
        return self.followed_at(slot) if slot >= 0 else None

    def next_leave(self, at: int) -> int | None:
        """Return the first second after `at` in which one leaves, or None."""
        return min((one.until for one in self.all_follows if at < one.until < FOREVER), default=None)

    def has_left(self, slot: int, at: int) -> bool:
        """Tell whether the follow in a slot has ended by `at`."""
        return self.all_follows[slot].until <= at

    def total(self, at: int) -> int:
        """Return the number of followers that the API claims at `at`: the true one, or what drift makes of it."""
        days = max(0, at - VIRTUAL_START) / SECONDS_PER_DAY
        return max(0, round(self.rank(len(self.all_follows), at) * (1 + self._drift * days)))

    def rank(self, slot: int, at: int) -> int:
        """Return how many present followers are newer than `slot`."""
        return sum(self._slots(self.newest_slot(at), slot, at))

    def present(self, first: int, at: int) -> Iterator[int]:
        """Yield the slots from `first` on, newest first, that are followers at `at` and within the cap."""
        room = None if self._cap is None else max(0, self._cap - self.rank(first, at))
        here = enumerate(self._slots(first, len(self.all_follows), at), first)
        return itertools.islice((slot for slot, follows in here if follows), room)

    def is_dummy(self, slot: int) -> bool:  # noqa: ARG002  # the other lists have some
        """Tell whether the slot shows a dummy row: none does."""
        return False

    def _slots(self, first: int, end: int, at: int) -> Iterator[bool]:
        """Yield for each slot from `first` to before `end` whether it follows at `at`."""
        return (one.since <= at < one.until for one in itertools.islice(self.all_follows, first, end))
