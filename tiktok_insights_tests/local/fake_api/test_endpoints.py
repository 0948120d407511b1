"""The endpoints over HTTP: shapes of both dialects, parameters, and refusals inside a 200 body."""

import time
import tracemalloc

import pytest

from tiktok_insights.local.fake_api.accounts import Direction
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.paging import page_of
from tiktok_insights.local.fake_api.population import World
from tiktok_insights_tests.support.served import Api, id_of, rows_of

FOLLOWERS = "/api/user/followers"


def test_a_web_page_has_the_captured_fields(api: Api) -> None:
    """Names, types and the server's time in milliseconds."""
    page = api.body(FOLLOWERS, secUid=api.sec_uid("city.museum"), count=30, minCursor=0, maxCursor=0)
    assert page.keys() >= {"userList", "hasMore", "minCursor", "total", "statusCode", "status_code", "status_msg"}
    assert (page["hasMore"], page["total"], page["statusCode"], page["isTruncated"]) == (True, 1_000, 0, False)
    assert page["extra"]["now"] == VIRTUAL_START * 1_000
    assert VIRTUAL_START - 120 * 86_400 < page["minCursor"] < VIRTUAL_START


def test_a_web_row_has_the_captured_fields(api: Api) -> None:
    """User, rounded stats as numbers, exact ones as texts."""
    row = rows_of(api.body(FOLLOWERS, secUid=api.sec_uid("city.museum")))[0]
    assert row.keys() == {"user", "stats", "statsV2"}
    assert row["stats"].keys() == row["statsV2"].keys() == {
        "diggCount", "followerCount", "followingCount", "friendCount", "heart", "heartCount", "videoCount",
    }  # fmt: skip
    assert row["user"].keys() == {
        "avatarLarger", "avatarMedium", "avatarThumb", "commentSetting", "downloadSetting", "duetSetting", "ftc", "id",
        "isADVirtual", "nickname", "openFavorite", "privateAccount", "relation", "secUid", "secret", "signature",
        "stitchSetting", "ttSeller", "uniqueId", "verified",
    }  # fmt: skip
    assert {type(value) for value in row["stats"].values()} == {int}
    assert {type(value) for value in row["statsV2"].values()} == {str}


def test_an_app_page_and_row_have_the_mapped_keys(api: Api) -> None:
    """Every key of the mapping, about 120 in all, and pages several times as large as the WEB ones."""
    response = api.ask(FOLLOWERS, secUid=api.sec_uid("fake.1000.app"), count=30, max_time=0)
    page = response.json()
    assert page.keys() >= {"followers", "has_more", "min_time", "max_time", "total", "status_code"}
    row = page["followers"][0]
    assert row.keys() >= {
        "uid", "unique_id", "sec_uid", "nickname", "avatar_larger", "avatar_medium", "avatar_thumb", "follower_count",
        "following_count", "aweme_count", "total_favorited", "favoriting_count", "secret", "is_private_account",
        "custom_verify", "enterprise_verify_reason", "signature",
    }  # fmt: skip
    assert 100 <= len(row) <= 160
    assert row["avatar_larger"]["url_list"][0].startswith("https://")
    assert 150_000 < len(response.content) < 300_000


def test_a_body_can_come_inside_data_and_without_exact_counts(api: Api) -> None:
    """Two variants of older and wrapped payloads."""
    page = api.body(FOLLOWERS, secUid=api.sec_uid("fake.100.rounded.data"))
    assert page.keys() == {"data"}
    assert not any("statsV2" in row for row in page["data"]["userList"])


def test_handle_id_and_secure_id_resolve_to_one_profile(api: Api) -> None:
    """Avatars apart, which are signed again for every read."""
    by_handle = api.body("/api/user/info", uniqueId="night.market")["userInfo"]
    user = by_handle["user"]
    by_id = api.body("/api/user/info-by-id", userId=user["id"])["userInfo"]
    by_sec_uid = api.body("/api/user/info-by-id", secUid=user["secUid"])["userInfo"]
    for other in (by_id, by_sec_uid):
        assert other["statsV2"] == by_handle["statsV2"]
        changed = {name for name, value in other["user"].items() if value != user[name]}
        assert changed == {"avatarLarger", "avatarMedium", "avatarThumb"}
    assert by_handle["statsV2"]["followerCount"] == "10000"


def test_a_list_can_be_asked_for_by_user_id(api: Api) -> None:
    """`userId` and `secUid` name the same list."""
    user = api.body("/api/user/info", uniqueId="corner.bakery")["userInfo"]["user"]
    by_id = api.body(FOLLOWERS, userId=user["id"])
    by_sec_uid = api.body(FOLLOWERS, secUid=user["secUid"])
    assert list(map(id_of, rows_of(by_id))) == list(map(id_of, rows_of(by_sec_uid)))


@pytest.mark.parametrize(("count", "most"), [(1, 1), (10, 10), (30, 30), (31, 30), (5_000, 30)])
def test_a_page_has_at_most_30_rows(api: Api, count: int, most: int) -> None:
    """Whatever is asked for."""
    rows = rows_of(api.body(FOLLOWERS, secUid=api.sec_uid("fake.900.full"), count=count))
    assert len(rows) == most


@pytest.mark.parametrize("handle", ["fake.900.full", "fake.900.app.full", "fake.900.mix.full"])
def test_a_cursor_may_come_under_either_name(api: Api, handle: str) -> None:
    """A client that knows one dialect, or sends both, gets the same people."""
    sec_uid, cursor = api.sec_uid(handle), VIRTUAL_START - 30 * 86_400
    pages = [
        api.body(FOLLOWERS, secUid=sec_uid, minCursor=cursor, maxCursor=0),
        api.body(FOLLOWERS, secUid=sec_uid, max_time=cursor),
        api.body(FOLLOWERS, secUid=sec_uid, minCursor=cursor, max_time=cursor),
        api.body(FOLLOWERS, secUid=sec_uid, minCursor=0, max_time=cursor),
    ]
    assert len({tuple(map(id_of, rows_of(page))) for page in pages}) == 1
    fields = pages[0]
    assert (fields["minCursor"] if "minCursor" in fields else fields["min_time"]) < cursor


def test_a_cursor_before_everybody_gives_an_empty_last_page(api: Api) -> None:
    """The list is there, and has no more."""
    page = api.body(FOLLOWERS, secUid=api.sec_uid("city.museum"), minCursor=1)
    assert (page["userList"], page["hasMore"], page["minCursor"]) == ([], False, 0)


def test_an_account_of_a_million_is_served_quickly_at_any_depth(api: Api) -> None:
    """Ten pages, down to the last tenth, at a few milliseconds each; the bound is wide for a busy machine."""
    sec_uid = api.sec_uid("fake.1000000.nocap")
    started = time.perf_counter()
    for depth in range(10):
        page = api.body(FOLLOWERS, secUid=sec_uid, minCursor=VIRTUAL_START - depth * 1_000_000)
        assert 20 <= len(page["userList"]) <= 30
        assert page["total"] == 1_000_000
    assert time.perf_counter() - started < 2


def test_a_page_deep_in_a_million_takes_little_memory() -> None:
    """Nothing is held for each follower."""
    world, cursor = World(), VIRTUAL_START - 9_000_000
    account = world.account("fake.1000000.nocap")
    tracemalloc.start()
    try:
        page_of(world, account, Direction.FOLLOWERS, cursor=cursor, count=30, at=VIRTUAL_START)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_the_largest_account_ends_with_has_more_false(api: Api) -> None:
    """A hundred million followers, read at the far end."""
    cursor = VIRTUAL_START - 100_000_000 + 10
    page = api.body(FOLLOWERS, secUid=api.sec_uid("fake.100000000.nocap"), minCursor=cursor)
    assert not page["hasMore"]
    assert 1 <= len(page["userList"]) <= 11


def test_an_unknown_user_gets_the_documented_code(api: Api) -> None:
    """HTTP 200, and 10202 in the body."""
    for page in (
        api.body("/api/user/info", uniqueId="nobody.here"),
        api.body("/api/user/info-by-id", userId="12345"),
        api.body(FOLLOWERS, secUid="MS4wLjABAAAA" + "A" * 64),
    ):
        assert (page["statusCode"], page["status_code"]) == (10202, 10202)
        assert not page.keys() & {"userInfo", "userList", "hasMore"}


@pytest.mark.parametrize(
    "bad", [{"count": "abc"}, {"count": 0}, {"count": -1}, {"minCursor": "x"}, {"maxCursor": "1.5"}]
)
def test_a_bad_parameter_gets_the_code_of_the_dialect(api: Api, bad: dict[str, object]) -> None:
    """10201 in the WEB dialect, 10011 in the APP one; the message names the parameter."""
    web = api.body(FOLLOWERS, secUid=api.sec_uid("city.museum"), **bad)
    assert web["statusCode"] == 10201
    assert next(iter(bad)) in web["status_msg"]
    app = api.body(FOLLOWERS, secUid=api.sec_uid("fake.1000.app"), **bad)
    assert app["status_code"] == 10011
    assert "followers" not in app


def test_a_missing_name_is_a_bad_parameter(api: Api) -> None:
    """No account can be told."""
    assert api.body(FOLLOWERS)["statusCode"] == 10201
    assert api.body(FOLLOWERS, userId="abc")["statusCode"] == 10201
    assert api.body("/api/user/info")["statusCode"] == 10201


def test_avatar_addresses_change_on_every_read(api: Api) -> None:
    """So they can be no change key; they expire 48 hours after the virtual time of the read."""
    sec_uid = api.sec_uid("corner.bakery")
    first, second = (rows_of(api.body(FOLLOWERS, secUid=sec_uid))[0]["user"]["avatarThumb"] for _ in range(2))
    assert first != second
    assert f"x-expires={VIRTUAL_START + 48 * 3_600}&" in first
