"""The rows of PRESENCE_SPELLS that the oracle of the insights expects of some snapshots.

What a spell is belongs in `oracle/presence.py`; which snapshots there are, in `history.py`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tiktok_insights_tests.support.oracle.joined import first_of_the_follow
from tiktok_insights_tests.support.oracle.presence import Spell, no_longer_reaches, sightings, spells
from tiktok_insights_tests.support.oracle.records import Row, Snapshot, in_order, users

_FIRST = datetime(1970, 1, 1)  # noqa: DTZ001 - UTC, as TIMESTAMP_NTZ is

SpellRow = tuple[Any, ...]


def ticks(time: datetime | None) -> int | None:
    """A time for the oracle, which compares whole numbers: microseconds, since LOOKED_AT has them."""
    return None if time is None else (time - _FIRST) // timedelta(microseconds=1)


def moment(time: int | None) -> datetime | None:
    """The time again as the tables have it."""
    return None if time is None else _FIRST + timedelta(microseconds=time)


def spell_rows(snapshots: Sequence[Snapshot], cut: int | None = None) -> list[SpellRow]:
    """The rows of one account, whose snapshots are named by the keys of their objects; those before the cut expired."""
    ordered = [look for look in in_order(snapshots) if cut is None or look.started_at >= cut]
    expired = [look for look in snapshots if look not in ordered]
    rows: list[SpellRow] = []
    for tiktok_id in users(ordered):
        seen = sightings(ordered, tiktok_id)
        found = spells(ordered, tiktok_id)
        for number, spell in enumerate(found, start=1):
            until = found[number].shown[0] if number < len(found) else None
            row = _spell_row(ordered, seen, spell, until)
            if number == 1 and expired and may_be_older(expired, ordered, seen[0]):
                row = (None, None, *row[2:])
            rows.append((ordered[0].account_id, tiktok_id, number, *row))
    return rows


def may_be_older(expired: Sequence[Snapshot], retained: Sequence[Snapshot], sighting: tuple[Snapshot, Row]) -> bool:
    """Whether a user may have been listed by a snapshot that has expired, by the first sighting that is retained."""
    look, row = sighting
    listed_until = max(one.started_at if one.covered_to is None else one.covered_to for one in expired)
    followed_before_it = row.followed_before is not None and row.followed_before <= listed_until
    followed_after_it = row.followed_after is not None and row.followed_after > listed_until
    return followed_before_it or (look == retained[0] and not followed_after_it)


def _spell_row(
    ordered: list[Snapshot], seen: list[tuple[Snapshot, Row]], spell: Spell, until: Snapshot | None
) -> SpellRow:
    """The columns after the key; `until` is the snapshot that begins the user's next spell."""
    shown = [(look, row) for look, row in seen if look in spell.shown]
    (first, _), (last, row) = shown[0], shown[-1]
    joined, joined_row = first_of_the_follow(shown)
    later = ordered[ordered.index(last) + 1 : None if until is None else ordered.index(until)]
    out_of_reach = [look for look in later if no_longer_reaches(look, row)]
    return (
        *_look(first), *_look(last), moment(row.followed_after), moment(row.followed_before), _look(joined)[0],
        moment(joined_row.followed_after), moment(joined_row.followed_before),
        *[_look(look)[0] for look in spell.missed[:2]], *[None] * (2 - len(spell.missed)),
        _look(out_of_reach[0])[0] if out_of_reach else None,
    )  # fmt: skip  # in the order of the columns


def _look(snapshot: Snapshot) -> tuple[datetime | None, str]:
    return moment(snapshot.started_at), snapshot.snapshot_id
