"""What changes in an account over time: periods, days, weeks, cohorts and bursts (M2 to M6, M11)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """What changed between two snapshots with a count: change = joined - gone - missed_once + unexplained (M5).

    States are as known today. A user counts as listed at a moment from the first snapshot of a presence until a
    snapshot misses them or no longer reaches back to them. All from `joined` on are None if the snapshot at the end or
    at the beginning of the period shows nobody.
    """

    days: int
    #: The snapshot nearest to the chosen number of days before the newest one; of two, the later.
    since: datetime
    until: datetime
    days_between: float
    from_count: int
    to_count: int
    #: Listed now, since a moment after `since`.
    joined: int | None
    #: Of these, who had followed before `since`, and was only not seen then: the list was shorter, or had a hole.
    joined_earlier: int | None
    #: True if the newest list does not reach back to `since`, or has a hole after it, so that more may have joined.
    joined_is_at_least: bool
    #: Listed at `since`; the next four are where they are now, and add up to it. `still_listed` includes `returned`.
    listed_before: int | None
    still_listed: int | None
    gone: int | None
    missed_once: int | None
    unknown: int | None
    #: Listed at `since`, gone after it, and listed again now.
    returned: int | None
    #: First seen ever after `since`, and gone.
    came_and_went: int | None
    unexplained: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an account's charts, by its first second."""

    day: datetime
    #: TikTok's count in the day's last snapshot or look; None without one.
    claimed: int | None
    #: The class of the day's fullest list; None without a snapshot, and for a file from another source.
    list: str | None
    #: Whether that list has holes.
    has_holes: bool
    #: Bounds of who joined and is still listed (M3); None if no snapshot covers the day.
    at_least: int | None
    at_most: int | None
    #: By the day of the first miss: gone for certain (also who is back), and missed once until now.
    gone: int
    missed_once: int
    #: Users whom a list of this day was the first not to reach, and whose state is unknown since.
    out_of_view: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell of the retention table: a cohort after some weeks (M6). Week 0 is the cohort's own."""

    week: int
    #: Users the share rests on: listed or gone.
    n: int
    unknown: int
    missed_once: int
    share: float | None
    share_from: float | None
    share_to: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """The users who joined in the week that begins at `start`, a Monday."""

    start: datetime
    users: int
    #: By week, from 0 to the newest snapshot's.
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week of an account: the equation of M5, and the share of several signs among those who joined in it (M10).

    `start` is its Monday. The equation is the sum over the pairs of neighboring lists of which the later one is in the
    week, so it says how many joined and how many are gone, also if they are the same people. Its numbers are None
    without such a pair. In the week of the newest list, who is missed once is gone.
    """

    start: datetime
    change: int | None
    joined: int | None
    gone: int | None
    unexplained: int | None
    #: Listed users who joined in the week for certain: those with several signs, and those whose signs can be told.
    several: int
    signs_known: int
    share_several: float | None
    share_from: float | None
    share_to: float | None


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst of an account (M11). `others_*` are the same numbers of everybody else, to compare with.

    `others_kept` is the share of the cohorts of all weeks without a burst that was listed at the end of their second
    week after; None if fewer than 30 users are in these.
    """

    started_at: datetime
    ended_at: datetime
    joined: int
    usual: float | None
    share_kept: float | None
    others_kept: float | None
    several: int
    signs_known: int
    share_several: float | None
    others_several: float | None
    ages_spread_days: float | None
    others_spread_days: float | None
