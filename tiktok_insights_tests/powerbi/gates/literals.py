"""The gate of values in a report: each has a form of its own, and a property a kind. Microsoft's schemas accept any."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tiktok_insights_tests.powerbi.gates.files import pages

_FORMS = {
    "text": re.compile(r"'(?:[^']|'')*'"),
    "color": re.compile(r"'#[0-9a-f]{6}'", re.IGNORECASE),
    "whole number": re.compile(r"-?\d+L"),
    "number": re.compile(r"-?\d+(?:\.\d+)?D"),
    "truth value": re.compile(r"true|false"),
    "nothing": re.compile(r"null"),
}
_KINDS = {
    "text": "text altText mode labelStyle",
    "truth value": "show showTooltipButton titleWrap totals strictSingleSelect rowSubtotals columnSubtotals",
    "number": "fontSize transparency",
    "whole number": "labelPrecision",
    "color": "color fill backColor",
    "filter": "filter",
}
#: By the name of a property. A new one is told, so that its kind is written down here.
_PROPERTIES = {name: kind for kind, names in _KINDS.items() for name in names.split()}


def problems(folder: Path) -> list[str]:
    """Say which values of the pages in a folder have a wrong form, or are no value for their property."""
    try:
        made = pages(folder)
    except (ValueError, OSError) as error:
        return [f"cannot be read: {error}"]
    found = []
    for page in made:
        for name, file in ((page.folder, page.page), *page.visuals.items()):
            found += [f"{name}: {problem}" for problem in (*_literals(file), *_properties(file))]
    return found


def literals(node: Any) -> Iterator[str]:
    """Every literal in a file."""
    if isinstance(node, dict):
        if isinstance(literal := node.get("Literal"), dict):
            yield str(literal.get("Value"))
        for child in node.values():
            yield from literals(child)
    elif isinstance(node, list):
        for child in node:
            yield from literals(child)


def form(value: str) -> str | None:
    """What a literal is: a text, a whole number ... None for what has no form."""
    return next((kind for kind, pattern in _FORMS.items() if kind != "color" and pattern.fullmatch(value)), None)


def _literals(file: dict[str, Any]) -> Iterator[str]:
    yield from (f"{value} is no literal" for value in literals(file) if form(value) is None)


def _properties(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, value in (node.get("properties") or {}).items() if "properties" in node else ():
            yield from _of_property(name, value)
        for child in node.values():
            yield from _properties(child)
    elif isinstance(node, list):
        for child in node:
            yield from _properties(child)


def _is_color(value: Any) -> bool:
    """A color of its own, or one of the ramp between two that a number gives."""
    try:
        expression = value["solid"]["color"]["expr"]
        if "Literal" in expression:
            return isinstance(expression["Literal"]["Value"], str)
        rule, ends = expression["FillRule"], expression["FillRule"]["FillRule"]["linearGradient2"]
        return "Measure" in rule["Input"] and all(ends[end]["color"]["Literal"]["Value"] for end in ("min", "max"))
    except (KeyError, TypeError):
        return False


def _of_property(name: str, value: Any) -> Iterator[str]:
    if (kind := _PROPERTIES.get(name)) is None:
        yield f"the property {name} is not known to this gate"
    elif kind == "color":
        yield from (f"{name} is {one}, no color" for one in literals(value) if not _FORMS["color"].fullmatch(one))
        if not _is_color(value):
            yield f"{name} is no color: {value}"
    elif kind != "filter":
        literal = value.get("expr", {}).get("Literal", {}).get("Value") if isinstance(value, dict) else None
        if not isinstance(literal, str) or not _FORMS[kind].fullmatch(literal):
            yield f"{name} is {literal or value}, not a {kind}"
