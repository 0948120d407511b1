"""The facts of `facts/coverage.py` and of periods and days."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tiktok_insights.dashboard.facts.change import Day, Period
from tiktok_insights.dashboard.facts.coverage import Coverage, Snapshot, States
from tiktok_insights_tests.dashboard.expected.history import History, moment
from tiktok_insights_tests.support.oracle.audience import counts_served
from tiktok_insights_tests.support.oracle.joined import joined
from tiktok_insights_tests.support.oracle.presence import LISTED, Status, departures, spells, statuses
from tiktok_insights_tests.support.oracle.records import Row
from tiktok_insights_tests.support.oracle.records import Snapshot as Look
from tiktok_insights_tests.support.oracle.times import DAY, day_start

CHART_DAYS = 60


def snapshot(history: History, look: Look) -> Snapshot:
    """One snapshot."""
    name, reason = history.classes[look.snapshot_id]
    return Snapshot(
        moment(look.started_at),
        name,
        reason,
        look.users_seen,
        look.users_claimed,
        look.users_seen / look.users_claimed if look.users_claimed else None,
        None if look.is_whole or look.covered_from is None else moment(look.covered_from),
        sum(hole.before - (hole.after or 0) for hole in look.holes),
        len(look.holes),
        *history.requests[look.snapshot_id],
    )


def coverage(history: History, looks: Sequence[Look], listed: Sequence[Row]) -> Coverage:
    """What the banner says. `looks` are in order."""
    lists = [look for look in looks if look.outcome != "window"]
    shown = [look for look in lists if look.rows]
    visible = [look for look in lists if look.outcome != "hidden"]
    hidden = lists[lists.index(visible[-1]) + 1 :] if visible else lists
    kinds = Counter(one.counts_exact if counts_served(one) else "not served" for one in listed)
    return Coverage(
        snapshot(history, lists[-1]) if lists else None,
        snapshot(history, shown[-1]) if shown else None,
        moment(hidden[0].started_at) if hidden else None,
        len(listed),
        kinds[True],
        kinds[False],
        kinds[None],
        kinds["not served"],
    )


def states(looks: Sequence[Look]) -> States:
    """Everybody by state."""
    found = statuses(looks).values()
    counts = Counter(one.state for one in found)
    without = sum(one.state == "unknown" and one.followed_before is None for one in found)
    return States(
        counts["listed"], counts["returned"], counts["missed_once"], counts["gone"], counts["unknown"],
        counts["unknown"] - without, without,
    )  # fmt: skip


def periods(looks: Sequence[Look], lengths: Sequence[int] = (7, 28, 60)) -> dict[int, Period]:
    """The periods of an account."""
    counted = [look for look in looks if look.users_claimed is not None]
    found: dict[int, tuple[int, Look]] = {}
    for days in lengths:
        newest = counted[-1] if counted else None
        if newest is None or not (earlier := [look for look in counted if look.started_at < newest.started_at]):
            return {}
        off, _, base = min(
            ((abs(newest.started_at - look.started_at - days * DAY), -look.started_at, look) for look in earlier),
            key=lambda one: one[:2],
        )
        # The next longer one is left out, too, if an even shorter one is nearer.
        if all(off < other for other, look in found.values() if look is base):
            found[days] = off, base
    return {days: _period(looks, days, base, counted[-1]) for days, (_, base) in found.items()}


def _period(looks: Sequence[Look], days: int, base: Look, newest: Look) -> Period:
    since, until = base.started_at, newest.started_at
    may_lack = any(hole.before > since for hole in newest.holes) or not (
        newest.is_whole or (newest.covered_from is not None and newest.covered_from <= since)
    )
    change = (newest.users_claimed or 0) - (base.users_claimed or 0)
    if not (base.rows and newest.rows):
        numbers: list[int | None] = [None] * 9
        unexplained = None
    else:
        everybody = statuses(looks)
        before = {name for name in everybody if any(_holds(*one, since) for one in presences(looks, everybody[name]))}
        now = Counter(everybody[name].state for name in before)
        new = [
            one
            for name, one in everybody.items()
            if one.state in LISTED and name not in before and list(presences(looks, one))[-1][0] <= until
        ]
        left = {name for name, _, missed in departures(looks) if missed > since}
        numbers = [
            len(new),
            sum(one.followed_before is not None and one.followed_before <= since for one in new),
            len(before),
            now["listed"] + now["returned"],
            now["gone"],
            now["missed_once"],
            now["unknown"],
            sum(everybody[name].state == "returned" for name in before & left),
            sum(one.state == "gone" and one.first_seen_at > since for one in everybody.values()),
        ]
        unexplained = change - len(new) + now["gone"] + now["missed_once"]
    joined_, earlier, before_, still, gone, missed, unknown, returned, came = numbers
    return Period(
        days, moment(since), moment(until), (until - since) / DAY, base.users_claimed or 0, newest.users_claimed or 0,
        joined_, earlier, may_lack, before_, still, gone, missed, unknown, returned, came, unexplained,
    )  # fmt: skip


def presences(looks: Sequence[Look], one: Status) -> Iterator[tuple[int, int | None]]:
    """From when to when a user counts as listed: until a look misses the user, or no longer reaches back."""
    past = spells(looks, one.tiktok_id)
    for spell in past:
        end = spell.missed[0].started_at if spell.missed else None
        yield spell.shown[0].started_at, one.out_of_reach_at if end is None and spell is past[-1] else end


def _holds(start: int, end: int | None, at: int) -> bool:
    return start <= at and (end is None or at < end)


def first_day(looks: Sequence[Look]) -> int:
    """The first second of the charts."""
    return day_start(looks[-1].started_at) - (CHART_DAYS - 1) * DAY if looks else 0


def chart_days(looks: Sequence[Look]) -> Sequence[int]:
    """The days of the charts, by their first seconds."""
    return range(first_day(looks), day_start(looks[-1].started_at) + DAY, DAY) if looks else ()


def days(history: History, account: str, looks: Sequence[Look], wanted: Sequence[int]) -> tuple[Day, ...]:
    """Some days of an account."""
    counts = [(look.started_at, 1, look.users_claimed) for look in looks if look.users_claimed is not None]
    counts += [(at, 0, followers) for at, followers in history.totals.get(account, [])]
    bounds = {one.day: one for one in joined(looks)}
    everybody = statuses(looks).values()
    gone = Counter(day_start(missed) for _, _, missed in departures(looks))
    missed_once = Counter(day_start(one.first_missed_at or 0) for one in everybody if one.state == "missed_once")
    out_of_view = Counter(day_start(one.out_of_reach_at or 0) for one in everybody if one.state == "unknown")
    found = []
    for day in wanted:
        of_day = [look for look in looks if day_start(look.started_at) == day]
        fullest = max(of_day, key=lambda look: (look.users_seen, look.started_at), default=None)
        counted = max((one for one in counts if day_start(one[0]) == day), default=None)
        bound = bounds.get(day)
        found.append(
            Day(
                moment(day),
                counted[2] if counted else None,
                history.classes[fullest.snapshot_id][0] if fullest else None,
                bool(fullest and fullest.holes),
                bound.at_least if bound else None,
                bound.at_most if bound else None,
                gone[day],
                missed_once[day],
                out_of_view[day],
            )
        )
    return tuple(found)
