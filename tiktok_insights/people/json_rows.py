"""The rows of follower lists in stored responses: each as the very text that the API sent, and who it is about."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tiktok_insights.schema import COLUMNS, ID_COLUMN, Column
from tiktok_insights.tiktok.dialects import APP, WEB
from tiktok_insights.tiktok.json_values import MISSING, value_at

_HANDLE = COLUMNS[1]
_LIST = re.compile(rf'"(?:{WEB.list_key}|{APP.list_key})"\s*:\s*(?=\[)')
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


def rows_of(body: str) -> Iterator[tuple[int, str, Any]]:
    """Give the rows of the lists in a response: position from 0, text, and the row. Raises ValueError for no JSON.

    A list within a row, or a text that looks like a list, is none.
    """
    json.loads(body)
    end = 0
    for found in _LIST.finditer(body):
        # What looks like a list inside the last one is a part of it.
        if found.start() >= end:
            position, end = 0, found.end() + 1
            while body[start := _after(body, end)] != "]":
                row, end = _DECODER.raw_decode(body, start)
                yield position, body[start:end], row
                position += 1


def identity(row: Any) -> tuple[str, str]:
    """The ID and handle of a row, empty where there is none; an ID that is a number is given as text."""
    return _text(row, ID_COLUMN), _text(row, _HANDLE)


def _after(body: str, place: int) -> int:
    found = _BETWEEN.match(body, place)
    return found.end() if found else place


def _text(row: Any, column: Column) -> str:
    values = (value_at(row, path) for path in (*column.web, *column.app))
    value = next((value for value in values if value is not MISSING and value is not None), "")
    return str(value) if isinstance(value, (str, int)) else ""
