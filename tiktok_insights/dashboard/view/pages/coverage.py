"""The page Coverage."""

from collections.abc import Mapping

from tiktok_insights.dashboard.description import page_of, visual_of
from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.view.components import empty, frame, lead
from tiktok_insights.dashboard.view.html import Html
from tiktok_insights.dashboard.view.pages.layout import Drawn


def drawn(account: Account) -> Drawn:
    """The page of an account."""
    del account
    soon = {
        visual.name: frame(visual, empty("Not drawn yet."))
        for visual in page_of("coverage").visuals
        if visual.per_account
    }
    return Drawn(lead(()), soon)


def together(facts: Facts) -> Mapping[str, Html]:
    """The table of shared followers."""
    del facts
    visual = visual_of("coverage", "shared")
    return {visual.name: frame(visual, empty("Not drawn yet."))}
