"""The page Who: every number of the facts at its place, unknown counts in words, names as text alone."""

import random
from dataclasses import replace

import pytest

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.people import Group, NewFollower, Person, Ranked, Total, Who
from tiktok_insights.dashboard.view.html import BLANK_NAME, visible
from tiktok_insights.dashboard.view.pages.drawing import DRAWN
from tiktok_insights_tests.dashboard import support_facts as made
from tiktok_insights_tests.dashboard.support_pages import Shown, lead, shown

ACCOUNT = made.cut_account()
WHO = ACCOUNT.who
LISTS = {"most_followed": WHO.most_followed, "follow_most": WHO.follow_most, "most_videos": WHO.most_videos}
GROUPS = {"privacy": WHO.privacy, "verification": WHO.verification, "tiers": WHO.tiers, "bands": WHO.bands}
#: A name that would run, if it could, with a mark to look for.
RUNS = '<img src=x onerror="MARK()">'


def with_who(**changes: object) -> Account:
    """The account with other facts about its followers."""
    return replace(ACCOUNT, who=replace(WHO, **changes))  # type: ignore[arg-type]  # names of fields


def called(person: Person) -> str:
    """A person as a list shows it."""
    return f"{visible(person.nick_name) or BLANK_NAME} @{person.user_name}"


@pytest.mark.parametrize(("visual", "ranked"), LISTS.items(), ids=LISTS)
def test_a_list_has_all_its_people_in_order(visual: str, ranked: tuple[Ranked, ...]) -> None:
    """Name, handle and number of each, also where a sentence stands for the bars."""
    rows = shown("who", ACCOUNT, visual).rows[1:]
    assert [(row[0], row[-1]) for row in rows] == [(called(one.person), f"{one.value:,}") for one in ranked]


def test_nicknames_have_the_hearts_of_all_who_share_them() -> None:
    """And how many these are, if more than one."""
    rows = shown("who", ACCOUNT, "most_hearts").rows[1:]
    for row, one in zip(rows, WHO.most_hearts, strict=True):
        shared = f" {one.users} people" if one.users > 1 else ""
        assert row[0] == (visible(one.nick_name) or BLANK_NAME) + shared
        assert row[-1] == f"{one.hearts:,}"


def test_the_four_cards_have_sums_and_what_they_are_over() -> None:
    """Exactly, beside the short form; friends are not served."""
    text = shown("who", ACCOUNT, "sums").text
    for total in (WHO.followers, WHO.following, WHO.hearts):
        assert f"{total.value:,}, summed over {total.users:,}" in text
    assert text.count(f"At least: {WHO.users - WHO.followers.users:,} not served") == 3
    assert "Not served" in text


def test_a_sum_over_no_one_is_no_zero() -> None:
    """It is said that it is not known."""
    none = Total(0, 0)
    text = shown("who", with_who(followers=none, following=none, hearts=none), "sums").text
    assert text.count("Cannot say") == 3
    assert "0" not in text.replace("always sends 0", "")


@pytest.mark.parametrize(("visual", "groups"), GROUPS.items(), ids=GROUPS)
def test_groups_have_their_people_and_shares(visual: str, groups: tuple[Group, ...]) -> None:
    """Those under ten are not counted, those of no one are none."""
    text = shown("who", ACCOUNT, visual).text
    for group in groups:
        if group.users >= 10:
            assert f"{group.users:,}" in text
        if group.share is not None and visual in {"tiers", "bands"}:
            assert f"{group.users:,} {100 * group.share:.1f}%" in text
    assert ("under 10" in text) == any(0 < group.users < 10 for group in groups)


def test_without_a_share_there_is_neither_percent_nor_bar() -> None:
    """A bar of 100 % would show shares; the reason stands instead."""
    groups = (Group("public", 21, 28, None), Group("private", 7, 28, None), Group("unknown", 0, 28, None))
    found = shown("who", with_who(privacy=groups), "privacy")
    assert "%" not in found.text
    assert "svg" not in found.elements
    assert "Public 21" in found.text
    assert "Private under 10" in found.text
    assert "fewer than 30 people" in found.text


def test_unknown_people_are_hatched_and_named() -> None:
    """In bars and in lists of bars; without any, they are not mentioned."""
    groups = (Group("public", 60, 100, 0.6), Group("private", 20, 100, 0.2), Group("unknown", 20, 100, 0.2))
    found = shown("who", with_who(privacy=groups), "privacy")
    assert "Unknown 20% 20" in found.text
    assert "f-unseen" in found.html
    assert "Unknown" not in shown("who", ACCOUNT, "privacy").text
    assert "f-unseen" in shown("who", ACCOUNT, "tiers").html


def test_those_who_follow_the_most_are_bars_unless_all_are_at_the_limit() -> None:
    """Twenty equal bars say nothing; one sentence does."""
    assert "svg" not in shown("who", ACCOUNT, "follow_most").elements
    assert "The first 20 follow 9,993 to 9,999 accounts" in shown("who", ACCOUNT, "follow_most").text
    below = (*WHO.follow_most[:-1], replace(WHO.follow_most[-1], value=9_899))
    assert shown("who", with_who(follow_most=below), "follow_most").elements.count("rect") == 20


def test_the_new_have_all_their_numbers_and_who_is_back() -> None:
    """A count that was not served is no zero."""
    person = Person("7", "someone", "Some One")
    new = (NewFollower(person, 5_001, None, 0, None, True), NewFollower(person, 12, 3, 4, 5, False))
    found = shown("who", with_who(new=new), "new")
    assert found.rows[1:] == [
        ["Some One @someone", "5,001", "not served", "0", "not served", "returned"],
        ["Some One @someone", "12", "3", "4", "5", "new"],
    ]
    assert f"{WHO.new_users:,} people joined" in found.text
    assert f"{WHO.notable} have 5,000 followers or more" in found.text


def test_the_sentences_begin_with_numbers() -> None:
    """Sizes, openness, what was not served, and that a cut list is no sample."""
    text = lead("who", ACCOUNT)
    assert "Most are small accounts: 84% have under 1,000 followers; 1,380 have more, and 145 of them 10,000" in text
    assert "28% are private, and 19 are verified." in text
    assert "not a random sample" in text
    assert "not a random sample" not in lead("who", made.whole_account())


def test_an_account_without_a_list_has_one_sentence() -> None:
    """No card of nothing, no empty frames."""
    drawn = DRAWN["who"](with_who(users=0))
    assert set(drawn.visuals.values()) == {""}
    assert "we cannot say" in drawn.lead


def test_a_name_is_text_inside_its_own_element() -> None:
    """In every list: nothing of it is an element, and nothing of it stands outside of <bdi>."""
    rng = random.Random(1)  # noqa: S311  # names
    hostile: Who = made.who(9_490, rng, (RUNS,))
    for name, html in DRAWN["who"](replace(ACCOUNT, who=hostile)).visuals.items():
        found = Shown(html)
        assert "img" not in found.elements, name
        assert found.text.count("MARK") == found.names.count("MARK"), name
    assert "MARK" in found.names


def test_the_same_facts_give_the_same_page() -> None:
    """Nothing depends on order in memory."""
    assert DRAWN["who"](made.cut_account()) == DRAWN["who"](made.cut_account())
