"""The bar of groups of people: 100 % in parts, or only their numbers where no share may be shown."""

from collections.abc import Sequence

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.view.components import Part, hundred_bar, keys, note
from tiktok_insights.dashboard.view.html import Html, join
from tiktok_insights.dashboard.view.words.groups import why_no_share


def shares(account: Account, parts: Sequence[Part], known: int) -> Html:
    """A bar of the parts; without one the reason, since a bar itself would show shares."""
    if any(part.share is not None for part in parts):
        return hundred_bar(parts)
    return join((keys(parts), note(why_no_share(account, known))))
