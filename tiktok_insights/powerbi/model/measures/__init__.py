"""The measures of the model: add a module for each page, and its measures to the mapping. Tables are in `tables`."""

from collections.abc import Mapping

from tiktok_insights.powerbi.model.objects import Measure

#: By the name of the table in which Power BI lists them.
MEASURES: Mapping[str, tuple[Measure, ...]] = {}
