"""Whether a change adds up, against worlds whose truth is known: what is unexplained has a cause, and no other.

That the mart says the same as the oracle is for `test_coverage_and_growth`; who is gone, for `test_told_worlds`.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tiktok_insights.local.fake_api.stories.truth import Fact
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.oracle.growth import bridges
from tiktok_insights_tests.support.oracle.presence import LOOKS
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.told_kinds import KINDS, USUAL, Kind, Looked

pytestmark = pytest.mark.worlds

DAYS = 9
ALL_KINDS = {**KINDS, "drifting": Kind({**USUAL, "claims_drift": 0.004})}
FOREVER = 1 << 62


def end_of(look: Snapshot) -> int:
    """The second in which the last page was fetched, and the claimed total with it."""
    return max(row.extracted_at or 0 for row in look.rows)


def shows(looked: Looked, look: Snapshot, user: str) -> bool:
    """Whether the truth puts the user on the part of the list that was walked.

    The look itself must be asked only of one whose follow changes within the walk, or began in a second in which a
    page ended.
    """
    before, after = (looked.true_at(at).get(user) for at in (look.covered_to or 0, end_of(look)))
    began = None if after is None else after.follows[-1][0]
    if after is None or began is None or before != after or began in {row.followed_after for row in look.rows}:
        return look.row_of(user) is not None
    return after.is_listed and (look.is_whole or began > (look.covered_from or 0))


def would_have_shown(look: Snapshot, row: Row) -> bool:
    """The condition of M4, as it is written: the oracle's own may be wrong."""
    if row.window is None or look.covered_to is None or row.window.before > look.covered_to:
        return False
    reaches_back = row.followed_after is not None and row.followed_after >= (look.covered_from or 0)
    return (look.is_whole or reaches_back) and not any(hole.touches(row.window) for hole in look.holes)


def counted_spans(looked: Looked, looks: list[Snapshot], user: str) -> Iterator[tuple[int, int]]:
    """From when until when the user counts as a follower, by whom the truth says the looks show."""
    since, row, missed = 0, None, list[Snapshot]()
    for look in looks:
        if shows(looked, look, user):
            if since and len(missed) >= LOOKS:
                yield since, missed[0].started_at
                since = 0
            since, row, missed = since or look.started_at, look.row_of(user), []
        elif row is not None and would_have_shown(look, row):
            missed.append(look)
    if since:
        is_gone = len(missed) >= LOOKS or looks[-1] in missed[:1]
        yield since, missed[0].started_at if is_gone else FOREVER


def causes_of_gap(looked: Looked, look: Snapshot, counted: set[str]) -> Counter[str]:
    """Why TikTok's count is not the number of those who count as followers, from the truth at the end of the walk."""
    facts = looked.true_at(end_of(look))
    follow = {user for user, fact in facts.items() if fact.follows[-1][1] is None}
    found = Counter({"drift": (look.users_claimed or 0) - len(follow), "left unseen": -len(counted - follow)})
    found.update(_why_not_counted(facts[user], look) for user in follow - counted)
    return found


def _why_not_counted(fact: Fact, look: Snapshot) -> str:
    """The cause that the truth knows for a follower who does not count."""
    if fact.why is not None:
        return fact.why
    began = fact.follows[-1][0]
    if began > (look.covered_to or 0):
        return "during the walk"
    if not fact.is_listed or not (look.is_whole or began > (look.covered_from or 0)):
        return "not reached"
    return "second of a page's end" if began in {row.followed_after for row in look.rows} else "no cause"


@pytest.mark.campaign
@pytest.mark.parametrize("name", ALL_KINDS)
def test_what_is_unexplained_is_what_the_world_did_unseen(name: str, size: Size) -> None:
    """M5: in each pair of looks it is the change of what the truth knows and no look shows, exactly.

    That is: the drift of the claimed total, followers who are dead or hidden, whom the walk does not reach or who
    followed during it, less those who left before two looks could show it. Every user of the gap has such a cause.
    """
    kind, seen = ALL_KINDS[name], Counter[str]()
    for seed in range(size.worlds):
        looked = Looked.at(kind, seed, DAYS)
        looks = [look for look in looked.looks if look.rows]
        spans = [
            (user, *span)
            for user in looked.true_at(end_of(looks[-1]))
            for span in counted_spans(looked, looks, user)
        ]  # fmt: skip
        gaps = []
        for look in looks:
            counted = {user for user, first, end in spans if first <= look.started_at < end}
            causes = causes_of_gap(looked, look, counted)
            gaps.append(sum(causes.values()))
            seen.update({cause: abs(number) for cause, number in causes.items()})
        expected = [later - earlier for earlier, later in pairwise(gaps)]
        assert [one.unexplained for one in bridges(looked.looks)] == expected, seed
    assert not seen["no cause"]
    assert (seen["drift"] > 0) == (name == "drifting")
    assert (seen["not reached"] > 0) == (set(kind.outcomes) & {"cut", "partial"} != set())
    assert min(seen["died"], seen["hidden"]) > 0
