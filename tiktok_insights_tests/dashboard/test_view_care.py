"""The page Care: every number at its place, in the table of each chart too; nothing is said of those we cannot tell."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.people import Group, Signs
from tiktok_insights.dashboard.intervals import wilson
from tiktok_insights.dashboard.view.pages.drawing import DRAWN
from tiktok_insights.dashboard.view.words.care import SIGNS
from tiktok_insights_tests.dashboard import support_facts as made
from tiktok_insights_tests.dashboard.support_pages import lead, shown

ACCOUNT = made.cut_account()
CARE = ACCOUNT.care


def with_care(**changes: object) -> Account:
    """The account with other signs."""
    return replace(ACCOUNT, care=replace(CARE, **changes))  # type: ignore[arg-type]  # names of fields


def signs(several: int, known: int, unknown: int, *, shown: bool = True) -> Signs:
    """Signs of a group of users."""
    share = several / known if shown else None
    classes = (
        Group("none", known - several, known, 1 - share if share is not None else None),
        Group("one", 0, known, None),
        Group("several", several, known, share),
        Group("cannot say", unknown, known + unknown, None),
    )
    return replace(CARE.everyone, users=known + unknown, classes=classes)


def test_the_classes_of_each_group_add_up_to_its_people() -> None:
    """Those of whom nothing can be said are hatched, and left out of the shares."""
    found = shown("care", ACCOUNT, "classes")
    for group in (CARE.joined_28, CARE.joined_90, CARE.everyone):
        assert f"{group.users:,} people" in found.text
        assert sum(one.users for one in group.classes) == group.users
        for one in group.classes:
            assert f"{one.users:,}" in found.text
    assert found.text.count("(left out of the shares)") == 3
    assert found.html.count("f-unseen") == 3


def test_each_sign_has_its_share_and_people_among_three_groups() -> None:
    """The most frequent sign first; small groups have no share."""
    rows = shown("care", ACCOUNT, "signs").rows[1:]
    assert rows[0][0] == SIGNS["follows many more"]
    for at, group in enumerate((CARE.joined_28, CARE.joined_90, CARE.everyone)):
        by_title = {SIGNS[one.name]: one for one in group.signs}
        for row in rows:
            one = by_title[row[0]]
            few = "under 10" if 0 < one.users < 10 else f"{one.users:,}" if one.users else "none"
            share = "" if one.share is None else f"{100 * one.share:.1f}%"
            assert row[2 + at].replace("%", "% ").split() == f"{share} {few} of {one.of:,}".split()


def test_a_sign_that_no_one_can_tell_is_no_zero() -> None:
    """It is said so."""
    unknown = replace(CARE.joined_28, signs=tuple(Group(name, 0, 0, None) for name in SIGNS))
    assert {row[2] for row in shown("care", with_care(joined_28=unknown), "signs").rows[1:]} == {"cannot say"}
    nobody = replace(unknown, users=0)
    assert {row[2] for row in shown("care", with_care(joined_28=nobody), "signs").rows[1:]} == {"no one joined"}


def test_activity_is_of_those_considered() -> None:
    """The others are hatched."""
    text = shown("care", ACCOUNT, "activity").text
    for number in (CARE.without_activity, CARE.considered - CARE.without_activity, CARE.considered):
        assert f"{number:,}" in text
    assert f"Cannot say {CARE.everyone.users - CARE.considered:,}" in text
    assert "%" not in shown("care", with_care(share_without_activity=None), "activity").text
    active = shown("care", with_care(without_activity=0, share_without_activity=None), "activity")
    assert f"All {CARE.considered:,} public followers with served counts show some activity." in active.text
    none = shown("care", with_care(considered=0, without_activity=0, share_without_activity=None), "activity")
    assert "cannot say" in none.text
    assert "svg" not in none.elements


def test_the_map_has_every_cell_and_its_table_every_user() -> None:
    """The letters give the cells back; the table's sums are those of the cells."""
    found = shown("care", ACCOUNT, "map")
    data = found.numbers
    levels, letters = data["levels"], data["cells"]
    assert isinstance(levels, int)
    assert isinstance(letters, str)
    strengths = [strength for letter in letters for strength in divmod(int(letter, 36), levels)]
    cells = {(cell.joined, cell.created): cell.users for cell in CARE.map}
    assert {divmod(at, 60) for at, strength in enumerate(strengths) if strength} == cells.keys()
    assert data["people"] == [sum(users for (joined, _), users in cells.items() if joined == at) for at in range(60)]
    years = Counter[str]()
    for cell in CARE.map:
        years[str(cell.first_created_at.year)] += cell.users
    assert {row[0]: row[-1] for row in found.rows[1:]} == {year: f"{users:,}" for year, users in years.items()}


def test_the_map_does_not_tell_the_second_of_a_creation() -> None:
    """It is the first half of an ID: the scale begins with the day."""
    cells = tuple(replace(cell, first_created_at=cell.first_created_at + timedelta(seconds=3_601)) for cell in CARE.map)
    begins = shown("care", with_care(map=cells), "map").numbers["first"]
    first = min(cells, key=lambda cell: cell.created).first_created_at
    assert begins == datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()
    assert first.second != 0


def test_many_of_one_age_who_joined_together_stand_out() -> None:
    """In the map and in the sentence, which a phone has instead; random cells do not."""
    assert "stands out" not in shown("care", ACCOUNT, "map").text
    patch = replace(CARE.map[-1], users=61)
    found = shown("care", with_care(map=(*CARE.map[:-1], patch)), "map")
    assert f"One patch stands out: 61 joined together, made about {patch.first_created_at:%b %Y}." in found.text
    letters = str(found.numbers["cells"])
    assert [part for letter in letters for part in divmod(int(letter, 36), 6)].count(5) == 1


def test_a_map_that_is_not_there_has_a_reason() -> None:
    """The reason that the facts give."""
    assert "IDs no longer say" in shown("care", with_care(map=(), map_reason="IDs no longer say when."), "map").text


def test_weeks_have_their_shares_in_chart_and_table() -> None:
    """A week without a share has its people, and no point."""
    found = shown("care", ACCOUNT, "weeks")
    points = found.numbers["weeks"]
    assert isinstance(points, list)
    for point, row, week in zip(points, reversed(found.rows[1:]), ACCOUNT.weeks, strict=True):
        assert point[2] == week.signs_known
        assert (point[3] is None) == (week.share_several is None)
        assert row[1:3] == [f"{week.several:,}", f"{week.signs_known:,}"]
        assert row[3] == ("no share" if week.share_several is None else f"{100 * week.share_several:.1f}%")
    assert [point[6] for point in points].count(1) == 1
    small = shown("care", made.whole_account(), "weeks")
    assert "no week has 30 people" in small.text
    assert "%" not in "".join(row[3] for row in small.rows[1:])


@pytest.mark.parametrize(
    ("recent", "longer", "words"),
    [
        (signs(231, 3_160, 1_500), signs(300, 6_358, 3_000), "more than usual for this account (4.7% of the last"),
        (signs(100, 3_160, 1_500), signs(300, 6_358, 3_000), "less than usual"),
        (signs(150, 3_160, 1_500), signs(300, 6_358, 3_000), "as usual"),
        (signs(3, 20, 5, shown=False), signs(300, 6_358, 3_000), "under 10 show several. Of everyone listed"),
        (signs(0, 0, 5, shown=False), signs(300, 6_358, 3_000), "we cannot say anything. Of everyone listed"),
        (signs(0, 0, 0, shown=False), signs(300, 6_358, 3_000), "No one joined for certain in the last four weeks"),
    ],
)
def test_the_first_sentence_compares_with_the_account_itself(recent: Signs, longer: Signs, words: str) -> None:
    """It says more or less only if the interval does not hold what is usual."""
    assert words in lead("care", with_care(joined_28=recent, joined_90=longer))


def test_what_no_one_can_tell_is_one_sentence() -> None:
    """No classes of no one, no verdict."""
    nothing = signs(0, 0, 950, shown=False)
    account = with_care(everyone=nothing, joined_28=nothing, joined_90=nothing)
    assert "we cannot say" in lead("care", account)
    assert "All 950 followers listed are private" in shown("care", account, "classes").text
    assert set(DRAWN["care"](with_care(everyone=signs(0, 0, 0, shown=False))).visuals.values()) == {""}


def test_the_interval_is_wilsons() -> None:
    """The example of 255 of 288: 84.3 to 91.7 %."""
    low, high = wilson(255 / 288, 288)
    assert (round(low, 3), round(high, 3)) == (0.843, 0.917)


def test_the_same_facts_give_the_same_page() -> None:
    """Nothing depends on order in memory."""
    assert DRAWN["care"](made.cut_account()) == DRAWN["care"](made.cut_account())
