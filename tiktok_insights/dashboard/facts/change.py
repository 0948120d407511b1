"""What changes in an account over time: periods, days, weeks, cohorts and bursts (M2 to M6, M11)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """What changed between two snapshots: change = joined - gone - missed_once + unexplained (M5).

    All from `joined` on are None if there is no list at the end or at the beginning of the period.
    """

    days: int
    #: The snapshot nearest to the chosen number of days before the newest one.
    since: datetime
    until: datetime
    days_between: float
    from_count: int
    to_count: int
    #: On the newest list, and not listed at `since`.
    joined: int | None
    #: True if the newest list does not reach back to `since`, so that more may have joined.
    joined_is_at_least: bool
    #: Listed at `since`; the next four are where they are now, and add up to it. `still_listed` includes `returned`.
    listed_before: int | None
    still_listed: int | None
    gone: int | None
    missed_once: int | None
    unknown: int | None
    #: Listed at `since`, gone after it, and listed again.
    returned: int | None
    #: First listed after `since`, and gone again.
    came_and_went: int | None
    unexplained: int | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an account's charts, by its first second."""

    day: datetime
    #: TikTok's count in the day's last snapshot or look; None without one.
    claimed: int | None
    #: The class of the day's fullest list; None if no snapshot was taken.
    list: str | None
    has_holes: bool
    #: Bounds of who joined and is still listed (M3); None if no snapshot covers the day.
    at_least: int | None
    at_most: int | None
    #: By the day of the first miss: gone for certain, and missed once until now.
    gone: int
    missed_once: int
    #: Users whom the list of this day no longer reached, and whose state is unknown since.
    out_of_view: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A cell of the retention table: a cohort after some weeks (M6)."""

    week: int
    n: int
    unknown: int
    share: float | None
    share_from: float | None
    share_to: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """The users who joined in the week that begins at `start`, a Monday."""

    start: datetime
    users: int
    kept: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week of an account: the equation of M5, and the share of several signs among those who joined in it (M10).

    `start` is its Monday. Numbers of the equation are None without two lists.
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
    """A burst of an account (M11). `others_*` are the same numbers of everybody else, to compare with."""

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
