"""What pages list in a story, cause by cause, compared with the truth."""

import itertools

import pytest

from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.local.fake_api.stories.story import story_of
from tiktok_insights_tests.local.fake_api.stories.walks import SHOP, facts, pages, walk, world_with
from tiktok_insights_tests.support.served import JSON

DAY = 86_400
HOUR = 3_600


def day(number: float) -> int:
    """The virtual time at which a day begins."""
    return VIRTUAL_START + round(number * DAY)


def test_a_walk_lists_those_of_whom_it_is_true_whenever_it_is_taken() -> None:
    """Everything at once, and the moments in any order: a world that was never asked before gives the same."""
    people: JSON = {"number": 2_000, "die": 0.1, "revive": 0.5, "hide": 0.1, "rename": 0.1, "swap": 0.1}
    account: JSON = {"joins_per_day": 4, "leaves_per_day": 0.01, "come_back": 0.5, "refollows_per_day": 2}
    told = world_with(people, **account)
    moments = [day(number / 3) for number in range(-3, 186, 21)]
    lists = {at: list(walk(told, at)) for at in moments}
    for at, seen in lists.items():
        true = facts(told, at)
        assert set(seen) == {key for key, fact in true.items() if fact.why is None}
        assert seen == [key for key in true if true[key].is_listed]
    again = world_with(people, **account)
    assert all(list(walk(again, at)) == lists[at] for at in reversed(moments))
    assert list(walk(world_with(people, seed=12, **account), day(9))) != lists[day(-1)]


def test_who_unfollows_is_gone_from_then_on_and_the_truth_says_when_and_why() -> None:
    """About one in five in ten days; nobody leaves before the story begins."""
    told = world_with(leaves_per_day=0.02)
    before, after = walk(told, day(0)), walk(told, day(10))
    gone = {key: fact for key, fact in facts(told, day(10)).items() if key not in after}
    assert len(before) == 200
    assert 25 <= len(gone) <= 55
    assert before.keys() - after.keys() == gone.keys()
    assert {fact.why for fact in gone.values()} == {"unfollowed"}
    for key, fact in gone.items():
        assert fact.left_at is not None
        assert day(0) < fact.left_at <= day(10)
        assert key in walk(told, fact.left_at - 1)
        assert key not in walk(told, fact.left_at)


def test_the_truth_tells_nothing_of_the_future() -> None:
    """At the start no follow has an end, though many will."""
    told = world_with(leaves_per_day=0.05, joins_per_day=10)
    now = facts(told, day(0))
    assert len(now) == 200
    assert {until for fact in now.values() for _, until in fact.follows} == {None}
    assert any(fact.left_at for fact in facts(told, day(30)).values())


def test_who_comes_back_follows_anew_and_is_at_another_place_of_the_list() -> None:
    """Days later, with both follows in the truth; the list names nobody twice."""
    told = world_with(leaves_per_day=0.02, come_back=1.0)
    end = walk(told, day(60))
    back = {key: fact for key, fact in facts(told, day(60)).items() if fact.why is None and len(fact.follows) > 1}
    assert len(back) > 40
    for key, fact in back.items():
        for (_, until), (since, _) in itertools.pairwise(fact.follows):
            assert until is not None
            assert 2 * DAY <= since - until < 14 * DAY
        assert key in end
    rows = [row for page in pages(told, told.account(SHOP), day(60)) for row in page.rows]
    assert len(rows) - len(end) <= 2  # repeated at the border of pages


def test_who_follows_again_in_the_next_second_can_be_missed_by_a_walk_that_takes_time() -> None:
    """The first page is read before, the old place after: a walk lists the person never, the truth says listed."""
    told = world_with(refollows_per_day=1, refollow_at=9 * HOUR)
    account = told.account(SHOP)
    refollow = day(20) + 9 * HOUR
    before, after = (list(walk(told, at)) for at in (refollow - 1, refollow + 1))
    moved = [key for key in after if after.index(key) < 5 and before.index(key) >= 30]
    first = next(pages(told, account, refollow - 1))
    late = itertools.islice(pages(told, account, refollow + 1), 1, None)
    seen = {row.tiktok_id for page in [first, *late] for row in page.rows if row}
    assert set(before) == set(after)
    assert set(before) - seen == set(moved)
    assert len(moved) == 1


def test_the_dead_and_the_hidden_are_in_no_list_but_in_the_total_and_come_back_to_their_place() -> None:
    """The truth tells the two apart; the dead come back only in the share that revives."""
    told = world_with({"die": 0.3, "revive": 0.5, "hide": 0.3})
    account = told.account(SHOP)
    start, middle, end = (list(walk(told, day(number))) for number in (0, 30, 80))
    away = {key: fact.why for key, fact in facts(told, day(30)).items() if fact.why}
    for_good = {key: fact.why for key, fact in facts(told, day(80)).items() if fact.why}
    assert set(away.values()) == {"died", "hidden"}
    assert set(for_good.values()) == {"died"}
    assert [key for key in start if key not in away] == middle
    assert [key for key in start if key not in for_good] == end
    assert set(end) - set(middle)
    assert told.total(account, day(30)) == told.total(account, day(80)) == 200


def test_a_renamed_person_keeps_the_id_and_two_who_swap_exchange_their_handles() -> None:
    """No two people ever have one handle at a time."""
    renamed = world_with({"number": 400, "rename": 0.3})
    swapped = world_with({"number": 400, "swap": 0.5}, followers=400)
    for told, others_handle in ((renamed, False), (swapped, True)):
        before, after = walk(told, day(0)), walk(told, day(60))
        changed = {key for key in before if before[key].unique_id != after[key].unique_id}
        handles = {person.unique_id for person in before.values()}
        assert before.keys() == after.keys()
        assert len(changed) > 30
        assert len({person.unique_id for person in after.values()}) == len(after)
        assert all((after[key].unique_id in handles) is others_handle for key in changed)
        assert before.keys() == walk(told, day(31)).keys()


def test_a_burst_comes_within_its_seconds() -> None:
    """A hundred within the hour, and besides nobody."""
    told = world_with(bursts=[{"day": 20.5, "follows": 100}])
    before, after = walk(told, day(20.5) - 1), walk(told, day(20.5) + HOUR)
    true = facts(told, day(21))
    assert len(after) - len(before) == 100
    assert list(after)[100:] == list(before)
    assert all(day(20.5) <= true[key].follows[0][0] < day(20.5) + HOUR for key in list(after)[:100])


def test_a_second_with_more_follows_than_a_page_holds_shows_as_many_as_fit() -> None:
    """The page asked one second later begins at the second's start again, and the rest is never listed."""
    told = world_with(bursts=[{"day": 5, "follows": 45, "seconds": 1}])
    first, second, *_ = pages(told, told.account(SHOP), day(6))
    assert first.cursor == day(5)
    assert len(first.rows) == 30
    assert second.newest == day(5)
    assert len(walk(told, day(6))) == 200 + 30
    assert sum(fact.why is None for fact in facts(told, day(6)).values()) == 245


def test_a_group_of_the_same_age_follows_in_its_burst_only() -> None:
    """Their ids say that they were created within an hour of the chosen day; the ids stay unique."""
    groups = [{"people": 40, "day": 11, "hollow": True}, {"people": 20, "day": -100}]
    bursts = [{"day": 14, "follows": 30, "group": 0, "leave": 0.5}, {"day": 30, "follows": 20, "group": 1}]
    told = world_with({"same_age": groups}, joins_per_day=5, bursts=bursts)
    true = facts(told, day(60))
    created = {key: int(key) >> 32 for key in true}
    young = {key for key, at in created.items() if day(11) <= at < day(11) + HOUR}
    assert len(young) == 30
    assert all(day(14) <= true[key].follows[0][0] < day(14) + HOUR for key in young)
    assert sum(day(-100) <= at < day(-100) + HOUR for at in created.values()) == 20
    assert len(true) == 200 + 300 + 50
    persons = walk(told, day(15))
    assert 20 <= len(young & persons.keys()) <= 30
    assert all(persons[key].unique_id.startswith("user7") for key in young & persons.keys())
    assert all(persons[key].counts.following >= 50 * persons[key].counts.followers for key in young & persons.keys())
    left = {key for key in young if true[key].why == "unfollowed"}
    assert 8 <= len(left) <= 22
    assert all(0 < (true[key].left_at or 0) - true[key].follows[0][0] < 10 * DAY for key in left)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_people_are_private_or_uncounted_in_the_chosen_shares(share: float) -> None:
    """A count that is not served is 0, which no real following can be."""
    private = walk(world_with({"private": share}), day(0)).values()
    uncounted = walk(world_with({"uncounted": share}), day(0)).values()
    assert sum(person.private for person in private) == pytest.approx(share * 200, abs=20 if 0 < share < 1 else 2)
    assert sum(person.counts.following == 0 for person in uncounted) == pytest.approx(
        share * 200, abs=20 if 0 < share < 1 else 0
    )


@pytest.mark.parametrize("cap", [50, 5_000, 10_000])
def test_a_cut_list_ends_at_the_cap_and_claims_more(cap: int) -> None:
    """The newest ones are listed; the truth knows the rest."""
    told = world_with({"number": cap + 100}, followers=cap + 100, cap=cap)
    listed = walk(told, day(0))
    true = facts(told, day(0))
    assert len(listed) == cap
    assert list(true)[:cap] == list(listed)
    assert [fact.is_listed for fact in true.values()] == [True] * cap + [False] * 100
    assert {fact.why for fact in true.values()} == {None}
    assert next(pages(told, told.account(SHOP), day(0))).total == cap + 100


@pytest.mark.parametrize("drift", [0.01, -0.01])
def test_a_claimed_total_drifts_away_from_the_true_one(drift: float) -> None:
    """Page and profile claim the same; the list is what it was."""
    told = world_with(claims_drift=drift)
    account = told.account(SHOP)
    for days, claimed in ((0, 200), (10, 200 + 2_000 * drift), (60, 200 + 12_000 * drift)):
        page, *_ = pages(told, account, day(days))
        assert page.total == told.profile(account, day(days)).counts.followers == claimed
        assert len(walk(told, day(days))) == 200


def test_accounts_of_one_story_share_followers_and_do_not_change_each_other() -> None:
    """A person looks the same in each list, and has one life."""
    people = {"number": 300, "die": 0.2, "rename": 0.2}
    shop, cafe = ({"handle": handle, "followers": 150, "leaves_per_day": 0.01} for handle in (SHOP, "b.cafe"))
    both = World(11, (), story_of({"people": people, "accounts": [shop, cafe]}))
    alone = World(11, (), story_of({"people": people, "accounts": [shop]}))
    in_shop, in_cafe = walk(both, day(40)), walk(both, day(40), "b.cafe")
    shared = in_shop.keys() & in_cafe.keys()
    assert len(shared) > 20
    assert all(in_shop[key] == in_cafe[key] for key in shared)
    assert walk(alone, day(40)) == in_shop
