"""The walk along a list: every way to stop, and that it always does."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_insights.tiktok.models import Page
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.tiktok.pagination import Stop, Walk
from tiktok_insights_tests.support.bodies import app_page, app_row, encoded, parse_page, web_page, web_row


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
        walk.take(taken)
    return walk


def test_a_walk_follows_the_cursor_to_the_end() -> None:
    """And counts what it saw."""
    walk = walked(60, page(range(1, 31), cursor=900))
    assert (walk.cursor, walk.users_seen) == (900, 30)
    walk.take(page(range(31, 61)))
    assert (walk.stop, walk.pages, walk.rows, walk.users_seen) == (Stop.END_OF_LIST, 2, 60, 60)


def test_it_begins_at_the_newest_follower() -> None:
    """Cursor 0 asks for that."""
    assert Walk(10).cursor == 0


def test_the_dialect_may_change_in_the_middle() -> None:
    """Cursor and ids mean the same in both."""
    walk = Walk(3)
    walk.take(page([f"{2**63 + 1}"], cursor=900))
    walk.take(parse_page(encoded(app_page(app_row(2**63 + 1), app_row("12"), more=True, cursor=800, total=3))))
    assert (walk.cursor, walk.users_seen, walk.stop) == (800, 2, None)
    walk.take(page(["13"]))
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


@pytest.mark.parametrize("cursor", [900, 901, 2_000_000_000])
def test_a_cursor_that_does_not_move_back_in_time_stops_the_walk(cursor: int) -> None:
    """Stuck or going in a circle: the same page would come again for ever."""
    walk = walked(None, page(["1"], cursor=900), page(["2"], cursor=cursor))
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
    walk = walked(None, page(["1"], 900), page(["1"], 800), page([], 700), page(["2"], 600), page([], 500))
    walk.take(page(["1", "2"], 400))
    assert walk.cursor == 400
    walk.take(page(["2"], 300))
    assert (walk.stop, Stop.NO_NEW_USERS.outcome) == (Stop.NO_NEW_USERS, Outcome.PARTIAL)


@pytest.mark.parametrize(
    ("claimed", "seen"), [(1, 1), (4, 3), (26, 22), (30, 27), (100, 90), (1_000, 950), (10_000, 9_483)]
)
def test_a_list_of_which_some_were_filtered_is_complete(claimed: int, seen: int) -> None:
    """Dead accounts are in the total and on no page: 5 %, and by chance a few more in a short list."""
    walk = walked(claimed, page(range(1, seen + 1), total=claimed))
    assert walk.stop is Stop.END_OF_LIST
    assert walk.stop.outcome is Outcome.WHOLE


@pytest.mark.parametrize(
    ("claimed", "seen"), [(6, 0), (5, 0), (1, 0), (30, 20), (100, 89), (1_000, 30), (5_000, 4_000)]
)
def test_a_list_that_ends_far_below_its_total_is_partial(claimed: int, seen: int) -> None:
    """However sure the API sounds."""
    walk = walked(claimed, page(range(1, seen + 1), total=claimed))
    assert walk.stop is Stop.ENDED_EARLY
    assert walk.stop.outcome is Outcome.PARTIAL


@pytest.mark.parametrize(("claimed", "seen"), [(7_000, 4_975), (100_000, 9_483), (12_000, 10_000)])
def test_a_list_that_the_api_cuts_is_capped(claimed: int, seen: int) -> None:
    """5,000 or 10,000, less those filtered out."""
    walk = walked(claimed, page(range(1, seen + 1), total=claimed))
    assert walk.stop is Stop.CAP
    assert walk.stop.outcome is Outcome.CUT


def test_an_empty_list_is_complete_if_the_account_has_no_followers() -> None:
    """Its own profile says 0."""
    assert walked(0, page([], total=0)).stop is Stop.END_OF_LIST


@pytest.mark.parametrize(("claimed", "total"), [(500, 0), (500, None), (500, -1), (None, None), (None, 0), (1, 0)])
def test_an_empty_list_is_not_complete_if_the_account_does_not_say_so_itself(
    claimed: int | None, total: int | None
) -> None:
    """A page with nothing and a total of 0 may be an upstream hiccup; it must not pass for "nobody follows"."""
    assert walked(claimed, page([], total=total)).stop is Stop.ENDED_EARLY


def test_the_total_of_the_last_page_is_the_one_claimed() -> None:
    """Lists grow while they are walked; a total of 0 beside rows is none."""
    walk = walked(60, page(range(1, 31), cursor=900, total=61), page(range(31, 62), total=0))
    assert (walk.claimed, walk.stop) == (61, Stop.END_OF_LIST)


def test_a_list_of_unknown_length_with_users_is_complete_at_its_end() -> None:
    """There is nothing to doubt it by."""
    assert walked(None, page(["1"])).stop is Stop.END_OF_LIST


@pytest.mark.parametrize("odd", ["", "٣", "9" * 5_000, "abc"])
def test_an_odd_id_does_not_break_the_walk(odd: str) -> None:
    """Staging rejects it later; here it is one more user."""
    assert walked(None, page([odd, "3"])).users_seen == 2


@given(cursors=st.lists(st.integers(min_value=-2, max_value=6), min_size=1, max_size=6), news=st.booleans())
def test_every_walk_ends(cursors: list[int], news: bool) -> None:
    """Whatever cursors the API repeats for ever, with new users on each page or none."""
    walk = Walk(None)
    for number, cursor in enumerate(itertools.islice(itertools.cycle(cursors), 10)):
        if not walk.stop:
            walk.take(page([str(number if news else 1)], cursor=cursor, more=True))
    assert walk.stop in (Stop.NO_CURSOR, Stop.STALLED_CURSOR, Stop.NO_NEW_USERS)
