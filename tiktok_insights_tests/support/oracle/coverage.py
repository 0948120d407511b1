"""M1: what a snapshot covers, in words and shares. What a walk covers belongs in `walks`."""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights_tests.support.oracle.records import Snapshot, in_order
from tiktok_insights_tests.support.oracle.walks import CAPS, is_long_enough

CLASSES = ("whole", "cut", "partial", "window", "hidden")
#: A list that is not whole and shorter than this is too little, whatever its share.
FEW_USERS = 100
LITTLE_SHARE = 0.01


@dataclass(frozen=True)
class Coverage:
    """One row of M1. `share` is never hidden here; `shown_share` is None on too little."""

    snapshot_id: str
    seen: int
    claimed: int | None
    share: float | None
    coverage: str
    too_little: bool

    @property
    def shown_share(self) -> float | None:
        """The share that people may see."""
        return None if self.too_little else self.share


def class_of_walk(
    seen: int, claimed: int | None, *, ended: bool, stopped_at_known: bool = False, caps: Sequence[int] = CAPS
) -> str:
    """The class of a walk, holes apart; `stopped_at_known` is an incremental one.

    Choice: a cap explains a list that has at least 90 % of the cap's length; the definitions only say "by the API's
    cap".
    """
    if stopped_at_known:
        return "window"
    if not ended or claimed is None:
        return "partial"
    between = [cap for cap in caps if seen <= cap < claimed]
    if any(seen * 10 >= cap * 9 for cap in between):
        return "cut"
    return "whole" if is_long_enough(seen, claimed) and not between else "partial"


def coverage(snapshot: Snapshot) -> Coverage:
    """M1 of one snapshot.

    Choices: a list with a hole keeps its class, but counts as not whole for `too_little`; an outcome that is none of
    the five classes is `partial`; without a claimed total there is no share, and only the number seen decides.
    """
    seen, claimed = snapshot.users_seen, snapshot.users_claimed
    share = seen / claimed if claimed else None
    little = seen < FEW_USERS or (share is not None and share < LITTLE_SHARE)
    return Coverage(
        snapshot.snapshot_id,
        seen,
        claimed,
        share,
        snapshot.outcome if snapshot.outcome in CLASSES else "partial",
        too_little=little and not snapshot.is_whole,
    )


def account_coverage(snapshots: Sequence[Snapshot]) -> Coverage | None:
    """M1 of an account: that of its newest snapshot that is not a window."""
    lists = [snapshot for snapshot in in_order(snapshots) if snapshot.outcome != "window"]
    return coverage(lists[-1]) if lists else None
