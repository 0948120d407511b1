"""Incremental walks against the fake API: what they cost day by day, where they stop, and a kill in the middle."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.local.fake_api.accounts import Account
from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotOrigin, SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.plan import Planner
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.budget import Budget
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import parse_page
from tiktok_insights_tests.support.served import Api, served
from tiktok_insights_tests.support.sources import CANARY, LOG, FailingStore, KilledError, committed_pages, manifest_of

pytestmark = pytest.mark.commands

_DAY = 86_400
_INCREMENTAL = SnapshotPolicy(incremental=True)
#: Lists that the API cuts, by the cap that is configured for them; each claims more than it lists.
_CUT = {
    cap: Account(handle=f"cut.{cap}", followers=followers, cap=cap, filtered_share=0.0)
    for cap, followers in ((50, 54), (300, 325), (10_000, 13_000))
}
_CAPS = (30, 50, 300, 5_000, 10_000)


@dataclass
class Scene:
    """A fake API whose clock the extraction has too."""

    api: Api
    world: World
    day: int = 0

    @property
    def now(self) -> int:
        """The virtual time, in unix seconds."""
        return VIRTUAL_START + self.day * _DAY

    def client(self, budget: int | None = None) -> Client:
        """A client on the API's clock."""
        return Client(
            self.api.address,
            CANARY,
            RateLimiter(600_000),
            budget=Budget(budget),
            list_caps=_CAPS,
            first_wait=0.001,
            now=lambda: datetime.fromtimestamp(self.now, UTC),
        )

    def run(
        self, raw: RawStore, *handles: str, policy: SnapshotPolicy = _INCREMENTAL, budget: int | None = None
    ) -> list[AccountResult]:
        """Extract as one run does."""
        return Extractor(raw, self.client(budget), policy, LOG).extract(handles)

    def pass_days(self, days: int) -> None:
        """Let days pass."""
        self.api.control("clock", advance_seconds=days * _DAY)
        self.day += days

    def walk(self, handle: str, until: int) -> tuple[int, bool]:
        """How many pages it takes to the first cursor at or below `until`, and whether the last one ends the list."""
        for number, page in enumerate(self.api.pages(handle), 1):
            if not page["hasMore"] or page["minCursor"] <= until:
                return number, not page["hasMore"]
        raise AssertionError("a list without an end")

    def top(self, handle: str) -> int:
        """The cursor of the first page."""
        return int(next(self.api.pages(handle))["minCursor"])

    def listed(self, handle: str) -> dict[str, int]:
        """Who is listed now, and when each followed."""
        account = self.world.account(handle)
        follows = self.world.follows(account)
        slots = list(follows.present(follows.newest_slot(self.now), self.now))
        shown = [
            slot
            for slot in slots
            if self.world.is_shown(account, follows, slot, self.now) and not follows.is_dummy(slot)
        ]
        return {
            self.world.person(follows.person_at(slot), self.now).tiktok_id: follows.followed_at(slot) for slot in shown
        }


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A fake API of the test's own."""
    with scene_in(tmp_path) as found:
        yield found


@contextmanager
def scene_in(folder: Path) -> Iterator[Scene]:
    """A fake API in this folder, at the start of virtual time."""
    accounts = tuple(_CUT.values())
    with served(create_app(folder, accounts=accounts)) as api:
        yield Scene(api, World(accounts=accounts))


def ids_in(raw: RawStore, manifest: Manifest) -> set[str]:
    """The ids in a committed snapshot's pages."""
    pages = committed_pages(raw, manifest)
    return {follower.tiktok_id for page in pages for follower in parse_page(page.body).followers}


@pytest.mark.parametrize("cap", [50, 300, pytest.param(10_000, marks=pytest.mark.full)])
def test_a_cut_list_costs_a_few_requests_a_day_and_all_of_them_every_seventh(
    raw: RawStore, scene: Scene, cap: int
) -> None:
    """Each window costs what an independent walk down to the last look's first cursor does.

    Who is listed, and followed since the oldest follow of the last full walk, is in one of the snapshots since.
    """
    handle, last_full, seen, full_from, before = _CUT[cap].handle, -7, set[str](), 0, 0
    outcomes = set()
    for day in range(15 if cap < 10_000 else 8):
        listed, top = scene.listed(handle), scene.top(handle)
        pages, reaches_the_end = scene.walk(handle, 0 if day - last_full >= 7 else before)
        (result,) = scene.run(raw, handle)
        manifest = manifest_of(raw, result)
        expected = Outcome.CUT if reaches_the_end else Outcome.WINDOW
        assert (day, result.outcome, result.pages, result.requests) == (day, expected, pages, pages + 1)
        assert manifest.covered_from is not None
        found = ids_in(raw, manifest)
        assert found == {user for user, followed in listed.items() if followed >= manifest.covered_from}
        if expected is Outcome.CUT:
            last_full, seen, full_from = day, set(), manifest.covered_from
        else:
            assert manifest.covered_from <= before
        seen |= found
        assert {user for user, followed in listed.items() if followed >= full_from} <= seen
        outcomes.add(result.outcome)
        before = top
        scene.pass_days(1)
    assert outcomes == {Outcome.CUT, Outcome.WINDOW}


def test_a_window_after_more_follows_than_the_api_lists_reads_all_it_lists(raw: RawStore, scene: Scene) -> None:
    """The cursor to stop at is no longer listed, so the walk ends where the API ends the list."""
    policy = replace(_INCREMENTAL, full_walk_after=timedelta(days=999))
    assert [result.outcome for result in scene.run(raw, "cut.50", policy=policy)] == [Outcome.CUT]
    scene.pass_days(400)
    (result,) = scene.run(raw, "cut.50", policy=policy)
    assert (result.outcome, result.pages) == (Outcome.CUT, 2)


def test_a_window_killed_at_any_write_ends_where_an_undisturbed_one_does(
    raw: RawStore, store: ObjectStore, scene: Scene
) -> None:
    """Where it ends is stored with the answer that opened it: its pages are those of an independent walk."""
    handle, policy = "fake.3000.full", replace(_INCREMENTAL, full_walk_after=timedelta(days=999))
    scene.run(raw, handle, policy=policy)
    kills = 0
    for fatal in range(1, 10):
        for after in (True, False):
            before = scene.top(handle)
            scene.pass_days(5)
            pages, _ = scene.walk(handle, before)
            try:
                scene.run(RawStore(FailingStore(store, fatal, after=after)), handle, policy=policy)
            except KilledError:
                kills += 1
            (result,) = scene.run(raw, handle, policy=policy)
            assert (fatal, after, result.outcome, result.pages) == (fatal, after, Outcome.WINDOW, pages)
            cursors = [page["minCursor"] for page, _ in zip(scene.api.pages(handle), range(pages), strict=False)]
            assert [entry.followed_after for entry in manifest_of(raw, result).pages] == cursors
    assert kills >= 16


def test_an_open_window_is_resumed_to_where_it_was_to_end(raw: RawStore, scene: Scene) -> None:
    """Even a day later, when a full walk is due: that is the next snapshot."""
    handle = "fake.3000.full"
    scene.run(raw, handle)
    before = scene.top(handle)
    scene.pass_days(6)
    pages, _ = scene.walk(handle, before)
    assert pages > 4
    (deferred,) = scene.run(raw, handle, budget=4)
    assert (deferred.outcome, deferred.pages) == (Outcome.DEFERRED, 3)
    scene.pass_days(1)
    (window,) = scene.run(raw, handle)
    assert (window.origin, window.outcome, window.pages) == (SnapshotOrigin.RESUMED, Outcome.WINDOW, pages)
    scene.pass_days(1)
    assert [result.outcome for result in scene.run(raw, handle)] == [Outcome.WHOLE]


def test_a_run_that_is_not_incremental_reads_the_whole_list(raw: RawStore, scene: Scene) -> None:
    """So does one that is told to read it again."""
    scene.run(raw, "cut.300")
    scene.pass_days(1)
    policies = (SnapshotPolicy(), replace(_INCREMENTAL, force_new_snapshot=True))
    for policy in policies:
        (result,) = scene.run(raw, "cut.300", policy=policy)
        assert (result.outcome, result.origin) == (Outcome.CUT, SnapshotOrigin.NEW)
        scene.pass_days(1)


def test_the_plan_of_a_window_is_what_it_costs_when_no_one_leaves(raw: RawStore, scene: Scene) -> None:
    """The net growth says how many pages are new; who left and was replaced makes it more."""
    handle = "fake.3000.full"
    scene.run(raw, handle)
    scene.pass_days(6)
    (plan,) = Planner(raw, scene.client(), _INCREMENTAL, now=scene.client().now()).plan([handle])
    (result,) = scene.run(raw, handle)
    assert plan.requests is not None
    assert result.requests - 3 <= plan.requests <= result.requests
    assert "an estimate" in plan.note
    (cached,) = Planner(raw, None, _INCREMENTAL, now=scene.client().now() + timedelta(hours=20)).plan([handle])
    assert cached.requests == result.requests
    (again,) = Planner(raw, None, _INCREMENTAL, now=scene.client().now() + timedelta(hours=12)).plan([handle])
    assert (again.origin, again.requests) == (SnapshotOrigin.FRESH, 0)
