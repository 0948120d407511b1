"""The definitions against worlds whose truth is known: who is called gone is gone, on every kind of list.

The product's walk looks at the fake API's stories, the oracle decides. That the SQL decides as the oracle does is for
the tests of the marts.
"""

import pytest

from tiktok_insights.local.fake_api.stories.story import second_of
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.oracle.presence import LISTED, TO_THE_END, statuses
from tiktok_insights_tests.support.told_kinds import KINDS, Kind, Looked

pytestmark = pytest.mark.worlds


@pytest.mark.campaign
@pytest.mark.parametrize("name", KINDS)
def test_who_is_called_gone_is_gone_and_most_who_leave_are_found(name: str, size: Size) -> None:
    """No false one, on any kind of list; of those who left before the last two looks, the share that can be found.

    Counted are those whom the last list before they left shows, in all seeds together. No one is called listed whom a
    list that was read to its end or cap does not show, unless a hole is the reason.
    """
    kind, left, found = KINDS[name], 0, 0
    for seed in range(size.worlds):
        looked = Looked.at(kind, seed)
        looks, states = looked.looks, statuses(looked.looks)
        true = looked.true_at(looks[-1].started_at)
        assert {look.outcome for look in looks} == set(kind.outcomes)
        assert looked.wrongly_gone(states, true) == [], seed
        end = [look for look in looks if look.outcome in TO_THE_END][-1]
        listed = {user: found.last_seen_at for user, found in states.items() if found.state in LISTED}
        assert [user for user, seen_at in listed.items() if seen_at < end.started_at and not end.holes] == [], seed
        moments = {user: fact.left_at or 0 for user, fact in true.items() if fact.why == "unfollowed"}
        leavers = [
            user
            for user, moment in moments.items()
            if moment <= looks[-2].started_at and looked.was_listed_before(user, moment)
        ]
        left += len(leavers)
        found += sum(states[user].state == "gone" for user in leavers)
    assert left >= 5 * size.worlds
    assert found >= kind.recall * left, (found, left)


def test_the_rest_of_a_full_second_at_the_end_of_a_wide_page_is_not_seen() -> None:
    """The documented limit: 45 follow in one second, in which a page of many hours ends; some of them are called gone.

    Pages overlap only where one spans less than ten minutes. The next page is asked before that second, and no hole
    says so.
    """
    full_second = {"day": 2.2, "follows": 45, "seconds": 1}
    looked = Looked.at(Kind({"followers": 40, "joins_per_day": 5, "bursts": [full_second]}), seed=0)
    true = looked.true_at(looked.looks[-1].started_at)
    wrong = looked.wrongly_gone(statuses(looked.looks), true)
    assert {true[user].follows[-1][0] for user in wrong} == {second_of(2.2)}
    assert not any(look.holes for look in looked.looks)
