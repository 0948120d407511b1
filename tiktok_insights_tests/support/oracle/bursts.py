"""M11: hours in which unusually many joined, and what is said beside them. Cohorts of weeks belong in `retention`."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log
from statistics import quantiles

from tiktok_insights_tests.support.oracle.joined import joining_window
from tiktok_insights_tests.support.oracle.presence import spells
from tiktok_insights_tests.support.oracle.records import Interval, Snapshot, covers_day, users
from tiktok_insights_tests.support.oracle.retention import MIN_USERS, reaches_back, state_at
from tiktok_insights_tests.support.oracle.signs import created_at
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, WEEK, day_start

MIN_JOINED = 100
TIMES = 5
MAX_P = 1e-4
DAYS = 28
#: When it is counted who of a burst was kept.
KEPT_AFTER = 14 * DAY


@dataclass(frozen=True)
class Burst:
    """Neighboring hours that are bursts: first second, end (excluded), how many joined in them."""

    start: int
    end: int
    joined: int


def at_least_by_chance(count: int, rate: float) -> float:
    """The Poisson probability of `count` or more where `rate` are usual."""
    if rate <= 0:
        return 0.0 if count else 1.0
    below = sum(exp(number * log(rate) - rate - lgamma(number + 1)) for number in range(count))
    return max(0.0, 1.0 - below)


def is_burst(count: int, rate: float) -> bool:
    """Whether so many in an hour are a burst."""
    return count >= MIN_JOINED and count >= TIMES * rate and at_least_by_chance(count, rate) < MAX_P


def bursts(snapshots: Sequence[Snapshot]) -> list[Burst]:
    """M11 of an account.

    Choices: a user joined in the hour that holds the whole (narrowed) window, whatever the state is now; others are
    in no hour. The usual rate is that of the last 28 covered days before the hour's own day; without any there is no
    burst. It counts the users whose whole window is inside these days.
    """
    hours, by_day = joined_by(snapshots, HOUR), joined_by(snapshots, DAY)
    found: list[Burst] = []
    for hour, count in sorted(hours.items()):
        rate = usual_rate(snapshots, by_day, day_start(hour))
        if rate is None or not is_burst(count, rate):
            continue
        if found and found[-1].end == hour:
            found[-1] = Burst(found[-1].start, hour + HOUR, found[-1].joined + count)
        else:
            found.append(Burst(hour, hour + HOUR, count))
    return found


def joined_by(snapshots: Sequence[Snapshot], length: int) -> dict[int, int]:
    """How many joined in each hour or day that holds the whole window."""
    windows = [joining_window(snapshots, tiktok_id) for tiktok_id in users(snapshots)]
    starts = [
        window.after // length * length
        for window in windows
        if window is not None and window.after is not None and window.before <= window.after // length * length + length
    ]
    return dict(Counter(starts))


def usual_rate(snapshots: Sequence[Snapshot], by_day: dict[int, int], day: int) -> float | None:
    """Users an hour over the last 28 covered days before a day; looks back as far as 10 times as many days."""
    candidates = (day - number * DAY for number in range(1, 10 * DAYS + 1))
    covered = [one for one in candidates if any(covers_day(look, one) for look in snapshots)][:DAYS]
    return sum(by_day.get(one, 0) for one in covered) / (24 * len(covered)) if covered else None


def members(snapshots: Sequence[Snapshot], burst: Burst) -> list[str]:
    """The users who joined in the hours of a burst."""
    windows = {tiktok_id: joining_window(snapshots, tiktok_id) for tiktok_id in users(snapshots)}
    hours = [Interval(hour, hour + HOUR) for hour in range(burst.start, burst.end, HOUR)]
    return [
        tiktok_id for tiktok_id, window in windows.items() if window and any(window.is_inside(hour) for hour in hours)
    ]


@dataclass(frozen=True)
class KeptOfBurst:
    """How many of a burst are listed, and gone, some days after it; the share is None where none may be shown."""

    listed: int
    gone: int
    share: float | None


def kept_of(snapshots: Sequence[Snapshot], burst: Burst) -> KeptOfBurst | None:
    """Who of a burst was kept after 14 days; None while these are not over.

    Choice: as in M6, a look of the last 7 of these days must be whole or reach back to the burst's first moment.
    """
    end = burst.end + KEPT_AFTER
    if all(look.started_at < end for look in snapshots):
        return None
    seen = [one for one in members(snapshots, burst) if spells(snapshots, one)[-1].shown[0].started_at < end]
    states = [state_at(snapshots, tiktok_id, end) for tiktok_id in seen]
    listed, gone = states.count("listed"), states.count("gone")
    near = [look for look in snapshots if end - WEEK <= look.started_at < end]
    may_show = listed + gone >= MIN_USERS and any(reaches_back(look, burst.start) for look in near)
    return KeptOfBurst(listed, gone, listed / (listed + gone) if may_show else None)


def spread_of_ages(ids: Sequence[str]) -> tuple[int, float | None]:
    """How many creation times are known, and in how many days the middle half of them is.

    Choice: the spread is the distance between the quartiles, and needs 30 users, as a share does.
    """
    created = [made for tiktok_id in ids if (made := created_at(tiktok_id)) is not None]
    if len(created) < MIN_USERS:
        return len(created), None
    first, _, third = quantiles(created, n=4, method="inclusive")
    return len(created), (third - first) / DAY
