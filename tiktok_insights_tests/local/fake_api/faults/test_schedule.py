"""Schedules as texts and numbers: what a handle can say, and what it cannot."""

import itertools

import pytest

from tiktok_insights.local.fake_api.accounts import Directory
from tiktok_insights.local.fake_api.faults.schedule import CODES, Schedule, schedule_of_code


def test_every_schedule_of_a_handle_has_a_number_of_its_own() -> None:
    """There and back; all of them below the limit."""
    spans = [(0, None), (0, 6), (1, None), (1, 1), (1, 7), (63, None), (63, 69)]
    strikes = [(None, False), (1, False), (1, True), (7, False), (7, True)]
    schedules = [
        Schedule(first_page=first, last_page=last, times=times, each_page=each, every=every)
        for (first, last), (times, each), every in itertools.product(spans, strikes, (1, 2, 4))
    ]
    codes = [schedule.code() for schedule in schedules]
    assert len(set(codes)) == len(schedules)
    assert all(code is not None and code < CODES for code in codes)
    assert [schedule_of_code(code or 0) for code in codes] == schedules


@pytest.mark.parametrize(
    ("spelled", "own"),
    [
        ("fake.30.fault-503-p03-x02.app", "fake.30.app.fault-503-p3-x2"),
        ("fake.30.fault-503-p1", "fake.30.fault-503"),
        ("fake.30.fault-private", "fake.30.private"),
        ("fake.30.fault-private-p0-e1", "fake.30.private"),
        ("fake.30.fault-private-p1", "fake.30.fault-private-p1"),
        ("fake.30.fault-cursor-cycles-p3", "fake.30.fault-cursor-cycles"),
        ("fake.30.fault-code-10202-text-p2to4-x3each-e2", "fake.30.fault-code-10202-text-p2to4-x3each-e2"),
    ],
)
def test_an_account_has_one_handle_however_its_fault_is_spelled(spelled: str, own: str) -> None:
    """What is usual for a kind is left out."""
    account = Directory().by_handle(spelled)
    assert account is not None
    assert account.handle == own
    assert account == Directory().by_handle(own) == Directory().by_id(account.identifier)


@pytest.mark.parametrize(
    "option",
    [
        "fault-", "fault-nothing", "fault", "503", "fault-503-p", "fault-503-p3to2", "fault-503-x0", "fault-503-e0",
        "fault-503-x2-p3", "fault-503-p64", "fault-503-p1to8", "fault-503-x8", "fault-503-e5", "fault-503-p-3",
        "fault-503.private", "fault-503.fault-502", "private-p3", "Private", "fault-503-x2eac",
    ],
)  # fmt: skip
def test_any_other_option_names_nobody(option: str) -> None:
    """Unknown kinds, bad or too large schedules, the wrong order, two faults."""
    assert Directory().by_handle(f"fake.30.{option}") is None
