"""A walk along an account's pages in process, by the documented rules. Walks over HTTP belong in `served`."""

from collections.abc import Iterator
from typing import Any

from tiktok_insights.local.fake_api.accounts import Account, Direction
from tiktok_insights.local.fake_api.paging import LARGEST_PAGE, Page, page_of
from tiktok_insights.local.fake_api.population import Person, World
from tiktok_insights.local.fake_api.stories.story import story_of
from tiktok_insights.local.fake_api.stories.truth import Fact, truth
from tiktok_insights_tests.support.served import JSON

SHOP = "a.shop"


def world_with(people: JSON | None = None, *, seed: int = 11, **account: Any) -> World:
    """A world in which one shop has a story."""
    story = story_of({"people": people or {}, "accounts": [{"handle": SHOP, "followers": 200, **account}]})
    return World(seed, (), story)


def pages(world: World, account: Account, at: int) -> Iterator[Page]:
    """The pages of a walk that takes no time."""
    cursor = 0
    while True:
        page = page_of(world, account, Direction.FOLLOWERS, cursor=cursor, count=LARGEST_PAGE, at=at)
        yield page
        if not page.has_more:
            return
        cursor = page.cursor


def walk(world: World, at: int, handle: str = SHOP) -> dict[str, Person]:
    """Whom a walk lists, by id, in the order of the list."""
    rows = (row for page in pages(world, world.account(handle), at) for row in page.rows)
    return {row.tiktok_id: row for row in rows if row is not None}


def facts(world: World, at: int, handle: str = SHOP) -> dict[str, Fact]:
    """The truth by id."""
    return {fact.tiktok_id: fact for fact in truth(world, world.account(handle), at)}
