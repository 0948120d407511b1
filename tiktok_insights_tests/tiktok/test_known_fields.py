"""Which fields of an answer are known, and which of those that we need are missing."""

from collections.abc import Iterator
from typing import Any

import pytest

from tiktok_insights.tiktok import strict_json
from tiktok_insights.tiktok.known_fields import is_wrapped, missing_fields, unknown_fields
from tiktok_insights_tests.support.bodies import JSON, app_page, app_row, encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import fake_api


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One fake API for all tests."""
    with fake_api(tmp_path_factory.mktemp("api")) as served:
        yield served


def parsed(document: JSON) -> Any:
    """A document as the API's body gives it."""
    return strict_json.loads(encoded(document))


@pytest.mark.parametrize(
    ("handle", "missing"),
    [
        ("fake.100", []),
        ("fake.100.data", []),
        ("fake.0", []),
        ("fake.100.rounded", ["userList.statsV2"]),
        ("fake.100.app", ["followers.friend_count"]),
        ("fake.100.app.data", ["followers.friend_count"]),
    ],
)
def test_an_honest_page_has_no_unknown_field(api: Api, handle: str, missing: list[str]) -> None:
    """In both dialects, wrapped or not; what the rounded and the APP dialect lack is said."""
    body = strict_json.loads(api.ask("/api/user/followers", secUid=api.sec_uid(handle)).content)
    assert unknown_fields(body) == []
    assert missing_fields(body) == missing
    assert is_wrapped(body) == ("data" in handle)


def test_an_honest_profile_has_no_unknown_field(api: Api) -> None:
    """The answer about an account is one row."""
    body = strict_json.loads(api.ask("/api/user/info", uniqueId="fake.100").content)
    assert (unknown_fields(body), missing_fields(body), is_wrapped(body)) == ([], [], False)


def test_an_unknown_field_is_named_once_by_its_place() -> None:
    """In however many rows; of an unknown object only its own name; beside the rows, too."""
    new: JSON = {"region": "XX", "badges": [{"kind": 1}]}
    page = web_page(web_row("1", **new), web_row("2", **new), nextPage={"token": "x"})
    page["userList"][1]["statsV3"] = {"heartCount": "1"}
    expected = ["nextPage", "userList.statsV3", "userList.user.badges", "userList.user.region"]
    assert unknown_fields(parsed(page)) == expected
    assert unknown_fields(parsed({"data": page})) == expected
    assert unknown_fields(parsed({"data": page, "code": 0})) == ["code", *expected]


def test_an_unknown_field_of_the_app_dialect_is_named() -> None:
    """Its pictures are known as a whole."""
    row = app_row("1", avatar_larger={"url_list": ["https://x.example"], "shape": "round"}, follower_cnt=3)
    assert unknown_fields(parsed(app_page(row))) == ["followers.follower_cnt"]


@pytest.mark.parametrize(
    ("part", "field", "missing"),
    [
        ("user", "verified", ["userList.user.verified"]),
        ("statsV2", "heartCount", ["userList.statsV2.heartCount"]),
        ("statsV2", None, ["userList.statsV2"]),
    ],
)
def test_a_field_that_one_row_lacks_is_missing(part: str, field: str | None, missing: list[str]) -> None:
    """Of an object that is missing as a whole only its name."""
    lacking = web_row("2")
    if field is None:
        del lacking[part]
    else:
        del lacking[part][field]
    assert missing_fields(parsed(web_page(web_row("1"), lacking))) == missing


def test_what_the_walk_needs_of_a_page_is_missed_too() -> None:
    """Has it more, where does it go on, and how long is it."""
    page = {"userList": [web_row()], "statusCode": 0}
    assert missing_fields(parsed(page)) == ["hasMore", "minCursor", "total"]


def test_placeholders_and_rows_of_an_unknown_shape_lack_nothing() -> None:
    """A placeholder has no counts by nature; what is no object is the parser's business."""
    placeholder = {"user": {"id": "0", "uniqueId": ""}}
    assert missing_fields(parsed(web_page(web_row(), placeholder, "odd", None))) == []


@pytest.mark.parametrize("body", [[], None, "text", {}, {"data": [1]}, {"userList": None}], ids=str)
def test_any_json_can_be_asked(body: object) -> None:
    """An answer without rows has nothing unknown; what is missing is said where a list is named."""
    assert unknown_fields(body) == []
    assert not is_wrapped(body)
    assert missing_fields(body) in ([], ["hasMore", "minCursor", "total"])


def test_a_row_whose_id_is_an_object_is_looked_at() -> None:
    """Nothing breaks on a retyped field."""
    assert missing_fields(parsed(web_page(web_row({"low": 1}), web_row(["7"])))) == []


def test_a_profile_without_exact_counts_says_so() -> None:
    """statsV2 is missing as a whole."""
    info = user_info(followers=None)
    del info["userInfo"]["statsV2"]
    assert "userInfo.statsV2" in missing_fields(parsed(info))
