"""The measures of the model: a module for each page has its measures by table. Tables are in `tables`."""

from collections.abc import Mapping
from dataclasses import replace

from tiktok_insights.powerbi.model.measures import care, coverage, growth, overview, today, who
from tiktok_insights.powerbi.model.objects import Measure

#: Pages are folders in the list of a table's measures.
_PAGES = {"Overview": overview, "Today": today, "Growth": growth, "Who": who, "Care": care, "Coverage": coverage}


def _measures() -> dict[str, tuple[Measure, ...]]:
    found: dict[str, tuple[Measure, ...]] = {}
    for folder, page in _PAGES.items():
        for table, measures in page.MEASURES.items():
            found[table] = (*found.get(table, ()), *(replace(measure, folder=folder) for measure in measures))
    return found


#: By the name of the table in which Power BI lists them.
MEASURES: Mapping[str, tuple[Measure, ...]] = _measures()
