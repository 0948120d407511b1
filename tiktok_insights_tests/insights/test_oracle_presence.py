"""The oracle's M4 and M5: who is listed, gone, returned or unknown, and whether changes add up."""

import random
from dataclasses import replace

from tiktok_insights_tests.support.oracle.audience import most_followed_new
from tiktok_insights_tests.support.oracle.bursts import bursts
from tiktok_insights_tests.support.oracle.growth import bridges
from tiktok_insights_tests.support.oracle.joined import joined
from tiktok_insights_tests.support.oracle.presence import departures, status, statuses
from tiktok_insights_tests.support.oracle.profiles import profile_changes
from tiktok_insights_tests.support.oracle.records import Interval, Row, Snapshot
from tiktok_insights_tests.support.oracle.retention import retention
from tiktok_insights_tests.support.oracle.worlds import cut, foreign, hidden, partial, shown, whole, window

U = shown("u", after=100, before=200)
OTHER = shown("v", after=300, before=400)


def state(*snapshots: Snapshot, user: str = "u") -> str:
    """The state of a user."""
    return status(snapshots, user).state


def test_one_look_misses_and_two_decide() -> None:
    """A user whom the newest look misses is missed once, whom two miss is gone since the first of them."""
    looks = [whole(1_000, *U), whole(2_000), whole(3_000)]
    assert state(*looks[:1]) == "listed"
    assert state(*looks[:2]) == "missed_once"
    found = status(looks, "u")
    assert (found.state, found.last_seen_at, found.first_missed_at) == ("gone", 1_000, 2_000)
    assert (found.first_seen_at, found.followed_after, found.followed_before) == (1_000, 100, 200)


def test_a_user_shown_again_after_one_miss_was_never_gone() -> None:
    """A user who unfollows and follows again during the walk is missed once, and then listed."""
    again = shown("u", after=1_900, before=2_100)
    looks = [whole(1_000, *U), whole(2_000), whole(3_000, *again)]
    assert state(*looks) == "listed"
    assert status(looks, "u").followed_after == 1_900
    assert departures(looks) == []


def test_a_returned_user_was_gone_before() -> None:
    """The departure stays, the new presence has its own windows, and can end as well."""
    again = shown("u", after=3_000, before=3_500)
    looks = [whole(1_000, *U), whole(2_000), whole(3_000), whole(4_000, *again)]
    found = status(looks, "u")
    assert (found.state, found.first_seen_at, found.followed_after, found.first_missed_at) == (
        "returned", 1_000, 3_000, None,
    )  # fmt: skip
    assert departures(looks) == [("u", 1_000, 2_000)]
    assert state(*looks, whole(5_000)) == "missed_once"
    assert state(*looks, whole(5_000), whole(6_000)) == "gone"
    assert state(*looks, cut(5_000, back_to=3_200)) == "unknown"


def test_a_hole_blocks_only_the_user_whose_window_it_touches() -> None:
    """Ends that meet are not in common."""
    hole = (Interval(150, 250),)
    first = cut(1_000, *U, *OTHER, *shown("w", after=250, before=260), back_to=50)
    looks = [first, cut(2_000, back_to=50, holes=hole), cut(3_000, back_to=50, holes=hole)]
    assert {user: found.state for user, found in statuses(looks).items()} == {"u": "listed", "v": "gone", "w": "gone"}


def test_a_cut_list_whose_floor_rises_above_a_window_leaves_it_unknown() -> None:
    """The user is not called gone, while one above the floor is."""
    looks = [cut(1_000, *U, *OTHER, back_to=50), cut(2_000, back_to=101), cut(3_000, back_to=300)]
    assert {user: found.state for user, found in statuses(looks).items()} == {"u": "unknown", "v": "gone"}
    assert state(cut(1_000, *U, back_to=50), cut(2_000, back_to=100)) == "missed_once"


def test_what_was_decided_stays_when_the_floor_rises() -> None:
    """Unknown applies only if nothing else decides."""
    first, second = cut(1_000, *U, back_to=50), cut(2_000, back_to=50)
    assert state(first, second, cut(3_000, back_to=500)) == "missed_once"
    assert state(first, second, cut(3_000, back_to=100), cut(4_000, back_to=500)) == "gone"


def test_snapshots_that_do_not_reach_a_user_never_change_the_state() -> None:
    """Window, partial and hidden looks are ignored, also between two that count."""
    blind = [partial(1_500, *OTHER, back_to=300), window(1_600, back_to=300), hidden(1_700)]
    assert state(whole(1_000, *U), *blind) == "listed"
    assert state(whole(1_000, *U), whole(1_400), *blind, whole(2_000)) == "gone"
    assert state(whole(1_000, *U), whole(1_400), *blind) == "missed_once"


def test_windows_and_partial_walks_count_as_far_as_they_reach() -> None:
    """A partial walk that reaches the user's window would have shown the user."""
    assert state(whole(1_000, *U), partial(1_500, back_to=100), window(2_000, back_to=60)) == "gone"


def test_a_user_without_a_known_beginning_is_decided_by_whole_lists_only() -> None:
    """A follow time of long ago is below every floor."""
    old = shown("u", after=None, before=200)
    assert state(whole(1_000, *old), cut(2_000, back_to=1)) == "unknown"
    assert state(whole(1_000, *old), partial(2_000, back_to=1)) == "listed"
    assert state(whole(1_000, *old), whole(2_000)) == "missed_once"


def test_a_look_that_began_before_the_window_ended_does_not_count() -> None:
    """FOLLOWED_BEFORE may equal COVERED_TO, not exceed it."""
    assert state(whole(1_000, *shown("u", after=900, before=2_000)), whole(2_000)) == "missed_once"
    assert state(whole(1_000, *shown("u", after=900, before=2_001)), whole(2_000)) == "listed"


def test_no_one_is_gone_on_the_strength_of_another_producers_file() -> None:
    """Such a file neither misses a user nor gives a user a window."""
    assert state(whole(1_000, *U), foreign(2_000, "x"), foreign(3_000, "x")) == "listed"
    assert state(foreign(1_000, "u"), whole(2_000), whole(3_000)) == "unknown"
    assert state(foreign(1_000, "u")) == "listed"


def test_a_rename_is_not_a_change() -> None:
    """The key is the id."""
    renamed = Row("u", 100, 200, user_name="new")
    found = status([whole(1_000, Row("u", 100, 200, user_name="old")), whole(2_000, renamed)], "u")
    assert (found.state, found.user_name) == ("listed", "new")


def test_the_order_of_snapshots_and_rows_does_not_matter() -> None:
    """Shuffled input gives the same states, departures and bridges, at each of 10 seeds."""
    for seed in range(10):
        chance = random.Random(seed)  # noqa: S311  # a world, not a secret
        looks = []
        for number in range(8):
            rows = [
                row
                for user in range(12)
                if chance.random() < 0.6
                for row in shown(f"{user}", after=user * 10, before=user * 10 + 10)
            ]
            looks.append(chance.choice([whole(1_000 + number, *rows), cut(1_000 + number, *rows, back_to=40)]))
        shuffled = [
            replace(look, rows=tuple(chance.sample(look.rows, len(look.rows))))
            for look in chance.sample(looks, len(looks))
        ]
        for metric in (statuses, departures, bridges, joined, retention, profile_changes, most_followed_new, bursts):
            assert metric(shuffled) == metric(looks), metric


def test_of_equal_rows_the_newest_position_counts() -> None:
    """A user on two pages has the window of the first, whatever the order of the rows."""
    twice = [Row("u", 100, 200, 2), Row("u", 50, 100, 3)]
    assert status([whole(1_000, *twice)], "u") == status([whole(1_000, *twice[::-1])], "u")
    assert status([whole(1_000, *twice[::-1])], "u").followed_after == 100


def test_does_it_add_up_example() -> None:
    """+210 = 300 joined - 55 gone - 35 unexplained; gone includes those missed once in the newest pair."""
    stay, leave = [f"s{number}" for number in range(500)], [f"l{number}" for number in range(55)]
    join = [f"j{number}" for number in range(300)]
    looks = [
        whole(1_000, *shown(*stay, *leave, after=100, before=200), claimed=600),
        whole(2_000, *shown(*stay, *join, after=100, before=200), claimed=810),
    ]
    (found,) = bridges(looks)
    assert (found.change, found.joined, found.gone, found.unexplained) == (210, 300, 55, -35)


def test_missed_once_counts_in_the_newest_pair_only() -> None:
    """A user who comes back after one miss neither joined nor left, as known today."""
    looks = [whole(1_000, *U, *OTHER), whole(2_000, *OTHER), whole(3_000, *U, *OTHER)]
    assert [(pair.joined, pair.gone) for pair in bridges(looks[:2])] == [(0, 1)]
    assert [(pair.joined, pair.gone) for pair in bridges(looks)] == [(0, 0), (0, 0)]


def test_one_miss_in_an_older_pair_is_not_gone() -> None:
    """The newest list no longer reaches the user: still missed once, but not in the newest pair."""
    looks = [cut(1_000, *U, *OTHER, back_to=50), cut(2_000, *OTHER, back_to=50), cut(3_000, *OTHER, back_to=300)]
    assert state(*looks) == "missed_once"
    assert [(pair.joined, pair.gone) for pair in bridges(looks)] == [(0, 0), (0, 0)]


def test_a_returned_user_joins_again() -> None:
    """Gone in the pair of the first miss, joined in the pair of the return."""
    looks = [whole(1_000, *U, *OTHER), whole(2_000, *OTHER), whole(3_000, *OTHER), whole(4_000, *U, *OTHER)]
    assert [(pair.joined, pair.gone, pair.unexplained) for pair in bridges(looks)] == [(0, 1, 0), (0, 0, 0), (1, 0, 0)]
