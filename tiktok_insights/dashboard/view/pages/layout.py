"""How a page is put together: question, sentences, and the visuals in the order of the description."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tiktok_insights.dashboard.description import Page
from tiktok_insights.dashboard.view.html import Html, join, tag
from tiktok_insights.insights.thresholds import PERIODS


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a page shows of an account: its sentences, and its visuals by their names in the description."""

    lead: Html
    visuals: Mapping[str, Html]


def page(described: Page, number: int, drawn: Drawn) -> Html:
    """A page of an account. Every visual of the description must be there; one without anything to show is empty."""
    visuals = (drawn.visuals[visual.name] for visual in described.visuals if visual.per_account)
    return tag(
        "section",
        tag("h2", described.question),
        tag("p", described.scope, class_="scope"),
        drawn.lead,
        tag("div", join(visuals), class_="grid"),
        id=address(described.name, number),
        class_="page",
        data_page=described.name,
    )


def address(page_name: str, number: int) -> str:
    """The id of an account's page; those of the first account are what the tabs point to without scripts."""
    return f"{page_name}-{number}" if number else page_name


def by_period(make: Callable[[int], Html]) -> Html:
    """Draw for each period, of which the script shows the chosen one; only once if the period changes nothing."""
    made = {days: make(days) for days in PERIODS}
    if len(set(made.values())) == 1:
        return made[PERIODS[0]]
    return join(tag("div", content, data_period=days) for days, content in made.items())
