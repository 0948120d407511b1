"""Kinds of lists, a world of each and daily looks at it, with the truth beside: tests of the definitions share them.

Add a kind here when every definition should hold on it. How a look is taken belongs in `told_looks`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.stories.story import second_of, story_of
from tiktok_insights.local.fake_api.stories.truth import Fact, truth
from tiktok_insights_tests.support.oracle.presence import Status, spells
from tiktok_insights_tests.support.oracle.records import Snapshot
from tiktok_insights_tests.support.served import JSON
from tiktok_insights_tests.support.told_looks import daily

SHOP = "a.shop"
DAYS = 25
LOOK_AT = 9 * 3_600
#: Everything that can make a user absent, follows during a walk included.
PEOPLE: JSON = {"number": 3_000, "die": 0.03, "revive": 0.5, "hide": 0.03}
USUAL: JSON = {
    "followers": 300,
    "joins_per_day": 4,
    "leaves_per_day": 0.01,
    "come_back": 0.3,
    "refollows_per_day": 1,
    "refollow_at": LOOK_AT + 4,
}
EARLY = [{"fault": "ends-early-p3", "from_day": day, "to_day": day + 1} for day in range(1, DAYS, 3)]
HIDDEN = [{"fault": "hidden", "from_day": 8, "to_day": 11}]
BURST = {"day": 6.5, "follows": 300, "seconds": 600, "leave": 0.4}


@dataclass(frozen=True)
class Kind:
    """A kind of list, and which share of the true unfollows must be found on it."""

    account: JSON
    outcomes: tuple[str, ...] = ("whole",)
    caps: tuple[int, ...] = (30, 50)
    recall: float = 0.95


KINDS = {
    "whole": Kind(USUAL),
    "cut": Kind({**USUAL, "followers": 420, "cap": 300}, ("cut",), (30, 50, 300), 0.8),
    "cut just below claimed": Kind({**USUAL, "followers": 320, "cap": 300}, ("cut",), (30, 50, 300), 0.8),
    "partially walked": Kind({**USUAL, "troubles": EARLY}, ("whole", "partial")),
    "hidden in between": Kind({**USUAL, "troubles": HIDDEN}, ("whole", "hidden")),
    "fifty rows": Kind({**USUAL, "cap": 50, "joins_per_day": 0.5, "refollows_per_day": 0.1}, ("cut",), recall=0.8),
    "bursting": Kind({**USUAL, "bursts": [BURST]}),
}


@dataclass(frozen=True)
class Looked:
    """A world of a kind, and daily looks at it."""

    world: World
    looks: tuple[Snapshot, ...]

    @staticmethod
    def at(kind: Kind, seed: int, days: int = DAYS) -> "Looked":
        """Look at the world that a seed makes, for some days."""
        story = {"days": days, "people": PEOPLE, "accounts": [{"handle": SHOP, **kind.account}]}
        world = World(seed, (), story_of(story))
        return Looked(world, tuple(daily(world, SHOP, second_of(0) + LOOK_AT, days, kind.caps)))

    def true_at(self, at: int) -> dict[str, Fact]:
        """The truth at a moment, by user."""
        if at not in self._truths:
            self._truths[at] = {fact.tiktok_id: fact for fact in truth(self.world, self.world.account(SHOP), at)}
        return self._truths[at]

    @cached_property
    def _truths(self) -> dict[int, dict[str, Fact]]:
        return {}

    def was_listed_before(self, user: str, moment: int) -> bool:
        """Whether the last list before a moment shows the user."""
        lists = [look for look in self.looks if look.rows and look.started_at < moment]
        return bool(lists) and lists[-1].row_of(user) is not None

    def wrongly_gone(self, states: Mapping[str, Status], true: Mapping[str, Fact]) -> list[str]:
        """Users who are called gone, though they are listed now and were when the looks missed them.

        One who was away for days and came back where the looks no longer reach is rightly called gone.
        """
        doubtful = [user for user, found in states.items() if found.state == "gone" and true[user].why is None]
        return [user for user in doubtful if not all(self._was_away(user, look) for look in self._deciding(user))]

    def _deciding(self, user: str) -> Sequence[Snapshot]:
        return spells(self.looks, user)[-1].missed[:2]

    def _was_away(self, user: str, look: Snapshot) -> bool:
        return self.true_at(look.started_at)[user].why is not None
