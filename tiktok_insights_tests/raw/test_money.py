"""Requests are money: what a run may spend, what the plan foretells, and what a window leaves out."""

from datetime import timedelta
from pathlib import Path

import pytest

from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotOrigin, SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor, RunStoppedError, every_account_finished
from tiktok_insights.raw.plan import Planner
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.budget import Budget
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import parse_page
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import (
    CANARY,
    LOG,
    committed_pages,
    extract,
    fake_api,
    manifest_of,
    requests_served,
)

pytestmark = pytest.mark.commands

_DAYS = 86_400
_ALWAYS = timedelta(0)


def client(api: Api, budget: int | None = None) -> Client:
    """A client with a budget."""
    return Client(api.address, CANARY, RateLimiter(600_000), budget=Budget(budget), first_wait=0.001)


def run(
    raw: RawStore, api: Api, *references: str, policy: SnapshotPolicy, budget: int | None = None
) -> list[AccountResult]:
    """Extract accounts as one run does."""
    return Extractor(raw, client(api, budget), policy, LOG).extract(references)


def ids_in(raw: RawStore, result: AccountResult) -> set[str]:
    """The ids in a committed snapshot's pages."""
    pages = committed_pages(raw, manifest_of(raw, result))
    return {follower.tiktok_id for page in pages for follower in parse_page(page.body).followers}


def test_a_budget_ends_the_run_as_deferred_and_the_next_run_goes_on(raw: RawStore, api: Api) -> None:
    """Five requests for a list of seven pages: an amber check, the cursor kept, nothing asked twice."""
    policy = SnapshotPolicy()
    (first,) = run(raw, api, "fake.200.full", policy=policy, budget=5)
    assert (first.outcome, first.pages, first.requests, requests_served(api)) == (Outcome.DEFERRED, 4, 5, 5)
    (offender,) = every_account_finished([first]).offenders
    assert "budget of 5 requests" in offender
    assert "Run again" in offender
    (second,) = run(raw, api, "fake.200.full", policy=policy, budget=5)
    assert (second.outcome, second.origin, second.pages) == (Outcome.WHOLE, SnapshotOrigin.RESUMED, 7)
    assert (second.requests, requests_served(api)) == (3, 8)


def test_a_budget_is_one_for_all_accounts(raw: RawStore, api: Api) -> None:
    """Ten accounts side by side never send more than the budget says."""
    results = run(raw, api, *(f"fake.{n}.full" for n in range(200, 210)), policy=SnapshotPolicy(), budget=17)
    assert requests_served(api) == 17
    assert sum(result.requests for result in results) == 17
    assert [(result.outcome, result.requests) for result in results] == [
        *[(Outcome.WHOLE, 8)] * 2,
        (Outcome.DEFERRED, 1),
        *[(Outcome.DEFERRED, 0)] * 7,
    ]


def test_a_reserve_of_the_quota_is_left(raw: RawStore, tmp_path: Path) -> None:
    """A plan of 100 requests: the run ends when 5 are left, and says so in metadata's quota."""
    with fake_api(tmp_path, monthly_quota=100) as api:
        (result,) = extract(raw, api.address, "fake.10000")
        assert (result.outcome, requests_served(api), result.quota_left) == (Outcome.DEFERRED, 95, 5)
    assert "5 of 100 requests left" in result.reason


def test_a_refused_key_costs_one_request_however_many_accounts(raw: RawStore) -> None:
    """Twenty accounts begin at once; the first answer stops them all."""
    refusal = Reply(status=401, body=b'{"message":"Invalid API key."}')
    with scripted(refusal) as script:
        with pytest.raises(RunStoppedError, match="Check RAPIDAPI_KEY"):
            extract(raw, script.address, *(f"shop.{n}" for n in range(20)))
        assert len(script.asked) == 1


@pytest.mark.parametrize(
    "handle", ["fake.0", "fake.1", "fake.30.full", "fake.31.full", "fake.1000", "fake.12000", "fake.500.app"]
)
def test_the_plan_equals_what_the_run_then_spends(raw: RawStore, api: Api, handle: str) -> None:
    """To the request, also for an empty list and one that the API cuts; planning costs one request."""
    (plan,) = Planner(raw, client(api), SnapshotPolicy()).plan([handle])
    assert requests_served(api) == 1
    (result,) = run(raw, api, handle, policy=SnapshotPolicy())
    assert (plan.origin, plan.requests) == (SnapshotOrigin.NEW, result.requests)
    assert requests_served(api) == 1 + result.requests
    (again,) = Planner(raw, None, SnapshotPolicy()).plan([handle])
    assert (again.origin, again.requests) == (SnapshotOrigin.FRESH, 0)


def test_the_plan_of_an_open_snapshot_is_its_missing_pages(raw: RawStore, api: Api) -> None:
    """Nothing is asked for it, as the snapshot knows the total."""
    run(raw, api, "fake.1000", policy=SnapshotPolicy(), budget=11)
    (plan,) = Planner(raw, client(api), SnapshotPolicy()).plan(["fake.1000"])
    assert (plan.origin, plan.requests, requests_served(api)) == (SnapshotOrigin.RESUMED, 24, 11)
    (result,) = run(raw, api, "fake.1000", policy=SnapshotPolicy())
    assert result.requests == 24


def test_a_cached_plan_spends_nothing(raw: RawStore, api: Api) -> None:
    """It takes the total of the newest snapshot, and says so of an account of which nothing is stored."""
    run(raw, api, "fake.1000", policy=SnapshotPolicy())
    served = requests_served(api)
    known, unknown = Planner(raw, None, SnapshotPolicy(force_new_snapshot=True)).plan(["fake.1000", "fake.2000"])
    assert (known.requests, known.share_of_month()) == (35, 35 / 1_000_000)
    assert unknown.requests is None
    assert "without --cached" in unknown.note
    assert requests_served(api) == served


def test_a_window_has_all_who_came_and_costs_little(raw: RawStore, api: Api) -> None:
    """After 30 days a window walks to the overlap only, has every new follower, and says that it is a window."""
    handle, world = "fake.3000.full", World()
    account = world.account(handle)
    (whole,) = run(raw, api, handle, policy=SnapshotPolicy())
    assert (whole.outcome, whole.requests) == (Outcome.WHOLE, 101)
    api.control("clock", advance_seconds=30 * _DAYS)
    (window,) = run(raw, api, handle, policy=SnapshotPolicy(min_snapshot_age=_ALWAYS, incremental=True))
    before = {person.tiktok_id for person in world.listed(account, VIRTUAL_START)}
    after = {person.tiktok_id for person in world.listed(account, VIRTUAL_START + 30 * _DAYS)}
    came = after - before
    assert len(came) > 300
    assert came <= ids_in(raw, window)
    assert window.outcome is Outcome.WINDOW
    assert len(came) / 30 <= window.requests < len(came) / 30 + 5
    assert every_account_finished([window]).passed
    assert manifest_of(raw, window).outcome == "window"


def test_an_open_window_stays_a_window_when_it_is_carried_on(raw: RawStore, api: Api) -> None:
    """Where it ends is stored with the answer that opened it, so a lost machine changes nothing."""
    handle = "fake.3000.full"
    run(raw, api, handle, policy=SnapshotPolicy())
    api.control("clock", advance_seconds=30 * _DAYS)
    policy = SnapshotPolicy(min_snapshot_age=_ALWAYS, incremental=True)
    (cut_off,) = run(raw, api, handle, policy=policy, budget=5)
    assert cut_off.outcome is Outcome.DEFERRED
    (window,) = run(raw, api, handle, policy=policy)
    assert (window.outcome, window.origin) == (Outcome.WINDOW, SnapshotOrigin.RESUMED)
