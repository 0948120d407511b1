"""How visuals look beyond the theme: tables without totals, heat tables, colors of single series and groups."""

from collections.abc import Mapping

from tiktok_insights.powerbi.report.fields import Field, Json
from tiktok_insights.powerbi.report.literals import bare, color, properties
from tiktok_insights.powerbi.report.theme import tokens

Objects = Mapping[str, list[Json]]

#: Totals would add up what must not be added up.
TABLE: Objects = {"total": properties(totals=False)}
#: A slicer that always has one value.
ONE_VALUE: Objects = {"data": properties(mode="Dropdown"), "selection": properties(strictSingleSelect=True)}
SENTENCE: Objects = {
    "labels": properties(fontSize=12.0),
    "categoryLabels": properties(show=False),
    "wordWrap": properties(show=True),
}
TWO_DECIMALS: Objects = {"labels": properties(labelPrecision=2)}
LABELS: Objects = {"labels": properties(show=True)}
PERCENT_LABELS: Objects = {"labels": properties(show=True, labelStyle="Data value, percent of total")}
#: Between these values the axis of a line shows its changes; it does not begin at zero.
NO_TOTALS: Objects = {"subTotals": properties(rowSubtotals=False, columnSubtotals=False)}


def heat(field: Field) -> Objects:
    """Color the cells of a matrix by their number, from the lightest to the strongest color."""
    colors = tokens()
    ends = {end: {"color": {"Literal": {"Value": f"'{colors[name]}'"}}} for end, name in (("min", "h0"), ("max", "h4"))}
    fill = {"FillRule": {"Input": field.expression(), "FillRule": {"linearGradient2": ends}}}
    values = {
        "properties": {"backColor": {"solid": {"color": {"expr": fill}}}},
        "selector": {"data": [{"dataViewWildcard": {"matchingOption": 1}}], "metadata": field.ref},
    }
    return {**NO_TOTALS, "values": [values]}


def series(colors: Mapping[Field, str]) -> Objects:
    """Color the bars of each measure."""
    return {
        "dataPoint": [
            {"properties": {"fill": color(value)}, "selector": {"metadata": field.ref}}
            for field, value in colors.items()
        ]
    }


def groups(field: Field, colors: Mapping[str, str]) -> Objects:
    """Color the slices of each value of a column."""
    return {
        "dataPoint": [
            {"properties": {"fill": color(value)}, "selector": {"data": [{"scopeId": _is(field, name)}]}}
            for name, value in colors.items()
        ]
    }


def _is(field: Field, name: str) -> Json:
    return {"Comparison": {"ComparisonKind": 0, "Left": field.expression(), "Right": bare(name)}}
