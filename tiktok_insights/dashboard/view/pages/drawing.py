"""The pages: each draws the visuals that the description names for it, for one account or for all together.

A page's module has `drawn(account)`, its sentences and its visuals by name; and `together(facts)` if it has a visual
for all accounts. The order, titles and notes are the description's.
"""

from collections.abc import Callable, Mapping

from tiktok_insights.dashboard.description import PAGES
from tiktok_insights.dashboard.facts.account import Account, Facts
from tiktok_insights.dashboard.view.html import Html, tag
from tiktok_insights.dashboard.view.pages import care, coverage, growth, today, who
from tiktok_insights.dashboard.view.pages.layout import Drawn, page

#: By the page's name: its sentences and visuals for one account.
DRAWN: Mapping[str, Callable[[Account], Drawn]] = {
    "today": today.drawn,
    "growth": growth.drawn,
    "who": who.drawn,
    "care": care.drawn,
    "coverage": coverage.drawn,
}
#: By the page's name: its visuals for all accounts.
TOGETHER: Mapping[str, Callable[[Facts], Mapping[str, Html]]] = {
    "today": today.together,
    "coverage": coverage.together,
}


def pages_of(account: Account, number: int) -> list[Html]:
    """All pages of an account; `number` is its place in the file."""
    return [page(described, number, DRAWN[described.name](account)) for described in PAGES]


def together(facts: Facts) -> list[Html]:
    """What stands below the pages of every account."""
    found = [(name, draw(facts)) for name, draw in TOGETHER.items()]
    return [tag("section", *visuals.values(), data_page=name, class_="together") for name, visuals in found]
