"""The rows of a page by their bytes: who each is, and a page without some of them.

Where a row is cut out, a marker takes its place, and every other byte stays: positions, the page's size in rows, and
what is known of others are as before. What a row means belongs in `dialects`.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tiktok_insights.tiktok import strict_json
from tiktok_insights.tiktok.dialects import APP, FORGOTTEN_REJECTED_ROW, FORGOTTEN_ROW, WEB, Dialect, read_page
from tiktok_insights.tiktok.errors import TikTokError
from tiktok_insights.tiktok.json_values import MISSING, value_at

#: The marker in the place of a row. It says nothing of whose the row was.
MARKER = json.dumps(FORGOTTEN_ROW, separators=(",", ":"))
#: The marker in the place of a row that had no position in the list.
MARKER_OF_REJECTED = json.dumps(FORGOTTEN_REJECTED_ROW, separators=(",", ":"))
_LISTS = {dialect.list_key: dialect for dialect in (WEB, APP)}
_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([0-9]{5,20})')
#: A handle as people and addresses write it.
_AT_HANDLE = re.compile(r"(?<![\w.-])@([\w.]*\w)")
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_IDS = ("user.id", "uid", "id", "user.uid")
_HANDLES = ("user.uniqueId", "unique_id", "uniqueId", "user.unique_id")
_SEC_UIDS = ("user.secUid", "sec_uid", "secUid", "user.sec_uid")


@dataclass(frozen=True, slots=True)
class RowNames:
    """The names that a row has, in whichever dialect it is and whatever else is wrong with it; '' for none."""

    tiktok_id: str
    handle: str
    sec_uid: str

    @staticmethod
    def of(row: Any) -> "RowNames":
        """The names of a row of a page."""
        return RowNames(_first(row, _IDS), _first(row, _HANDLES), _first(row, _SEC_UIDS))


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row of a page: the very text that the API sent, where that begins in the page's text, and whose it is."""

    start: int
    text: str
    names: RowNames
    dialect: Dialect

    @property
    def end(self) -> int:
        """Where the row ends in the page's text."""
        return self.start + len(self.text)

    @property
    def marker(self) -> str:
        """What takes the row's place. Where a follower was, one is counted: the positions of others depend on it."""
        try:
            row = strict_json.loads(self.text.encode("utf-8", "surrogateescape"))
        except TikTokError:
            return MARKER_OF_REJECTED
        page = read_page({self.dialect.list_key: [row], self.dialect.has_more: False})
        return MARKER if page.followers else MARKER_OF_REJECTED


def without_rows(body: bytes, is_forgotten: Callable[[RowNames], bool]) -> tuple[bytes, int]:
    """Give the body with a marker in the place of each row that is to be forgotten, and how many these are.

    A body that is not JSON, such as the evidence of an answer that was cut off, has no rows that could be told apart:
    all of it becomes a marker when any of its texts or numbers is a name to forget.
    """
    # Each byte that is no UTF-8 stands for itself, and is written as it was.
    text = body.decode("utf-8", "surrogateescape")
    try:
        rows = list(_rows(text))
    except (ValueError, RecursionError):
        return without_mention(body, is_forgotten)
    parts, end, forgotten = [], 0, 0
    for row in rows:
        if is_forgotten(row.names):
            parts += [text[end : row.start], row.marker]
            end = row.end
            forgotten += 1
    return ("".join((*parts, text[end:])).encode("utf-8", "surrogateescape"), forgotten) if forgotten else (body, 0)


def without_mention(body: bytes, is_forgotten: Callable[[RowNames], bool]) -> tuple[bytes, int]:
    """Give a marker in the place of the whole body if any of its texts or numbers is a name to forget, and 1; or 0."""
    text = body.decode("utf-8", "surrogateescape")
    is_hit = any(is_forgotten(names) for names in _loose_names(text))
    return (MARKER.encode(), 1) if is_hit else (body, 0)


def rows_in(body: bytes) -> list[PageRow]:
    """The rows of a page in their order. Raises ValueError for a body that is not JSON."""
    try:
        return list(_rows(body.decode("utf-8", "surrogateescape")))
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def names_in(body: bytes) -> Iterator[RowNames]:
    """The names of each row of a page; of a body that is not JSON, each text or number as if it were a name."""
    try:
        yield from [row.names for row in rows_in(body)]
    except ValueError:
        yield from _loose_names(body.decode("utf-8", "surrogateescape"))


def _rows(text: str) -> Iterator[PageRow]:
    """The rows of the page's list, at the top or in `data`. Raises ValueError where the text is not JSON."""
    start = _skip(text, 0)
    _DECODER.decode(text)
    for key, value in _members(text, start):
        yield from _elements(text, value, key)
        if key == "data":
            for inner, inner_value in _members(text, value):
                yield from _elements(text, inner_value, inner)


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The keys of the object that begins at `start`, and where their values begin; nothing for another value."""
    if text[start] != "{":
        return
    position = _skip(text, start + 1)
    while text[position] != "}":
        key, end = _DECODER.raw_decode(text, position)
        value = _skip(text, _skip(text, end) + 1)
        yield key, value
        position = _next(text, _DECODER.raw_decode(text, value)[1])


def _elements(text: str, start: int, key: str) -> Iterator[PageRow]:
    """The elements of the array at `start` if its key is that of a list of followers."""
    if key not in _LISTS or text[start] != "[":
        return
    position = _skip(text, start + 1)
    while text[position] != "]":
        row, end = _DECODER.raw_decode(text, position)
        yield PageRow(position, text[position:end], RowNames.of(row), _LISTS[key])
        position = _next(text, end)


def _next(text: str, end: int) -> int:
    """Where the next member or element begins, or the bracket that ends them."""
    position = _skip(text, end)
    return _skip(text, position + 1) if text[position] == "," else position


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _loose_names(text: str) -> Iterator[RowNames]:
    """Each text or number of what is not JSON, as an ID and as a handle and as a secUid."""
    for quoted, number in _TOKEN.findall(text):
        for token in filter(None, {quoted, _unescaped(quoted), number}):
            yield RowNames(token, token, token)
            yield RowNames("", token, "")
    for handle in _AT_HANDLE.findall(text):
        yield RowNames("", handle, "")


def _unescaped(text: str) -> str:
    """A text of JSON without its escapes, as far as it is one."""
    try:
        return str(json.loads(f'"{text}"')) if "\\" in text else text
    except ValueError:
        return text


def _first(row: Any, paths: tuple[str, ...]) -> str:
    values = (value_at(row, path) for path in paths)
    return next((str(value) for value in values if value is not MISSING and value is not None), "")
