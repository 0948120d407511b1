"""M7, M8, M9, M14: who follows, by size, by activity and by how many they follow. Signs belong in `signs`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tiktok_insights_tests.support.oracle.presence import LISTED, Status, statuses
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.oracle.times import WEEK

#: Tiers by their least number of followers, largest first.
TIERS = ((1_000_000, "mega"), (500_000, "macro"), (100_000, "mid"), (10_000, "micro"), (1_000, "nano"))
SMALLEST = "under 1,000"
NOTABLE = 5_000
TOP = 20
#: Bands of accounts followed by their least number, largest first; 0 is impossible for a follower.
BANDS = ((9_900, "9,900+"), (5_000, "5,000-9,899"), (1_500, "1,500-4,999"), (500, "500-1,499"), (1, "1-499"))


def tier(followers: int | None) -> str | None:
    """M7: the tier; None if the count was not served."""
    if followers is None:
        return None
    return next((name for least, name in TIERS if followers >= least), SMALLEST)


def is_notable(followers: int | None, threshold: int = NOTABLE) -> bool:
    """M7: whether a follower is notable."""
    return followers is not None and followers >= threshold


@dataclass(frozen=True)
class NewFollower:
    """M8: one of the most followed among the new."""

    rank: int
    tiktok_id: str
    followers: int
    is_notable: bool
    seen_before: bool


def most_followed_new(snapshots: Sequence[Snapshot], threshold: int = NOTABLE) -> list[NewFollower]:
    """M8 as of the newest snapshot.

    Choices: joined within 7 days means that the whole window is; users are listed or returned; of equal counts the
    smaller id as text comes first; seen before is who was gone, or was first seen before the window begins.
    """
    as_of = max((look.started_at for look in snapshots), default=0)
    new = [
        (-found.row.followers, tiktok_id, found)
        for tiktok_id, found in statuses(snapshots).items()
        if found.state in LISTED and found.row.followers is not None
        and found.followed_after is not None and found.followed_after >= as_of - WEEK
    ]  # fmt: skip
    return [
        NewFollower(rank, tiktok_id, -negative, is_notable(-negative, threshold), _was_seen_before(found))
        for rank, (negative, tiktok_id, found) in enumerate(sorted(new, key=lambda one: one[:2])[:TOP], start=1)
    ]


def _was_seen_before(found: Status) -> bool:
    return found.state == "returned" or (found.followed_after or 0) > found.first_seen_at


@dataclass(frozen=True)
class Activity:
    """M9: all users; public ones with counts served; how many of these show no activity."""

    users: int
    considered: int
    no_activity: int


def counts_served(row: Row) -> bool:
    """Whether the counts of a user are known: a follower follows at least one account, so 0 means not served."""
    return bool(row.following) and row.followers is not None


def public_activity(rows: Sequence[Row]) -> Activity:
    """M9 of users.

    Choice: no activity is no video and no liked video; a user without one of these two counts is not considered.
    """
    known = [
        row
        for row in rows
        if row.is_private is False and counts_served(row) and row.videos is not None and row.likes_given is not None
    ]
    return Activity(len(rows), len(known), sum(row.videos == 0 and row.likes_given == 0 for row in known))


def band(following: int | None) -> str | None:
    """M14: the band of accounts followed; None if the count was not served (0 is impossible)."""
    return next((name for least, name in BANDS if following is not None and following >= least), None)


def following_bands(rows: Iterable[Row]) -> dict[str | None, int]:
    """M14 of users: how many are in each band, None for not served."""
    return dict(Counter(band(row.following) for row in rows))
