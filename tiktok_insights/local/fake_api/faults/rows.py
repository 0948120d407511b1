"""Faults of single rows: ids, names and counts of the wrong type, missing, or not even JSON.

Here: pure functions from honest rows to bent ones, in both dialects; the one row of an account's look-up counts too.
Not here: the page around them (`pages`). The dummy rows of nobody stay as they are.
"""

import copy
import re
from collections.abc import Callable
from typing import Any

from tiktok_insights.local.fake_api.faults.pages import APP, WEB, fields_of
from tiktok_insights.local.fake_api.faults.reply import Change, Document, Occasion, Reply, encoded

SPACING = 3
"""Faults of some rows bend the first row of a page and every third after it."""

Row = dict[str, Any]
_ID = re.compile(rb'"(id|uid)":"([1-9][0-9]*)"')
_APP_NAMES = {"id": "uid", "uniqueId": "unique_id", "followerCount": "follower_count"}
_APP_COUNTS = ("aweme_count", "favoriting_count", "follower_count", "following_count", "friends_count")
_HEARTS = ("heart", "heartCount", "total_favorited")
_WRAPPED_HEARTS = -977_433_948
_ODD_COUNTS = ("12k", "1.2M", "7.42e+18", "1,234", "", "many")


def every_row(edit: Callable[[Row], None]) -> Change:
    """Return the change that edits all rows of a copy."""
    return _rows(edit, 1)


def some_rows(edit: Callable[[Row], None]) -> Change:
    """Return the change that edits the first row and every third after it."""
    return _rows(edit, SPACING)


def text_of_ids(template: bytes) -> Change:
    r"""Return the change that respells all ids in the bytes; the template has \1 for the key, \2 for the digits."""
    return lambda occasion: Reply(content=_ID.sub(template, encoded(occasion.document)))


def _rows(edit: Callable[[Row], None], spacing: int) -> Change:
    def change(occasion: Occasion) -> Reply:
        document = copy.deepcopy(occasion.document)
        for row in _list_of(document)[::spacing]:
            if user_of(row).get(_name(row, "id")) != "0":
                edit(row)
        return Reply(content=encoded(document))

    return change


def _list_of(document: Document) -> list[Row]:
    """Return the rows of a page, or the one of a look-up."""
    fields = fields_of(document)
    single = [fields["userInfo"]] if "userInfo" in fields else []
    rows: list[Row] = fields.get(WEB.rows) or fields.get(APP.rows) or single
    return rows


def user_of(row: Row) -> Row:
    """Return who a row is about: the row itself in the APP dialect."""
    user: Row = row.get("user", row)
    return user


def _name(row: Row, web: str) -> str:
    """Return what the row's dialect calls a field."""
    return web if "user" in row else _APP_NAMES.get(web, web)


def field(web: str, bend: Callable[[Any], Any]) -> Callable[[Row], None]:
    """Return the edit of one field of who a row is about, given its WEB name."""

    def edit(row: Row) -> None:
        name = _name(row, web)
        user_of(row)[name] = bend(user_of(row)[name])

    return edit


def through_float(digits: str) -> float:
    """Return what is left of an id that once was a float."""
    return float(digits)


def field_absent(web: str) -> Callable[[Row], None]:
    """Return the edit that leaves out one field of who a row is about."""
    return lambda row: user_of(row).pop(_name(row, web), None)


def user_absent(row: Row) -> None:
    """Leave out who the row is about, and keep the counts."""
    for name in list(row):
        if name not in ("stats", "statsV2") and not name.endswith("_count"):
            del row[name]


def exact_counts_absent(row: Row) -> None:
    """Leave out the exact counts; the APP dialect has no such part."""
    row.pop("statsV2", None)


def counts_absent(row: Row) -> None:
    """Leave out all counts."""
    for name in list(row):
        if name in ("stats", "statsV2", *_HEARTS) or name.endswith("_count"):
            del row[name]


def negative_hearts(row: Row) -> None:
    """Have the captured wrapped heart count wherever hearts are counted."""
    for counts in _counts_of(row):
        for name in _HEARTS:
            if name in counts:
                kind = type(counts[name])
                counts[name] = kind(_WRAPPED_HEARTS)


def odd_counts(row: Row) -> None:
    """Have texts that no count is, a different one for each count."""
    for counts in _counts_of(row):
        for place, name in enumerate(_count_names(counts)):
            counts[name] = _ODD_COUNTS[place % len(_ODD_COUNTS)]


def not_a_number(row: Row) -> None:
    """Have NaN, which is not JSON, for the follower count."""
    for counts in _counts_of(row):
        counts[_name(row, "followerCount")] = float("nan")


def new_fields(row: Row) -> None:
    """Have fields that nobody has seen before, in the row and in who it is about."""
    row["fieldOfTomorrow"] = {"level": 7, "tags": ["a", "b"]}
    user_of(row)["fieldOfToday"] = "something new"


def _counts_of(row: Row) -> list[Row]:
    """Return the parts of a row that hold counts."""
    return [row[name] for name in ("stats", "statsV2") if name in row] if "user" in row else [row]


def _count_names(counts: Row) -> list[str]:
    """Return the names of the counts that the pipeline reads or could read."""
    if "uid" not in counts:
        return sorted(counts)
    return [name for name in sorted(counts) if name in (*_HEARTS, *_APP_COUNTS)]
