"""The demo's story has what the history is to show, at every look, and its summary says the truth."""

import dataclasses
import itertools
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tiktok_insights.demo.story import BAKERY, BURST_DAY, CAFE, CAP, MUSEUM, STORY, looks
from tiktok_insights.demo.summary import words
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.stories.story import second_of
from tiktok_insights.local.fake_api.stories.truth import truth
from tiktok_insights_tests.support.documents import ROOT

GUIDE = ROOT / "docs" / "how_to" / "demo.md"
DAY = 86_400
#: A list from which more are missing is not taken for one that is cut at its cap, but for one that broke off.
WHOLE_SHARE = 0.9


@pytest.fixture(scope="module")
def world() -> World:
    """The world that the stack's fake API serves, with the story."""
    return World(story=STORY)


@pytest.fixture(scope="module")
def lists(world: World) -> dict[str, list[list[str]]]:
    """For each account whom it lists, look by look."""
    return {
        told.handle: [[person.tiktok_id for person in world.listed(world.account(told.handle), at)] for at in looks()]
        for told in STORY.accounts
    }


def test_looks_are_a_day_apart_but_for_two_days_without_any() -> None:
    """Each is more than 20 hours after the one before, so that no snapshot is fresh."""
    taken = looks()
    gaps = {round((after - before) / 3_600) for before, after in itertools.pairwise(taken)}
    assert len(taken) == 58
    assert gaps == {23, 24, 71}


def test_lists_are_short_and_the_cut_one_is_whole_before(world: World, lists: dict[str, list[list[str]]]) -> None:
    """At most 300 users are listed, and never so few of the claimed ones that the list would seem to break off."""
    museum = world.account(MUSEUM)
    claimed = [world.total(museum, at) for at in looks()]
    assert max(len(listed) for looked in lists.values() for listed in looked) <= CAP
    assert claimed[0] < CAP < claimed[-1]
    assert all(len(listed) >= WHOLE_SHARE * total for listed, total in zip(lists[MUSEUM], claimed, strict=True))


def test_there_is_a_burst_many_of_which_leave_again(lists: dict[str, list[list[str]]]) -> None:
    """At least a hundred new users in an hour, of whom a share is kept."""
    after = next(number for number, at in enumerate(looks()) if at > second_of(BURST_DAY))
    came = set(lists[BAKERY][after]) - set(lists[BAKERY][after - 1])
    kept = came & set(lists[BAKERY][-1])
    assert len(came) >= 100
    assert 0.4 <= len(kept) / len(came) <= 0.8


def test_someone_returns_after_looks_that_missed_and_someone_leaves_before_the_last_two_looks(
    lists: dict[str, list[list[str]]],
) -> None:
    """In the list, absent from two looks or more, in the list again; and others never again."""
    seen = [set(listed) for listed in lists[BAKERY]]
    everyone = set().union(*seen)
    shapes = {user: "".join("x" if user in listed else "." for listed in seen).strip(".") for user in everyone}
    assert any(".." in shape and user in seen[-1] for user, shape in shapes.items())
    assert sum(not user_seen for user_seen in (user in seen[-1] | seen[-2] for user in everyone)) > 20


def test_someone_still_follows_and_is_out_of_the_lists_reach(world: World, lists: dict[str, list[list[str]]]) -> None:
    """Listed once, later beyond the cap; the truth says that they follow all the time."""
    at = looks()[-1]
    beyond = [fact for fact in truth(world, world.account(MUSEUM), at) if fact.why is None and not fact.is_listed]
    assert len([fact for fact in beyond if fact.tiktok_id in lists[MUSEUM][0]]) > 10


def test_the_summary_names_every_find_and_says_the_truth(world: World, lists: dict[str, list[list[str]]]) -> None:
    """The facts as the control endpoint gives them: no find may be missing because the story has changed."""
    at = looks()[-1]

    def as_served(handle: str) -> list[dict[str, Any]]:
        facts = [dataclasses.asdict(fact) for fact in truth(world, world.account(handle), at)]
        return list(json.loads(json.dumps(facts)))

    said = words(as_served)
    for find in ("a burst", "a cut list", "a returned user", "an unknown", "a hidden list", "a walk that ended early"):
        assert f"\n  {find}: " in said
    for handle in (BAKERY, MUSEUM, CAFE):
        assert f"{len(lists[handle][-1])} of them listed" in said
    assert f"from {datetime.fromtimestamp(second_of(BURST_DAY), UTC):%Y-%m-%d %H:%M} UTC on" in said
    returned = next(line for line in said.splitlines() if "a returned user" in line).split()[3]
    assert returned in lists[BAKERY][-1]
    shown = [line.strip() for line in GUIDE.read_text(encoding="utf-8").splitlines()]
    assert all(line.strip() in shown for line in said.splitlines()[:7])


def test_the_guide_shows_how_often_the_list_is_cut(world: World) -> None:
    """The numbers of snapshots, by outcome, that its reader will see."""
    cut = sum(world.total(world.account(MUSEUM), at) > CAP for at in looks())
    rows = [line.split() for line in GUIDE.read_text(encoding="utf-8").splitlines()]
    assert [MUSEUM, "cut", str(cut)] in rows
    assert [MUSEUM, "whole", str(len(looks()) - cut)] in rows
