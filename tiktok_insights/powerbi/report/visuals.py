"""A visual's file: type, fields in their roles, sort, titles, place. What a page shows belongs in `pages`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tiktok_insights.dashboard.description.model import Kind
from tiktok_insights.powerbi.names import object_name
from tiktok_insights.powerbi.report.fields import Field, Json
from tiktok_insights.powerbi.report.filters import Filter, containers
from tiktok_insights.powerbi.report.literals import literal, properties

SCHEMA = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition/visualContainer/2.4.0/schema.json"

#: What Power BI calls each kind of the description. Without such a visual, the numbers are in a table.
TYPES: Mapping[Kind, str] = {
    Kind.CARDS: "multiRowCard",
    Kind.STACKED_BAR: "hundredPercentStackedBarChart",
    Kind.BARS: "clusteredBarChart",
    Kind.LINE: "lineChart",
    Kind.COLUMNS: "clusteredColumnChart",
    Kind.HEAT_TABLE: "pivotTable",
    Kind.WATERFALL: "tableEx",
    Kind.TIMELINE: "tableEx",
    Kind.SCATTER: "pivotTable",
    Kind.TABLE: "tableEx",
    Kind.FACTS: "multiRowCard",
}
#: Said below the title of a kind that Power BI cannot draw.
INSTEAD: Mapping[Kind, str] = {
    Kind.WATERFALL: "Power BI draws a waterfall of rows only, so this is its table.",
    Kind.TIMELINE: "Power BI has no timeline with holes, so this is its table.",
    Kind.SCATTER: "Power BI has no such map, so its cells are in a table: order of joining to the right, "
    "age of the accounts downward.",
}


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is on a page, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sort:
    """A field by which a visual's rows are in order."""

    field: Field
    is_descending: bool = True


@dataclass(frozen=True, slots=True)
class Drawn:
    """A visual of Power BI. `name` is the one in the description; `alt_text` is read to those who cannot see it."""

    name: str
    type: str
    roles: Mapping[str, tuple[Field, ...]]
    title: str
    alt_text: str
    subtitle: str = ""
    sort: tuple[Sort, ...] = ()
    filters: tuple[Filter, ...] = ()
    objects: Mapping[str, list[Json]] = field(default_factory=dict)
    #: What its numbers mean: the text behind the question mark.
    meaning: str = ""
    #: Slicers of the same group choose the same on all pages.
    sync_group: str = ""


def visual_file(page: str, drawn: Drawn, box: Box, order: int) -> Json:
    """Write a visual's file; it is the `order`th on its page for who goes through it with the keyboard."""
    place: Json = {"x": box.x, "y": box.y, "z": order, "height": box.height, "width": box.width, "tabOrder": order}
    file: Json = {
        "$schema": SCHEMA,
        "name": object_name(page, drawn.name),
        "position": place,
        "visual": _configuration(drawn),
    }
    return {**file, "filterConfig": containers(drawn.filters, page, drawn.name)} if drawn.filters else file


def _configuration(drawn: Drawn) -> Json:
    visual: Json = {
        "visualType": drawn.type,
        "query": _query(drawn),
        "objects": dict(drawn.objects),
        "visualContainerObjects": _container(drawn),
        "drillFilterOtherVisuals": True,
    }
    if drawn.sync_group:
        visual["syncGroup"] = {"groupName": drawn.sync_group, "fieldChanges": True, "filterChanges": True}
    return visual


def _query(drawn: Drawn) -> Json:
    state: Json = {
        role: {"projections": [field.projection() for field in fields]} for role, fields in drawn.roles.items()
    }
    if not drawn.sort:
        return {"queryState": state}
    order = [
        {"field": one.field.expression(), "direction": "Descending" if one.is_descending else "Ascending"}
        for one in drawn.sort
    ]
    return {"queryState": state, "sortDefinition": {"sort": order}}


def _container(drawn: Drawn) -> Json:
    subtitle = properties(show=True, text=drawn.subtitle, titleWrap=True) if drawn.subtitle else properties(show=False)
    meaning: Json = {}
    if drawn.meaning:
        meaning["visualHeader"] = properties(showTooltipButton=True)
        meaning["visualHeaderTooltip"] = properties(text=drawn.meaning)
    return {
        **meaning,
        "title": properties(show=True, text=drawn.title) if drawn.title else properties(show=False),
        "subTitle": subtitle,
        "general": [{"properties": {"altText": literal(drawn.alt_text)}}],
    }
