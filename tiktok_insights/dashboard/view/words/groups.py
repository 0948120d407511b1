"""How groups of people are said: small ones, their shares, and why there is no share.

Which shares may be shown is decided where facts are read; a share of None stays none here.
"""

from collections.abc import Sequence

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.people import Group
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import Html, join, tag
from tiktok_insights.dashboard.view.words.accounts import is_too_little
from tiktok_insights.insights.thresholds import VALUES
from tiktok_insights.insights.words import filled

#: Groups of users of whom nothing is known, by the names that facts give them.
_UNKNOWN = frozenset({"unknown", "not served", "cannot say"})


def people(users: int) -> str:
    """Give a number of people; a small group is not counted."""
    if not users:
        return "none"
    return filled("under {min_group}") if users < VALUES["min_group"] else numbers.count(users)


def is_unknown(group: Group) -> bool:
    """Whether it is the group of those of whom nothing is known."""
    return group.name in _UNKNOWN


def named(groups: Sequence[Group], name: str) -> Group:
    """Give the group of a name, or an empty one."""
    return next((group for group in groups if group.name == name), Group(name, 0, 0, None))


def with_share(group: Group) -> Html:
    """Give the people of a group and, if there is one, their share."""
    shown = numbers.count(group.users) if is_unknown(group) else people(group.users)
    return Html(shown) if group.share is None else join((shown, " ", tag("span", numbers.share(group.share, 1))))


def why_no_share(account: Account, known: int) -> str:
    """Say why there is no share among so many people."""
    last = account.coverage.last_list
    if last is not None and is_too_little(last):
        return "No shares here: the list shows too few of the followers."
    if known < VALUES["min_users"]:
        return filled("No shares here: these are fewer than {min_users} people, too few for a share.")
    return filled("No shares here: one of the groups has under {min_group} people.")
