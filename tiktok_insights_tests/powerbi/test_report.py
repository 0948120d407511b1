"""The report's committed files, through every gate, and what of the description they show."""

import pytest

from tiktok_insights.dashboard.description import PAGES
from tiktok_insights.dashboard.description.model import Page, Visual
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.powerbi.model.measures import MEASURES
from tiktok_insights.powerbi.report.fields import Field
from tiktok_insights.powerbi.report.pages import SHOWN, pages
from tiktok_insights_tests.powerbi.gates import authoring, bindings, placing, references, schemas
from tiktok_insights_tests.powerbi.gates.files import pages as page_files
from tiktok_insights_tests.support.documents import ROOT

FOLDER = ROOT / "powerbi"
#: Tables that every visual may show: whose numbers, and of which day.
DIMENSIONS = {"ACCOUNT_COVERAGE", "DATES"}
VISUALS = [pytest.param(page, visual, id=f"{page.name}-{visual.name}") for page in PAGES for visual in page.visuals]


def test_every_file_is_as_microsofts_schemas_say() -> None:
    """Power BI Desktop refuses a project of which a file is not."""
    assert schemas.problems(FOLDER) == []


def test_every_field_is_in_the_model_and_in_a_role_that_the_visual_has() -> None:
    """A visual with a field that is missing shows an error instead."""
    assert bindings.problems(FOLDER) == []


def test_every_visual_has_a_place_of_its_own_and_can_be_reached() -> None:
    """On its page, over no other, in the order of the keyboard, with a text for who cannot see it."""
    assert placing.problems(FOLDER) == []


def test_every_reference_leads_somewhere() -> None:
    """Folders, resources, the theme, literals and filters."""
    assert references.problems(FOLDER) == []


@pytest.mark.browser
def test_microsofts_validator_finds_nothing() -> None:
    """It knows the types, roles and properties of Power BI's visuals."""
    assert authoring.problems(FOLDER) == []


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


@pytest.mark.parametrize(("page", "visual"), VISUALS)
def test_a_number_of_one_row_is_shown_where_one_row_is_left(page: Page, visual: Visual) -> None:
    """What a visual groups by, filters and lets choose tells the rows of the mart apart: else the number is blank."""
    shown = SHOWN[page.name][visual.name]
    fields = [field for role in shown.roles.values() for field in role]
    keys = {mart.view: set(mart.key) for mart in all_marts()}
    chosen = {"ACCOUNT_ID"} | ({"DAYS"} if any(one.follows_period for one in page.visuals) else set())
    grouped = {(field.table, field.name) for field in fields if not field.is_measure}
    for field in fields:
        if field.is_measure and f"COUNTROWS({field.table}) = 1" in dax_of(field):
            by = {name for table, name in grouped if table in (field.table, "DATES")}
            assert keys[field.table] <= by | (chosen if field.table == "ACCOUNT_PERIODS" else {"ACCOUNT_ID"}), field


def dax_of(field: Field) -> str:
    """The DAX of a measure."""
    return next(one.expression for one in MEASURES[field.table] if one.name == field.name)
