"""Full walks over HTTP: what the API returns is what `World.listed` says, row by row."""

import collections
import itertools

import pytest

from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.counts import Counts
from tiktok_insights.local.fake_api.population import Person, World
from tiktok_insights_tests.support.served import JSON, Api, id_of, rows_of

WORLD = World()


@pytest.fixture(scope="module")
def market(api: Api) -> list[JSON]:
    """All pages of the account of ten thousand."""
    return list(api.pages("night.market"))


def facts_of(row: JSON) -> tuple[object, ...]:
    """Read a row by the documented field names of its dialect: exact counts first, else `stats`."""
    if "user" in row:
        user, stats = row["user"], row["statsV2" if "statsV2" in row else "stats"]
        names = ("followerCount", "followingCount", "videoCount", "heartCount", "diggCount", "friendCount")
        flags = (user["verified"], user["privateAccount"])
        return user["id"], user["uniqueId"], user["nickname"], *flags, *(int(stats[name]) for name in names)
    flags = (bool(row["custom_verify"] or row["enterprise_verify_reason"]), row["secret"] or row["is_private_account"])
    names = ("follower_count", "following_count", "aweme_count", "total_favorited", "favoriting_count", "friends_count")
    return row["uid"], row["unique_id"], row["nickname"], *flags, *(row[name] for name in names)


def expected(person: Person, counts: Counts) -> tuple[object, ...]:
    """Put a person's facts in the same order."""
    identity = (person.tiktok_id, person.unique_id, person.nickname, person.verified, person.private)
    return *identity, counts.followers, counts.following, counts.videos, counts.hearts, counts.diggs, counts.friends


@pytest.mark.parametrize(
    "handle",
    [
        "corner.bakery", "city.museum", "night.market", "fake.30.app", "fake.1000.app", "fake.10000.app", "fake.31",
        "fake.0", "fake.1", "fake.1000.rounded", "fake.1000.app.rounded.data", "fake.1000.mix.nocap.data",
        "fake.6000.cap5k.full",
    ],
)  # fmt: skip
def test_a_full_walk_returns_exactly_who_is_listed(api: Api, handle: str) -> None:
    """In the same order, with the same facts, everybody once."""
    account = WORLD.account(handle)
    rows: dict[str, tuple[object, ...]] = {}
    for page in api.pages(handle):
        rows.update({id_of(row): facts_of(row) for row in rows_of(page) if id_of(row) != "0"})
    persons = list(WORLD.listed(account, VIRTUAL_START))
    assert list(rows.values()) == [expected(person, WORLD.served_counts(account, person)) for person in persons]


def test_a_walk_of_ten_thousand_costs_334_pages_that_are_short_but_never_empty(market: list[JSON]) -> None:
    """One request for each 30 slots; dead accounts shorten pages, some rows repeat at the border, dummies occur."""
    pages = [rows_of(page) for page in market]
    ids = [id_of(row) for page in pages for row in page]
    repeats = sum(count - 1 for identifier, count in collections.Counter(ids).items() if identifier != "0")
    assert len(pages) == 334
    assert {len(page) for page in pages[:-1]} <= set(range(15, 31))
    assert all(pages)
    assert ids.count("0") == 5
    assert 20 <= repeats <= 50
    assert len(set(ids) - {"0"}) == pytest.approx(9_500, abs=60)


def test_a_repeated_row_is_the_last_one_of_the_page_before(market: list[JSON]) -> None:
    """Only at the border, and with the same facts."""
    pages = [rows_of(page) for page in market]
    for before, after in itertools.pairwise(pages):
        repeated = {id_of(row) for row in before} & {id_of(row) for row in after} - {"0"}
        assert repeated <= {id_of(before[-1])}


@pytest.mark.parametrize("count", [1, 2, 7])
def test_small_pages_give_the_same_list(api: Api, count: int) -> None:
    """The size of pages changes neither who is listed nor that no page is empty."""
    pages = [rows_of(page) for page in api.pages("fake.200", count)]
    ids = dict.fromkeys(id_of(row) for page in pages for row in page)
    ids.pop("0", None)
    assert list(ids) == [person.tiktok_id for person in WORLD.listed(WORLD.account("fake.200"), VIRTUAL_START)]
    assert all(1 <= len(page) <= count for page in pages)


def test_an_account_of_mixed_dialects_changes_with_each_page(api: Api) -> None:
    """The client must look at each body."""
    dialects = ["userList" in page for page in api.pages("fake.300.mix")]
    assert dialects == [True, False] * 5


def test_a_capped_walk_ends_early_although_the_total_is_exact(api: Api) -> None:
    """5,000 most recent of 7,000: `hasMore` is false, and only `total` tells."""
    pages = list(api.pages("fake.7000.cap5k"))
    assert len(pages) == 167
    assert {page["total"] for page in pages} == {7_000}
    assert sum(len(rows_of(page)) for page in pages) < 5_010


def test_the_followings_are_another_list_of_the_same_shape(api: Api) -> None:
    """Same walk, other people, the number that the profile states."""
    pages = list(api.pages("corner.bakery", path="/api/user/followings"))
    profile = api.body("/api/user/info", uniqueId="corner.bakery")["userInfo"]
    assert {str(page["total"]) for page in pages} == {profile["statsV2"]["followingCount"]}
    followers = {id_of(row) for page in api.pages("corner.bakery") for row in rows_of(page)}
    assert {id_of(row) for page in pages for row in rows_of(page)} != followers


def test_every_sort_of_awkward_nickname_is_among_ten_thousand(market: list[JSON]) -> None:
    """Commas, quotes, line breaks, formulas, joiners, right to left, nothing: all cross the wire unharmed."""
    nicknames = [row["user"]["nickname"] for page in market for row in rows_of(page)]
    text = "".join(nicknames)
    assert all(character in text for character in (",", '"', "\n", "\u200d", "\u202e", "\\", "\t", "غ", "🔥"))
    assert {nickname[:1] for nickname in nicknames} >= {"=", "+", "-", "@", ""}
