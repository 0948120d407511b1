"""The gate of fields: what visuals name is in the model, of the right kind, and in a role that the visual's type has.

Where visuals are belongs in `placing`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights_tests.powerbi.gates.files import pages
from tiktok_insights_tests.powerbi.gates.model_reader import ModelFiles, read_model

_BAR = (frozenset({"Category", "Y"}), frozenset({"Series", "Tooltips"}))
_ROUND: tuple[frozenset[str], frozenset[str]] = (frozenset({"Category", "Y"}), frozenset())
_VALUES: tuple[frozenset[str], frozenset[str]] = (frozenset({"Values"}), frozenset())
#: By a visual's type: the roles that it needs, and those that it may have.
ROLES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "card": _VALUES,
    "clusteredBarChart": _BAR,
    "clusteredColumnChart": _BAR,
    "donutChart": _ROUND,
    "hundredPercentStackedBarChart": _BAR,
    "lineChart": _BAR,
    "multiRowCard": _VALUES,
    "pieChart": _ROUND,
    "pivotTable": (frozenset({"Rows", "Columns", "Values"}), frozenset()),
    "slicer": _VALUES,
    "tableEx": _VALUES,
}
#: What a role takes; those that are not here take both.
_KINDS = {"Category": "Column", "Series": "Column", "Rows": "Column", "Columns": "Column", "Y": "Measure"}
#: By type and role: what some types take.
_OF_TYPES = {("card", "Values"): "Measure", ("slicer", "Values"): "Column", ("pivotTable", "Values"): "Measure"}
_OF_ONE = {"card", "slicer"}


@dataclass(frozen=True, slots=True)
class Named:
    """A field as a file names it."""

    kind: str
    table: str
    name: str

    @property
    def ref(self) -> str:
        """As a query names it."""
        return f"{self.table}.{self.name}"


def problems(folder: Path) -> list[str]:
    """Say which fields are wrong."""
    model, found = read_model(folder), []
    for page in pages(folder):
        for name, file in page.visuals.items():
            visual = file.get("visual", {})
            place = f"{page.page.get('displayName')}/{visual.get('visualType')} {name}"
            checks = (*_fields(file, model), *_values(file), *_roles(visual), *_shown(visual))
            found += [f"{place}: {problem}" for problem in checks]
    return found


def named(value: Any, aliases: Mapping[str, str] | None = None) -> Iterator[Named]:
    """Find every field that a part of a file names."""
    known = dict(aliases or {})
    if isinstance(value, dict):
        if isinstance(value.get("From"), list):
            known |= {one["Name"]: one["Entity"] for one in value["From"] if "Entity" in one}
        for key, inner in value.items():
            if key in ("Column", "Measure") and isinstance(inner, dict) and "Property" in inner:
                source = inner.get("Expression", {}).get("SourceRef", {})
                yield Named(key, source.get("Entity") or known.get(source.get("Source", ""), "?"), inner["Property"])
            else:
                yield from named(inner, known)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner, known)


def projected(visual: Mapping[str, Any]) -> list[Named]:
    """The fields that a visual shows."""
    state = visual.get("query", {}).get("queryState", {})
    return [field for role in state.values() for one in role.get("projections", []) for field in named(one["field"])]


def _fields(file: dict[str, Any], model: ModelFiles) -> Iterator[str]:
    measures = {(table.name, measure.name) for table in model.tables.values() for measure in table.of_kind("measure")}
    for field in set(named(file)):
        exists = field.name in model.columns(field.table)
        if field.kind == "Measure":
            exists = (field.table, field.name) in measures
        if not exists:
            yield f"there is no {field.kind.lower()} {field.ref}"


def compared(value: Any, aliases: Mapping[str, str] | None = None) -> Iterator[tuple[Named, str]]:
    """Find each field that a filter or a color compares with a value, and the value."""
    known = dict(aliases or {})
    if isinstance(value, dict):
        if isinstance(value.get("From"), list):
            known |= {one["Name"]: one["Entity"] for one in value["From"] if "Entity" in one}
        if "Expressions" in value and "Values" in value:
            (field,) = named(value["Expressions"], known)
            yield from ((field, row[0]["Literal"]["Value"]) for row in value["Values"])
        if "Left" in value and "Right" in value:
            (field,) = named(value["Left"], known)
            yield field, value["Right"]["Literal"]["Value"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from compared(inner, known)


def _values(file: dict[str, Any]) -> Iterator[str]:
    """A value that a column never has would leave a visual empty, or without its color."""
    choices = {(mart.view, column.name): column.choices for mart in all_marts() for column in mart.columns}
    for field, literal in compared(file):
        known = choices.get((field.table, field.name), ())
        if known and literal != "null" and literal.strip("'") not in known:
            yield f"{field.ref} is never {literal}"


def _roles(visual: dict[str, Any]) -> Iterator[str]:
    type_ = visual.get("visualType", "")
    state = visual.get("query", {}).get("queryState", {})
    if type_ not in ROLES:
        yield f"the type {type_!r} is none that the report has"
        return
    needed, optional = ROLES[type_]
    filled = {role for role, content in state.items() if content.get("projections")}
    yield from (f"the role {role} is empty" for role in sorted(needed - filled))
    yield from (f"there is no role {role}" for role in sorted(state.keys() - needed - optional))
    for role, content in state.items():
        for projection in content.get("projections", []):
            yield from _projection(_OF_TYPES.get((type_, role)) or _KINDS.get(role), role, projection)
        if type_ in _OF_ONE and len(content.get("projections", [])) != 1:
            yield f"a {type_} shows one field"
    if len(state.get("Y", {}).get("projections", [])) > 1 and "Series" in state:
        yield "several measures and a series exclude each other"


def _projection(kind: str | None, role: str, projection: dict[str, Any]) -> Iterator[str]:
    (field,) = named(projection.get("field", {}))
    if kind not in (None, field.kind):
        yield f"the role {role} takes no {field.kind.lower()}, but has {field.ref}"
    if projection.get("queryRef") != field.ref:
        yield f"queryRef {projection.get('queryRef')!r} is not {field.ref!r}"
    if field.kind == "Column" and ("_" in projection.get("displayName", "_") or not projection["displayName"]):
        yield f"{field.ref} has no name in words"
    if projection.get("nativeQueryRef") != field.name:
        yield f"nativeQueryRef {projection.get('nativeQueryRef')!r} is not {field.name!r}"


def _shown(visual: dict[str, Any]) -> Iterator[str]:
    """Sorts and colors are of fields that the visual shows, and none is shown twice."""
    query = visual.get("query", {})
    projections = [one for role in query.get("queryState", {}).values() for one in role.get("projections", [])]
    refs = [one.get("queryRef") for one in projections]
    natives = Counter(one.get("nativeQueryRef") for one in projections)
    yield from (f"{name!r} is shown {times} times" for name, times in natives.items() if times > 1)
    for field in named(query.get("sortDefinition", {})):
        if field.ref not in refs:
            yield f"it is sorted by {field.ref}, which it does not show"
    for objects in visual.get("objects", {}).values():
        for one in objects:
            selector = one.get("selector", {})
            colored = [field.ref for field in named(selector)] + [
                selector[key] for key in ("metadata",) if key in selector
            ]
            yield from (f"it colors {ref}, which it does not show" for ref in colored if ref not in refs)
