"""Who joined and who stays, against worlds whose truth is known: bounds and intervals must hold it.

That the marts say the same as the oracle is for `test_followers_over_time`; who is gone, for `test_told_worlds`.
"""

from collections import Counter
from dataclasses import replace

import pytest

from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.oracle.joined import joined
from tiktok_insights_tests.support.oracle.records import users
from tiktok_insights_tests.support.oracle.retention import Kept, retention
from tiktok_insights_tests.support.oracle.times import WEEK, day_start
from tiktok_insights_tests.support.told_kinds import KINDS, Looked

pytestmark = pytest.mark.worlds

#: So many join that cohorts have shares; a list of 50 has none.
MANY = {"joins_per_day": 12, "leaves_per_day": 0.02}
DENSE = {name: replace(kind, account={**kind.account, **MANY}) for name, kind in KINDS.items() if name != "fifty rows"}


@pytest.mark.campaign
@pytest.mark.parametrize("name", KINDS)
def test_the_bounds_of_a_day_hold_who_joined_on_it_and_still_follows(name: str, size: Size) -> None:
    """On every covered day, on any kind of list."""
    days = 0
    for seed in range(size.worlds):
        looked = Looked.at(KINDS[name], seed)
        true = looked.true_at(looked.looks[-1].started_at).values()
        joined_on = Counter(day_start(fact.follows[-1][0]) for fact in true if fact.why is None)
        found = joined(looked.looks)
        assert [one for one in found if not one.at_least <= joined_on[one.day] <= one.at_most] == [], seed
        days += len(found)
    assert days > 10 * size.worlds


def true_share(looked: Looked, cell: Kept) -> float:
    """Of all who joined in the week of a cohort and were ever shown, the share that follows at the cell's last look."""
    looks = [look for look in looked.looks if look.started_at < cell.cohort + (cell.week + 1) * WEEK]
    shown = set(users(looks))
    stays = [
        fact.why is None
        for user, fact in looked.true_at(looks[-1].started_at).items()
        if user in shown and cell.cohort <= fact.follows[-1][0] < cell.cohort + WEEK
    ]
    return sum(stays) / len(stays)


@pytest.mark.campaign
@pytest.mark.parametrize("name", DENSE)
def test_the_interval_of_a_cohort_holds_the_share_that_stays(name: str, size: Size) -> None:
    """In at least 93 % of the cells with a share."""
    cells: list[bool] = []
    for seed in range(size.worlds):
        looked = Looked.at(DENSE[name], seed)
        cells += [
            cell.interval[0] <= true_share(looked, cell) <= cell.interval[1]
            for cell in retention(looked.looks)
            if cell.interval is not None
        ]
    assert len(cells) >= 5 * size.worlds
    assert sum(cells) >= 0.93 * len(cells), cells
