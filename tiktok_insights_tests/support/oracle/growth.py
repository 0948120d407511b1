"""M2 and M5: how TikTok's count changes, and whether the change adds up. Who is gone is decided in `presence`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tiktok_insights_tests.support.oracle.presence import LOOKS, Spell, spells
from tiktok_insights_tests.support.oracle.records import Snapshot, in_order, users
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, WEEK

TOLERANCE = 12 * HOUR


@dataclass(frozen=True)
class Change:
    """The change of TikTok's count since an earlier snapshot, and how many days lie between."""

    since: str
    change: int
    days: float
    is_week: bool

    @property
    def per_day(self) -> float:
        """The change for each day between."""
        return self.change / self.days


@dataclass(frozen=True)
class Bridge:
    """One pair of snapshots: change of claimed = joined - gone + unexplained."""

    earlier: str
    later: str
    change: int
    joined: int
    gone: int

    @property
    def unexplained(self) -> int:
        """What the users who were seen to join and leave do not explain."""
        return self.change - self.joined + self.gone


def change(snapshots: Sequence[Snapshot], newest: Snapshot) -> Change | None:
    """M2 of one snapshot; None if it or all earlier ones have no claimed total.

    Choice: with none within 12 hours of t - 7 days, the earlier snapshot nearest to it is used all the same, and
    `is_week` is false. Of two that are equally near, the later one is used.
    """
    target = newest.started_at - WEEK
    earlier = [one for one in snapshots if one.started_at < newest.started_at and one.users_claimed is not None]
    if newest.users_claimed is None or not earlier:
        return None
    base = min(earlier, key=lambda one: (abs(one.started_at - target), -one.started_at, one.snapshot_id))
    return Change(
        base.snapshot_id,
        newest.users_claimed - (base.users_claimed or 0),
        (newest.started_at - base.started_at) / DAY,
        is_week=abs(base.started_at - target) <= TOLERANCE,
    )


def bridges(snapshots: Sequence[Snapshot]) -> list[Bridge]:
    """M5 of each snapshot that has a list and a claimed total, against the one before.

    Choices: a user joins in the pair that holds the first look of a presence, and is gone in the pair that holds the
    first look that misses them, as known today. A user missed once counts only if that look is in the newest pair.
    """
    lists = [one for one in in_order(snapshots) if one.users_claimed is not None and one.rows]
    presences = [spell for tiktok_id in users(snapshots) for spell in spells(snapshots, tiktok_id)]
    return [
        Bridge(
            earlier.snapshot_id,
            later.snapshot_id,
            (later.users_claimed or 0) - (earlier.users_claimed or 0),
            *_moves(presences, _between(snapshots, earlier, later), is_newest=later is lists[-1]),
        )
        for earlier, later in pairwise(lists)
    ]


def _between(snapshots: Sequence[Snapshot], earlier: Snapshot, later: Snapshot) -> list[Snapshot]:
    """The snapshots after the one, up to the other."""
    ordered = in_order(snapshots)
    return ordered[ordered.index(earlier) + 1 : ordered.index(later) + 1]


def _moves(presences: Sequence[Spell], between: Sequence[Snapshot], *, is_newest: bool) -> tuple[int, int]:
    """How many joined and how many are gone in some snapshots."""
    needed = 1 if is_newest else LOOKS
    joined = sum(spell.shown[0] in between for spell in presences)
    gone = sum(len(spell.missed) >= needed and spell.missed[0] in between for spell in presences)
    return joined, gone
