"""Faults of a list page as a whole: its cursor, its end, its list, its total.

Here: pure functions from an honest page to a bent one, in both dialects, bare or inside `data`. Not here: single rows
(`rows`).
"""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

from tiktok_insights.local.fake_api.faults.reply import Change, Document, Occasion, Reply, encoded

_MS_PER_SECOND = 1_000
_ONE_HOUR = 3_600
_NULL_SPACING = 3


class Names(NamedTuple):
    """What one dialect calls the fields of a page."""

    rows: str
    has_more: str
    cursor: str
    newest: str


WEB = Names("userList", "hasMore", "minCursor", "maxCursor")
APP = Names("followers", "has_more", "min_time", "max_time")
Edit = Callable[[dict[str, Any], Names], None]


def fields_of(document: Document) -> dict[str, Any]:
    """Return the fields of a page, wherever they stand."""
    inner = document.get("data")
    return inner if isinstance(inner, dict) else document


def is_app(document: Document) -> bool:
    """Tell whether a document is a page in the APP dialect."""
    return APP.rows in fields_of(document)


def page(edit: Edit) -> Change:
    """Return the change that edits a copy of the page; anything but a page stays."""

    def change(occasion: Occasion) -> Reply:
        document = copy.deepcopy(occasion.document)
        fields = fields_of(document)
        names = APP if is_app(document) else WEB
        if names.rows in fields:
            edit(fields, names)
        return Reply(content=encoded(document))

    return change


def empty_page(fields: dict[str, Any], names: Names) -> None:
    """Show nobody and promise more, further on, so that it can go on forever."""
    fields[names.cursor] = fields[names.cursor] or max(1, fields[names.newest] - _ONE_HOUR)
    fields[names.rows] = []
    fields[names.has_more] = True


def cursor(value: object) -> Edit:
    """Return the edit that promises more at a fixed cursor."""

    def edit(fields: dict[str, Any], names: Names) -> None:
        fields[names.cursor] = value
        fields[names.has_more] = True

    return edit


def cursor_absent(fields: dict[str, Any], names: Names) -> None:
    """Promise more, and do not say where."""
    del fields[names.cursor]
    fields[names.has_more] = True


def cursor_stuck(fields: dict[str, Any], names: Names) -> None:
    """Lead to this very page again."""
    cursor(fields[names.newest])(fields, names)


def cursor_back(fields: dict[str, Any], names: Names) -> None:
    """Lead to an hour before this page, where the walk has been."""
    cursor(fields[names.newest] + _ONE_HOUR)(fields, names)


def cursor_cycles(fields: dict[str, Any], names: Names) -> None:
    """Lead to the first page again."""
    cursor(fields["extra"]["now"] // _MS_PER_SECOND + 1)(fields, names)


def list_absent(fields: dict[str, Any], names: Names) -> None:
    """Leave the list's key out; all else is honest."""
    del fields[names.rows]


def list_null(fields: dict[str, Any], names: Names) -> None:
    """Have null for a list; all else is honest."""
    fields[names.rows] = None


def null_rows(fields: dict[str, Any], names: Names) -> None:
    """Have null for the first row and every third after it."""
    fields[names.rows] = [row if place % _NULL_SPACING else None for place, row in enumerate(fields[names.rows])]


def ends_early(fields: dict[str, Any], names: Names) -> None:
    """Say that this page is the last one."""
    fields[names.has_more] = False


def total_absent(fields: dict[str, Any], _names: Names) -> None:
    """Do not say how long the list is."""
    del fields["total"]


def total(bend: Callable[[int], int]) -> Edit:
    """Return the edit that bends the total."""

    def edit(fields: dict[str, Any], _names: Names) -> None:
        fields["total"] = bend(fields["total"])

    return edit
