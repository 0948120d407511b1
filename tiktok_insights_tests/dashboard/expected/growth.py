"""The facts of weeks, cohorts and bursts."""

from collections import Counter
from collections.abc import Mapping, Sequence

from tiktok_insights.dashboard.facts.change import Burst, Cohort, Kept, Week
from tiktok_insights_tests.dashboard.expected.history import moment
from tiktok_insights_tests.support.oracle import bursts as oracle
from tiktok_insights_tests.support.oracle.growth import bridges
from tiktok_insights_tests.support.oracle.joined import joining_window
from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot, users
from tiktok_insights_tests.support.oracle.retention import MIN_USERS, retention, wilson
from tiktok_insights_tests.support.oracle.signs import same_age_groups, sign_class
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, WEEK, day_start, week_start

CHART_WEEKS = 12
MIN_GROUP = 10


def share(part: int, known: int, *, may_show: bool) -> float | None:
    """A share, where one may be shown."""
    return part / known if may_show and known >= MIN_USERS and part >= MIN_GROUP else None


def classes(listed: Sequence[Row]) -> Mapping[str, str]:
    """The class of each user's signs."""
    groups = same_age_groups(listed)
    return {one.tiktok_id: sign_class(one, groups) for one in listed}


def weeks(looks: Sequence[Snapshot], listed: Sequence[Row], *, may_show: bool) -> tuple[Week, ...]:
    """The weeks of the charts."""
    if not looks:
        return ()
    last = week_start(looks[-1].started_at)
    at = {look.snapshot_id: look.started_at for look in looks}
    signs, steps = classes(listed), bridges(looks)
    windows = {one.tiktok_id: window for one in listed if (window := joining_window(looks, one.tiktok_id)) is not None}
    found = []
    for start in range(last - (CHART_WEEKS - 1) * WEEK, last + WEEK, WEEK):
        inside = [one for one in steps if week_start(at[one.later]) == start]
        change, joined, gone, unexplained = (
            sum(getattr(one, name) for one in inside) if inside else None
            for name in ("change", "joined", "gone", "unexplained")
        )
        new = Counter(
            signs[name] for name, window in windows.items() if window.is_inside(Interval(start, start + WEEK))
        )
        several, known = new["several"], new.total() - new["cannot say"]
        part = share(several, known, may_show=may_show)
        bounds = (None, None) if part is None else wilson(several, known)
        found.append(Week(moment(start), change, joined, gone, unexplained, several, known, part, *bounds))
    return tuple(found)


def cohorts(looks: Sequence[Snapshot]) -> tuple[Cohort, ...]:
    """The cohorts of the charts."""
    first = week_start(looks[-1].started_at) - (CHART_WEEKS - 1) * WEEK if looks else 0
    found: dict[int, list[Kept]] = {}
    sizes: dict[int, int] = {}
    for cell in retention(looks):
        if cell.cohort >= first:
            bounds = cell.interval or (None, None)
            kept = Kept(cell.week, cell.n, cell.unknown, cell.missed_once, cell.share, *bounds)
            found.setdefault(cell.cohort, []).append(kept)
            # The last week has everybody of the cohort.
            sizes[cell.cohort] = cell.n + cell.unknown + cell.missed_once
    return tuple(Cohort(moment(start), sizes[start], tuple(found[start])) for start in sorted(found, reverse=True))


def bursts(looks: Sequence[Snapshot], listed: Sequence[Row], *, may_show: bool) -> tuple[Burst, ...]:
    """The bursts of an account, newest first."""
    found, signs, by_day = oracle.bursts(looks), classes(listed), oracle.joined_by(looks, DAY)
    inside = {one for burst in found for one in oracle.members(looks, burst)}
    outside = [one for one in users(looks) if one not in inside]
    others_kept = kept_of_others(looks, {week_start(burst.start) for burst in found})
    told = []
    for burst in reversed(found):
        members, kept = oracle.members(looks, burst), oracle.kept_of(looks, burst)
        rates = [oracle.usual_rate(looks, by_day, day_start(hour)) for hour in range(burst.start, burst.end, HOUR)]
        told.append(
            Burst(
                moment(burst.start),
                moment(burst.end),
                burst.joined,
                max(rate for rate in rates if rate is not None),
                kept.share if kept else None,
                others_kept,
                *_signs(members, signs, may_show=may_show),
                _signs(outside, signs, may_show=may_show)[2],
                oracle.spread_of_ages(members)[1],
                oracle.spread_of_ages(outside)[1],
            )
        )
    return tuple(told)


def _signs(members: Sequence[str], signs: Mapping[str, str], *, may_show: bool) -> tuple[int, int, float | None]:
    found = Counter(signs[one] for one in members if one in signs)
    several, known = found["several"], found.total() - found["cannot say"]
    return several, known, share(several, known, may_show=may_show)


def kept_of_others(looks: Sequence[Snapshot], weeks_with_bursts: set[int]) -> float | None:
    """The share of all other cohorts that is listed in the second week after."""
    cells = [
        cell for cell in retention(looks) if cell.week == 2 and cell.is_reached and cell.cohort not in weeks_with_bursts
    ]
    n = sum(cell.n for cell in cells)
    return sum(cell.listed for cell in cells) / n if n >= MIN_USERS else None
