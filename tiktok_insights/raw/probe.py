"""A probe: what the API really returns for an account: its profile and a page of its list. Both responses are stored.

A probe is not a snapshot: it has a prefix of its own, and nothing is loaded from it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tiktok_insights.raw.manifest import SnapshotKey, iso
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.client import PAGE_SIZE, Client
from tiktok_insights.tiktok.errors import TikTokError
from tiktok_insights.tiktok.known_fields import is_wrapped, missing_fields, unknown_fields
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.models import Page, Parsed, Quota, Response, Value

PROBE_PREFIX = "probe/"


class Stopwatch(RateLimiter):
    """A rate limiter that notes when the last request was let go, so that waiting is not taken for latency."""

    let_go = 0.0

    def acquire(self) -> None:
        """Wait for the next moment in which a request may be sent, and note it."""
        super().acquire()
        self.let_go = time.monotonic()


@dataclass(frozen=True, slots=True)
class ProbedResponse:
    """What one of the two answers is like, and where it is stored; latency is that of the last attempt."""

    stored_at: str
    requests: int
    latency_seconds: float
    bytes: int
    wrapped_in_data: bool
    unknown_fields: list[str]
    missing_fields: list[str]


@dataclass(frozen=True, slots=True)
class ProbedAccount:
    """Who the account is, as its profile says it."""

    account_id: str
    handle: str
    sec_uid: str
    followers_claimed: int | None
    counts_exact: bool


@dataclass(frozen=True, slots=True)
class ProbedPage:
    """The newest page of the follower list.

    `total` is the list's length as the page claims it. `window` is the stretch of time (UTC) in which the page's users
    followed, as far as the cursor says; None without a cursor.
    """

    dialect: str
    rows_requested: int
    rows_served: int
    dummies: int
    rejected: list[str]
    rows_with_exact_counts: int
    total: int | None
    has_more: bool
    next_cursor: int | None
    window: tuple[str, str] | None


@dataclass(slots=True)
class Probed:
    """All that a probe has found before it ended; `error` says, with the remedy, why it ended early."""

    reference: str
    moment: str
    requests: int = 0
    account: ProbedAccount | None = None
    page: ProbedPage | None = None
    responses: dict[str, ProbedResponse] = field(default_factory=dict)
    stored_evidence: str = ""
    quota: Quota = field(default_factory=lambda: Quota(None, None, None))
    quota_resets_at: str | None = None
    error: str = ""


class Probe:
    """Asks once who an account is and once for its newest followers; the client's own few retries come on top."""

    def __init__(self, raw: RawStore, client: Client, stopwatch: Stopwatch) -> None:
        self._raw = raw
        self._client = client
        self._stopwatch = stopwatch

    def ask(self, reference: str) -> Probed:
        """Probe an account by handle or secUid. What the API refuses is the result's error; the bucket's is raised."""
        moment = datetime.now(UTC)
        found = Probed(reference, SnapshotKey.begun_at("", moment).snapshot_id)
        try:
            account = self._one(found, "account-info", lambda: self._client.account(reference)).value
            found.account = ProbedAccount(
                account.account_id,
                account.handle,
                account.sec_uid,
                account.follower_total,
                "userInfo.statsV2" not in found.responses["account-info"].missing_fields,
            )
            first = self._one(found, "page-000001", lambda: self._client.followers(account.sec_uid, 0))
            found.page = _page(first.value, first.response.fetched_at)
        except TikTokError as error:
            found.requests += error.requests
            found.error = error.advice
            if error.response is not None:
                name = "not-a-page-000001" if found.account else "not-account-info"
                found.stored_evidence = self._put(found, name, error.response)
        return found

    def _one(self, found: Probed, name: str, ask: Callable[[], Parsed[Response, Value]]) -> Parsed[Response, Value]:
        parsed = ask()
        response = parsed.response
        latency = time.monotonic() - self._stopwatch.let_go
        found.requests += response.requests
        found.quota, found.quota_resets_at = response.quota, _resets_at(response)
        found.responses[name] = ProbedResponse(
            self._put(found, name, response),
            response.requests,
            round(latency, 3),
            len(response.body),
            is_wrapped(parsed.document),
            unknown_fields(parsed.document),
            missing_fields(parsed.document),
        )
        return parsed

    def _put(self, found: Probed, name: str, response: Response) -> str:
        key = f"{PROBE_PREFIX}{found.moment}/{name}.json.gz"
        return self._raw.store.uri(self._raw.put_response(key, response).key)


def _page(page: Page, fetched_at: datetime) -> ProbedPage:
    since = datetime.fromtimestamp(page.next_cursor, UTC) if page.next_cursor is not None else None
    return ProbedPage(
        dialect=page.dialect,
        rows_requested=PAGE_SIZE,
        rows_served=len(page.followers) + len(page.rejected) + page.dummies,
        dummies=page.dummies,
        rejected=[f"row {row.position}: {row.reason}" for row in page.rejected],
        rows_with_exact_counts=sum(row.counts_exact == "true" for row in page.followers),
        total=page.total,
        has_more=page.has_more,
        next_cursor=page.next_cursor,
        window=(iso(since), iso(fetched_at)) if since else None,
    )


def _resets_at(response: Response) -> str | None:
    seconds = response.quota.reset_seconds
    return None if seconds is None else iso(response.fetched_at + timedelta(seconds=seconds))
