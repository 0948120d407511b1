"""What the dashboard consists of: pages, their visuals in order, titles, fields, sort, and what each number means.

The HTML file is made from this, and Power BI pages will be. How a visual looks belongs in `view/`.
"""

from tiktok_insights.dashboard.description.definitions import DEFINITIONS
from tiktok_insights.dashboard.description.model import Definition, Page, Source, Visual
from tiktok_insights.dashboard.description.pages import PAGES

__all__ = ["DEFINITIONS", "PAGES", "Definition", "Page", "Source", "Visual", "page_of", "visual_of"]


def page_of(name: str) -> Page:
    """The page of a name."""
    return next(page for page in PAGES if page.name == name)


def visual_of(page: str, name: str) -> Visual:
    """The visual of a name on a page."""
    return next(visual for visual in page_of(page).visuals if visual.name == name)
