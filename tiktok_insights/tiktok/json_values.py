"""Values inside a parsed body: finding one at a path, and taking it as the text or the integer that it must be."""

import json
import re
from typing import Any

from tiktok_insights.schema import ColumnKind
from tiktok_insights.text.quoting import quoted
from tiktok_insights.tiktok.strict_json import DecimalText

MISSING = object()
_INTEGER = re.compile(r"-?[0-9]{1,20}")


class ValueShapeError(ValueError):
    """A value is missing, or not of a shape that we know; the message says which and why."""


def value_at(document: Any, path: str) -> Any:
    """The value at a dotted path (a number is a place in a list), or MISSING."""
    for step in path.split("."):
        if isinstance(document, dict) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return MISSING
    return document


def text_of(value: Any, kind: ColumnKind) -> str:
    """The text that goes into the CSV, digit for digit. Raises ValueShapeError for a value of another type."""
    if isinstance(value, bool):
        if kind is ColumnKind.BOOLEAN:
            return "true" if value else "false"
    elif isinstance(value, DecimalText):
        if kind is ColumnKind.COUNT:
            return str(value)
    elif isinstance(value, str):
        return value
    elif isinstance(value, int) and kind is not ColumnKind.TEXT:
        return str(value)
    msg = f"is {quoted(json.dumps(value, ensure_ascii=True), 80)}, not a valid {kind.value}"
    raise ValueShapeError(msg)


def integer_of(value: Any) -> int | None:
    """The integer that a number or a text of digits stands for; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else None
