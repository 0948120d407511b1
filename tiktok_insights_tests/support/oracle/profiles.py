"""M13 and M15: users of several accounts, and users whose profile changed. Presence belongs in `presence`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tiktok_insights_tests.support.oracle.presence import sightings
from tiktok_insights_tests.support.oracle.records import Snapshot, in_order, users
from tiktok_insights_tests.support.oracle.retention import MIN_USERS
from tiktok_insights_tests.support.oracle.times import WEEK


@dataclass(frozen=True)
class Shared:
    """M13: at least so many users follow both accounts; the share of the smaller list, where one may be shown."""

    at_least: int
    share: float | None


@dataclass(frozen=True)
class ProfileChange:
    """M15: one change of `user_name` or `is_verified`, between two snapshots that show the user."""

    tiktok_id: str
    field: str
    old: str | bool
    new: str | bool
    seen_old_at: int
    seen_new_at: int


def newest_list(snapshots: Sequence[Snapshot]) -> Snapshot | None:
    """The newest snapshot of an account that is neither a window nor hidden."""
    lists = [look for look in in_order(snapshots) if look.outcome not in ("window", "hidden")]
    return lists[-1] if lists else None


def shared(one: Sequence[Snapshot], other: Sequence[Snapshot]) -> Shared | None:
    """M13 of two accounts; None if one has no list.

    Choices: the rows of the two newest lists are compared, since a state may rest on an old look. The smaller list
    needs 30 users for a share.
    """
    left, right = newest_list(one), newest_list(other)
    if left is None or right is None:
        return None
    ids, others = {row.tiktok_id for row in left.rows}, {row.tiktok_id for row in right.rows}
    both, smaller = len(ids & others), min(len(ids), len(others))
    is_near = abs(left.started_at - right.started_at) <= WEEK
    may_show = left.is_whole and right.is_whole and is_near and smaller >= MIN_USERS
    return Shared(both, both / smaller if may_show else None)


def profile_changes(snapshots: Sequence[Snapshot]) -> list[ProfileChange]:
    """M15 of all users; a look that does not know the value is skipped, so unknown is not a change."""
    found: list[ProfileChange] = []
    for tiktok_id in users(snapshots):
        seen = sightings(snapshots, tiktok_id)
        names = [(look.started_at, row.user_name) for look, row in seen if row.user_name is not None]
        marks = [(look.started_at, row.is_verified) for look, row in seen if row.is_verified is not None]
        found += [
            ProfileChange(tiktok_id, "user_name", old, new, before, after)
            for (before, old), (after, new) in pairwise(names)
            if old != new
        ]
        found += [
            ProfileChange(tiktok_id, "is_verified", old_mark, new_mark, before, after)
            for (before, old_mark), (after, new_mark) in pairwise(marks)
            if old_mark != new_mark
        ]
    return found
