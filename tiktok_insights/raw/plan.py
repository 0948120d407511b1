"""What the next run will cost, account by account, before it is spent; and what a budget leaves for each."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tiktok_insights.raw.decision import Decision, SnapshotOrigin, SnapshotPolicy, decide
from tiktok_insights.raw.known_stretch import walk_until
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshots import RAW_OBJECT_ERRORS, RawStore
from tiktok_insights.raw.turns import Turn, turn_of, turn_of_a_look
from tiktok_insights.tiktok.client import PAGE_SIZE, Client
from tiktok_insights.tiktok.dialects import parse, read_account
from tiktok_insights.tiktok.errors import TikTokError
from tiktok_insights.tiktok.models import Quota
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.tiktok.pagination import KNOWN_CAPS


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """What the next run does for one account.

    `requests` is None where it cannot be known without asking; `note` says why, or what the API said. `claimed` is the
    account's follower total, `quota` the plan's as last heard of. Without an `origin` the account's raw objects cannot
    be read. `granted` is what the run's budget leaves for it, None without a budget.
    """

    reference: str
    origin: SnapshotOrigin | None
    requests: int | None
    claimed: int | None = None
    quota: Quota | None = None
    note: str = ""
    turn: Turn = (2, 0.0)
    granted: int | None = None

    def share_of_month(self) -> float | None:
        """Which share of the plan's requests it costs (0 to 1 and more), if the plan's size is known."""
        if self.requests is None or self.quota is None or not self.quota.limit:
            return None
        return self.requests / self.quota.limit

    @property
    def waits(self) -> bool:
        """Whether the budget leaves nothing for it in the next run."""
        return self.granted == 0 and self.requests != 0


class Planner:
    """Foretells what an extraction with the same policy will spend.

    With a `client` it asks for each account's total, one request for each that needs it; without one (`None`) it uses
    what the newest snapshot says, and spends nothing. `cap` is the longest list that the API gives, `budget` the most
    requests that the run may make, `now` (UTC) the time at which it begins.
    """

    def __init__(
        self,
        raw: RawStore,
        client: Client | None,
        policy: SnapshotPolicy,
        cap: int = max(KNOWN_CAPS),
        budget: int | None = None,
        now: datetime | None = None,
    ) -> None:
        self._raw = raw
        self._client = client
        self._policy = policy
        self._cap = cap
        self._budget = budget
        self._now = now or datetime.now(UTC)

    def plan(self, references: Iterable[str]) -> list[AccountPlan]:
        """A plan for each account (handle or secUid): in order, or with a budget in the order of their turns."""
        unique = dict.fromkeys(reference.removeprefix("@") for reference in references)
        plans = [self._plan_or_say_why_not(reference) for reference in unique]
        return plans if self._budget is None else self._granted(plans, self._budget)

    def most(self, plan: AccountPlan) -> int:
        """The requests to leave for an account: a whole list of the longest kind where nothing is known of it."""
        if plan.requests is not None:
            return plan.requests
        if plan.origin is None:
            return 0
        return 1 if self._client else 1 + self._pages(self._cap)

    def _granted(self, plans: list[AccountPlan], left: int) -> list[AccountPlan]:
        """The plans by turn, each with what those before it leave of the budget."""
        granted: list[AccountPlan] = []
        budget = left
        for plan in sorted(plans, key=lambda plan: plan.turn):
            share = min(self.most(plan), left)
            note = plan.note
            if budget and plan.requests and plan.requests > budget:
                days = self._policy.max_open_age.days
                note = f"takes {math.ceil(plan.requests / budget)} runs, and must be finished within {days} days"
            granted.append(replace(plan, granted=share, note=note))
            left -= share
        return granted

    def _plan_or_say_why_not(self, reference: str) -> AccountPlan:
        try:
            return self._plan(reference)
        except RAW_OBJECT_ERRORS as error:
            return AccountPlan(reference, None, None, note=str(error))

    def _plan(self, reference: str) -> AccountPlan:
        account_id = self._raw.remembered_account(reference)
        if self._policy.accounts_only:
            turn = turn_of_a_look(self._raw, account_id)
            return AccountPlan(reference, SnapshotOrigin.NEW, 1, note="only the account's totals", turn=turn)
        decision = decide(self._raw, account_id, self._policy, self._now) if account_id else None
        if decision is not None and decision.origin is not SnapshotOrigin.NEW:
            plan = self._plan_known(reference, decision)
        elif self._client is None:
            plan = self._plan_cached(reference, account_id)
        else:
            plan = self._plan_new(reference, account_id, self._client)
        return replace(plan, turn=turn_of(self._raw, account_id, decision, self._policy, self._now))

    def _plan_new(self, reference: str, account_id: str | None, client: Client) -> AccountPlan:
        try:
            asked = client.account(reference)
        except TikTokError as error:
            return AccountPlan(reference, SnapshotOrigin.NEW, None, note=error.advice)
        total, quota = asked.value.follower_total, asked.response.quota
        if total is None:
            return AccountPlan(reference, SnapshotOrigin.NEW, None, quota=quota, note="the API reported no total")
        newest = self._newest(account_id)
        return self._new(reference, newest, total, quota)

    def _plan_known(self, reference: str, decision: Decision) -> AccountPlan:
        """A fresh snapshot costs nothing, an open one its missing pages."""
        if decision.manifest is not None:
            manifest = decision.manifest
            return AccountPlan(reference, decision.origin, 0, manifest.users_claimed, self._last_quota(manifest))
        assert decision.snapshot is not None  # noqa: S101  # what is neither new nor fresh is an open snapshot
        info = parse(self._raw.response(decision.snapshot.account_info), read_account)
        total = info.value.follower_total
        stored = sum(1 for _ in self._raw.pages(decision.snapshot))
        left = None if total is None else max(self._pages(total) - stored, 0)
        return AccountPlan(reference, decision.origin, left, total, info.response.quota)

    def _plan_cached(self, reference: str, account_id: str | None) -> AccountPlan:
        newest = self._newest(account_id)
        if newest is None or newest.users_claimed is None:
            note = "nothing is stored for this account; without --cached, plan asks the API for its total"
            return AccountPlan(reference, SnapshotOrigin.NEW, None, note=note)
        return self._new(reference, newest, newest.users_claimed, self._last_quota(newest))

    def _new(self, reference: str, newest: Manifest | None, total: int, quota: Quota) -> AccountPlan:
        """A new snapshot costs the whole list; a window at least the net growth since the newest snapshot."""
        until = newest and walk_until(self._raw, newest.account_id, self._policy, self._now)
        if newest is None or until is None:
            return AccountPlan(reference, SnapshotOrigin.NEW, 1 + self._pages(total), total, quota)
        growth = max(total - (newest.users_claimed or 0), 0)
        requests = 2 + math.ceil(growth / PAGE_SIZE)
        if newest.outcome == Outcome.WINDOW.value:
            requests = max(requests, newest.requests)
        note = "an estimate: this run reads only what earlier snapshots do not cover"
        requests = min(requests, 1 + self._pages(total))
        return AccountPlan(reference, SnapshotOrigin.NEW, requests, total, quota, note)

    def _newest(self, account_id: str | None) -> Manifest | None:
        """The newest committed snapshot that knows the account's total."""
        for snapshot in reversed(self._raw.snapshots(account_id) if account_id else []):
            manifest = self._raw.manifest(snapshot)
            if manifest is not None and manifest.users_claimed is not None:
                return manifest
        return None

    def _last_quota(self, manifest: Manifest) -> Quota:
        """The plan's size as the snapshot's first answer told it, and what its last answer left of it."""
        limit = self._raw.response(manifest.snapshot.account_info).quota.limit
        return Quota(limit, manifest.quota_left, None)

    def _pages(self, total: int) -> int:
        """Requests for a whole list; an empty one takes a request too."""
        return max(1, math.ceil(min(total, self._cap) / PAGE_SIZE))
