"""What a run may spend: a number of requests, or all but a reserve of the plan."""

import threading

import pytest

from tiktok_insights.tiktok.budget import Budget
from tiktok_insights.tiktok.errors import BudgetSpentError
from tiktok_insights.tiktok.models import Quota
from tiktok_insights_tests.support.troubleshooting import told

NOTHING_LEFT = told("The plan's <number> requests are used up.", "They reset in 3,600 s.")
A_RESERVE = told("The plan has <number> of <number> requests left", "They reset in 3,600 s.")


def test_a_budget_is_spent_to_the_last_request_and_no_further() -> None:
    """Three requests, then a message that names the setting."""
    budget = Budget(3)
    for _ in range(3):
        budget.spend()
    with told("The run's budget of <number> requests", "budget of 3 requests"):
        budget.spend()
    assert budget.spent == 3


def test_many_threads_share_one_budget() -> None:
    """Forty threads at a budget of 25: 25 get a request."""
    budget, served, barrier = Budget(25), [], threading.Barrier(40)

    def spend() -> None:
        barrier.wait(timeout=30)
        try:
            budget.spend()
        except BudgetSpentError:
            return
        served.append(1)

    threads = [threading.Thread(target=spend) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(served) == 25


@pytest.mark.parametrize(
    ("limit", "remaining", "goes_on"),
    [(100, 6, True), (100, 5, False), (100, 0, False), (10, 1, True), (10, 0, False), (200_000, 10_001, True)],
)
def test_without_a_budget_a_twentieth_of_the_plan_is_left(limit: int, remaining: int, *, goes_on: bool) -> None:
    """The headers of the last answer decide; nothing is known before the first."""
    budget = Budget()
    budget.spend()
    budget.note(Quota(limit, remaining, 3_600))
    if goes_on:
        budget.spend()
    else:
        with NOTHING_LEFT if remaining == 0 else A_RESERVE:
            budget.spend()


def test_a_budget_of_ones_own_may_use_the_reserve() -> None:
    """Whoever sets a budget has decided."""
    budget = Budget(10)
    budget.note(Quota(100, 2, None))
    budget.spend()
    assert budget.spent == 1


def test_answers_without_quota_headers_change_nothing() -> None:
    """401 and 403 have none; what was known stays."""
    budget = Budget()
    budget.note(Quota(100, 2, None))
    budget.note(Quota(None, None, None))
    with told("The plan has <number> of <number> requests left", "2 of 100 requests"):
        budget.spend()
