"""Stories over HTTP: posted, played on the virtual clock, kept over a restart, and refused where they cannot be."""

import pathlib
from collections.abc import Iterator

import pytest

from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights_tests.local.fake_api.stories.walks import SHOP, facts, world_with
from tiktok_insights_tests.support.served import JSON, Api, id_of, rows_of, served

DAY = 86_400
ACCOUNT: JSON = {"handle": SHOP, "followers": 200, "leaves_per_day": 0.02, "joins_per_day": 3}


@pytest.fixture
def shop(tmp_path: pathlib.Path) -> Iterator[Api]:
    """An API of the test's own, of the seed that `world_with` has."""
    with served(create_app(tmp_path, seed=11)) as api:
        yield api


def truth(api: Api, **query: object) -> JSON:
    """What the API says is true."""
    return api.body("/_control/truth", account=SHOP, **query)


def test_a_posted_story_is_played_as_in_process_and_kept_over_a_restart(tmp_path: pathlib.Path) -> None:
    """Pages, profile and truth are those of the clock's present moment, or the truth of any other."""
    told = world_with(**{name: value for name, value in ACCOUNT.items() if name != "handle"})
    with served(create_app(tmp_path, seed=11)) as api:
        posted = api.control("story", accounts=[ACCOUNT])
        assert (posted["days"], posted["accounts"][0]["leaves_per_day"]) == (60, 0.02)
        api.control("clock", advance_seconds=20 * DAY)
    with served(create_app(tmp_path, seed=11)) as api:
        now = VIRTUAL_START + 20 * DAY
        listed = dict.fromkeys(id_of(row) for page in api.pages(SHOP) for row in rows_of(page))
        said = truth(api)
        assert list(listed) == [person.tiktok_id for person in told.listed(told.account(SHOP), now)]
        assert said["at"] == now
        for at in (now, VIRTUAL_START + 40 * DAY, VIRTUAL_START):
            assert [fact["tiktok_id"] for fact in truth(api, at=at)["facts"]] == list(facts(told, at))
        assert [fact["tiktok_id"] for fact in said["facts"] if fact["is_listed"]] == list(listed)
        assert {fact["why"] for fact in said["facts"]} == {None, "unfollowed"}


def test_troubles_strike_between_their_days_only(shop: Api) -> None:
    """A hidden list in between, and walks that end before the list does."""
    troubles = [
        {"fault": "hidden", "from_day": 1, "to_day": 2},
        {"fault": "ends-early-p3", "from_day": 2, "to_day": 3},
    ]
    shop.control("story", accounts=[{**ACCOUNT, "troubles": troubles}])
    sec_uid = shop.sec_uid(SHOP)
    lengths = []
    for _ in range(4):
        first = shop.body("/api/user/followers", secUid=sec_uid)
        lengths.append(len(list(shop.pages(SHOP))) if "userList" in first else None)
        shop.control("clock", advance_seconds=DAY)
    assert lengths[1:3] == [None, 3]
    assert min(lengths[0] or 0, lengths[3] or 0) >= 6


def test_the_clock_can_tick_with_each_request(shop: Api) -> None:
    """So a walk takes virtual time: who follows again meanwhile is missed by it, and was never away for long."""
    at = 9 * 3_600
    shop.control("story", accounts=[{"handle": SHOP, "followers": 200, "refollows_per_day": 1, "refollow_at": at}])
    shop.control("clock", advance_seconds=10 * DAY + at - 3)
    shop.control("settings", seconds_per_request=1)
    seen = {id_of(row) for page in shop.pages(SHOP) for row in rows_of(page)}
    missed = [fact for fact in truth(shop)["facts"] if fact["tiktok_id"] not in seen]
    assert [(len(fact["follows"]), fact["is_listed"]) for fact in missed] == [(2, True)]
    assert shop.ask("/_control/status").json()["clock"] == VIRTUAL_START + 10 * DAY + at - 3 + 1 + 7


@pytest.mark.parametrize(
    ("story", "said"),
    [
        ({"accounts": [{"handle": SHOP}]}, "followers"),
        ({"accounts": [{**ACCOUNT, "leavers": 1}]}, "leavers"),
        ({"accounts": [{**ACCOUNT, "leaves_per_day": 1.5}]}, "leaves_per_day"),
        ({"accounts": [{**ACCOUNT, "handle": "A Shop"}]}, "A Shop"),
        ({"accounts": [ACCOUNT, ACCOUNT]}, "same handle"),
        ({"accounts": [{**ACCOUNT, "handle": "city.museum"}]}, "same handle"),
        ({"people": {"number": 379}, "accounts": [ACCOUNT]}, "takes 380 people, but there are 379"),
        ({"accounts": [{**ACCOUNT, "bursts": [{"day": 1, "follows": 5, "group": 0}]}]}, "same_age has 0"),
        (
            {
                "people": {"same_age": [{"people": 4, "day": 1}]},
                "accounts": [{**ACCOUNT, "bursts": [{"day": 1, "follows": 5, "group": 0}]}],
            },
            "takes 5 people of a group of 4",
        ),
        ({"accounts": [{**ACCOUNT, "troubles": [{"fault": "flood", "from_day": 0, "to_day": 1}]}]}, "flood"),
    ],
)
def test_a_story_that_cannot_be_told_is_refused_and_nothing_changes(shop: Api, story: JSON, said: str) -> None:
    """The error names what is wrong; the story before goes on."""
    before = shop.control("story", accounts=[{**ACCOUNT, "handle": "old.shop"}])
    assert said in shop.refused_control("story", **story)
    assert shop.ask("/_control/story").json() == before
    assert shop.sec_uid("old.shop")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"account": "city.museum"}, "city.museum"),
        ({"account": "no.one"}, "no.one"),
        ({"at": "noon"}, "noon"),
        ({}, ""),
    ],
)
def test_there_is_no_truth_about_what_is_in_no_story(shop: Api, query: JSON, said: str) -> None:
    """Refused, and the error names what was asked for."""
    shop.control("story", accounts=[ACCOUNT])
    response = shop.ask("/_control/truth", **({"account": SHOP} if "at" in query else {}), **query)
    assert response.status_code == 400
    assert said in response.json()["error"]
