"""The control endpoints over HTTP, and lists that change when the virtual clock moves."""

import pathlib
from collections.abc import Iterator

import pytest

from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights_tests.support.served import Api, id_of, rows_of, served

DAY = 86_400
WORLD = World()


@pytest.fixture
def fresh(tmp_path: pathlib.Path) -> Iterator[Api]:
    """An API of the test's own, because it moves the clock."""
    with served(create_app(tmp_path)) as api:
        yield api


def listed(api: Api, handle: str) -> list[str]:
    """Walk a list and return its ids, each once."""
    ids = dict.fromkeys(id_of(row) for page in api.pages(handle) for row in rows_of(page))
    ids.pop("0", None)
    return list(ids)


def test_followers_arrive_and_leave_as_the_clock_moves(fresh: Api) -> None:
    """Walk, total and profile agree with the expectation at each time."""
    museum = WORLD.account("city.museum")
    before, clock = listed(fresh, "city.museum"), VIRTUAL_START
    for days in (1, 30, 400):
        clock = fresh.control("clock", advance_seconds=days * DAY)["clock"]
        after = listed(fresh, "city.museum")
        assert after == [person.tiktok_id for person in WORLD.listed(museum, clock)]
        assert set(after) - set(before)
        assert days == 1 or set(before) - set(after)
        total = fresh.body("/api/user/followers", secUid=museum.sec_uid)["total"]
        profile = fresh.body("/api/user/info", uniqueId="city.museum")["userInfo"]["statsV2"]
        assert total == int(profile["followerCount"]) == WORLD.total(museum, clock)
    assert clock == VIRTUAL_START + 431 * DAY


def test_a_total_is_the_exact_length_of_the_whole_list(fresh: Api) -> None:
    """Where nobody is filtered, a full walk counts as many rows as `total` says, at any time."""
    for _ in range(3):
        rows = sum(len({id_of(row) for row in rows_of(page)}) for page in fresh.pages("fake.90.full"))
        assert rows == fresh.body("/api/user/info", uniqueId="fake.90.full")["userInfo"]["stats"]["followerCount"]
        fresh.control("clock", advance_seconds=25 * DAY)


def test_a_walk_goes_on_across_a_move_of_the_clock(fresh: Api) -> None:
    """The cursor is a time: who arrives in the middle of a walk shifts nothing."""
    museum = WORLD.account("city.museum")
    first = fresh.body("/api/user/followers", secUid=museum.sec_uid)
    fresh.control("clock", advance_seconds=3_600)
    second = fresh.body("/api/user/followers", secUid=museum.sec_uid, minCursor=first["minCursor"])
    expected = [person.tiktok_id for person in WORLD.listed(museum, VIRTUAL_START)]
    seen = dict.fromkeys(id_of(row) for row in [*rows_of(first), *rows_of(second)])
    assert list(seen) == expected[: len(seen)]


def test_the_clock_moves_only_forward_and_by_whole_seconds(fresh: Api) -> None:
    """Refused with a message, and nothing changes."""
    for value in (-1, 1.5, "10", True, 10**12):
        assert fresh.refused_control("clock", advance_seconds=value)
    assert "advance_seconds" in fresh.refused_control("clock", seconds=1)
    assert fresh.ask("/_control/status").json()["clock"] == VIRTUAL_START


def test_the_status_counts_requests_by_path_account_and_key(fresh: Api) -> None:
    """Resetting the counters gives the quota back; asking for the status costs nothing."""
    sec_uid = fresh.sec_uid("night.market")
    fresh.ask("/api/user/followers", secUid=sec_uid)
    fresh.ask("/api/user/followers", secUid=sec_uid)
    status = fresh.ask("/_control/status").json()
    assert status["served"] == 3
    assert status["served_by_path"] == {"/api/user/info": 1, "/api/user/followers": 2}
    assert status["served_by_account"] == {"night.market": 3}
    assert list(status["quota_spent"].values()) == [3]
    assert list(status["quota_left"].values()) == [999_997]
    assert [account["handle"] for account in status["accounts"]] == ["corner.bakery", "city.museum", "night.market"]
    after = fresh.control("reset-counters")
    assert (after["served"], after["served_by_path"], after["quota_spent"]) == (0, {}, {})


def test_settings_change_while_the_api_runs(fresh: Api) -> None:
    """Only what is named changes; the next request feels it."""
    changed = fresh.control("settings", monthly_quota=1)
    assert changed["settings"] == {
        "monthly_quota": 1,
        "requests_per_minute": None,
        "latency_ms": 0,
        "seconds_per_request": 0,
    }
    assert fresh.ask("/api/user/info", uniqueId="city.museum").status_code == 200
    assert fresh.ask("/api/user/info", uniqueId="city.museum").status_code == 429
    fresh.control("settings", monthly_quota=10, latency_ms=60)
    assert fresh.ask("/api/user/info", uniqueId="city.museum").elapsed.total_seconds() >= 0.06


@pytest.mark.parametrize(
    "fields",
    [{"quota": 1}, {"monthly_quota": -1}, {"monthly_quota": None}, {"requests_per_minute": 0}, {"latency_ms": "5"}],
)
def test_a_bad_setting_is_refused(api: Api, fields: dict[str, object]) -> None:
    """The error names it."""
    assert next(iter(fields)) in api.refused_control("settings", **fields)


def test_two_instances_give_the_same_bytes(tmp_path: pathlib.Path) -> None:
    """The same requests in the same order, whatever folder and process."""
    bodies = []
    for name in ("one", "two"):
        with served(create_app(tmp_path / name)) as api:
            sec_uid = api.sec_uid("city.museum")
            bodies.append(
                [api.ask("/api/user/followers", secUid=sec_uid, minCursor=cursor).content for cursor in (0, 9)]
            )
    assert bodies[0] == bodies[1]


def test_a_restart_goes_on_with_clock_and_quota(tmp_path: pathlib.Path) -> None:
    """State lives in the folder."""
    with served(create_app(tmp_path)) as api:
        api.control("clock", advance_seconds=5 * DAY)
        api.sec_uid("city.museum")
    with served(create_app(tmp_path)) as api:
        status = api.ask("/_control/status").json()
    assert (status["clock"], status["served"]) == (VIRTUAL_START + 5 * DAY, 1)


def test_accounts_can_be_configured(tmp_path: pathlib.Path) -> None:
    """They replace the default ones; ad-hoc handles stay."""
    accounts = [Account(handle="tea.house", followers=45, nickname="Tea House", filtered_share=0.5)]
    with served(create_app(tmp_path, accounts=accounts, seed=3)) as api:
        world = World(3, accounts)
        expected = [person.tiktok_id for person in world.listed(world.account("tea.house"), VIRTUAL_START)]
        assert listed(api, "tea.house") == expected
        assert 10 < len(expected) < 35
        assert api.body("/api/user/info", uniqueId="city.museum")["statusCode"] == 10202
        assert len(listed(api, "fake.5.full")) == 5
