"""Faults of list pages, over HTTP: what differs from the honest page, and nothing else, in every form of a page."""

from collections.abc import Callable
from typing import Any

import pytest

from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights_tests.support.asking import (
    ask_page,
    ask_struck,
    fields_of,
    listed_ids,
    without_avatars,
)
from tiktok_insights_tests.support.served import JSON, Api, id_of, rows_of

WEB = {"rows": "userList", "more": "hasMore", "cursor": "minCursor", "newest": "maxCursor"}
APP = {"rows": "followers", "more": "has_more", "cursor": "min_time", "newest": "max_time"}
GONE = object()

DIFFERENCES: dict[str, Callable[[JSON, dict[str, str]], dict[str, Any]]] = {
    "empty-page": lambda _, names: {names["rows"]: [], names["more"]: True},
    "cursor-stuck": lambda page, names: {names["cursor"]: page[names["newest"]]},
    "cursor-cycles": lambda _, names: {names["cursor"]: VIRTUAL_START + 1},
    "cursor-back": lambda page, names: {names["cursor"]: page[names["newest"]] + 3_600},
    "cursor-minus-one": lambda _, names: {names["cursor"]: -1},
    "cursor-zero": lambda _, names: {names["cursor"]: 0},
    "cursor-absent": lambda _, names: {names["cursor"]: GONE},
    "cursor-null": lambda _, names: {names["cursor"]: None},
    "cursor-text": lambda _, names: {names["cursor"]: "next-page"},
    "list-absent": lambda _, names: {names["rows"]: GONE},
    "list-null": lambda _, names: {names["rows"]: None},
    "ends-early": lambda _, names: {names["more"]: False},
    "total-absent": lambda _, _names: {"total": GONE},
    "total-zero": lambda _, _names: {"total": 0},
    "total-low": lambda _, _names: {"total": 50},
    "total-high": lambda _, _names: {"total": 200},
}
SHOWN = {*DIFFERENCES, "null-rows"}
"""The kinds that this module shows."""


def plain(page: JSON, names: dict[str, str]) -> JSON:
    """Return a page's fields without what changes on every read."""
    fields = {name: value for name, value in fields_of(page).items() if name not in ("extra", "log_pb")}
    if fields.get(names["rows"]):
        fields[names["rows"]] = [row and without_avatars(row) for row in fields[names["rows"]]]
    return fields


@pytest.mark.parametrize("kind", DIFFERENCES)
@pytest.mark.parametrize(
    ("handle", "names"), [("fake.100.full", WEB), ("fake.100.app.full", APP), ("fake.100.data.full", WEB)]
)
def test_a_bent_page_differs_in_one_thing(clean: Api, kind: str, handle: str, names: dict[str, str]) -> None:
    """In both dialects, bare and inside `data`, where the honest page has it."""
    honest = plain(ask_page(clean, handle, 2).json(), names)
    body = ask_struck(clean, handle, kind, 2).json()
    expected = honest | DIFFERENCES[kind](honest, names)
    assert plain(body, names) == {name: value for name, value in expected.items() if value is not GONE}
    assert ("data" in body) is ("data" in handle)


@pytest.mark.parametrize(
    "kind",
    [
        "empty-page", "cursor-stuck", "cursor-cycles", "cursor-back", "cursor-minus-one", "cursor-zero",
        "cursor-absent", "cursor-null", "cursor-text",
    ],
)  # fmt: skip
def test_more_is_promised_on_the_last_page_too(clean: Api, kind: str) -> None:
    """Else a list of one page could not show the fault."""
    assert ask_struck(clean, "fake.5.full", kind).json()["hasMore"] is True


@pytest.mark.parametrize(("handle", "names"), [("fake.100.full", WEB), ("fake.100.app.full", APP)])
def test_some_rows_can_be_null(clean: Api, handle: str, names: dict[str, str]) -> None:
    """The first and every third after it."""
    rows = ask_struck(clean, handle, "null-rows").json()[names["rows"]]
    assert [row is None for row in rows] == [True, False, False] * 10


def test_empty_pages_for_ever_lead_ever_further_back(api: Api) -> None:
    """Beyond the oldest follower too: the cursor is always a smaller one."""
    handle, cursors = "fake.100.full.fault-empty-page", [VIRTUAL_START]
    sec_uid = api.sec_uid(handle)
    for _ in range(12):
        page = api.body("/api/user/followers", secUid=sec_uid, minCursor=cursors[-1])
        assert (page["userList"], page["hasMore"]) == ([], True)
        cursors.append(page["minCursor"])
    assert cursors == sorted(set(cursors), reverse=True)


def test_an_empty_page_once_loses_its_rows_and_no_others(api: Api) -> None:
    """The walk goes on behind it."""
    handle = "fake.100.full.fault-empty-page-p2-x1"
    ids = [id_of(row) for page in api.pages(handle) for row in rows_of(page)]
    expected = listed_ids(handle)
    assert ids == expected[:30] + expected[60:]


def test_a_cycle_comes_round_to_the_first_page(api: Api) -> None:
    """From page 3, as is usual for it."""
    pages = api.pages("fake.100.full.fault-cursor-cycles")
    firsts = [id_of(rows_of(next(pages))[0]) for _ in range(7)]
    assert firsts[:3] == firsts[3:6]
    assert firsts[6] == firsts[0]
    assert len(set(firsts)) == 3
