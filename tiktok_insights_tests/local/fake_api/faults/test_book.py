"""Schedules over HTTP: the same rule posted and in a handle, several faults in a row, counts, restarts."""

import pathlib
from typing import Any

import pytest

from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights_tests.support.asking import (
    FOLLOWINGS,
    ask_page,
)
from tiktok_insights_tests.support.served import Api, served

HANDLE = "fake.300.full"
SCHEDULES = [
    ("", {}, [0, 1, 2, 1], [200, 503, 503, 503]),
    ("-p3", {"page": 3}, [1, 2, 3, 3, 4], [200, 200, 503, 503, 503]),
    ("-p3to3", {"page": 3, "last_page": 3}, [2, 3, 3, 4], [200, 503, 503, 200]),
    ("-p3to5", {"page": 3, "last_page": 5}, [2, 3, 4, 5, 6], [200, 503, 503, 503, 200]),
    ("-p3-x2", {"page": 3, "times": 2}, [2, 3, 3, 3, 4, 3], [200, 503, 503, 200, 200, 200]),
    ("-x2", {"times": 2}, [1, 2, 3, 1], [503, 503, 200, 200]),
    ("-x1each", {"times": 1, "each_page": True}, [1, 1, 2, 2, 1], [503, 200, 503, 200, 200]),
    ("-e3", {"every": 3}, [1, 2, 3, 3, 3, 3, 0], [200, 200, 503, 200, 200, 503, 200]),
    ("-p2-x1-e2", {"page": 2, "times": 1, "every": 2}, [1, 2, 1, 2, 2, 2], [200, 200, 200, 503, 200, 200]),
    ("-p0", {"page": 0}, [0, 1], [503, 503]),
    ("-p0to0-x1", {"page": 0, "last_page": 0, "times": 1}, [0, 1, 0], [503, 200, 200]),
]


@pytest.mark.parametrize(("tail", "fields", "pages", "expected"), SCHEDULES)
def test_a_schedule_strikes_the_same_from_a_handle_and_posted(
    clean: Api, tail: str, fields: dict[str, Any], pages: list[int], expected: list[int]
) -> None:
    """Page by page and attempt by attempt."""
    named = f"{HANDLE}.fault-503{tail}"
    assert [ask_page(clean, named, page).status_code for page in pages] == expected
    clean.post_faults({"kind": "503", "account": HANDLE, **fields})
    assert [ask_page(clean, HANDLE, page).status_code for page in pages] == expected
    struck = clean.ask("/_control/faults").json()["struck"]
    assert struck == {f"503{tail}": {named: expected.count(503)}, f"1:503{tail}": {HANDLE: expected.count(503)}}


def test_a_fault_strikes_its_account_and_path_only(clean: Api) -> None:
    """Without them, everybody and everything; unknown users are refused as ever."""
    clean.post_faults({"kind": "502", "account": HANDLE, "path": FOLLOWINGS})
    assert [ask_page(clean, HANDLE, 1, path).status_code for path in (FOLLOWINGS, "/api/user/followers")] == [502, 200]
    assert ask_page(clean, "city.museum", 1, FOLLOWINGS).status_code == 200
    clean.post_faults({"kind": "504", "page": 0})
    assert [ask_page(clean, "city.museum", page).status_code for page in (0, 1)] == [504, 504]
    assert clean.body("/api/user/info", uniqueId="nobody.here")["statusCode"] == 10202
    assert clean.body("/api/user/followers")["statusCode"] == 10201


def test_posted_faults_play_one_after_the_other_and_then_the_accounts_own(clean: Api) -> None:
    """Two of the same kind count apart."""
    handle = f"{HANDLE}.fault-504-p2-x1"
    clean.post_faults(
        {"kind": "503", "account": handle, "times": 1},
        {"kind": "429-burst", "account": handle, "times": 2},
        {"kind": "503", "account": handle, "times": 1},
    )
    statuses = [ask_page(clean, handle, 2).status_code for _ in range(7)]
    assert statuses == [503, 429, 429, 503, 504, 200, 200]


def test_every_account_has_turns_of_its_own(clean: Api) -> None:
    """One fault for all: each meets it twice."""
    clean.post_faults({"kind": "503", "times": 2})
    for handle in ("city.museum", "night.market"):
        assert [ask_page(clean, handle).status_code for _ in range(3)] == [503, 503, 200]
    assert clean.ask("/_control/status").json()["faults"]["struck"] == {
        "1:503-x2": {"city.museum": 2, "night.market": 2}
    }


def test_faults_and_strikes_survive_a_restart(tmp_path: pathlib.Path) -> None:
    """Also the turns of every n-th, and the strikes of a handle's own fault."""
    own = f"{HANDLE}.fault-502-x3"
    with served(create_app(tmp_path)) as api:
        api.post_faults(
            {"kind": "503", "account": HANDLE, "page": 2, "times": 2},
            {"kind": "504", "account": "city.museum", "every": 2},
            {"kind": "slow", "account": "night.market", "delay_ms": 5, "times": 1, "each_page": True},
        )
        first = [ask_page(api, *place).status_code for place in ((HANDLE, 2), ("city.museum", 1), (own, 1), (own, 1))]
        ask_page(api, "night.market")
        before = api.ask("/_control/faults").json()
    with served(create_app(tmp_path)) as api:
        assert api.ask("/_control/faults").json() == before
        places = ((HANDLE, 2), (HANDLE, 2), ("city.museum", 1), (own, 1), (own, 1))
        second = [ask_page(api, *place).status_code for place in places]
    assert first == [503, 200, 502, 502]
    assert second == [503, 200, 504, 502, 200]


def test_counters_and_faults_can_be_forgotten(clean: Api) -> None:
    """Resetting the counters lets faults begin again; clearing takes the posted ones back as well."""
    own = f"{HANDLE}.fault-502-x1"
    clean.post_faults({"kind": "503", "account": HANDLE, "times": 1})
    once = [(503, 502), (200, 200)]
    assert [(ask_page(clean, HANDLE).status_code, ask_page(clean, own).status_code) for _ in range(2)] == once
    assert clean.control("reset-counters")["faults"]["struck"] == {}
    assert [(ask_page(clean, HANDLE).status_code, ask_page(clean, own).status_code) for _ in range(2)] == once
    clean.clear_faults()
    assert (ask_page(clean, HANDLE).status_code, ask_page(clean, own).status_code) == (200, 502)


def test_a_struck_request_is_counted_like_any_other(clean: Api) -> None:
    """The plan counts what the API answers, good or bad."""
    clean.control("reset-counters")
    ask_page(clean, f"{HANDLE}.fault-503")
    status = clean.ask("/_control/status").json()
    assert (status["served"], status["served_by_account"]) == (1, {f"{HANDLE}.fault-503": 1})


def test_a_posted_fault_is_listed_with_all_its_fields(clean: Api) -> None:
    """An account in any order of its options; nothing is lost."""
    clean.post_faults({"kind": "slow", "account": "fake.9.full.app", "page": 2, "last_page": 4, "delay_ms": 7})
    assert clean.ask("/_control/faults").json()["posted"] == [
        {
            "number": 1, "name": "slow-p2to4", "kind": "slow", "account": "fake.9.app.full", "path": None, "page": 2,
            "last_page": 4, "times": None, "each_page": False, "every": 1, "delay_ms": 7,
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, "kind"), ({"kind": "no-such"}, "no-such"), ({"kind": 5}, "kind"), ({"kind": ["503"]}, "kind"),
        ({"kind": "503", "colour": 1}, "colour"), ({"kind": "503", "account": "nobody.here"}, "nobody.here"),
        ({"kind": "503", "account": 7}, "account"), ({"kind": "503", "path": "/api"}, "/api/user/followers"),
        ({"kind": "503", "page": -1}, "first_page"), ({"kind": "503", "page": "3"}, "first_page"),
        ({"kind": "503", "page": 3, "last_page": 2}, "last_page"), ({"kind": "503", "times": 0}, "times"),
        ({"kind": "503", "times": True}, "times"), ({"kind": "503", "each_page": True}, "each_page"),
        ({"kind": "503", "every": 0}, "every"), ({"kind": "503", "delay_ms": 5}, "delay_ms"),
        ({"kind": "slow", "delay_ms": -1}, "delay_ms"), ({"kind": "slow", "delay_ms": 1.5}, "delay_ms"),
        ("503", "JSON object"),
    ],
)  # fmt: skip
def test_a_fault_that_cannot_be_is_refused_with_all_posted_beside_it(clean: Api, fields: object, named: str) -> None:
    """The error names what is wrong; nothing is posted."""
    assert named in clean.refused_faults([{"kind": "502"}, fields])
    assert clean.ask("/_control/faults").json()["posted"] == []
