"""Faults that move the clock between two pages of a walk, and the quota that ends in the middle of one."""

import pathlib
from collections.abc import Iterator

import pytest

from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights_tests.support.asking import ask_page, listed_ids
from tiktok_insights_tests.support.served import Api, id_of, rows_of, served

SHOWN = {"follower-arrives", "follower-leaves"}
"""The kinds that this module shows."""


@pytest.fixture
def fresh(tmp_path: pathlib.Path) -> Iterator[Api]:
    """An API of the test's own, because the clock moves."""
    with served(create_app(tmp_path)) as api:
        yield api


def walked(api: Api, handle: str) -> list[str]:
    """Walk a list and return its ids, each once."""
    ids = dict.fromkeys(id_of(row) for page in api.pages(handle) for row in rows_of(page))
    ids.pop("0", None)
    return list(ids)


@pytest.mark.parametrize("handle", ["fake.100.full.fault-follower-arrives", "fake.100.app.full.fault-follower-arrives"])
def test_one_who_arrives_between_two_pages_is_in_the_next_walk(fresh: Api, handle: str) -> None:
    """The walk under way is as it would have been; one more is at the head afterwards."""
    before = listed_ids(handle)
    assert walked(fresh, handle) == before
    clock = fresh.ask("/_control/status").json()["clock"]
    after = listed_ids(handle, clock)
    assert after[1:] == before
    assert listed_ids(handle, clock - 1) == before
    assert walked(fresh, handle) == after


@pytest.mark.parametrize(("handle", "place"), [("fake.300.full", 120), ("fake.200.full", 51)])
def test_one_who_leaves_between_two_pages_is_missing_behind_them_only(fresh: Api, handle: str, place: int) -> None:
    """Before page 4: it lacks number 120 of the list, but number 51 was on a page fetched before."""
    handle += ".fault-follower-leaves-p4"
    before, ids = listed_ids(handle), walked(fresh, handle)
    after = listed_ids(handle, fresh.ask("/_control/status").json()["clock"])
    assert [before.index(one) for one in set(before) - set(after)] == [place]
    assert ids == (before if place < 90 else before[:place] + before[place + 1 :])


def test_the_clock_moves_once(fresh: Api) -> None:
    """Unless told otherwise; and no further where nobody can leave."""
    walked(fresh, "fake.100.full.fault-follower-arrives-p1-x3each")
    walked(fresh, "fake.100.full.fault-follower-arrives-p1-x2")
    arrivals = fresh.ask("/_control/status").json()
    assert arrivals["faults"]["struck"] == {
        "follower-arrives-p1-x3each": {"fake.100.full.fault-follower-arrives-p1-x3each": 4},
        "follower-arrives-p1-x2": {"fake.100.full.fault-follower-arrives-p1-x2": 2},
    }
    ask_page(fresh, "fake.1.full.fault-follower-leaves-p1")
    assert fresh.ask("/_control/status").json()["clock"] == arrivals["clock"] > VIRTUAL_START


def test_the_quota_can_be_told_to_end_after_so_many_requests(fresh: Api) -> None:
    """For every key, seen before or not, until the virtual month ends; then all of it is there again."""
    fresh.ask("/api/user/info", uniqueId="city.museum")
    status = fresh.control("quota", left=2)
    assert status["settings"]["monthly_quota"] == 1_000_000
    answers = [ask_page(fresh, "fake.100.full", number) for number in (1, 2, 3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["x-ratelimit-requests-remaining"] for answer in answers] == ["1", "0", "0"]
    assert list(fresh.ask("/_control/status").json()["quota_left"].values()) == [0]
    fresh.control("clock", advance_seconds=31 * 86_400)
    assert ask_page(fresh, "city.museum").headers["x-ratelimit-requests-remaining"] == "999999"


@pytest.mark.parametrize("left", [-1, 1_000_001, "5", None, True])
def test_a_quota_that_cannot_be_left_is_refused(fresh: Api, left: object) -> None:
    """The error names the bounds."""
    assert "from 0 to the monthly quota" in fresh.refused_control("quota", left=left)
    assert "left" in fresh.refused_control("quota", remaining=1)
