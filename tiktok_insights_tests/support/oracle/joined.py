"""M3: how many joined on a day and are still listed, with bounds. Whether they stay belongs in `retention`."""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights_tests.support.oracle.presence import LISTED, is_blocked, sightings, spells, statuses
from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot, covers_day, in_order
from tiktok_insights_tests.support.oracle.times import DAY, day_start

#: States of users of whom it is not known whether they are still listed.
OPEN = ("missed_once", "unknown")


@dataclass(frozen=True)
class Joined:
    """One UTC day of an account, by its first second."""

    day: int
    at_least: int
    at_most: int


def joining_window(snapshots: Sequence[Snapshot], tiktok_id: str) -> Interval | None:
    """When a user began to follow, narrowed by what was seen; None without a window.

    Choices: of the newest presence, the first look whose window touches that of the last look says when the user
    joined, so that a small account's windows do not grow until today. The part common to both is narrowed by the
    newest snapshot before that look that would have shown the user and did not.
    """
    spell = spells(snapshots, tiktok_id)[-1]
    seen = [(look, row) for look, row in sightings(snapshots, tiktok_id) if look in spell.shown]
    last = seen[-1][1].window
    if last is None:
        return None
    touching = [(look, row.window) for look, row in seen if row.window is not None and row.window.touches(last)]
    first, window = touching[0]
    after = max((time for time in (window.after, last.after) if time is not None), default=None)
    common = Interval(after, min(window.before, last.before))
    ordered = in_order(snapshots)
    for look in reversed(ordered[: ordered.index(first)]):
        if look.row_of(tiktok_id) is None and _narrows(look, common) and look.covered_to is not None:
            return Interval(max(look.covered_to, common.after or look.covered_to), common.before)
    return common


def _narrows(look: Snapshot, window: Interval) -> bool:
    """Whether a look proves that a user whom it does not show joined after it.

    Choice: a look that covers the whole window proves nothing of that kind; a hidden or dead account has come back.
    """
    if look.covered_to is None or look.covered_to >= window.before:
        return False
    row = Row("", window.after, window.before)
    is_reached = look.is_whole or (
        window.after is not None and look.covered_from is not None and window.after >= look.covered_from
    )
    return is_reached and not is_blocked(look, row)


def joined(snapshots: Sequence[Snapshot]) -> list[Joined]:
    """M3 of every covered day from the first that a window touches; whole lists cover all days before them.

    Choices: a day is covered if one snapshot covers all of it. At least counts only users who are listed, at most
    also those missed once or unknown: so both are bounds of "joined and still listed". A user without a window
    counts in neither, one who joined long ago only where narrowed.
    """
    certain: list[Interval] = []
    possible: list[Interval] = []
    for tiktok_id, found in statuses(snapshots).items():
        window = joining_window(snapshots, tiktok_id)
        if window is None or found.state not in LISTED + OPEN:
            continue
        possible.append(window)
        if found.state in LISTED:
            certain.append(window)
    starts = [window.after for window in possible if window.after is not None]
    ends = [look.covered_to for look in snapshots if look.covered_to is not None]
    if not starts or not ends:
        return []
    days = range(day_start(min(starts)), day_start(max(ends)) + DAY, DAY)
    return [
        Joined(
            day,
            sum(window.is_inside(Interval(day, day + DAY)) for window in certain),
            sum(window.touches(Interval(day, day + DAY)) for window in possible),
        )
        for day in days
        if any(covers_day(look, day) for look in snapshots)
    ]
