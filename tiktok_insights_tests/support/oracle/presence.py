"""M4: who is listed, who is gone, and of whom it is unknown. What is counted from it belongs in the other metrics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tiktok_insights_tests.support.oracle.records import Row, Snapshot, in_order, users

#: Looks that miss a user who is gone.
LOOKS = 2
#: Classes of snapshots that walked to the list's end or cap.
TO_THE_END = ("whole", "cut")
#: States of users who are on the list, as far as anyone knows.
LISTED = ("listed", "returned")


@dataclass(frozen=True)
class Spell:
    """One uninterrupted presence of a user: the looks that show the user, then the later ones that miss them."""

    shown: tuple[Snapshot, ...]
    missed: tuple[Snapshot, ...]


@dataclass(frozen=True)
class Status:
    """The state of one user, as of the newest snapshot; its windows are those of the last snapshot that shows them."""

    tiktok_id: str
    user_name: str | None
    state: str
    first_seen_at: int
    last_seen_at: int
    first_missed_at: int | None
    out_of_reach_at: int | None
    followed_after: int | None
    followed_before: int | None
    row: Row


def reaches(look: Snapshot, row: Row) -> bool:
    """Whether a snapshot reaches back to a user's window.

    Choice: a comparison with an unknown time is never true, so a row without a window (another producer's file) is
    reached by no snapshot, and a list without `covered_from` reaches a window only if it is whole.
    """
    if row.followed_before is None or look.covered_to is None:
        return False
    if look.is_whole:
        return True
    return (
        row.followed_after is not None
        and look.covered_from is not None
        and row.followed_after >= look.covered_from
    )  # fmt: skip


def is_blocked(look: Snapshot, row: Row) -> bool:
    """Whether a hole of a snapshot touches a user's window."""
    return row.window is not None and any(hole.touches(row.window) for hole in look.holes)


def would_have_shown(look: Snapshot, row: Row) -> bool:
    """Whether a later snapshot would have shown the user of a row, if the user were still listed."""
    if row.followed_before is None or look.covered_to is None:
        return False
    return row.followed_before <= look.covered_to and reaches(look, row) and not is_blocked(look, row)


def no_longer_reaches(look: Snapshot, row: Row) -> bool:
    """Whether a later walk to the list's end or cap leaves it unknown whether the user is still listed.

    Choice: so does a whole list for a user whose window is unknown, since the user may not be called gone.
    """
    return look.covered_to is not None and look.outcome in TO_THE_END and not reaches(look, row)


def sightings(snapshots: Iterable[Snapshot], tiktok_id: str) -> list[tuple[Snapshot, Row]]:
    """The snapshots that show a user, with the user's row, in order."""
    found = ((snapshot, snapshot.row_of(tiktok_id)) for snapshot in in_order(snapshots))
    return [(snapshot, row) for snapshot, row in found if row is not None]


def _missing(snapshots: Sequence[Snapshot], shown: Snapshot, row: Row, until: Snapshot | None) -> list[Snapshot]:
    """The snapshots between two that show a user (or after the last) that would have shown the user."""
    ordered = in_order(snapshots)
    between = ordered[ordered.index(shown) + 1 : None if until is None else ordered.index(until)]
    return [look for look in between if would_have_shown(look, row)]


def spells(snapshots: Sequence[Snapshot], tiktok_id: str) -> list[Spell]:
    """The presences of a user: a user who was gone and is shown again begins another one.

    A look that misses the user once, before the next that shows them, is in no spell.
    """
    seen = sightings(snapshots, tiktok_id)
    found: list[Spell] = []
    shown: list[Snapshot] = []
    for number, (snapshot, row) in enumerate(seen):
        shown.append(snapshot)
        is_last = number + 1 == len(seen)
        missed = _missing(snapshots, snapshot, row, None if is_last else seen[number + 1][0])
        if is_last or len(missed) >= LOOKS:
            found.append(Spell(tuple(shown), tuple(missed)))
            shown = []
    return found


def status(snapshots: Sequence[Snapshot], tiktok_id: str) -> Status:
    """M4 of one user whom a snapshot shows.

    Choices: times are `started_at` of the snapshots; `first_seen_at` is the first time ever, also of a returned user;
    `first_missed_at` is empty unless the user is missed once or gone; unknown wins over returned. `out_of_reach_at` may
    be set in both of these states, too.
    """
    seen = sightings(snapshots, tiktok_id)
    past = spells(snapshots, tiktok_id)
    last, row = seen[-1]
    missed = past[-1].missed
    ordered = in_order(snapshots)
    out_of_reach = [look for look in ordered[ordered.index(last) + 1 :] if no_longer_reaches(look, row)]
    if missed:
        state = "gone" if len(missed) >= LOOKS else "missed_once"
    elif out_of_reach:
        state = "unknown"
    else:
        state = "returned" if len(past) > 1 else "listed"
    return Status(
        tiktok_id,
        row.user_name,
        state,
        seen[0][0].started_at,
        last.started_at,
        missed[0].started_at if missed else None,
        out_of_reach[0].started_at if out_of_reach else None,
        row.followed_after,
        row.followed_before,
        row,
    )


def statuses(snapshots: Sequence[Snapshot]) -> dict[str, Status]:
    """M4 of every user of an account ever seen."""
    return {tiktok_id: status(snapshots, tiktok_id) for tiktok_id in users(snapshots)}


def listed_rows(snapshots: Sequence[Snapshot]) -> list[Row]:
    """The last rows of the users who are on the list."""
    return [found.row for found in statuses(snapshots).values() if found.state in LISTED]


def departures(snapshots: Sequence[Snapshot]) -> list[tuple[str, int, int]]:
    """Each time a user was gone: id, last snapshot that shows them, first that misses them; also if they returned."""
    return [
        (tiktok_id, spell.shown[-1].started_at, spell.missed[0].started_at)
        for tiktok_id in users(snapshots)
        for spell in spells(snapshots, tiktok_id)
        if len(spell.missed) >= LOOKS
    ]
