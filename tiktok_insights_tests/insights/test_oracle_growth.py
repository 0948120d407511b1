"""The oracle's M2, M3 and M6 against the worked examples of the definitions."""

from dataclasses import replace

import pytest

from tiktok_insights_tests.support.oracle.growth import change
from tiktok_insights_tests.support.oracle.joined import joined, joining_window
from tiktok_insights_tests.support.oracle.presence import statuses
from tiktok_insights_tests.support.oracle.records import Interval, Snapshot
from tiktok_insights_tests.support.oracle.retention import Kept, kept, left_out, retention, wilson
from tiktok_insights_tests.support.oracle.times import DAY, HOUR, WEEK, at, day_start, week_start
from tiktok_insights_tests.support.oracle.worlds import cut, foreign, hidden, shown, whole

MONDAY = at("2026-03-02")
TUESDAY = MONDAY + DAY


def ids(prefix: str, count: int) -> list[str]:
    """Some users."""
    return [f"{prefix}{number}" for number in range(count)]


def test_days_and_weeks_are_utc_and_iso() -> None:
    """2026-03-02 is a Monday; its last second belongs to it."""
    assert week_start(MONDAY) == week_start(MONDAY + WEEK - 1) == MONDAY
    assert week_start(MONDAY - 1) == MONDAY - WEEK
    assert day_start(TUESDAY - 1) == MONDAY


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([7 * DAY], (70, 7.0, True)),
        ([7 * DAY + 12 * HOUR], (75, 7.5, True)),
        ([7 * DAY + 12 * HOUR + 1], (75, 7.5, False)),
        ([3 * DAY, 10 * DAY], (100, 10.0, False)),
        ([6 * DAY + 13 * HOUR, 7 * DAY + 11 * HOUR], (65, 6.5, True)),
        ([DAY, 20 * DAY], (10, 1.0, False)),
        ([4 * DAY, 10 * DAY], (40, 4.0, False)),
    ],
)
def test_change_says_how_many_days_lie_between(ages: list[int], expected: tuple[int, float, bool]) -> None:
    """The snapshot nearest to seven days ago counts, and only within 12 hours is it a week."""
    newest = replace(hidden(100 * DAY), users_claimed=1_000)
    earlier = [replace(hidden(100 * DAY - age), users_claimed=1_000 - age * 10 // DAY) for age in ages]
    found = change([newest, *earlier], newest)
    assert found is not None
    assert (found.change, round(found.days, 1), found.is_week) == expected
    assert found.per_day == pytest.approx(10, rel=0.05)


def test_no_claimed_total_means_no_change() -> None:
    """Neither as the newest nor as the earlier one."""
    first, unknown = hidden(0), foreign(7 * DAY)
    assert change([first, unknown], unknown) is None
    assert change([unknown, hidden(14 * DAY)], hidden(14 * DAY)) is None
    assert change([first], first) is None


def test_joined_example() -> None:
    """Windows Mon 09-21 h (30 rows) and Mon 21 h-Tue 03 h (30): Monday at least 30, at most 60."""
    early = shown(*ids("a", 30), after=MONDAY + 9 * HOUR, before=MONDAY + 21 * HOUR)
    late = shown(*ids("b", 30), after=MONDAY + 21 * HOUR, before=TUESDAY + 3 * HOUR)
    look = cut(TUESDAY + DAY, *late, *early, back_to=MONDAY)
    assert [(one.day, one.at_least, one.at_most) for one in joined([look])] == [(MONDAY, 30, 60), (TUESDAY, 0, 30)]


def test_only_covered_days_are_shown() -> None:
    """Not a day that the floor or the look itself divides, nor one with a hole."""
    rows = shown("a", after=MONDAY + HOUR, before=MONDAY + 2 * HOUR)
    assert joined([cut(TUESDAY - 1, *rows, back_to=MONDAY)]) == []
    assert joined([cut(TUESDAY, *rows, back_to=MONDAY + 1)]) == []
    assert len(joined([cut(TUESDAY, *rows, back_to=MONDAY)])) == 1
    assert joined([cut(TUESDAY, *rows, back_to=MONDAY, holes=(Interval(TUESDAY - 1, TUESDAY),))]) == []
    assert joined([hidden(TUESDAY), foreign(TUESDAY, "a")]) == []


def test_a_window_that_ends_at_midnight_is_inside_the_day() -> None:
    """Follow times are before the end of a window."""
    look = cut(TUESDAY + DAY, *shown("a", after=MONDAY, before=TUESDAY), back_to=MONDAY)
    assert [(one.at_least, one.at_most) for one in joined([look])] == [(1, 1), (0, 0)]


def test_a_small_accounts_windows_are_narrowed_by_earlier_looks() -> None:
    """One page from last year until now; each user joined between two looks."""

    def small(time: int, *users: str) -> Snapshot:
        return whole(time, *shown(*users, after=MONDAY - 300 * DAY, before=time + 1))

    looks = [small(MONDAY, "a"), small(TUESDAY - 1, "a", "b"), small(TUESDAY + DAY, "a", "b", "c")]
    assert joining_window(looks, "b") == Interval(MONDAY, TUESDAY)
    assert joining_window(looks, "c") == Interval(TUESDAY - 1, TUESDAY + DAY + 1)
    days = {one.day: (one.at_least, one.at_most) for one in joined(looks)}
    assert (days[MONDAY - DAY], days[MONDAY], days[TUESDAY]) == ((0, 1), (1, 3), (0, 1))


def test_a_look_that_does_not_reach_narrows_nothing() -> None:
    """Nor does one with a hole there, or one that covers the whole window."""
    rows = shown("a", after=MONDAY, before=TUESDAY)
    last = cut(TUESDAY + 9, *rows, back_to=MONDAY)
    noon = MONDAY + 12 * HOUR
    for blind in (
        cut(noon, back_to=MONDAY + 1),
        cut(noon, back_to=MONDAY, holes=(Interval(MONDAY + 1, MONDAY + 2),)),
        cut(TUESDAY, back_to=MONDAY),
        hidden(noon),
        foreign(noon),
    ):
        assert joining_window([last, blind], "a") == Interval(MONDAY, TUESDAY)
    assert joining_window([last, cut(noon, back_to=MONDAY)], "a") == Interval(noon, TUESDAY)


def test_users_who_may_have_left_count_in_the_upper_bound_only() -> None:
    """Missed once and unknown; the gone in none."""
    page = shown("in", "once", after=MONDAY, before=MONDAY + HOUR)
    looks = [cut(TUESDAY, *page, *shown("gone", after=MONDAY, before=MONDAY + 60), back_to=MONDAY)]
    looks += [
        cut(TUESDAY + 1, *page, back_to=MONDAY),
        cut(TUESDAY + 2, *shown("in", after=MONDAY, before=MONDAY + HOUR), back_to=MONDAY),
    ]
    assert {user: found.state for user, found in statuses(looks).items()} == {
        "in": "listed", "once": "missed_once", "gone": "gone",
    }  # fmt: skip
    assert [(one.at_least, one.at_most) for one in joined(looks)] == [(1, 2)]


def test_wilson_example() -> None:
    """255 of 288 is 88.5 % (84.3-91.7)."""
    found = Kept(MONDAY, 1, listed=255, gone=33, unknown=12, missed_once=0, is_reached=True)
    assert (found.n, round((found.share or 0) * 100, 1)) == (288, 88.5)
    assert found.interval == pytest.approx((0.843, 0.917), abs=5e-4)
    assert wilson(0, 30)[0] == pytest.approx(0)


def test_kept_example_from_snapshots() -> None:
    """300 joined, 255 listed, 33 gone, 12 unknown since the newest list no longer reaches them."""
    old = shown(*ids("u", 12), after=MONDAY + HOUR, before=MONDAY + 2 * HOUR)
    stay = shown(*ids("s", 255), after=MONDAY + DAY, before=MONDAY + DAY + HOUR)
    leave = shown(*ids("g", 33), after=MONDAY + DAY, before=MONDAY + DAY + HOUR)
    looks = [
        cut(MONDAY + 2 * DAY, *stay, *leave, *old, back_to=MONDAY),
        cut(MONDAY + WEEK, *stay, *old, back_to=MONDAY),
        cut(MONDAY + WEEK + DAY, *stay, back_to=MONDAY + DAY),
    ]
    found = kept(looks, MONDAY, 1)
    assert (found.listed, found.gone, found.unknown, found.missed_once) == (255, 33, 12, 0)
    assert found.share == 255 / 288
    assert found == retention(looks)[-1]


def test_a_list_that_no_longer_reaches_the_cohort_has_no_share() -> None:
    """Not the whole, but the first moment of the week must be reached, in week k itself."""
    rows = shown(*ids("s", 30), after=MONDAY + DAY, before=MONDAY + DAY + HOUR)
    first = cut(MONDAY + 2 * DAY, *rows, back_to=MONDAY)
    assert kept([first], MONDAY, 0).share == 1
    assert kept([first], MONDAY, 1).share is None
    assert kept([first, cut(MONDAY + WEEK, *rows, back_to=MONDAY + 1)], MONDAY, 1).share is None
    assert kept([first, cut(MONDAY + WEEK, *rows, back_to=MONDAY)], MONDAY, 1).share == 1
    assert kept([first, whole(MONDAY + WEEK, *rows)], MONDAY, 1).share == 1


def test_no_share_for_fewer_than_thirty() -> None:
    """29 users have counts, but no number."""
    rows = shown(*ids("s", 29), after=MONDAY, before=MONDAY + HOUR)
    found = kept([whole(MONDAY + DAY, *rows)], MONDAY, 0)
    assert (found.n, found.share, found.interval) == (29, None, None)


def test_users_without_a_cohort_are_left_out_and_counted() -> None:
    """Windows over two weeks, of long ago, or first seen more than 7 days after they end."""
    rows = (
        *shown("in", after=MONDAY, before=MONDAY + WEEK),
        *shown("across", after=MONDAY, before=MONDAY + WEEK + 1),
        *shown("ago", after=None, before=MONDAY + WEEK),
        *shown("late", after=MONDAY, before=MONDAY + WEEK - 1),
    )
    looks = [whole(MONDAY + 2 * WEEK, *rows)]
    assert left_out(looks) == 3
    assert kept(looks, MONDAY, 2).listed == 1
