"""M6: who of a week's new followers is still listed later, with an interval. Bounds per day belong in `joined`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt

from tiktok_insights_tests.support.oracle.presence import LISTED, Status, statuses
from tiktok_insights_tests.support.oracle.records import Interval, Snapshot
from tiktok_insights_tests.support.oracle.times import WEEK, week_start

#: Below so many users, no share is shown.
MIN_USERS = 30
#: The normal quantile of a 95 % interval.
Z = 1.959964


@dataclass(frozen=True)
class Kept:
    """One cohort (the first second of its ISO week) at one week after it. The share is None where none may be shown."""

    cohort: int
    week: int
    listed: int
    gone: int
    unknown: int
    missed_once: int
    is_reached: bool

    @property
    def n(self) -> int:
        """How many users the share rests on."""
        return self.listed + self.gone

    @property
    def share(self) -> float | None:
        """The share that is kept."""
        return self.listed / self.n if self.is_reached and self.n >= MIN_USERS else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The share's Wilson 95 % interval."""
        return wilson(self.listed, self.n) if self.share is not None else None


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The Wilson 95 % interval of a share."""
    share, square = successes / n, Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return middle - half, middle + half


def cohort(found: Status) -> int | None:
    """The first second of the ISO week that holds the user's whole window; None for a user who is left out.

    Choices: the window is that of M4, not narrowed; the first look ever must be within 7 days of its end, before or
    after, so a returned user is left out unless the return was quick.
    """
    if found.followed_after is None or found.followed_before is None:
        return None
    week = week_start(found.followed_after)
    window = Interval(found.followed_after, found.followed_before)
    is_new = abs(found.first_seen_at - found.followed_before) <= WEEK
    return week if is_new and window.is_inside(Interval(week, week + WEEK)) else None


def left_out(snapshots: Sequence[Snapshot]) -> int:
    """How many users are in no cohort."""
    return sum(cohort(found) is None for found in statuses(snapshots).values())


def is_reached(snapshots: Sequence[Snapshot], start: int, week: int) -> bool:
    """Whether a snapshot of week k is whole or reaches back to the first moment of the cohort's week."""
    return any(
        look.is_whole or (look.covered_from is not None and look.covered_from <= start)
        for look in snapshots
        if week_start(look.started_at) == start + week * WEEK
    )


def kept(snapshots: Sequence[Snapshot], start: int, week: int) -> Kept:
    """M6 of one cohort at one week; week 0 is the cohort's own.

    Choice: states, windows and so the cohort itself are those that were known at the end of week k. Later looks do
    not change a past cell.
    """
    known = [look for look in snapshots if look.started_at < start + (week + 1) * WEEK]
    return _cell(known, statuses(known).values(), start, week)


def _cell(known: Sequence[Snapshot], found: Collection[Status], start: int, week: int) -> Kept:
    """The cell of a cohort at a week, from what was known at the week's end."""
    states = [one.state for one in found if cohort(one) == start]
    return Kept(
        start,
        week,
        sum(state in LISTED for state in states),
        states.count("gone"),
        states.count("unknown"),
        states.count("missed_once"),
        is_reached(known, start, week),
    )


def retention(snapshots: Sequence[Snapshot]) -> list[Kept]:
    """M6 of every cohort known today at every week from its own to the newest snapshot's."""
    if not snapshots:
        return []
    newest = week_start(max(look.started_at for look in snapshots))
    starts = sorted({start for found in statuses(snapshots).values() if (start := cohort(found)) is not None})
    cells = []
    for end in range(starts[0] if starts else newest + WEEK, newest + WEEK, WEEK):
        known = [look for look in snapshots if look.started_at < end + WEEK]
        found = statuses(known).values()
        cells += [_cell(known, found, start, (end - start) // WEEK) for start in starts if start <= end]
    return sorted(cells, key=lambda cell: (cell.cohort, cell.week))
