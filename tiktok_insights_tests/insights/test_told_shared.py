"""Shared followers, against worlds whose truth is known: there are never fewer than the number says.

That the mart says the same as the oracle is for `test_who_follows`.
"""

import pytest

from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.stories.story import second_of, story_of
from tiktok_insights.local.fake_api.stories.truth import truth
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.oracle.profiles import newest_list, shared
from tiktok_insights_tests.support.oracle.records import Snapshot
from tiktok_insights_tests.support.oracle.times import WEEK
from tiktok_insights_tests.support.told_kinds import KINDS, LOOK_AT, PEOPLE, SHOP, USUAL
from tiktok_insights_tests.support.told_looks import look

pytestmark = pytest.mark.worlds

OTHER = "b.shop"
DAYS = 10
#: The days of the looks: the newest that is not hidden counts, and the other account's are of that day, of others up to
#: seven days before, and older.
LOOKS, OTHER_LOOKS = (7, 8, 9), (0, 2, 5, 9)


def true_followers(world: World, handle: str, shown: Snapshot) -> dict[str, int]:
    """Whom a list without a cap would show at the first page of a look, and since when they follow."""
    facts = truth(world, world.account(handle), shown.covered_to or shown.started_at)
    return {fact.tiktok_id: fact.follows[-1][0] for fact in facts if fact.why is None}


def reached(world: World, handle: str, shown: Snapshot) -> set[str]:
    """The same, less those of a second in which a page ended and whose rest the next page does not list."""
    ends = {row.followed_after for row in shown.rows}
    return {
        user
        for user, since in true_followers(world, handle, shown).items()
        if since not in ends or shown.row_of(user) is not None
    }


@pytest.mark.campaign
@pytest.mark.parametrize("name", KINDS)
def test_shared_followers_are_never_overstated(name: str, size: Size) -> None:
    """M13: at least so many follow both accounts; a share, of two whole lists at most 7 days apart, is the true one."""
    kind, shares = KINDS[name], 0
    still = {"refollows_per_day": 0}
    for seed in range(size.worlds):
        accounts = [{"handle": SHOP, **kind.account, **still}, {"handle": OTHER, **USUAL, **still}]
        world = World(seed, (), story_of({"days": DAYS, "people": {**PEOPLE, "number": 1_200}, "accounts": accounts}))
        looks, others = (
            [look(world, world.account(handle), second_of(day) + LOOK_AT, kind.caps) for day in days]
            for handle, days in ((SHOP, LOOKS), (OTHER, OTHER_LOOKS))
        )
        newest = newest_list(looks)
        assert newest is not None
        for other in others:
            found = shared(looks, [other])
            assert found is not None
            both = true_followers(world, SHOP, newest).keys() & true_followers(world, OTHER, other)
            assert 0 < found.at_least <= len(both), (seed, other.started_at)
            is_known = newest.is_whole and newest.started_at - other.started_at <= WEEK
            assert (found.share is not None) == is_known
            if is_known:
                left, right = reached(world, SHOP, newest), reached(world, OTHER, other)
                assert found.at_least == len(left & right), (seed, other.started_at)
                assert found.share == len(left & right) / min(len(left), len(right)), (seed, other.started_at)
                shares += 1
    assert (shares > 0) == ("whole" in kind.outcomes)
