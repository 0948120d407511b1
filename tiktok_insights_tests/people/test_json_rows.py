"""Rows of stored responses: each is the very text that the API sent."""

import json

import pytest

from tiktok_insights.people.json_rows import identity, rows_of
from tiktok_insights_tests.support.bodies import app_page, app_row, encoded, web_page, web_row

_ROWS = (web_row("1"), web_row("7420366745511658149", nickname='"userList":[{"user":{"id":"1"}}]'), web_row(12))


@pytest.mark.parametrize("indent", [None, 0, 3])
def test_the_texts_of_the_rows_are_those_of_the_body(indent: int | None) -> None:
    """Whatever is between them; the rest of the body stays when they are cut out."""
    body = json.dumps({"data": web_page(*_ROWS)}, indent=indent, ensure_ascii=False)
    found = list(rows_of(body))
    assert [(position, json.loads(text), row) for position, text, row in found] == [
        (position, row, row) for position, row in enumerate(_ROWS)
    ]
    assert all(text in body for _, text, _ in found)
    assert [identity(row)[0] for _, _, row in found] == ["1", "7420366745511658149", "12"]


def test_both_dialects_have_rows() -> None:
    """And a list without any has none, as has what is no list."""
    assert [identity(row) for _, _, row in rows_of(encoded(app_page(app_row("5"))).decode())] == [("5", "made.up")]
    bodies: tuple[object, ...] = (web_page(), {"userList": None}, [], "userList")
    for body in bodies:
        assert list(rows_of(json.dumps(body))) == []


def test_a_list_within_a_row_is_a_part_of_it() -> None:
    """Its rows are no rows of the page."""
    row = {**web_row("1"), "userList": [web_row("2")]}
    assert [identity(found)[0] for _, _, found in rows_of(json.dumps(web_page(row)))] == ["1"]
