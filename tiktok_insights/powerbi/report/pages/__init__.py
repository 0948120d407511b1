"""The report's pages: Overview, and those of the description. What each visual shows is in the page's module."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tiktok_insights.dashboard.description import PAGES
from tiktok_insights.dashboard.description.model import Page
from tiktok_insights.powerbi.report.layout import Tile, grid, page_height, top
from tiktok_insights.powerbi.report.pages.banner import ACCOUNT, BANNER, banner, slicers
from tiktok_insights.powerbi.report.pages.care import VISUALS as CARE
from tiktok_insights.powerbi.report.pages.coverage import VISUALS as COVERAGE
from tiktok_insights.powerbi.report.pages.growth import VISUALS as GROWTH
from tiktok_insights.powerbi.report.pages.overview import NAME, QUESTION, SCOPE, TITLE, visuals
from tiktok_insights.powerbi.report.pages.today import VISUALS as TODAY
from tiktok_insights.powerbi.report.pages.who import VISUALS as WHO
from tiktok_insights.powerbi.report.showing import Showing, drawn
from tiktok_insights.powerbi.report.visuals import Box, Drawn

#: By the page's name in the description, and the visual's.
SHOWN: Mapping[str, Mapping[str, Showing]] = {
    "today": TODAY,
    "growth": GROWTH,
    "who": WHO,
    "care": CARE,
    "coverage": COVERAGE,
}
#: What limits a page, where the HTML limits it otherwise.
_SCOPES: Mapping[str, str] = {
    "today": "Compares the newest snapshot with the one nearest to the start of the period. If that is blank, choose "
    "a shorter period.",
    "growth": "Charts show all days; the period changes only whether the change adds up.",
    "coverage": "All snapshots. The period does not change this page.",
}


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A page with its visuals in the order of the keyboard, and their places."""

    name: str
    title: str
    visuals: tuple[Drawn, ...]
    boxes: tuple[Box, ...]
    #: What a click on a visual would change wrongly, so it does not: by the names of the two.
    unheard: tuple[tuple[str, str], ...] = ()

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return page_height(self.boxes)


def pages() -> tuple[ReportPage, ...]:
    """Make all pages."""
    return (_overview(), *map(_described, PAGES))


def _overview() -> ReportPage:
    shown, tiles = zip(*visuals(), strict=True)
    head = (*slicers(has_period=False), banner(QUESTION, SCOPE))
    return _page(NAME, TITLE, head, shown, tiles)


def _described(page: Page) -> ReportPage:
    described = page.visuals
    shown = [drawn(visual, SHOWN[page.name][visual.name]) for visual in described]
    tiles = [Tile(one.type, visual.width) for one, visual in zip(shown, described, strict=True)]
    has_period = any(visual.follows_period for visual in described)
    head = (*slicers(has_period=has_period), banner(page.question, _SCOPES.get(page.name, page.scope)))
    return _page(page.name, page.title, head, shown, tiles, tuple(one.name for one in described if not one.per_account))


def _page(
    name: str,
    title: str,
    head: Sequence[Drawn],
    shown: Sequence[Drawn],
    tiles: Sequence[Tile],
    of_all_accounts: tuple[str, ...] = (),
) -> ReportPage:
    boxes = (*top(len(head) - 1), *grid(tiles))
    return ReportPage(
        name, title, (*head, *shown), boxes, tuple(_unheard([one.name for one in shown], of_all_accounts))
    )


def _unheard(names: Sequence[str], of_all_accounts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Say which clicks change nothing: what the numbers rest on follows the slicers only, and so do accounts."""
    yield from ((ACCOUNT, name) for name in of_all_accounts)
    yield from ((name, BANNER) for name in names)
    yield from ((source, name) for source in of_all_accounts for name in names if name != source)
