"""M6: who of a week's new followers is still listed later, with an interval. Bounds per day belong in `joined`."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from tiktok_insights_tests.support.oracle.joined import joining_window
from tiktok_insights_tests.support.oracle.presence import LOOKS, no_longer_reaches, sightings, spells
from tiktok_insights_tests.support.oracle.records import Interval, Snapshot, in_order, users
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


def cohort(snapshots: Sequence[Snapshot], tiktok_id: str) -> int | None:
    """The first second of the ISO week that holds the user's whole window; None for a user who is left out.

    Choices: the window is that of M3, narrowed by what was seen. By itself that of a new user spans days, so nobody
    who joined early in a week would be in its cohort. The first look ever must be within 7 days of its end, before or
    after, so a returned user is left out unless the return was quick.
    """
    window = joining_window(snapshots, tiktok_id)
    if window is None or window.after is None:
        return None
    week = week_start(window.after)
    is_new = abs(sightings(snapshots, tiktok_id)[0][0].started_at - window.before) <= WEEK
    return week if is_new and window.is_inside(Interval(week, week + WEEK)) else None


def cohorts(snapshots: Sequence[Snapshot]) -> dict[int, list[str]]:
    """The users of each cohort."""
    found: dict[int, list[str]] = {}
    for tiktok_id in users(snapshots):
        if (start := cohort(snapshots, tiktok_id)) is not None:
            found.setdefault(start, []).append(tiktok_id)
    return found


def left_out(snapshots: Sequence[Snapshot]) -> int:
    """How many users are in no cohort."""
    return len(users(snapshots)) - sum(map(len, cohorts(snapshots).values()))


def state_at(snapshots: Sequence[Snapshot], tiktok_id: str, moment: int) -> str | None:
    """The state of a user just before a moment, as it is known today; None for a user who is first seen later.

    Choice: what later looks prove counts. A user whom a later look of the same presence shows was listed, and one whom
    two looks miss was gone since the first of them. So neither who stays nor who leaves is counted sooner.
    """
    known = [spell for spell in spells(snapshots, tiktok_id) if spell.shown[0].started_at < moment]
    if not known:
        return None
    last, missed, ordered = known[-1].shown[-1], known[-1].missed, in_order(snapshots)
    if last.started_at >= moment:
        return "listed"
    if missed and missed[0].started_at < moment:
        return "gone" if len(missed) >= LOOKS else "missed_once"
    row = last.row_of(tiktok_id)
    later = [look for look in ordered[ordered.index(last) + 1 :] if look.started_at < moment]
    return "unknown" if row and any(no_longer_reaches(look, row) for look in later) else "listed"


def reaches_back(look: Snapshot, second: int) -> bool:
    """Whether a snapshot is whole or reaches back to a moment."""
    return look.is_whole or (look.covered_from is not None and look.covered_from <= second)


def is_reached(snapshots: Sequence[Snapshot], start: int, week: int) -> bool:
    """Whether a snapshot of week k is whole or reaches back to the first moment of the cohort's week."""
    return any(reaches_back(look, start) for look in snapshots if week_start(look.started_at) == start + week * WEEK)


def kept(snapshots: Sequence[Snapshot], start: int, week: int) -> Kept:
    """M6 of one cohort at one week; week 0 is the cohort's own. Users who are first seen later are not counted."""
    return _cell(snapshots, cohorts(snapshots).get(start, ()), start, week)


def _cell(snapshots: Sequence[Snapshot], members: Sequence[str], start: int, week: int) -> Kept:
    states = [state_at(snapshots, tiktok_id, start + (week + 1) * WEEK) for tiktok_id in members]
    return Kept(
        start,
        week,
        states.count("listed"),
        states.count("gone"),
        states.count("unknown"),
        states.count("missed_once"),
        is_reached(snapshots, start, week),
    )


def retention(snapshots: Sequence[Snapshot]) -> list[Kept]:
    """M6 of every cohort at every week from its own to the newest snapshot's."""
    newest = week_start(max((look.started_at for look in snapshots), default=0))
    return [
        _cell(snapshots, members, start, number)
        for start, members in sorted(cohorts(snapshots).items())
        for number in range((newest - start) // WEEK + 1)
    ]
