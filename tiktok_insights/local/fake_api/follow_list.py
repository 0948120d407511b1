"""Who follows whom since when: one list as slot arithmetic, at any depth in the same time.

Here: slots, follow times, arrivals, leaves, ranks. Not here: the people in the slots (`population`) and
pages (`paging`).

Slot 0 is the newest follow at the start of virtual time and slot `size - 1` the oldest; later arrivals are
slots -1, -2, ... Each slot has its own second. A dense list is a rush instead: a slot a second, and each block of
slots begins with 2 to 40 that share one second, so that a page can end in the middle of it. Which people sit in
the slots is a permutation of the first `pool` people, so a list names nobody twice, and lists overlap: small ones
draw from the same few thousand people.
"""

import dataclasses
import functools
import itertools
from collections.abc import Iterator

from tiktok_insights.local.fake_api.accounts import Account, Direction
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.seeding import count_below, golden_step, key_of, mix

STAR_SPACING = 512
"""Of this many neighbouring slots exactly one holds a star: a power of two that divides every pool."""

_FIRST_FOLLOWS_SPAN = 120 * 86_400  # seconds in which the first followers came, where one a second suffices
_SMALLEST_POOL = 4_096
_POOL_FACTOR = 8  # arrivals end when the pool is used up: after seven times the first span, over two years
_LEAVE_PACE = 3  # one leaves in the time in which three arrive
_DUMMY_SPACING = 2_000  # measured share: one dummy row in about 2,000
_FIRST_DUMMY_FROM = 100
_BLOCK = 64  # slots, of which in a dense list the first 2 to 40 share a second (seen in real lists)
_LEAST_TOGETHER, _MOST_TOGETHER = 2, 40
_FIRST_DUMMY_UNTIL = 1_000  # so that a list of 1,000 has one


@dataclasses.dataclass(frozen=True)
class FollowList:
    """One account's list. Times are virtual unix seconds; every method takes O(log size)."""

    key: int
    size: int
    cap: int | None
    dense: bool = False

    @functools.cached_property
    def step(self) -> int:
        """Seconds from one arrival to the next, on average; at least 1."""
        return 1 if self.dense else max(1, _FIRST_FOLLOWS_SPAN // max(1, self.size))

    @functools.cached_property
    def pool(self) -> int:
        """How many people can ever be in this list: a power of two."""
        return max(_SMALLEST_POOL, 1 << (_POOL_FACTOR * self.size).bit_length())

    def person_at(self, slot: int) -> int:
        """Return the index of the person in a slot: an odd multiplier permutes a power of two."""
        return (slot * (self.key | 1) + (self.key >> 32)) % self.pool

    def followed_at(self, slot: int) -> int:
        """Return the second of the follow; smaller for a higher slot, but for slots that share one."""
        last = self._together(slot)[-1]
        return VIRTUAL_START - last * self.step - mix(self.key, last) % self.step

    def _together(self, slot: int) -> range:
        """Return the slots, this one among them, that share its second."""
        first = slot - slot % _BLOCK
        size = _LEAST_TOGETHER + mix(self.key, first) % (_MOST_TOGETHER - _LEAST_TOGETHER + 1)
        return range(first, first + size) if self.dense and slot < first + size else range(slot, slot + 1)

    def first_slot_before(self, time: int) -> int:
        """Return the newest slot whose follow is older than `time`; `size` if there is none."""
        slot = (VIRTUAL_START - time) // self.step
        if VIRTUAL_START - slot * self.step - mix(self.key, slot) % self.step >= time:
            slot += 1
        slot = self._together(slot)[0]
        return min(max(slot, self.size - self.pool), self.size)

    def newest_slot(self, at: int) -> int:
        """Return the newest slot that has arrived by `at`; 0 at the start, negative later."""
        return self.first_slot_before(at + 1)

    def next_arrival(self, at: int) -> int | None:
        """Return the first second after `at` in which one arrives, or None when the pool is used up."""
        slot = self.newest_slot(at) - 1
        return self.followed_at(slot) if slot >= self.size - self.pool else None

    def next_leave(self, at: int) -> int | None:
        """Return the first second after `at` in which one leaves, or None when all have left who ever do."""
        leaves = self._leaves(at)
        return VIRTUAL_START + (leaves + 1) * _LEAVE_PACE * self.step if leaves < self.size // 2 else None

    def has_left(self, slot: int, at: int) -> bool:
        """Tell whether the follower in a slot has gone by `at`; only first followers ever leave."""
        return 0 <= slot < self.size and self._turn_to_leave(slot) < self._leaves(at)

    def total(self, at: int) -> int:
        """Return the exact number of followers at `at`, those whom pages leave out included."""
        return self.size - self.newest_slot(at) - self._leaves(at)

    def rank(self, slot: int, at: int) -> int:
        """Return how many present followers are newer than `slot`."""
        arrived = slot - self.newest_slot(at)
        if slot <= 0:
            return arrived
        start = self.key % self.size
        return arrived - count_below(slot, self.size, self._leave_step, start, self._leaves(at))

    def present(self, first: int, at: int) -> Iterator[int]:
        """Yield the slots from `first` on, newest first, that are followers at `at` and within the cap."""
        leaves = self._leaves(at)
        room = self.size - first if self.cap is None else self.cap - self.rank(first, at)
        slots = (slot for slot in range(first, self.size) if slot < 0 or self._turn_to_leave(slot) >= leaves)
        return itertools.islice(slots, max(0, room))

    def is_dummy(self, slot: int) -> bool:
        """Tell whether the slot shows a dummy row instead of its person; a star is never hidden so."""
        return slot % _DUMMY_SPACING == self._first_dummy and not is_star(self.person_at(slot))

    @functools.cached_property
    def _first_dummy(self) -> int:
        """The first slot with a dummy row."""
        first = _FIRST_DUMMY_FROM + self.key % (_FIRST_DUMMY_UNTIL - _FIRST_DUMMY_FROM - 1)
        return first + is_star(self.person_at(first))

    @functools.cached_property
    def _leave_step(self) -> int:
        """The multiplier that orders the leaves, evenly over the list."""
        return golden_step(self.size)

    def _turn_to_leave(self, slot: int) -> int:
        """Return the place of one of the first followers in the order of leaving; asked only of a slot."""
        return (slot * self._leave_step + self.key) % self.size

    def _leaves(self, at: int) -> int:
        """Return how many of the first followers have left by `at`: at most half of them ever do."""
        return min(self.size // 2, max(0, at - VIRTUAL_START) // (_LEAVE_PACE * self.step))


def is_star(person: int) -> bool:
    """Tell whether a person is one whose hearts exceed an int32."""
    return person % STAR_SPACING == 0


@functools.lru_cache(maxsize=256)
def follow_list(seed: int, account: Account, direction: Direction) -> FollowList:
    """Return an account's list in one direction; the followings are a made-up 40 to 839."""
    key = key_of(seed, direction.value, account.handle)
    size = account.followers if direction is Direction.FOLLOWERS else 40 + key % 800
    return FollowList(key=key, size=size, cap=account.cap, dense=account.dense)
