"""The oracle's M10, M11 and M12 against the definitions."""

from dataclasses import replace

import pytest

from tiktok_insights_tests.support.oracle.bursts import Burst, at_least_by_chance, bursts, is_burst
from tiktok_insights_tests.support.oracle.records import Row
from tiktok_insights_tests.support.oracle.signs import (
    FIRST_CREATION,
    created_at,
    follower_map,
    same_age_groups,
    sign_class,
    signs,
)
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, at
from tiktok_insights_tests.support.oracle.worlds import cut, shown

MONDAY = at("2026-03-02")
CREATED = at("2020-06-01")


def made(second: int, number: int = 0) -> str:
    """The id of an account that was created at a second."""
    return str((second << 32) + number)


USER = Row(made(CREATED), MONDAY, MONDAY + HOUR, 1, "someone", followers=100, following=1_673, videos=1, likes_given=5)


@pytest.mark.parametrize(
    ("sign", "changed", "expected"),
    [
        ("default_handle", {"user_name": "user123"}, True),
        ("default_handle", {"user_name": "user123x"}, False),
        ("default_handle", {"user_name": None}, None),
        ("follows_many", {}, False),
        ("follows_many", {"following": 5_000}, True),
        ("follows_many", {"following": 4_999}, False),
        ("follows_many", {"following": 1_000, "followers": 0}, True),
        ("follows_many", {"following": 999, "followers": 0}, False),
        ("follows_many", {"following": 0}, None),
        ("never_liked", {"likes_given": 0}, True),
        ("never_liked", {"likes_given": None}, None),
        ("at_limit", {"following": 9_899}, False),
        ("at_limit", {"following": 9_900, "followers": 9_900}, True),
        ("was_young", {}, False),
        ("was_young", {"tiktok_id": made(MONDAY + HOUR - 7 * DAY)}, True),
        ("was_young", {"tiktok_id": made(MONDAY + HOUR - 7 * DAY - 1)}, None),
        ("was_young", {"tiktok_id": made(MONDAY - 7 * DAY)}, False),
        ("was_young", {"tiktok_id": "12345"}, None),
        ("was_young", {"followed_before": None}, None),
        ("same_age", {}, False),
        ("same_age", {"tiktok_id": made(MONDAY)}, True),
        ("same_age", {"tiktok_id": "12345"}, None),
    ],
)
def test_signs(sign: str, changed: dict[str, object], expected: bool | None) -> None:
    """Each sign is true, false, or cannot be said."""
    row = replace(USER, **changed)  # type: ignore[arg-type]  # the parameter names one field
    assert signs(row, {MONDAY // DAY: 10})[sign] is expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "none"),
        ({"user_name": "user1"}, "one"),
        ({"user_name": "user1", "likes_given": 0}, "several"),
        ({"user_name": "user1", "likes_given": 0, "is_private": True}, "cannot say"),
        ({"user_name": "user1", "following": 0}, "cannot say"),
        ({"user_name": "user1", "followers": None}, "cannot say"),
    ],
)
def test_classes_of_signs(changed: dict[str, object], expected: str) -> None:
    """Private users and counts that were not served say nothing."""
    assert sign_class(replace(USER, **changed), {}) == expected  # type: ignore[arg-type]  # the parameter names one field


def test_creation_is_known_from_2014() -> None:
    """Older ids follow another rule."""
    assert created_at(made(FIRST_CREATION)) == FIRST_CREATION
    assert created_at(made(FIRST_CREATION - 1)) is None
    assert created_at("6") is None


def test_same_age_groups_have_at_least_ten() -> None:
    """Nine users of one day are no group."""
    rows = [Row(made(CREATED, number)) for number in range(10)]
    assert same_age_groups(rows) == {CREATED // DAY: 10}
    assert same_age_groups(rows[:9]) == {}


def test_the_poisson_tail() -> None:
    """Against known values; a rate of zero makes any follower impossible by chance."""
    assert at_least_by_chance(0, 3.0) == 1
    assert at_least_by_chance(1, 1.0) == pytest.approx(0.6321206)
    assert at_least_by_chance(3, 2.0) == pytest.approx(0.3233236)
    assert (at_least_by_chance(1, 0.0), at_least_by_chance(0, 0.0)) == (0, 1)


@pytest.mark.parametrize(
    ("count", "rate", "expected"),
    [(99, 0, False), (100, 0, True), (100, 20, True), (100, 20.1, False), (499, 100, False), (500, 100, True)],
)
def test_when_an_hour_is_a_burst(count: int, rate: float, expected: bool) -> None:
    """At least 100, at least five times the usual."""
    assert is_burst(count, rate) is expected


def test_neighboring_hours_of_a_burst_merge() -> None:
    """Two hours are one burst; one of 99 is none, and wide windows are in no hour."""

    def many(prefix: str, count: int, hour: int) -> tuple[Row, ...]:
        start = MONDAY + hour * HOUR
        return shown(*(f"{prefix}{number}" for number in range(count)), after=start, before=start + HOUR)

    rows = (
        *many("a", 100, 5), *many("b", 150, 6), *many("c", 99, 9), *many("d", 120, 11), *many("e", 24, -30),
        *shown(*(f"w{number}" for number in range(200)), after=MONDAY + 14 * HOUR, before=MONDAY + 16 * HOUR),
    )  # fmt: skip
    look = cut(MONDAY + 2 * DAY, *rows, back_to=MONDAY - 2 * DAY)
    assert bursts([look]) == [
        Burst(MONDAY + 5 * HOUR, MONDAY + 7 * HOUR, 250),
        Burst(MONDAY + 11 * HOUR, MONDAY + 12 * HOUR, 120),
    ]
    assert bursts([replace(look, covered_from=MONDAY)]) == []


def test_the_follower_map_orders_joining_against_creation() -> None:
    """The oldest follower and the oldest account are in cell 0; unknown creations are counted apart."""
    rows = [Row(made(CREATED + number), MONDAY, MONDAY + HOUR, list_position=600 - number) for number in range(600)]
    found = follower_map([*rows, Row("7", MONDAY, MONDAY + HOUR, list_position=601)])
    assert found.cells == {(cell, cell): 10 for cell in range(60)}
    assert (found.unknown, found.impossible, found.is_shown) == (1, 0, True)


def test_the_map_is_hidden_when_ids_no_longer_tell_creation() -> None:
    """1 of 200 accounts created after they followed is tolerated, 2 are not."""
    rows = [Row(made(CREATED, number), MONDAY, MONDAY + HOUR, number + 1) for number in range(200)]
    late = [replace(row, tiktok_id=made(MONDAY + HOUR, number)) for number, row in enumerate(rows[:2])]
    assert follower_map([*late[:1], *rows[1:]]).is_shown
    found = follower_map([*late, *rows[2:]])
    assert (found.impossible, found.is_shown) == (2, False)
