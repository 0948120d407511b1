"""The facts of `facts/people.py`."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

from tiktok_insights.dashboard.facts.people import (
    Care,
    Cell,
    Group,
    HeartsOfName,
    NewFollower,
    Person,
    Ranked,
    Signs,
    Total,
    Who,
)
from tiktok_insights.dashboard.reading.people import IDS_DO_NOT_SAY, NO_LIST, NO_PLACES
from tiktok_insights_tests.dashboard.expected.growth import share
from tiktok_insights_tests.dashboard.expected.history import moment
from tiktok_insights_tests.support.oracle import audience, signs
from tiktok_insights_tests.support.oracle.profiles import newest_list
from tiktok_insights_tests.support.oracle.records import Row, Snapshot
from tiktok_insights_tests.support.oracle.times import WEEK

TOP = 20
NAMES = {
    "default_handle": "default handle",
    "follows_many": "follows many more",
    "never_liked": "never liked",
    "was_young": "young when joined",
    "same_age": "same age",
    "at_limit": "at the follow limit",
}


def groups(values: Sequence[Hashable], names: dict[Hashable, str], *, may_show: bool) -> tuple[Group, ...]:
    """Groups of all values."""
    found = Counter(values)
    return tuple(
        Group(name, found[value], len(values), share(found[value], len(values), may_show=may_show))
        for value, name in names.items()
    )


def person(one: Row) -> Person:
    """A user."""
    return Person(one.tiktok_id, one.user_name, one.nick_name)


def most(rows: Sequence[Row], value: Callable[[Row], int | None]) -> tuple[Ranked, ...]:
    """The users with the most of something."""
    placed = sorted((-(value(one) or 0), one.tiktok_id, one) for one in rows if value(one))
    return tuple(Ranked(person(one), -negative) for negative, _, one in placed[:TOP])


def total(rows: Sequence[Row], value: Callable[[Row], int | None]) -> Total:
    """A sum of what is known."""
    known = [count for one in rows if (count := value(one)) is not None]
    return Total(sum(known), len(known))


def most_hearts(rows: Sequence[Row]) -> tuple[HeartsOfName, ...]:
    """The nicknames with the most likes."""
    known = [one for one in rows if one.hearts is not None]
    names = {one.nick_name for one in known}
    found = [
        HeartsOfName(name, len(same), sum(one.hearts or 0 for one in same))
        for name in names
        if (same := [one for one in known if one.nick_name == name])
    ]
    found.sort(key=lambda one: (-one.hearts, -one.users, one.nick_name is None, one.nick_name or ""))
    return tuple(one for one in found if one.hearts)[:TOP]


def who(looks: Sequence[Snapshot], listed: Sequence[Row], *, may_show: bool) -> Who:
    """Who is listed."""
    served = [one for one in listed if audience.counts_served(one)]
    unserved = len(listed) - len(served)
    tiers = [audience.SMALLEST, *(name for _, name in reversed(audience.TIERS))]
    with_band = [one for one in listed if audience.band(one.following)]
    as_of = max((look.started_at for look in looks), default=0)
    by_id = {one.tiktok_id: one for one in listed}

    def not_served(count: int) -> Group:
        return Group("not served", count, len(listed), share(count, len(listed), may_show=may_show))

    bands = (
        *groups(
            [audience.band(one.following) for one in with_band],
            {name: name for _, name in reversed(audience.BANDS)},
            may_show=may_show,
        ),
        not_served(len(listed) - len(with_band)),
    )
    return Who(
        users=len(listed),
        followers=total(served, lambda one: one.followers),
        following=total(served, lambda one: one.following),
        hearts=total(served, lambda one: one.hearts),
        privacy=groups(
            [one.is_private for one in listed], {False: "public", True: "private", None: "unknown"}, may_show=may_show
        ),
        verification=groups(
            [one.is_verified for one in listed],
            {True: "verified", False: "not verified", None: "unknown"},
            may_show=may_show,
        ),
        most_followed=most(served, lambda one: one.followers),
        follow_most=most(served, lambda one: one.following),
        most_hearts=most_hearts(served),
        most_videos=most(served, lambda one: one.videos),
        tiers=(
            *groups(
                [audience.tier(one.followers) for one in served], {name: name for name in tiers}, may_show=may_show
            ),
            not_served(unserved),
        ),
        # An account without a finished snapshot has none.
        bands=bands if looks else (),
        notable=sum(audience.is_notable(one.followers) for one in listed),
        new=tuple(_new(by_id[one.tiktok_id], one) for one in audience.most_followed_new(looks)),
        new_users=sum((one.followed_after or 0) >= as_of - WEEK for one in listed),
    )


def _new(row: Row, found: audience.NewFollower) -> NewFollower:
    return NewFollower(person(row), row.followers, row.following, row.hearts, row.videos, found.seen_before)


def signs_of(rows: Sequence[Row], everyone: Sequence[Row], *, may_show: bool) -> Signs:
    """Classes and signs of some of the listed users."""
    same_age = signs.same_age_groups(everyone)
    classes = Counter(signs.sign_class(one, same_age) for one in rows)
    known = len(rows) - classes["cannot say"]
    answers = [signs.signs(one, same_age) for one in rows]
    return Signs(
        len(rows),
        (
            *(
                Group(name, classes[name], known, share(classes[name], known, may_show=may_show))
                for name in ("none", "one", "several")
            ),
            Group(
                "cannot say",
                classes["cannot say"],
                len(rows),
                share(classes["cannot say"], len(rows), may_show=may_show),
            ),
        ),
        tuple(
            Group(name, has, sure, share(has, sure, may_show=may_show))
            for sign, name in NAMES.items()
            for has, sure in [
                (sum(one[sign] is True for one in answers), sum(one[sign] is not None for one in answers))
            ]
        ),
    )


def care(looks: Sequence[Snapshot], listed: Sequence[Row], *, may_show: bool) -> Care:
    """What is unusual about them."""
    joined = {days: signs.recent(listed, looks, days) for days in signs.STRETCHES}
    activity = audience.public_activity(listed)
    cells, reason = _map(newest_list(looks))
    return Care(
        signs_of(listed, listed, may_show=may_show),
        signs_of(joined[28], listed, may_show=may_show),
        signs_of(joined[90], listed, may_show=may_show),
        activity.considered,
        activity.no_activity,
        share(activity.no_activity, activity.considered, may_show=may_show),
        cells,
        reason,
    )


def _map(newest: Snapshot | None) -> tuple[tuple[Cell, ...], str | None]:
    if newest is None or not newest.rows:
        return (), NO_LIST
    found = signs.follower_map(newest.rows)
    if not found.is_shown:
        return (), IDS_DO_NOT_SAY
    cells = tuple(Cell(*place, users, moment(found.first[place])) for place, users in sorted(found.cells.items()))
    return cells, None if cells else NO_PLACES
