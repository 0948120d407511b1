"""The filters of visuals and slicers: some values, none that is blank, the first of an order."""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.powerbi.names import object_name
from tiktok_insights.powerbi.report.fields import Field, Json
from tiktok_insights.powerbi.report.literals import bare

_SOURCE = "t"
_TOP = "top"
_DESCENDING = 2
_SUBQUERY = 2


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of a visual: the type that Power BI shows, and the definition."""

    field: Field
    type: str
    definition: Json

    def container(self, *place: str) -> Json:
        """The filter in a visual's list; `place` tells it apart from all others of the report."""
        return {
            "name": object_name(*place, "filter", self.field.ref, self.type),
            "field": self.field.expression(),
            "type": self.type,
            "filter": self.definition,
        }


def one_of(field: Field, *values: str | int) -> Filter:
    """Only rows with one of these values."""
    condition = {"In": {"Expressions": [field.expression(_SOURCE)], "Values": [[bare(value)] for value in values]}}
    return Filter(field, "Categorical", _definition(field, condition))


def not_blank(field: Field) -> Filter:
    """Only rows that have a value."""
    comparison = {
        "Comparison": {
            "ComparisonKind": 0,
            "Left": field.expression(_SOURCE),
            "Right": {"Literal": {"Value": "null"}},
        }
    }
    return Filter(field, "Advanced", _definition(field, {"Not": {"Expression": comparison}}))


def top(count: int, field: Field, by: Field) -> Filter:
    """Only the `count` values with the most of a measure of the same table."""
    query = {
        "Version": 2,
        "From": [_entity(field)],
        "Select": [{**field.expression(_SOURCE), "Name": "field"}],
        "OrderBy": [{"Direction": _DESCENDING, "Expression": by.expression(_SOURCE)}],
        "Top": count,
    }
    source = {"Name": _TOP, "Expression": {"Subquery": {"Query": query}}, "Type": _SUBQUERY}
    condition = {"In": {"Expressions": [field.expression(_SOURCE)], "Table": {"SourceRef": {"Source": _TOP}}}}
    return Filter(field, "TopN", _definition(field, condition, source))


def containers(filters: Sequence[Filter], *place: str) -> Json:
    """All filters of a visual."""
    return {"filters": [one.container(*place) for one in filters]}


def _entity(field: Field) -> Json:
    return {"Name": _SOURCE, "Entity": field.table, "Type": 0}


def _definition(field: Field, condition: Json, *sources: Json) -> Json:
    return {"Version": 2, "From": [*sources, _entity(field)], "Where": [{"Condition": condition}]}
