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


def _groups(made: list[PageFile]) -> Iterator[str]:
    """Slicers of one group show the same field on all pages."""
    fields: dict[str, set[str]] = {}
    for page in made:
        for file in page.visuals.values():
            if group := file["visual"].get("syncGroup"):
                fields.setdefault(group["groupName"], set()).update(field.ref for field in projected(file["visual"]))
    yield from (f"slicers of the group {name} show {sorted(refs)}" for name, refs in fields.items() if len(refs) > 1)
