"""M10 and M12: what is unusual about users, and when accounts were created. Bursts belong in `bursts`."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tiktok_insights_tests.support.oracle.audience import counts_served
from tiktok_insights_tests.support.oracle.joined import joining_window
from tiktok_insights_tests.support.oracle.presence import listed_rows
from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot
from tiktok_insights_tests.support.oracle.times import DAY, WEEK, at, week_start

#: Ids say when an account was created if the time is at or after this.
FIRST_CREATION = at("2014-01-01")
YOUNG = 7 * DAY
FOLLOW_LIMIT = 9_900
MANY = 1_000
MANY_TIMES = 50
#: A smaller group is not shown, so it is none.
SAME_AGE_GROUP = 10
CELLS = 60
#: The account's own days with which all are compared.
STRETCHES = (28, 90)
#: With a larger share of accounts created after they followed, the rule for ids has changed.
MAX_IMPOSSIBLE = 0.005


def created_at(tiktok_id: str) -> int | None:
    """When an account was created, from its id; None if that is not known. No id has more than 63 bits."""
    second = int(tiktok_id) >> 32 if tiktok_id.isdecimal() else 0
    return second if FIRST_CREATION <= second < 2**31 else None


def was_young(row: Row) -> bool | None:
    """Whether the account was younger than 7 days when it joined; None if the window holds both answers."""
    created = created_at(row.tiktok_id)
    if created is None or row.followed_before is None:
        return None
    if row.followed_before - created <= YOUNG:
        return True
    if row.followed_after is not None and row.followed_after - created >= YOUNG:
        return False
    return None


def same_age_groups(rows: Iterable[Row]) -> dict[int, int]:
    """The UTC days on which at least 10 of the users were created, and how many.

    Choice: the definitions name same-age groups, but do not say what one is.
    """
    days = Counter(created // DAY for row in rows if (created := created_at(row.tiktok_id)) is not None)
    return {day: count for day, count in days.items() if count >= SAME_AGE_GROUP}


def signs(row: Row, groups: Mapping[int, int]) -> dict[str, bool | None]:
    """The six signs of a user: true, false or None for cannot say."""
    served, following, followers = counts_served(row), row.following or 0, row.followers or 0
    created = created_at(row.tiktok_id)
    return {
        "default_handle": None if row.user_name is None else re.fullmatch(r"user[0-9]+", row.user_name) is not None,
        "follows_many": following >= MANY and following >= MANY_TIMES * followers if served else None,
        "never_liked": None if row.likes_given is None or not served else row.likes_given == 0,
        "was_young": was_young(row),
        "same_age": None if created is None else created // DAY in groups,
        "at_limit": following >= FOLLOW_LIMIT if served else None,
    }


def sign_class(row: Row, groups: Mapping[int, int]) -> str:
    """The class of a user.

    Choice: a private user, one whose counts were not served, or of whom it is unknown whether they are private is
    "cannot say", whatever the other signs; otherwise a sign that cannot be said counts as none.
    """
    if row.is_private is not False or not counts_served(row) or row.likes_given is None:
        return "cannot say"
    return ("none", "one", "several")[min(2, sum(sign is True for sign in signs(row, groups).values()))]


def recent(rows: Iterable[Row], snapshots: Sequence[Snapshot], days: int) -> list[Row]:
    """Those who joined in the account's own last days.

    Choices: as in M8, the whole window must be in them. They end with the newest snapshot that shows anybody: after
    it no one is known to have joined.
    """
    as_of = max((look.started_at for look in snapshots if look.rows), default=0)
    return [row for row in rows if row.followed_after is not None and row.followed_after >= as_of - days * DAY]


def classes_by_week(snapshots: Sequence[Snapshot]) -> dict[int | None, Counter[str]]:
    """The classes of the listed users by the ISO week in which they joined; None for those of an unknown week.

    Choice: the week that holds the whole window of M3, as in M6.
    """
    listed = listed_rows(snapshots)
    groups = same_age_groups(listed)
    found: dict[int | None, Counter[str]] = {}
    for row in listed:
        window = joining_window(snapshots, row.tiktok_id)
        week = None
        if window is not None and window.after is not None:
            start = week_start(window.after)
            week = start if window.is_inside(Interval(start, start + WEEK)) else None
        found.setdefault(week, Counter())[sign_class(row, groups)] += 1
    return found


@dataclass(frozen=True)
class FollowerMap:
    """M12: users in each cell (order of joining, order of creation), and whether it may be shown."""

    cells: dict[tuple[int, int], int]
    #: When the first account of each cell was created.
    first: dict[tuple[int, int], int]
    unknown: int
    impossible: int
    is_shown: bool


def follower_map(rows: Sequence[Row]) -> FollowerMap:
    """M12 of the users of a list.

    Choices: the first axis is the rank from oldest to newest among users with a known creation, in 60 equal parts;
    the second the creation time between the first and the last one. An account is created after it followed if the
    creation is at or after the end of the window. The share is of the users with known creation and window.
    """
    known = [(row, made) for row in rows if row.list_position and (made := created_at(row.tiktok_id)) is not None]
    known.sort(key=lambda one: -(one[0].list_position or 0))
    first = min((made for _, made in known), default=0)
    span = max((made for _, made in known), default=0) - first + 1
    places = [(rank * CELLS // len(known), (made - first) * CELLS // span) for rank, (_, made) in enumerate(known)]
    firsts: dict[tuple[int, int], int] = {}
    for place, (_, made) in zip(places, known, strict=True):
        firsts[place] = min(made, firsts.get(place, made))
    impossible = sum(row.followed_before is not None and made >= row.followed_before for row, made in known)
    return FollowerMap(
        dict(Counter(places)),
        firsts,
        len(rows) - len(known),
        impossible,
        is_shown=impossible <= MAX_IMPOSSIBLE * len(known),
    )
