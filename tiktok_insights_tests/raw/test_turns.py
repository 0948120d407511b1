"""A budget that does not suffice for all accounts: who gets how much in a run, who waits, and that no one starves."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.raw.plan import AccountPlan, Planner
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.budget import Budget
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import CANARY, LOG, requests_served
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.commands

#: Accounts that take 2, 3, 4 and 2 requests.
_ACCOUNTS = ("fake.30.full", "fake.60.full", "fake.90.full", "fake.20.full")
_NEEDED = 11


@dataclass
class Days:
    """Daily runs; the API's own lists stay as they are."""

    raw: RawStore
    api: Api
    budget: int
    accounts: tuple[str, ...] = _ACCOUNTS
    day: int = 0

    def now(self) -> datetime:
        """The time of today's run."""
        return datetime.fromtimestamp(VIRTUAL_START, UTC) + timedelta(days=self.day)

    def client(self, budget: int | None) -> Client:
        """A client on these days' clock."""
        return Client(
            self.api.address, CANARY, RateLimiter(600_000), budget=Budget(budget), first_wait=0.001, now=self.now
        )

    def run(self) -> dict[str, AccountResult]:
        """Run once, and let a day pass."""
        client = self.client(self.budget)
        results = Extractor(RawInventory(self.raw.store), client, SnapshotPolicy(), LOG).extract(self.accounts)
        assert [result.reference for result in results] == list(self.accounts)
        assert client.budget.spent <= self.budget
        self.day += 1
        return {result.reference: result for result in results}

    def plan(self, *, cached: bool = True) -> list[AccountPlan]:
        """The plan of the next run."""
        client = None if cached else self.client(None)
        planner = Planner(self.raw, client, SnapshotPolicy(), budget=self.budget, now=self.now())
        return planner.plan(self.accounts)


@pytest.mark.parametrize("budget", [1, 2, 3, 5, 8, 10, 11, 12])
def test_no_account_starves(raw: RawStore, api: Api, budget: int) -> None:
    """Each account is finished after as many runs as all take together. While one waits, all of a budget is used."""
    days = Days(raw, api, budget)
    finished: dict[str, list[int]] = {account: [] for account in _ACCOUNTS}
    rotation = math.ceil(_NEEDED / budget)
    # More rounds than these repeat themselves.
    runs = min(20, 4 * rotation)
    for day in range(runs):
        served = requests_served(api)
        results = days.run()
        for account, result in results.items():
            if result.outcome is Outcome.WHOLE:
                finished[account].append(day)
        outcomes = {result.outcome for result in results.values()}
        assert outcomes <= {Outcome.WHOLE, Outcome.DEFERRED}
        assert Outcome.DEFERRED not in outcomes or requests_served(api) - served == budget
    for account, found in finished.items():
        assert found, account
        assert found[0] < rotation
        assert all(later - earlier <= rotation + 1 for earlier, later in pairwise([*found, runs])), account


def test_the_first_account_has_priority_and_the_last_one_does_not_starve(raw: RawStore, api: Api) -> None:
    """With seven requests a day for eleven, who has waited equally long is served in the order of the list."""
    days = Days(raw, api, 7)
    finished = dict.fromkeys(_ACCOUNTS, 0)
    for _ in range(16):
        for account, result in days.run().items():
            finished[account] += result.outcome is Outcome.WHOLE
    assert finished[_ACCOUNTS[0]] == max(finished.values())
    assert min(finished.values()) >= 8


def test_an_account_that_cannot_be_finished_does_not_keep_the_others_waiting(raw: RawStore, api: Api) -> None:
    """Its open snapshot is resumed for a week; then it is the others' turn. The plan says so."""
    days = Days(raw, api, 3, ("fake.900.full", "fake.30.full", "fake.60.full"))
    (first, *_) = days.plan(cached=False)
    assert first.note == "takes 11 runs, and must be finished within 7 days"
    finished = dict.fromkeys(days.accounts, 0)
    for _ in range(30):
        for account, result in days.run().items():
            finished[account] += result.outcome is Outcome.WHOLE
    assert finished["fake.900.full"] == 0
    assert min(finished["fake.30.full"], finished["fake.60.full"]) >= 3


@pytest.mark.parametrize("budget", [0, 1, 2, 5, 7, 10, 11, 50])
def test_the_run_gives_what_the_plan_has_granted(raw: RawStore, api: Api, budget: int) -> None:
    """In the same order, run after run; who waits is in the plan, and in the run with its reason."""
    days = Days(raw, api, budget)
    for day in range(4):
        plans = days.plan(cached=day > 1)
        results = days.run()
        if day <= 1:
            assert [(plan.reference, plan.granted) for plan in plans] == [
                (plan.reference, results[plan.reference].requests) for plan in plans
            ]
        for plan in plans:
            result = results[plan.reference]
            assert plan.waits == result.reason.startswith("waits for its turn") or day > 1
            if plan.waits and day <= 1:
                told("waits for its turn", f"{budget:,}").says(result.reason)


def test_an_account_that_does_not_exist_costs_one_request_and_holds_no_one_up(raw: RawStore, api: Api) -> None:
    """Nothing is known of it, so the run keeps as much as the longest list takes; what it leaves goes to the others."""
    days = Days(raw, api, 4, ("no.such.account", *_ACCOUNTS[:2]))
    assert [plan.granted for plan in days.plan(cached=False)] == [1, 2, 1]
    results = days.run()
    assert [result.outcome for result in results.values()] == [Outcome.NOT_FOUND, Outcome.WHOLE, Outcome.DEFERRED]
    assert [result.requests for result in results.values()] == [1, 2, 1]


def test_a_fresh_snapshot_needs_no_turn(raw: RawStore, api: Api) -> None:
    """Though the budget is spent on others."""
    days = Days(raw, api, 2, _ACCOUNTS[:1])
    days.run()
    days.day, days.budget, days.accounts = 0, 0, _ACCOUNTS[:2]
    assert [(plan.requests, plan.waits) for plan in days.plan()] == [(None, True), (0, False)]
    assert [result.outcome for result in days.run().values()] == [Outcome.WHOLE, Outcome.DEFERRED]
