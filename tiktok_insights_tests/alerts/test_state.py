"""What is news: by time, not by the order in which it is seen."""

import json
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok_insights.alerts.alert import Observation
from tiktok_insights.alerts.state import GIVEN_UP_AFTER, MOST_VARIANTS, MOST_WAITING, AlertState
from tiktok_insights_tests.alerts.observed import NOW, at, failed, well
from tiktok_insights_tests.support.campaigns import examples

pytestmark = pytest.mark.deploy

_NAMES = ("Slack",)


def news(*batches: list[Observation]) -> list[tuple[str, float]]:
    """What a state that notes these batches would send: the variant, and the minute since when."""
    state = AlertState()
    for batch in batches:
        state.note(batch, _NAMES, NOW)
    return [(item.alert.variant.split()[-1], (item.alert.at - NOW).total_seconds() / 60) for item in state.waiting]


def test_the_same_failure_is_news_once() -> None:
    """However often it is seen, and however often it happens."""
    assert news([failed(1)], [failed(1)], [failed(2), failed(3)]) == [("RefusedError", 1)]


def test_after_it_was_well_it_is_news_again() -> None:
    """Also where all of that is seen at once."""
    course: list[Observation] = [failed(1), well(2), failed(3), failed(4)]
    assert news(course) == news(*([item] for item in course)) == [("RefusedError", 1), ("RefusedError", 3)]


def test_another_error_of_the_same_job_is_news() -> None:
    """And the first one is not, when it comes back without a success in between."""
    assert news([failed(1)], [failed(2, error="OSError")], [failed(3)]) == [("RefusedError", 1), ("OSError", 2)]


def test_jobs_do_not_heal_each_other() -> None:
    """A success of one says nothing of another."""
    assert news([failed(1, "verify")], [well(2)], [failed(3, "verify")]) == [("RefusedError", 1)]


def test_what_is_seen_late_changes_nothing() -> None:
    """A second machine that lags behind sends nothing, in whichever order it sees the past."""
    course: list[Observation] = [failed(1), well(2), failed(3)]
    for late in permutations(course):
        assert len(news(course, *([item] for item in late))) == 2, late


@settings(max_examples=examples(1.0))
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=12), st.data())
def test_two_machines_send_what_one_would(course: list[tuple[bool, int]], data: st.DataObject) -> None:
    """Each reads the past in order, in ticks of its own; both change the same state."""
    jobs = ("a", "b", "c")
    seen: list[Observation] = [
        failed(minute, jobs[job]) if is_bad else well(minute, jobs[job]) for minute, (is_bad, job) in enumerate(course)
    ]
    state, places = AlertState(), [0, 0]
    while min(places) < len(seen):
        machine = data.draw(st.sampled_from([n for n in (0, 1) if places[n] < len(seen)]))
        step = data.draw(st.integers(1, 3))
        state.note(seen[places[machine] : places[machine] + step], _NAMES, NOW)
        places[machine] += step
    alone = AlertState()
    alone.note(seen, _NAMES, NOW)
    assert {item.key for item in state.waiting} == {item.key for item in alone.waiting}
    assert len(state.waiting) == len(alone.waiting)


def test_a_state_survives_being_stored() -> None:
    """As plain types, which JSON can hold."""
    state = AlertState()
    state.note([failed(1), failed(2, "verify"), well(3)], _NAMES, NOW)
    assert AlertState.of(json.loads(json.dumps(state.document()))) == state


@pytest.mark.parametrize("document", [None, [], {}, {"conditions": {"a": 1}, "waiting": []}, {"conditions": 1}])
def test_what_is_no_state_is_refused(document: object) -> None:
    """With the errors that the memory expects."""
    with pytest.raises((KeyError, TypeError, AttributeError, ValueError)):
        AlertState.of(document)


def test_two_states_are_brought_together() -> None:
    """What either knows to be wrong is not told again; what either knows to be well is well."""
    ours, theirs = AlertState(), AlertState()
    ours.note([failed(1), failed(1, "verify")], _NAMES, NOW)
    theirs.note([failed(1), failed(2, error="OSError"), failed(1, "verify"), well(3, "verify")], _NAMES, NOW)
    ours.merge(theirs)
    assert len(ours.waiting) == 3
    ours.note([failed(2), failed(3, error="OSError"), failed(2, "verify")], _NAMES, NOW)
    assert len(ours.waiting) == 3


def test_the_state_does_not_grow_without_end() -> None:
    """Errors of one job, alerts that no one takes, and subjects that have long been well."""
    state = AlertState()
    state.note([failed(minute, error=f"E{minute}Error") for minute in range(400)], _NAMES, at(400))
    assert len(state.waiting) == MOST_WAITING
    assert [len(item.wrong) for item in state.conditions.values()] == [MOST_VARIANTS]
    state.note([well(500)], _NAMES, at(500))
    state.note([], _NAMES, at(500) + timedelta(days=31))
    assert state.conditions == {}
    assert timedelta(hours=1) < GIVEN_UP_AFTER < timedelta(days=8)
