"""The guide to who left, on an account with 43,046 followers of which 10,000 are listed, and whose truth is known."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.stories.story import second_of, story_of
from tiktok_insights.local.fake_api.stories.truth import truth
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import load, seconds
from tiktok_insights_tests.support.told_looks import daily

GUIDE = Path(__file__).parents[2] / "docs" / "how_to" / "who_left.md"
ACCOUNT = {"handle": "a.museum", "followers": 43_046, "cap": 10_000, "joins_per_day": 200, "leaves_per_day": 0.01}
DAYS = 4


@pytest.mark.worlds
def test_the_guide_gives_names_that_did_leave_and_counts_the_rest_with_the_reason(loader: Loader) -> None:
    """Of last week; nobody who still follows is among them, and those of whom it cannot be known are counted."""
    story = {"days": DAYS, "people": {"number": 60_000, "die": 0.01}, "accounts": [ACCOUNT]}
    world = World(1, (), story_of(story))
    looks = [replace(look, account_id="42") for look in daily(world, "a.museum", second_of(0), DAYS, (30, 50, 10_000))]
    assert {(look.outcome, 9_000 < look.users_seen <= 10_000) for look in looks} == {("cut", True)}
    load(loader, looks)
    marts = Marts(loader.session)
    for mart in all_marts():
        if f"Main.{mart.name}" in GUIDE.read_text("utf-8"):
            marts.make(mart)
    names, reasons = (
        loader.session.query(sql) for sql in re.findall(r"```sql\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    )
    facts = {fact.tiktok_id: fact for fact in truth(world, world.account("a.museum"), looks[-1].started_at)}
    gone = loader.session.query("SELECT TIKTOK_ID, LAST_SEEN_AT, FIRST_MISSED_AT FROM Main.followers_gone")
    assert len(names) == len(gone) > 50
    for tiktok_id, shown, missed in gone:
        fact = facts[tiktok_id]
        assert fact.why is not None
        assert (seconds(shown) or 0) < (fact.left_at or 0) < (seconds(missed) or 0) + 400
    unknown = {why: count for _, why, count in reasons}
    assert unknown["followed before the time at which the list ends now"] > 100
    states: dict[str, int] = dict(
        loader.session.query("SELECT STATE, COUNT(*) FROM Main.follower_status GROUP BY STATE")
    )
    assert sum(unknown.values()) == states["unknown"] + states["missed_once"]
