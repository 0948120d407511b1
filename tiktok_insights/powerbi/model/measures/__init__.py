"""The measures of the model: a module for each page has its measures by table. Tables are in `tables`."""

from collections.abc import Mapping
from dataclasses import replace

from tiktok_insights.powerbi.model.measures.care import MEASURES as CARE
from tiktok_insights.powerbi.model.measures.coverage import MEASURES as COVERAGE
from tiktok_insights.powerbi.model.measures.growth import MEASURES as GROWTH
from tiktok_insights.powerbi.model.measures.overview import MEASURES as OVERVIEW
from tiktok_insights.powerbi.model.measures.today import MEASURES as TODAY
from tiktok_insights.powerbi.model.measures.who import MEASURES as WHO
from tiktok_insights.powerbi.model.objects import Measure

#: Pages are folders in the list of a table's measures.
_PAGES = {"Overview": OVERVIEW, "Today": TODAY, "Growth": GROWTH, "Who": WHO, "Care": CARE, "Coverage": COVERAGE}


def _measures() -> dict[str, tuple[Measure, ...]]:
    found: dict[str, tuple[Measure, ...]] = {}
    for folder, page in _PAGES.items():
        for table, measures in page.items():
            found[table] = (*found.get(table, ()), *(replace(measure, folder=folder) for measure in measures))
    return found


#: By the name of the table in which Power BI lists them.
MEASURES: Mapping[str, tuple[Measure, ...]] = _measures()
