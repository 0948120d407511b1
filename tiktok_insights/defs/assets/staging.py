"""Stage staging: pending objects to audited rows in the warehouse's staging table."""

from collections.abc import Sequence

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.load_runs import unreadable_entries
from tiktok_insights.defs.presentation import (
    OWNERS,
    staging_lineage,
    table,
    warehouse_columns,
)
from tiktok_insights.lake.listing import no_csv_is_skipped
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.schema import MAX_REJECTED_SHARE
from tiktok_insights.staging.audit import CHECKS
from tiktok_insights.staging.batch import Batch, Staging
from tiktok_insights.staging.unreadable import every_pending_object_is_readable
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA


class StagingConfig(dg.Config):
    """What a person may change in the Launchpad."""

    max_rejected_share: float = Field(
        default=MAX_REJECTED_SHARE,
        ge=0,
        le=1,
        description="An object with a larger share of rejected rows fails the audit and is refused.",
    )


@dg.asset(
    group_name="staging",
    deps=["tiktok_user_data"],
    kinds={"duckdb", "snowflake"},
    owners=OWNERS,
    metadata={"dagster/column_schema": warehouse_columns()},
    check_specs=check_specs("staged_tiktok_data", [*CHECKS, no_csv_is_skipped, every_pending_object_is_readable]),
)
def staged_tiktok_data(
    context: dg.AssetExecutionContext,
    config: StagingConfig,
    s3: S3Resource,
    snowflake: SnowflakeResource,
    progress: dg.ResourceParam[ProgressReporter],
) -> dg.MaterializeResult:
    """The pending CSV objects in the staging table: one row per object and user, with the audit's verdict.

    Drops avatars, sets types, removes duplicates within an object, and quarantines bad rows. Pending means in the
    bucket but not in the ledger, so nothing is loaded twice and nothing is missed.
    """
    listing = s3.csvs().listing()
    with snowflake.session() as session:
        staging = Staging(s3.store(), session, config.max_rejected_share, context.log, progress)
        batches = staging.stage(listing)
    return dg.MaterializeResult(
        metadata={
            **_metadata(batches),
            "skipped_objects": table(("object", "reason"), [(s.key, s.reason) for s in listing.skipped[:100]]),
            **unreadable_entries(staging.reading),
            "dagster/table_name": snowflake.full_name(STAGED_TIKTOK_DATA),
            "dagster/column_lineage": staging_lineage(),
        },
        check_results=[
            check_result(outcome)
            for outcome in (
                *Staging.outcomes(batches),
                no_csv_is_skipped(listing),
                every_pending_object_is_readable(staging.reading),
            )
        ],
    )


_HEADER = ("object", "status", "rows in", "staged", "duplicate", "rejected", "negative counts", "reason")


def _metadata(batches: Sequence[Batch]) -> dict[str, dg.MetadataValue | int | str]:
    objects = [item for batch in batches for item in batch.objects]
    # What a person has to look at comes first; the table has its limit.
    objects.sort(key=lambda item: (not item.reason, not item.counts.rejected))
    rows = [
        (item.item.info.key, item.status, c.rows_in, c.staged, c.duplicate, c.rejected, c.negative_counts, item.reason)
        for item, c in ((item, item.counts) for item in objects[:100])
    ]
    refused = sum(len(batch.refused) for batch in batches)
    return {
        "batches": ", ".join(batch.batch_id for batch in batches) or "none",
        "objects": table(_HEADER, rows),
        "objects_loaded": len(objects) - refused,
        "objects_refused": refused,
        "dagster/row_count": sum(item.counts.staged for item in objects),
        "rows_duplicate": sum(item.counts.duplicate for item in objects),
        "rows_rejected": sum(item.counts.rejected for item in objects),
    }
