"""The walk along a list: every way to stop, and that it always does."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_insights.tiktok.models import Page
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.tiktok.pagination import KNOWN_CAPS, Stop, Walk
from tiktok_insights_tests.support.bodies import app_page, app_row, encoded, parse_page, web_page, web_row
from tiktok_insights_tests.support.oracle.coverage import class_of_walk

#: When every page is fetched; the cursors here are so old that no page is dense unless it is meant to be.
FETCHED = datetime(2026, 11, 26, tzinfo=UTC)
NOW = int(FETCHED.timestamp())


def page(ids: range | list[str], cursor: int | None = None, total: int | None = None, more: bool | None = None) -> Page:
    """Return a page; it says that there is more when it has a cursor, unless told otherwise."""
    has_more = cursor is not None if more is None else more
    parsed = parse_page(encoded(web_page(web_row(), more=has_more, cursor=cursor, total=total)))
    (row,) = parsed.followers
    return replace(parsed, followers=tuple(replace(row, tiktok_id=str(identifier)) for identifier in ids))


def walked(claimed: int | None, *pages: Page) -> Walk:
    """Return a walk that took these pages, none of them after its stop."""
    walk = Walk(claimed)
    for taken in pages:
        assert walk.stop is None
        walk.take(taken, FETCHED)
    return walk


def test_a_walk_follows_the_cursor_to_the_end() -> None:
    """And counts what it saw."""
    walk = walked(60, page(range(1, 31), cursor=900))
    assert (walk.cursor, walk.users_seen) == (900, 30)
    walk.take(page(range(31, 61)), FETCHED)
    assert (walk.stop, walk.pages, walk.rows, walk.users_seen) == (Stop.END_OF_LIST, 2, 60, 60)


def test_it_begins_at_the_newest_follower() -> None:
    """Cursor 0 asks for that."""
    assert Walk(10).cursor == 0


def test_the_dialect_may_change_in_the_middle() -> None:
    """Cursor and ids mean the same in both."""
    walk = Walk(3)
    walk.take(page([f"{2**63 + 1}"], cursor=900), FETCHED)
    walk.take(parse_page(encoded(app_page(app_row(2**63 + 1), app_row("12"), more=True, cursor=200, total=3))), FETCHED)
    assert (walk.cursor, walk.users_seen, walk.stop) == (200, 2, None)
    walk.take(page(["13"]), FETCHED)
    assert walk.stop is Stop.END_OF_LIST


def test_repeated_rows_are_counted_as_rows_and_not_as_users() -> None:
    """Boundary rows repeat."""
    walk = walked(4, page(["1", "2"], cursor=900), page(["2", "3", "4"]))
    assert (walk.rows, walk.users_seen) == (5, 4)


def test_neighbouring_ids_and_leading_zeros_are_different_users() -> None:
    """Compared as texts, never as floats."""
    assert walked(None, page(["7420366745511658149", "7420366745511658150", "07", "7"])).users_seen == 4


def test_short_pages_and_pages_of_dummies_are_not_the_end() -> None:
    """Dead accounts are filtered out of pages."""
    dummies = parse_page(encoded(web_page(web_row("0", uniqueId=""), "odd", more=True, cursor=800)))
    walk = walked(100, page(["1"], cursor=900), dummies)
    assert (walk.stop, walk.dummies, walk.rejected, walk.rows) == (None, 1, 1, 2)


@pytest.mark.parametrize(("cursor", "user"), [(900, "1"), (901, "2"), (2_000_000_000, "2")])
def test_a_cursor_that_does_not_move_back_in_time_stops_the_walk(cursor: int, user: str) -> None:
    """Stuck without news, or going in a circle: the same page would come again forever."""
    walk = walked(None, page(["1"], cursor=900), page([user], cursor=cursor))
    assert walk.stop is Stop.STALLED_CURSOR
    assert walk.stop.outcome is Outcome.PARTIAL


def test_a_cycle_of_cursors_stops_the_walk() -> None:
    """900, 800, 700, 900."""
    walk = walked(
        None, page(["1"], cursor=900), page(["2"], cursor=800), page(["3"], cursor=700), page(["4"], cursor=900)
    )
    assert walk.stop is Stop.STALLED_CURSOR


@pytest.mark.parametrize("cursor", [None, -1, 0])
def test_more_without_a_place_to_go_on_is_partial(cursor: int | None) -> None:
    """The API promises more and does not say where."""
    walk = walked(1, page(["1"], cursor=cursor, more=True))
    assert walk.stop is Stop.NO_CURSOR
    assert walk.stop.outcome is Outcome.PARTIAL


def test_three_pages_without_a_new_user_stop_the_walk() -> None:
    """Two do not, if news come then."""
    walk = walked(None, page(["1"], 9_000), page(["1"], 8_000), page([], 7_000), page(["2"], 6_000), page([], 5_000))
    walk.take(page(["1", "2"], 4_000), FETCHED)
    assert walk.cursor == 4_000
    walk.take(page(["2"], 3_000), FETCHED)
    assert (walk.stop, Stop.NO_NEW_USERS.outcome) == (Stop.NO_NEW_USERS, Outcome.PARTIAL)


@pytest.mark.parametrize(
    ("claimed", "seen"),
    [(1, 1), (4, 3), (26, 22), (30, 27), (30, 29), (100, 90), (1_000, 950), (7_300, 6_900), (10_000, 9_483)],
)
def test_a_list_of_which_some_were_filtered_is_whole(claimed: int, seen: int) -> None:
    """Dead accounts are in the total and on no page: 5 %, and by chance a few more in a short list."""
    walk = walked(claimed, page(range(1, seen + 1), total=claimed))
    assert walk.stop is Stop.END_OF_LIST
    assert walk.stop.outcome is Outcome.WHOLE


@pytest.mark.parametrize(
    ("claimed", "seen"),
    [
        (6, 0),
        (5, 0),
        (1, 0),
        (30, 20),
        (100, 89),
        (900, 40),
        (900, 51),
        (5_000, 4_000),
        (9_900, 7_000),
        (43_000, 7_000),
    ],
)
def test_a_list_that_ends_far_below_its_total_is_partial(claimed: int, seen: int) -> None:
    """However sure the API sounds."""
    walk = walked(claimed, page(range(1, seen + 1), total=claimed))
    assert walk.stop is Stop.ENDED_EARLY
    assert walk.stop.outcome is Outcome.PARTIAL


@pytest.mark.parametrize(
    ("claimed", "seen"),
    [
        (7_000, 4_975),
        (5_200, 4_750),
        (10_400, 9_500),
        (100_000, 9_483),
        (12_000, 10_000),
        (31, 29),
        (52, 48),
        (900, 50),
        (43_000, 50),
        (1_000, 30),
        (4_900, 29),
    ],
)
def test_a_list_that_the_api_may_have_cut_is_not_whole(claimed: int, seen: int) -> None:
    """A known cap lies between what was seen and what is claimed, however close the two are."""
    walk = walked(claimed, page(range(1, seen + 1), total=claimed))
    assert walk.stop is Stop.CAP
    assert walk.stop.outcome is Outcome.CUT


@given(
    seen=st.integers(1, 120),
    claimed=st.integers(1, 130) | st.integers(1, 50_000),
    caps=st.lists(st.integers(1, 140), max_size=3) | st.just(KNOWN_CAPS),
)
def test_a_list_that_the_api_ends_is_what_the_definitions_say(seen: int, claimed: int, caps: Sequence[int]) -> None:
    """For every number of users seen and claimed, and any caps."""
    walk = Walk(claimed, caps=caps)
    walk.take(page(range(1, seen + 1), total=claimed), FETCHED)
    assert walk.stop is not None
    assert walk.stop.outcome.value == class_of_walk(seen, claimed, ended=True, caps=caps)


def test_an_empty_list_is_whole_if_the_account_has_no_followers() -> None:
    """Its own profile says 0."""
    assert walked(0, page([], total=0)).stop is Stop.END_OF_LIST


@pytest.mark.parametrize(("claimed", "total"), [(500, 0), (500, None), (500, -1), (None, None), (None, 0), (1, 0)])
def test_an_empty_list_is_not_whole_if_the_account_does_not_say_so_itself(
    claimed: int | None, total: int | None
) -> None:
    """A page with nothing and a total of 0 may be an upstream hiccup; it must not pass for "nobody follows"."""
    assert walked(claimed, page([], total=total)).stop is Stop.ENDED_EARLY


def test_the_total_of_the_last_page_is_the_one_claimed() -> None:
    """Lists grow while they are walked; a total of 0 beside rows is none."""
    walk = walked(60, page(range(1, 31), cursor=900, total=61), page(range(31, 62), total=0))
    assert (walk.claimed, walk.stop) == (61, Stop.END_OF_LIST)


def test_a_list_of_unknown_length_is_not_called_whole() -> None:
    """There is nothing to compare it with."""
    walk = walked(None, page(["1"]))
    assert (walk.stop, walk.is_whole, Stop.UNKNOWN_LENGTH.outcome) == (Stop.UNKNOWN_LENGTH, False, Outcome.PARTIAL)


def test_another_cap_can_be_named() -> None:
    """Backends change: 1,000 of 1,050 is whole until someone knows of a cap at 1,000."""
    pages = [page(range(1, 1_001), total=1_050)]
    walk = Walk(1_050, caps=(1_000,))
    walk.take(pages[0], FETCHED)
    assert (walked(1_050, *pages).stop, walk.stop) == (Stop.END_OF_LIST, Stop.CAP)


def test_pages_overlap_where_follows_are_dense() -> None:
    """A page that spans less than ten minutes may end in the middle of a second, so the next includes that second."""
    walk = walked(None, page(["1"], cursor=NOW - 600), page(["2"], cursor=NOW - 1_200), page(["3"], cursor=NOW - 1_700))
    assert (walk.cursor, walk.holes) == (NOW - 1_699, ())
    assert walked(None, page(["1"], cursor=NOW - 598)).cursor == NOW - 597


def test_a_page_within_one_second_is_a_hole() -> None:
    """No cursor leads to the rest of that second; the walk continues before it."""
    second = NOW - 300
    walk = walked(90, page(range(1, 31), cursor=second), page(range(31, 61), cursor=second))
    assert (walk.cursor, walk.holes) == (second, ((second, second),))
    walk.take(page(range(61, 91), total=90), FETCHED)
    assert (walk.stop, walk.users_seen, walk.is_whole) == (Stop.END_OF_LIST, 90, False)


def test_a_cursor_that_stays_while_new_users_come_does_not_stop_the_walk() -> None:
    """Thirty followers within one second, from an API that lists the cursor's own second too."""
    walk = walked(90, page(range(1, 31), cursor=900), page(range(31, 61), cursor=900))
    assert (walk.stop, walk.cursor, walk.holes) == (None, 899, ((900, 900),))


def test_a_page_with_rows_of_unknown_shape_has_a_hole() -> None:
    """The users in it are unknown, and so is when exactly they followed."""
    odd = parse_page(encoded(web_page(web_row(), "odd", more=True, cursor=800, total=2)))
    walk = walked(2, page(["1"], cursor=900), odd)
    assert walk.holes == ((800, 899),)
    walk.take(page([], total=2), FETCHED)
    assert (walk.stop, walk.is_whole) == (Stop.END_OF_LIST, False)


@pytest.mark.parametrize("odd", ["", "٣", "9" * 5_000, "abc"])
def test_an_odd_id_does_not_break_the_walk(odd: str) -> None:
    """Staging rejects it later; here it is one more user."""
    assert walked(None, page([odd, "3"])).users_seen == 2


@given(cursors=st.lists(st.integers(min_value=-2, max_value=6), min_size=1, max_size=6), news=st.booleans())
def test_every_walk_ends(cursors: list[int], news: bool) -> None:
    """Whatever cursors the API repeats forever, with new users on each page or none."""
    walk = Walk(None)
    for number, cursor in enumerate(itertools.islice(itertools.cycle(cursors), 10)):
        if not walk.stop:
            walk.take(page([str(number if news else 1)], cursor=cursor, more=True), FETCHED)
    assert walk.stop in (Stop.NO_CURSOR, Stop.STALLED_CURSOR, Stop.NO_NEW_USERS)
