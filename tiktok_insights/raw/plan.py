"""What the next run will cost, account by account, before it is spent."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from tiktok_insights.raw.decision import Decision, SnapshotOrigin, SnapshotPolicy, decide
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshots import RAW_OBJECT_ERRORS, RawStore
from tiktok_insights.tiktok.client import PAGE_SIZE, Client
from tiktok_insights.tiktok.dialects import parse, read_account
from tiktok_insights.tiktok.errors import TikTokError
from tiktok_insights.tiktok.models import Quota
from tiktok_insights.tiktok.pagination import KNOWN_CAPS


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """What the next run does for one account.

    `requests` is None where it cannot be known without asking; `trouble` says why, or what the API said. `claimed` is
    the account's follower total, `quota` the plan's as last heard of. Without an `origin` the account's raw objects
    cannot be read.
    """

    reference: str
    origin: SnapshotOrigin | None
    requests: int | None
    claimed: int | None = None
    quota: Quota | None = None
    trouble: str = ""

    def share_of_month(self) -> float | None:
        """Which share of the plan's requests it costs (0 to 1 and more), if the plan's size is known."""
        if self.requests is None or self.quota is None or not self.quota.limit:
            return None
        return self.requests / self.quota.limit


class Planner:
    """Foretells what an extraction with the same policy will spend.

    With a `client` it asks for each account's total, one request for each that needs it; without one (`None`) it uses
    what the newest snapshot says, and spends nothing. `cap` is the longest list that the API gives.
    """

    def __init__(
        self, raw: RawStore, client: Client | None, policy: SnapshotPolicy, cap: int = max(KNOWN_CAPS)
    ) -> None:
        self._raw = raw
        self._client = client
        self._policy = policy
        self._cap = cap

    def plan(self, references: Iterable[str]) -> list[AccountPlan]:
        """A plan for each account (handle or secUid), in order."""
        unique = dict.fromkeys(reference.removeprefix("@") for reference in references)
        return [self._plan_or_say_why_not(reference) for reference in unique]

    def _plan_or_say_why_not(self, reference: str) -> AccountPlan:
        try:
            return self._plan(reference)
        except RAW_OBJECT_ERRORS as error:
            return AccountPlan(reference, None, None, trouble=str(error))

    def _plan(self, reference: str) -> AccountPlan:
        account_id = self._raw.remembered_account(reference)
        decision = decide(self._raw, account_id, self._policy, datetime.now(UTC)) if account_id else None
        if decision is not None and decision.origin is not SnapshotOrigin.NEW:
            return self._plan_known(reference, decision)
        if self._client is None:
            return self._plan_cached(reference, account_id)
        try:
            asked = self._client.account(reference)
        except TikTokError as error:
            return AccountPlan(reference, SnapshotOrigin.NEW, None, trouble=error.advice)
        total = asked.value.follower_total
        requests = None if total is None else 1 + self._pages(total)
        return AccountPlan(
            reference,
            SnapshotOrigin.NEW,
            requests,
            total,
            asked.response.quota,
            "" if requests else "the API reported no total",
        )

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
        for snapshot in reversed(self._raw.snapshots(account_id) if account_id else []):
            manifest = self._raw.manifest(snapshot)
            if manifest is not None and manifest.users_claimed is not None:
                requests = 1 + self._pages(manifest.users_claimed)
                return AccountPlan(
                    reference, SnapshotOrigin.NEW, requests, manifest.users_claimed, self._last_quota(manifest)
                )
        trouble = "nothing is stored for this account; without --cached, plan asks the API for its total"
        return AccountPlan(reference, SnapshotOrigin.NEW, None, trouble=trouble)

    def _last_quota(self, manifest: Manifest) -> Quota:
        """The plan's size as the snapshot's first answer told it, and what its last answer left of it."""
        limit = self._raw.response(manifest.snapshot.account_info).quota.limit
        return Quota(limit, manifest.quota_left, None)

    def _pages(self, total: int) -> int:
        """Requests for a whole list; an empty one takes a request too."""
        return max(1, math.ceil(min(total, self._cap) / PAGE_SIZE))
