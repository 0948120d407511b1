"""The page Who."""

from tiktok_insights.dashboard.description import page_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.view.components import empty, frame, lead
from tiktok_insights.dashboard.view.pages.layout import Drawn


def drawn(account: Account) -> Drawn:
    """The page of an account."""
    del account
    soon = {visual.name: frame(visual, empty("Not drawn yet.")) for visual in page_of("who").visuals}
    return Drawn(lead(()), soon)
