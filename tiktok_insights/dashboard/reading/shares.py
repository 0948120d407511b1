"""Which shares may be shown, and how certain they are: the same rules as in the marts.

Shares that a mart gives are taken from it. A count belongs in SQL.
"""

from tiktok_insights.dashboard.facts.people import Group
from tiktok_insights.dashboard.intervals import wilson
from tiktok_insights.insights.thresholds import VALUES

MIN_USERS = int(VALUES["min_users"])
_MIN_GROUP = int(VALUES["min_group"])


def share(users: int, known: int, *, is_too_little: bool) -> float | None:
    """The share of users whose group is known; None if these or the group are too few, or the list is too little."""
    may_show = not is_too_little and known >= MIN_USERS and users >= _MIN_GROUP
    return users / known if may_show else None


def group(name: str, users: int, known: int, *, is_too_little: bool) -> Group:
    """A group of the users of whom it is known whether they are in it."""
    return Group(name, users, known, share(users, known, is_too_little=is_too_little))


def interval(share: float | None, n: int) -> tuple[float | None, float | None]:
    """The Wilson 95 % interval of a share of n users."""
    return (None, None) if share is None else wilson(share, n)
