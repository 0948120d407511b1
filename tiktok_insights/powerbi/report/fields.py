"""The fields of the model that visuals show, as the files name them. Where a visual has them belongs in `visuals`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tiktok_insights.powerbi.model.measures import MEASURES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A column or a measure of a table."""

    table: str
    name: str
    is_measure: bool = False

    @property
    def ref(self) -> str:
        """Its name in a visual's query."""
        return f"{self.table}.{self.name}"

    def expression(self, source: str = "") -> Json:
        """The expression that refers to it; `source` is the table's name in a filter's query."""
        origin = {"Source": source} if source else {"Entity": self.table}
        kind = "Measure" if self.is_measure else "Column"
        return {kind: {"Expression": {"SourceRef": origin}, "Property": self.name}}

    def projection(self) -> Json:
        """The field as a visual shows it; a column's name is in words."""
        shown: Json = {"field": self.expression(), "queryRef": self.ref, "nativeQueryRef": self.name}
        return shown if self.is_measure else {**shown, "displayName": self.words}

    @property
    def words(self) -> str:
        """Its name as a person reads it: LOOKED_AT is Looked at."""
        return self.name if self.is_measure else self.name.replace("_", " ").capitalize()


def column(ref: str) -> Field:
    """The column of a table: `FOLLOWING_BANDS.BAND`."""
    table, name = ref.split(".")
    return Field(table, name)


def columns(table: str, *names: str) -> tuple[Field, ...]:
    """Some columns of one table."""
    return tuple(Field(table, name) for name in names)


def measure(name: str) -> Field:
    """The measure of a name. Raises KeyError."""
    for table, measures in MEASURES.items():
        if any(one.name == name for one in measures):
            return Field(table, name, is_measure=True)
    raise KeyError(name)


def measures(*names: str) -> tuple[Field, ...]:
    """Some measures."""
    return tuple(map(measure, names))


def showing(name: str, fields: Sequence[Field]) -> Field | None:
    """The field that shows a column of a mart: the column itself, or the measure that reads it."""
    return next((field for field in fields if name in _columns_of(field)), None)


def _columns_of(field: Field) -> set[str]:
    if not field.is_measure:
        return {field.name}
    expression = next(one.expression for one in MEASURES[field.table] if one.name == field.name)
    return set(re.findall(rf"(?:SUM|MAX)\({field.table}\[(\w+)\]\)", expression))
