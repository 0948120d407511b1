"""The records that the oracle reads: a snapshot, its rows, an interval of follow time.

All times are unix seconds. What can be computed from these records belongs in the other modules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from tiktok_insights_tests.support.oracle.times import DAY


@dataclass(frozen=True, order=True)
class Interval:
    """Follow times from `after` (included) to `before` (excluded); `after` is None if it is long ago, unknown.

    Pages are asked strictly before a second, and page 1 ends one second after its fetch time: so ends are excluded.
    """

    after: int | None
    before: int

    def touches(self, other: "Interval") -> bool:
        """Whether a second is in both; two intervals that only share an end do not touch."""
        return self._start < other.before and other._start < self.before

    def is_inside(self, other: "Interval") -> bool:
        """Whether each second of it is in the other one."""
        return other._start <= self._start and self.before <= other.before

    @property
    def _start(self) -> float:
        return float("-inf") if self.after is None else self.after


@dataclass(frozen=True)
class Row:
    """One user in one snapshot. A file of another producer has neither window nor position.

    A count that was not served is None. `likes_given` is how many videos the user liked.
    """

    tiktok_id: str
    followed_after: int | None = None
    followed_before: int | None = None
    list_position: int | None = None
    user_name: str | None = None
    is_private: bool | None = False
    is_verified: bool | None = False
    followers: int | None = None
    following: int | None = None
    videos: int | None = None
    likes_given: int | None = None
    nick_name: str | None = None
    hearts: int | None = None
    counts_exact: bool | None = None
    extracted_at: int | None = None

    @property
    def window(self) -> Interval | None:
        """When the user followed; None for a row of another producer."""
        return None if self.followed_before is None else Interval(self.followed_after, self.followed_before)


@dataclass(frozen=True)
class Snapshot:
    """One look at one account. A file of another producer has no `covered_to`, and is never whole."""

    snapshot_id: str
    started_at: int
    outcome: str
    is_whole: bool = False
    covered_from: int | None = None
    covered_to: int | None = None
    holes: tuple[Interval, ...] = ()
    users_seen: int = 0
    users_claimed: int | None = None
    rows: tuple[Row, ...] = ()
    account_id: str = "1"

    def row_of(self, tiktok_id: str) -> Row | None:
        """The user's row, the newest position if there are several; None if the snapshot does not show the user."""
        return self._by_id.get(tiktok_id)

    @cached_property
    def _by_id(self) -> dict[str, Row]:
        """The row of each user; the last one wins, so the first in the tie order comes last."""
        return {row.tiktok_id: row for row in sorted(self.rows, key=_tie_order, reverse=True)}


def _tie_order(row: Row) -> tuple[float, float, float, str]:
    return (
        float("inf") if row.list_position is None else row.list_position,
        -(row.followed_before or 0),
        -(row.followed_after or 0),
        repr(row),
    )


def in_order(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    """The snapshots as they were taken, equal times by id: the order in which they are given does not matter."""
    return sorted(snapshots, key=lambda snapshot: (snapshot.started_at, snapshot.snapshot_id))


def users(snapshots: Iterable[Snapshot]) -> list[str]:
    """The ids of all users ever seen."""
    return sorted({row.tiktok_id for snapshot in snapshots for row in snapshot.rows})


def covers_day(snapshot: Snapshot, day: int) -> bool:
    """Whether a snapshot covers a whole UTC day: above `covered_from` unless whole, before `covered_to`, no hole."""
    reaches_back = snapshot.is_whole or (snapshot.covered_from is not None and snapshot.covered_from <= day)
    is_over = snapshot.covered_to is not None and day + DAY <= snapshot.covered_to
    return reaches_back and is_over and not any(hole.touches(Interval(day, day + DAY)) for hole in snapshot.holes)
