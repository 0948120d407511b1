"""Faults of rows, over HTTP: which rows are bent and how, and that all others are the honest ones."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tiktok_insights_tests.support.asking import (
    ask_page,
    ask_struck,
    listed_ids,
    without_avatars,
)
from tiktok_insights_tests.support.served import JSON, Api, rows_of

WEB, APP = "fake.100.full", "fake.100.app.full"
Bend = Callable[[JSON], JSON]
SURROGATE = "\ud83d"
COUNTS = ("diggCount", "followerCount", "followingCount", "friendCount", "heart", "heartCount", "videoCount")
ODD = ("12k", "1.2M", "7.42e+18", "1,234", "", "many", "12k")
APP_COUNTS = (
    "aweme_count", "favoriting_count", "follower_count", "following_count", "friends_count", "total_favorited",
)  # fmt: skip


def in_user(**changes: Any) -> Bend:
    """Expect these fields of `user`; a function is given the honest value."""
    return lambda row: {**row, "user": row["user"] | in_row(**changes)(row["user"], only=True)}  # type: ignore[call-arg]


def in_row(**changes: Any) -> Bend:
    """Expect these fields of the row; a function is given the honest value."""

    def bend(row: JSON, *, only: bool = False) -> JSON:
        bent = {name: value(row[name]) if callable(value) else value for name, value in changes.items()}
        return bent if only else row | bent

    return bend


def without(*names: str) -> Bend:
    """Expect a row without these parts."""
    return lambda row: {name: value for name, value in row.items() if name not in names}


def user_without(name: str) -> Bend:
    """Expect a `user` without this field."""
    return lambda row: {**row, "user": without(name)(row["user"])}


def web_counts(stats: JSON, exact: JSON) -> Bend:
    """Expect these counts in both forms."""
    return lambda row: {**row, "stats": row["stats"] | stats, "statsV2": row["statsV2"] | exact}


SOME: dict[str, tuple[Bend, Bend]] = {
    "id-absent": (user_without("id"), without("uid")),
    "unique-id-absent": (user_without("uniqueId"), without("unique_id")),
    "user-absent": (without("user"), lambda row: {n: row[n] for n in row if n.endswith("_count")}),
    "nickname-null": (in_user(nickname=None), in_row(nickname=None)),
    "nickname-absent": (user_without("nickname"), without("nickname")),
    "nickname-nul": (in_user(nickname="a\0{}".format), in_row(nickname="a\0{}".format)),
    "nickname-surrogate": (in_user(nickname=lambda n: n + SURROGATE), in_row(nickname=lambda n: n + SURROGATE)),
    "exact-counts-absent": (without("statsV2"), lambda row: row),
    "counts-absent": (
        without("stats", "statsV2"),
        lambda row: {n: row[n] for n in row if n != "total_favorited" and not n.endswith("_count")},
    ),
    "negative-hearts": (
        web_counts(
            {"heart": -977433948, "heartCount": -977433948}, {"heart": "-977433948", "heartCount": "-977433948"}
        ),
        in_row(total_favorited=-977433948),
    ),
    "odd-counts": (
        web_counts(dict(zip(COUNTS, ODD, strict=True)), dict(zip(COUNTS, ODD, strict=True))),
        in_row(**dict(zip(APP_COUNTS, ODD, strict=False))),
    ),
    "nan": (web_counts({"followerCount": "NaN"}, {"followerCount": "NaN"}), in_row(follower_count="NaN")),
}
"""Kind -> a bent row in the WEB and in the APP dialect, from the honest one."""

IDS = {
    "id-integer": '"{key}":{digits}',
    "id-float": '"{key}":{digits}.0',
    "id-twice": '"{key}":"1","{key}":"{digits}"',
}
"""Kind -> how the bytes spell an id."""

SHOWN = {*SOME, *IDS, "id-exponent", "new-fields"}
"""The kinds that this module shows."""


def rows_without_avatars(text: str) -> list[JSON]:
    """Return the rows of a body; NaN, which is not JSON, as a text."""
    return [without_avatars(row) for row in json.loads(text, parse_constant=str).get("userList", [])] or [
        without_avatars(row) for row in json.loads(text, parse_constant=str)["followers"]
    ]


@pytest.mark.parametrize("kind", SOME)
@pytest.mark.parametrize("handle", [WEB, APP])
def test_some_rows_are_bent_and_the_others_honest(clean: Api, kind: str, handle: str) -> None:
    """The first row and every third after it, in both dialects."""
    honest = rows_without_avatars(ask_page(clean, handle).text)
    bend = SOME[kind][handle == APP]
    expected = [row if place % 3 else bend(row) for place, row in enumerate(honest)]
    assert rows_without_avatars(ask_struck(clean, handle, kind).text) == expected


@pytest.mark.parametrize(("kind", "spelling"), IDS.items())
@pytest.mark.parametrize(("handle", "key"), [(WEB, "id"), (APP, "uid")])
def test_ids_are_respelled_digit_for_digit(clean: Api, kind: str, spelling: str, handle: str, key: str) -> None:
    """All of the page, in the bytes that leave."""
    text = ask_struck(clean, handle, kind).text
    for digits in listed_ids(handle)[:30]:
        assert text.count(spelling.format(key=key, digits=digits)) == 1


@pytest.mark.parametrize(("handle", "key"), [(WEB, "id"), (APP, "uid")])
def test_an_id_that_went_through_a_float_has_lost_digits(clean: Api, handle: str, key: str) -> None:
    """7420366745511658502 leaves as 7.420366745511659e+18."""
    text = ask_struck(clean, handle, "id-exponent").text
    found = re.findall(rf'"{key}":([0-9.e+]+)', text)
    assert list(map(float, found)) == [float(digits) for digits in listed_ids(handle)[:30]]
    assert sum("e+1" in number for number in found) > 25


def test_a_lone_surrogate_leaves_as_its_escape(clean: Api) -> None:
    """Bytes that are UTF-8 and JSON, with a text inside that is neither."""
    content = ask_struck(clean, WEB, "nickname-surrogate").content
    content.decode("utf-8")
    assert content.count(b'\\ud83d"') == 10


@pytest.mark.parametrize("handle", [WEB, APP])
def test_new_fields_come_on_top_of_the_honest_ones(clean: Api, handle: str) -> None:
    """In every row."""
    honest = [without_avatars(row) for row in rows_of(ask_page(clean, handle).json())]
    rows = [without_avatars(row) for row in rows_of(ask_struck(clean, handle, "new-fields").json())]
    for row in rows:
        assert row.pop("fieldOfTomorrow") == {"level": 7, "tags": ["a", "b"]}
        assert row.get("user", row).pop("fieldOfToday") == "something new"
    assert rows == honest


def test_a_look_up_can_be_bent_like_a_row(clean: Api) -> None:
    """It is the row of the account itself."""
    user = ask_struck(clean, WEB, "id-absent", 0).json()["userInfo"]["user"]
    assert ("id" in user, user["uniqueId"]) == (False, WEB)


def test_dummy_rows_stay(clean: Api) -> None:
    """Nobody is nobody: a list of a thousand with ids as numbers keeps its one "0"."""
    clean.post_faults({"kind": "id-integer"})
    ids = [row["user"]["id"] for page in clean.pages("city.museum") for row in rows_of(page)]
    assert [value for value in ids if isinstance(value, str)] == ["0"]
