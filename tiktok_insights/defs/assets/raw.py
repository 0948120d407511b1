"""Stage raw: the follower lists as received."""

from datetime import timedelta

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.presentation import OWNERS, table
from tiktok_insights.defs.quota import quota_entries
from tiktok_insights.defs.run_costs import requests_told
from tiktok_insights.defs.typed_metadata import TypedMetadata
from tiktok_insights.defs.versions import DAILY, data_version
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor, every_account_finished, require_any
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.tiktok import TikTokResource
from tiktok_insights.tiktok.outcomes import Outcome

ACCOUNT_RESULTS = TypedMetadata("account_results", tuple[AccountResult, ...])
# The UI squeezes a column with text, so there are few beside it.
ACCOUNT_COLUMNS = ("account", "outcome", "reason", "seen", "claimed", "requests", "snapshot")


class RawFollowersConfig(dg.Config):
    """What a person may change in the Launchpad."""

    accounts: list[str] = Field(
        default=[],
        description="Handles or secUids to extract. If empty, the accounts in TIKTOK_ACCOUNTS.",
    )
    force_new_snapshot: bool = Field(
        default=False,
        description="Read whole lists from the API again, even if a snapshot is fresh or open. Makes API requests.",
    )
    min_snapshot_age_hours: float = Field(
        default=20.0,
        ge=0,
        description="Committed snapshots younger than this are reused, and no API requests are made.",
    )
    incremental: bool = Field(
        default=False,
        description="Read only what earlier snapshots of the account do not cover. The snapshot is then a window: it "
        "says nothing about users who followed before it. Lists are read to their end every TIKTOK_FULL_WALK_DAYS.",
    )
    accounts_only: bool = Field(
        default=False,
        description="Read no list: request only each account's totals (followers, following, hearts and videos) for "
        "ACCOUNT_LOOKS. Makes one request per account, and changes no snapshot.",
    )

    def policy(self, full_walk_days: float) -> SnapshotPolicy:
        """The settings in the stage's own words."""
        return SnapshotPolicy(
            min_snapshot_age=timedelta(hours=self.min_snapshot_age_hours),
            force_new_snapshot=self.force_new_snapshot,
            incremental=self.incremental,
            full_walk_after=timedelta(days=full_walk_days),
            accounts_only=self.accounts_only,
        )


@dg.asset(
    group_name="raw",
    kinds={"python", "s3", "json"},
    pool="tiktok_api",
    owners=OWNERS,
    freshness_policy=DAILY,
    code_version="1",
    check_specs=check_specs("raw_followers", [every_account_finished]),
)
def raw_followers(
    context: dg.AssetExecutionContext,
    config: RawFollowersConfig,
    tiktok: TikTokResource,
    s3: S3Resource,
    progress: dg.ResourceParam[ProgressReporter],
) -> dg.MaterializeResult:
    """Every page of the follower lists as received: one object per page (write-once), then the snapshot's manifest.

    A run resumes an open snapshot, reuses a fresh one, or starts a new one. Repeating a run after a failure downstream
    makes no API requests.
    """
    raw = s3.raw_store()
    with tiktok.extraction_lock(s3, context.log) as lock, requests_told(context, tiktok.client(lock.require)) as client:
        s3.suppression()  # read when nobody else can remove people, and before the first request
        extractor = Extractor(raw, client, config.policy(tiktok.full_walk_days), context.log, progress)
        results = extractor.extract(tiktok.accounts_or(config.accounts))
        require_any(results)
    return dg.MaterializeResult(
        metadata={
            "accounts": table(ACCOUNT_COLUMNS, [list(account_row(result).values()) for result in results]),
            **ACCOUNT_RESULTS.entry(tuple(results)),
            "pages": sum(result.pages for result in results),
            "requests": sum(result.requests for result in results),
            **quota_entries(results, client.budget.quota),
            "users_seen": sum(result.users_seen for result in results),
            "users_claimed": sum(result.users_claimed or 0 for result in results),
            "dagster/uri": raw.store.uri("raw/followers/"),
        },
        check_results=[check_result(every_account_finished(results))],
        data_version=data_version(*(f"{item.snapshot} {item.outcome.value} {item.pages}" for item in results)),
    )


def account_row(result: AccountResult) -> dict[str, str | int | None]:
    """Describe an account's extraction in the words that people read; the reason only where the list is not whole."""
    cells = (
        result.handle or result.reference,
        result.outcome.value,
        "" if result.outcome is Outcome.WHOLE else result.reason,
        result.users_seen,
        result.users_claimed,
        result.requests,
        f"{result.snapshot.snapshot_id} ({result.origin.value})" if result.snapshot else "none",
    )
    return dict(zip(ACCOUNT_COLUMNS, cells, strict=True))
