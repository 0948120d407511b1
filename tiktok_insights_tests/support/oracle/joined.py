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


def first_of_the_follow(shown: Sequence[tuple[Snapshot, Row]]) -> tuple[Snapshot, Row]:
    """Of the looks of one presence, the first since which each window touches the one before."""
    first, window = shown[0], shown[0][1].window
    for look, row in shown[1:]:
        if window is None or row.window is None or not row.window.touches(window):
            first = look, row
        window = row.window
    return first


def joining_window(snapshots: Sequence[Snapshot], tiktok_id: str) -> Interval | None:
    """When a user began to follow, narrowed by what was seen; None without a window.

    Choices: of the newest presence, the first look of the newest follow says when the user joined, so that a small
    account's windows do not grow until today; what the last look says counts, too, as far as they agree. It is narrowed
    by the looks before that presence that would have shown the user: the user was not listed then, so joined later.
    """
    spell = spells(snapshots, tiktok_id)[-1]
    seen = [(look, row) for look, row in sightings(snapshots, tiktok_id) if look in spell.shown]
    first, window = first_of_the_follow(seen)[1].window, seen[-1][1].window
    if first is None or window is None:
        return None
    if first.touches(window):
        after = max((time for time in (first.after, window.after) if time is not None), default=None)
        window = Interval(after, min(first.before, window.before))
    ordered = in_order(snapshots)
    starts = [
        look.covered_to
        for look in ordered[: ordered.index(seen[0][0])]
        if look.covered_to is not None and _narrows(look, window)
    ]
    return Interval(max([*starts, *([] if window.after is None else [window.after])], default=None), window.before)


def _narrows(look: Snapshot, window: Interval) -> bool:
    """Whether a look proves that a user who was not listed then joined after it.

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
