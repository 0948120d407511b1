"""Random looks at one account: lists of every kind, in which users come, leave and return; the same for the same seed.

Rows, windows and what is covered fit together, as a walk over pages gives them. How a list is read from the API belongs
in the fake API, and truth about who left in its worlds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, WEEK, at

START = at("2026-03-01 12:00")
#: Kinds of looks, as often as they stand here.
KINDS = ("whole", "whole", "whole", "cut", "cut", "cut", "cut", "partial", "window", "hidden", "foreign")
_NAMES = ("ann", "user123", 'O\'Neill, "Bo"', "é😀", "NULL", None)


@dataclass(frozen=True)
class _Follow:
    """One follow of a user, from a second to another one (excluded)."""

    tiktok_id: str
    since: int
    until: int


def _follows(draw: Random, users: int, end: int) -> list[_Follow]:
    found = []
    for _ in range(users):
        # Some accounts are old, some were created shortly before they followed; some ids say nothing.
        since = START + draw.randrange(-8 * WEEK, end - START)
        created = since - draw.choice([2 * DAY, 300 * DAY]) - draw.randrange(DAY)
        tiktok_id = str(draw.choice([created << 32 | draw.getrandbits(32), draw.randrange(1, 10**9)]))
        until = since + draw.choice([WEEK, 2 * WEEK, 50 * WEEK, 50 * WEEK]) + draw.randrange(DAY)
        found.append(_Follow(tiktok_id, since, until))
        if draw.random() < 0.3:
            found.append(_Follow(tiktok_id, until + draw.randrange(HOUR, WEEK), until + 50 * WEEK))
    return found


def random_looks(
    seed: int,
    account_id: str,
    kinds: tuple[str, ...] = KINDS,
    *,
    users: int = 150,
    count: int = 14,
    bursts: Sequence[tuple[int, int, int]] = (),
) -> list[Snapshot]:
    """Looks at an account, oldest first, mostly a day apart. A burst is its first second, users, and seconds."""
    draw = Random(f"{seed} {account_id}")  # noqa: S311 - repeatable, not secret
    times = [START]
    while len(times) < count:
        times.append(times[-1] + draw.choice([DAY, DAY, DAY, 3 * DAY, WEEK]) + draw.randrange(-2 * HOUR, 2 * HOUR))
    follows = _follows(draw, users, times[-1]) + [one for burst in bursts for one in _burst(draw, *burst)]
    profiles = {
        one.tiktok_id: Row(
            one.tiktok_id,
            user_name=draw.choice(_NAMES),
            is_private=draw.choice([False, False, True, None]),
            is_verified=draw.choice([False, False, True, None]),
            followers=draw.choice([None, 0, 12, 5_000, 250_000, 2_000_000]),
            following=draw.choice([None, 0, 3, 700, 1_700, 6_000, 9_950]),
            videos=draw.choice([None, 0, 5]),
            likes_given=draw.choice([None, 0, 9]),
        )
        for one in follows
    }
    # Drawn apart, so that the worlds stay what they were before these.
    more = Random(f"more {seed} {account_id}")  # noqa: S311 - repeatable, not secret
    profiles = {
        tiktok_id: replace(
            row,
            nick_name=more.choice(_NAMES),
            hearts=more.choice([None, 0, 40, 1_000]),
            counts_exact=more.choice([True, True, False, None]),
        )
        for tiktok_id, row in profiles.items()
    }
    later = {**profiles, **_changed(Random(seed), profiles)}  # noqa: S311 - repeatable, not secret
    half = times[count // 2]
    return [
        _look(draw, account_id, draw.choice(kinds), time, follows, profiles if time < half else later) for time in times
    ]


def _burst(draw: Random, second: int, users: int, seconds: int) -> list[_Follow]:
    """Users of nearly the same age who follow within some seconds; a part of them leaves again."""
    return [
        _Follow(
            str((second - 90 * DAY + draw.randrange(9 * DAY)) << 32 | draw.getrandbits(32)),
            since := second + draw.randrange(seconds),
            since + draw.choice([WEEK, 50 * WEEK, 50 * WEEK]),
        )
        for _ in range(users)
    ]


def _changed(draw: Random, profiles: dict[str, Row]) -> dict[str, Row]:
    """Other handles and verifications of some users; some are no longer known."""
    return {
        tiktok_id: replace(row, user_name=draw.choice([*_NAMES, "bo"]), is_verified=draw.choice([False, True, None]))
        for tiktok_id, row in profiles.items()
        if draw.random() < 0.1
    }


def _look(
    draw: Random, account_id: str, kind: str, time: int, follows: list[_Follow], profiles: dict[str, Row]
) -> Snapshot:
    listed = sorted(
        (one for one in follows if one.since < time < one.until), key=lambda one: (-one.since, one.tiktok_id)
    )
    claimed = len(listed) + draw.randrange(3)
    bare = Snapshot(f"{time:012}", time, kind, users_claimed=claimed, covered_to=time, account_id=account_id)
    if kind == "hidden":
        return bare
    if kind == "foreign":
        rows = tuple(replace(profiles[one.tiktok_id], extracted_at=time) for one in listed)
        return replace(bare, outcome="whole", covered_to=None, users_claimed=None, users_seen=len(rows), rows=rows)
    size = draw.choice([7, 10])
    if kind != "whole":
        listed = listed[: draw.randrange(1, max(2, len(listed) // size)) * size]
    rows_, cursor = _rows(listed, size, time, profiles)
    holes: tuple[Interval, ...] = ()
    if rows_ and kind in ("cut", "partial") and draw.random() < 0.3:
        hidden = draw.choice(rows_)
        holes = (Interval(hidden.followed_after, hidden.followed_before or time),)
        rows_ = tuple(row for row in rows_ if row.window != hidden.window)
    return replace(bare, is_whole=kind == "whole", covered_from=cursor, holes=holes, users_seen=len(rows_), rows=rows_)


def _rows(listed: list[_Follow], size: int, time: int, profiles: dict[str, Row]) -> tuple[tuple[Row, ...], int | None]:
    """The rows of some pages, and the last page's cursor: the follow time of its last row."""
    rows: dict[str, Row] = {}
    asked, cursor = time + 1, None
    for first in range(0, len(listed), size):
        page = listed[first : first + size]
        cursor = page[-1].since
        for one in page:
            # A user who is on two pages stays where they were read last.
            rows.pop(one.tiktok_id, None)
            rows[one.tiktok_id] = replace(
                profiles[one.tiktok_id],
                followed_after=cursor,
                followed_before=asked,
                list_position=len(rows) + 1,
                extracted_at=time,
            )
        asked = cursor if cursor < asked else asked
    return tuple(rows.values()), cursor
