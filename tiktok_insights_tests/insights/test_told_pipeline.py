"""One world of each kind of list through the whole platform, held against its truth: who is gone, and who joined when.

The fake API tells the story over HTTP; raw pages, CSVs, load and marts are those of every run. That the definitions are
right on many worlds is for the other tests of told worlds, which need no server.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tiktok_insights.demo.days import play
from tiktok_insights.local import stack
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.stories.story import second_of, story_of
from tiktok_insights.local.fake_api.stories.truth import Fact, truth
from tiktok_insights.progress import SILENT
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import mart_rows, seconds
from tiktok_insights_tests.support.oracle.presence import LISTED, TO_THE_END
from tiktok_insights_tests.support.oracle.times import day_start
from tiktok_insights_tests.support.served import JSON
from tiktok_insights_tests.support.told_kinds import BURST, KINDS, LOOK_AT, PEOPLE

pytestmark = pytest.mark.worlds

CAP = 130
#: Smaller lists than in process, and so that one set of caps tells the kinds apart.
SMALL: dict[str, JSON] = {
    "whole": {"followers": 180},
    "cut": {"followers": 180, "cap": CAP},
    "cut just below claimed": {"followers": 138, "cap": CAP},
    "partially walked": {"followers": 180},
    "fifty rows": {"followers": 90},
    "bursting": {"followers": 180, "bursts": [{**BURST, "follows": 60}]},
}
HANDLES = {f"told.{number}": name for number, name in enumerate(SMALL)}
LOOKS = [second_of(day) + LOOK_AT for day in range(9)]
STORY = story_of(
    {
        "days": len(LOOKS),
        "people": PEOPLE,
        "accounts": [{"handle": handle, **KINDS[name].account, **SMALL[name]} for handle, name in HANDLES.items()],
    }
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of the test's own: its API's clock and story are for no other test."""
    yield tmp_path / "home"
    stack.stop(tmp_path / "home")


@pytest.fixture
def played(loader: Loader) -> Loader:
    """The warehouse after the story."""
    caps = f"30,50,{CAP}"
    settings = read_settings({**os.environ, "TIKTOK_ACCOUNTS": ",".join(HANDLES), "TIKTOK_LIST_CAPS": caps})
    play(settings, STORY, LOOKS, SILENT)
    loader.load()
    return loader


class Truth:
    """What is true of each account at any moment, by user."""

    def __init__(self) -> None:
        self._world = World(story=STORY)
        self._known: dict[tuple[str, int], dict[str, Fact]] = {}

    def at(self, handle: str, moment: int) -> dict[str, Fact]:
        """The facts at a moment."""
        if (handle, moment) not in self._known:
            facts = truth(self._world, self._world.account(handle), moment)
            self._known[handle, moment] = {fact.tiktok_id: fact for fact in facts}
        return self._known[handle, moment]


def by_handle(loader: Loader, mart: str) -> dict[str, list[JSON]]:
    """A mart's rows of each account."""
    handles: dict[str, str] = dict(loader.rows("SELECT DISTINCT ACCOUNT_ID, HANDLE FROM ACCOUNT_SNAPSHOTS"))
    found: dict[str, list[JSON]] = defaultdict(list)
    for row in mart_rows(loader, mart):
        found[handles[row["ACCOUNT_ID"]]].append(row)
    return found


def test_the_marts_say_what_is_true_on_every_kind_of_list(played: Loader) -> None:
    """States of all users, the time of every departure, and the bounds of every covered day."""
    outcomes: dict[str, list[str]] = {handle: [] for handle in HANDLES}
    for handle, outcome in played.rows("SELECT HANDLE, OUTCOME FROM ACCOUNT_SNAPSHOTS ORDER BY LOOKED_AT"):
        outcomes[handle].append(outcome)
    assert {HANDLES[handle]: set(found) for handle, found in outcomes.items()} == {
        name: set(KINDS[name].outcomes) for name in SMALL
    }
    true = Truth()
    statuses, gone, days = (
        by_handle(played, mart) for mart in ("follower_status", "followers_gone", "followers_joined_daily")
    )
    leavers = defaultdict[float, list[bool]](list)
    for handle, found in outcomes.items():
        full = [look for look, outcome in zip(LOOKS, found, strict=True) if outcome in TO_THE_END]
        states = {row["TIKTOK_ID"]: row["STATE"] for row in statuses[handle]}
        compare_states(states, handle, true)
        leavers[KINDS[HANDLES[handle]].recall] += leavers_found(states, handle, full, true)
        compare_departures(gone[handle], handle, true)
        compare_days(days[handle], handle, true)
    for recall, was_found in leavers.items():
        assert len(was_found) > 10
        assert sum(was_found) >= recall * len(was_found), (recall, was_found)


def compare_states(states: dict[str, str], handle: str, true: Truth) -> None:
    """M4: listed is who is on the list, gone is who is not, and unknown only who is beyond its end."""
    facts, kind = true.at(handle, LOOKS[-1]), KINDS[HANDLES[handle]]
    listed = {user for user, state in states.items() if state in LISTED}
    assert listed == {user for user, fact in facts.items() if fact.is_listed}, handle
    assert all(facts[user].why for user, state in states.items() if state == "gone"), handle
    unknown = {user for user, state in states.items() if state == "unknown"}
    assert bool(unknown) == ("cut" in kind.outcomes), handle


def leavers_found(states: dict[str, str], handle: str, full: list[int], true: Truth) -> list[bool]:
    """Of each who left before the last two lists that were read to their end or cap, whether they are called gone.

    Counted are those whom the last such list before shows.
    """
    return [
        states.get(user) == "gone"
        for user, fact in true.at(handle, LOOKS[-1]).items()
        if fact.why == "unfollowed"
        and (fact.left_at or 0) <= full[-2]
        and any(was_listed(user, look, handle, true) for look in [at for at in full if at < (fact.left_at or 0)][-1:])
    ]


def was_listed(user: str, look: int, handle: str, true: Truth) -> bool:
    """Whether the list has the user at a moment."""
    fact = true.at(handle, look).get(user)
    return fact is not None and fact.is_listed


def compare_departures(rows: list[JSON], handle: str, true: Truth) -> None:
    """M4: the user was listed at the one look, and was gone by the other."""
    assert rows, handle
    for row in rows:
        seen_at, missed_at = seconds(row["LAST_SEEN_AT"]) or 0, seconds(row["FIRST_MISSED_AT"]) or 0
        fact = true.at(handle, missed_at)[row["TIKTOK_ID"]]
        assert fact.why is not None, (handle, row)
        assert seen_at < (fact.left_at or 0) <= missed_at, (handle, row)


def compare_days(rows: list[JSON], handle: str, true: Truth) -> None:
    """M3: at least <= who joined on the day and still follows <= at most."""
    facts = true.at(handle, LOOKS[-1]).values()
    joined = Counter(day_start(fact.follows[-1][0]) for fact in facts if fact.why is None)
    covered = [row for row in rows if row["AT_LEAST"] is not None]
    assert covered, handle
    for row in covered:
        assert row["AT_LEAST"] <= joined[seconds(row["DAY"]) or 0] <= row["AT_MOST"], (handle, row)
