"""What of the dashboard's description the report shows. That its files are sound is in `test_mutants`."""

import pytest

from tiktok_insights.dashboard.description import PAGES
from tiktok_insights.dashboard.description.model import Page, Visual
from tiktok_insights.powerbi.report.pages import SHOWN, pages
from tiktok_insights_tests.powerbi.gates.files import pages as page_files
from tiktok_insights_tests.support.documents import ROOT

FOLDER = ROOT / "powerbi"
#: Tables that every visual may show: whose numbers, and of which day.
DIMENSIONS = {"ACCOUNT_COVERAGE", "DATES"}
VISUALS = [pytest.param(page, visual, id=f"{page.name}-{visual.name}") for page in PAGES for visual in page.visuals]


def test_the_pages_are_overview_and_those_of_the_dashboard() -> None:
    """With their titles, in their order, and each visual that is described."""
    titles = [page.title for page in pages()]
    assert titles == ["Overview", *(page.title for page in PAGES)]
    assert {page.page["displayName"] for page in page_files(FOLDER)} == set(titles)
    assert {name: list(shown) for name, shown in SHOWN.items()} == {
        page.name: [visual.name for visual in page.visuals] for page in PAGES
    }


@pytest.mark.parametrize(("page", "visual"), VISUALS)
def test_a_visual_shows_what_is_described(page: Page, visual: Visual) -> None:
    """Its fields are of the marts that the description names."""
    described = {source.mart.upper() for source in visual.sources}
    fields = [field for role in SHOWN[page.name][visual.name].roles.values() for field in role]
    assert {field.table for field in fields} - DIMENSIONS <= described
