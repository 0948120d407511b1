"""The gate of filters and slicers: their names, the fields and values of their conditions, and groups of slicers."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tiktok_insights_tests.powerbi.gates.bindings import named, projected
from tiktok_insights_tests.powerbi.gates.files import PageFile, pages
from tiktok_insights_tests.powerbi.gates.literals import form, literals
from tiktok_insights_tests.powerbi.gates.model_reader import ModelFiles, read_model

#: By the type of a column: what the values of its filters are.
_VALUES = {"string": "text", "int64": "whole number", "double": "number", "boolean": "truth value"}


def problems(folder: Path) -> list[str]:
    """Say which filters and slicers are wrong."""
    model, made = read_model(folder), pages(folder)
    found = [*_groups(made), *_names(made)]
    for page in made:
        for name, file in page.visuals.items():
            for query in _queries(file):
                found += [f"{page.page.get('displayName')}/{name}: {problem}" for problem in _query(query)]
        for name, file in page.visuals.items():
            for one in of_visual(file):
                found += [f"{page.page.get('displayName')}/{name}: {problem}" for problem in _filter(one, model)]
    return found


def of_visual(file: dict[str, Any]) -> list[dict[str, Any]]:
    """The filters of a visual."""
    return list(file.get("filterConfig", {}).get("filters", []))


def _names(made: list[PageFile]) -> Iterator[str]:
    names = Counter(one.get("name") for page in made for file in page.visuals.values() for one in of_visual(file))
    yield from (f"{times} filters are called {name!r}" for name, times in names.items() if times > 1)


def _filter(one: dict[str, Any], model: ModelFiles) -> Iterator[str]:
    (field,) = named(one["field"])
    query = one["filter"]
    tables = {source["Name"]: source["Entity"] for source in query["From"] if "Entity" in source}
    for other in named(query["Where"], tables):
        if other.ref != field.ref:
            yield f"the filter of {field.ref} asks for {other.ref}"
    column = model.columns(field.table).get(field.name)
    due = _VALUES.get(column.properties.get("dataType", "") if column else "")
    for value in literals(query["Where"]):
        if form(value) not in (due, "nothing"):
            yield f"the filter of {field.ref} has the value {value}, which is no {due}"


def _queries(file: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The definitions of all filters of a visual, also of what a slicer has chosen at first."""
    yield from (one["filter"] for one in of_visual(file))
    for one in file["visual"].get("objects", {}).get("general", []):
        yield from ([one["properties"]["filter"].get("filter", {})] if "filter" in one["properties"] else [])


def _query(query: dict[str, Any]) -> Iterator[str]:
    """Microsoft's schemas accept any condition, and Power BI shows an error instead of the visual."""
    sources = {source.get("Name"): source for source in query.get("From", [])}
    for source in sources.values():
        inner = source.get("Expression", {}).get("Subquery", {}).get("Query")
        if source.get("Type") != (0 if "Entity" in source else 2) or ("Entity" not in source and inner is None):
            yield f"a filter reads {source}"
        if inner is not None and not (inner.get("Version") == 2 and inner.get("OrderBy") and inner.get("Top", 0) > 0):
            yield "a filter of the first of an order has no order, or no number"
    conditions = [one.get("Condition", {}) for one in query.get("Where", [])]
    if query.get("Version") != 2 or not conditions or not all(_is_condition(one, set(sources)) for one in conditions):
        yield f"a filter has no condition that Power BI knows: {conditions}"


def _is_condition(condition: dict[str, Any], sources: set[Any]) -> bool:
    if (choice := condition.get("In")) is not None:
        table = choice.get("Table", {}).get("SourceRef", {}).get("Source")
        return bool(choice.get("Expressions")) and (bool(choice.get("Values")) or table in sources)
    comparison = condition.get("Not", {}).get("Expression", {}).get("Comparison", {})
    return comparison.keys() == {"ComparisonKind", "Left", "Right"} and bool(comparison["ComparisonKind"] == 0)


def _groups(made: list[PageFile]) -> Iterator[str]:
    """Slicers of one group show the same field on all pages."""
    fields: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    for page in made:
        for name, file in page.visuals.items():
            if file["visual"].get("visualType") != "slicer":
                continue
            group = file["visual"].get("syncGroup", {})
            if not (group.get("fieldChanges") is group.get("filterChanges") is True):
                yield f"{page.page.get('displayName')}/{name}: what it chooses is not chosen on other pages"
            for field in projected(file["visual"]):
                fields.setdefault(group.get("groupName", ""), set()).add(field.ref)
                groups.setdefault(field.ref, set()).add(group.get("groupName", ""))
    yield from (f"slicers of the group {name} show {sorted(refs)}" for name, refs in fields.items() if len(refs) > 1)
    yield from (f"slicers of {ref} are of the groups {sorted(all_)}" for ref, all_ in groups.items() if len(all_) > 1)
