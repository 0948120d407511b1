"""The description of the dashboard, held against the marts and against the view that is made from it."""

import pytest

from tiktok_insights.dashboard.description import DEFINITIONS, PAGES, Page, Visual
from tiktok_insights.dashboard.facts.account import Facts
from tiktok_insights.dashboard.view.pages.drawing import DRAWN, TOGETHER
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights_tests.dashboard import support_facts

COLUMNS = {mart.name: {column.name for column in mart.columns} for mart in all_marts()}
VISUALS = [pytest.param(page, visual, id=f"{page.name}-{visual.name}") for page in PAGES for visual in page.visuals]


def sources_that_no_mart_has(visual: Visual) -> list[str]:
    """The marts and fields of a visual that there are not."""
    fields = {f"{source.mart}.{field}" for source in visual.sources for field in source.fields}
    return sorted(fields - {f"{mart}.{column}" for mart, columns in COLUMNS.items() for column in columns})


@pytest.mark.parametrize(("page", "visual"), VISUALS)
def test_a_visual_shows_fields_of_marts(page: Page, visual: Visual) -> None:
    """Each mart and field exists, and it is in order by fields that it shows."""
    assert visual.sources, page.name
    assert sources_that_no_mart_has(visual) == []
    shown = {field for source in visual.sources for field in source.fields}
    assert {part.split()[0] for part in visual.sort.split(", ") if part} <= shown


@pytest.mark.parametrize(("page", "visual"), VISUALS)
def test_a_visual_has_a_definition(page: Page, visual: Visual) -> None:
    """Behind its question mark is a text."""
    assert visual.definition in {definition.name for definition in DEFINITIONS}, page.name


def test_names_are_distinct() -> None:
    """Of pages, of the visuals of a page, and of definitions."""
    for names in (
        [page.name for page in PAGES],
        [definition.name for definition in DEFINITIONS],
        *([visual.name for visual in page.visuals] for page in PAGES),
    ):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_view_draws_what_is_described_and_nothing_else(page: Page) -> None:
    """Every visual of a page has its drawing, and no drawing lacks a visual."""
    facts: Facts = support_facts.facts()
    each = {visual.name for visual in page.visuals if visual.per_account}
    for account in facts.accounts:
        assert DRAWN[page.name](account).visuals.keys() == each
    both = {visual.name for visual in page.visuals if not visual.per_account}
    assert (TOGETHER[page.name](facts).keys() if page.name in TOGETHER else set()) == both


def test_no_number_in_a_definition_is_left_unfilled() -> None:
    """The thresholds stand where their words were."""
    for definition in DEFINITIONS:
        assert "{" not in definition.text + definition.more
