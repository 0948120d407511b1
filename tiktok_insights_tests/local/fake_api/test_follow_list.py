"""Slot arithmetic against plain enumeration, before and after the clock moves."""

import collections
import dataclasses
import itertools

import pytest

from tiktok_insights.local.fake_api.accounts import Account, Direction
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.follow_list import FollowList, follow_list, is_star
from tiktok_insights.local.fake_api.identity import created_at

DAY = 86_400
SIZES = [0, 1, 30, 999, 1_000, 3_000]
TIMES = [0, 1, 5 * DAY, 100 * DAY, 900 * DAY, 7_000 * DAY]


def make(size: int, cap: int | None = None) -> FollowList:
    """Make the follower list of an account of this size."""
    return follow_list(1, Account(handle="some.body", followers=size, cap=cap), Direction.FOLLOWERS)


def enumerated(follows: FollowList, at: int) -> list[int]:
    """List the present slots one by one, from the definitions alone."""
    first = follows.size - follows.pool
    arrived = (slot for slot in range(first, follows.size) if follows.followed_at(slot) <= at)
    return [slot for slot in arrived if not follows.has_left(slot, at)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("later", TIMES)
def test_total_and_ranks_equal_an_enumeration(size: int, later: int) -> None:
    """What is computed in one step is what counting gives."""
    follows, at = make(size), VIRTUAL_START + later
    slots = enumerated(follows, at)
    assert follows.total(at) == len(slots)
    assert list(follows.present(follows.newest_slot(at), at)) == slots
    for rank, slot in itertools.islice(enumerate(slots), 0, None, 97):
        assert follows.rank(slot, at) == rank


@pytest.mark.parametrize("size", SIZES)
def test_at_the_start_exactly_the_first_followers_are_there(size: int) -> None:
    """Nobody has arrived or left yet."""
    follows = make(size)
    assert follows.total(VIRTUAL_START) == size
    assert list(follows.present(0, VIRTUAL_START)) == list(range(size))


@pytest.mark.parametrize("size", [30, 1_000, 100_000_000])
def test_follow_times_fall_strictly_and_lead_back_to_their_slot(size: int) -> None:
    """A cursor in seconds parts any two followers, even at one a second."""
    follows = make(size)
    for start in (-20, 0, size - 10):
        times = [follows.followed_at(slot) for slot in range(start, start + 10)]
        assert all(newer > older for newer, older in itertools.pairwise(times))
        assert [follows.first_slot_before(time + 1) for time in times] == list(range(start, start + 10))


def test_in_a_dense_list_follows_share_seconds() -> None:
    """2 to 40 of them now and then; times never rise, and a time leads to the first slot before it."""
    follows = follow_list(1, Account(handle="some.body", followers=3_000, dense=True), Direction.FOLLOWERS)
    slots = range(-200, 3_000)
    times = [follows.followed_at(slot) for slot in slots]
    assert times == sorted(times, reverse=True)
    sizes = collections.Counter(times)
    assert set(sizes.values()) - {1} <= set(range(2, 41))
    assert max(sizes.values()) > 30
    for time in set(times):
        assert follows.first_slot_before(time + 1) == next(
            slot for slot, at in zip(slots, times, strict=True) if at <= time
        )


def test_everybody_had_an_account_before_following() -> None:
    """The oldest follow of the largest account is later than the last creation."""
    follows = make(100_000_000)
    assert follows.followed_at(follows.size - 1) > max(created_at(5, index) for index in range(10_000))


def test_nobody_is_in_a_list_twice() -> None:
    """Over all slots that can ever arrive, people are all different."""
    follows = make(3_000)
    slots = range(follows.size - follows.pool, follows.size)
    assert len({follows.person_at(slot) for slot in slots}) == follows.pool


def test_arrivals_and_leaves_come_at_the_stated_pace() -> None:
    """A thousand in 120 days: after 12 days about 100 have arrived, and a third as many have left."""
    follows, at = make(1_000), VIRTUAL_START + 12 * DAY
    assert -follows.newest_slot(at) == pytest.approx(100, abs=1)
    assert sum(follows.has_left(slot, at) for slot in range(1_000)) == pytest.approx(33, abs=1)


def test_who_has_left_never_comes_back() -> None:
    """Leaves only add up."""
    follows = make(1_000)
    gone: set[int] = set()
    for later in TIMES:
        now = {slot for slot in range(1_000) if follows.has_left(slot, VIRTUAL_START + later)}
        assert gone <= now
        gone = now
    assert len(gone) == 500


@pytest.mark.parametrize("later", TIMES)
def test_a_cap_keeps_the_most_recent(later: int) -> None:
    """The list ends after the cap, wherever one starts to read."""
    at = VIRTUAL_START + later
    capped, whole = make(1_000, cap=120), make(1_000)
    slots = enumerated(whole, at)
    assert list(capped.present(capped.newest_slot(at), at)) == slots[:120]
    assert list(capped.present(slots[100], at)) == slots[100:120]
    assert list(capped.present(slots[120], at)) == []


@pytest.mark.parametrize("handle", [f"some.body{number}" for number in range(40)])
def test_every_list_of_a_thousand_has_a_star_and_a_dummy(handle: str) -> None:
    """By construction, not by luck of the seed."""
    follows = follow_list(1, Account(handle=handle, followers=1_000), Direction.FOLLOWERS)
    stars = [slot for slot in range(1_000) if is_star(follows.person_at(slot)) and not follows.is_dummy(slot)]
    assert len(stars) in {1, 2}
    assert sum(follows.is_dummy(slot) for slot in range(1_000)) == 1


def test_dummies_come_once_in_two_thousand_slots() -> None:
    """The measured share."""
    follows = make(100_000)
    assert sum(map(follows.is_dummy, range(100_000))) in {49, 50}


def test_equal_lists_are_equal_in_every_process() -> None:
    """The list is its three numbers; nothing else is remembered."""
    assert dataclasses.asdict(make(30)) == {"key": make(30).key, "size": 30, "cap": None, "dense": False}
