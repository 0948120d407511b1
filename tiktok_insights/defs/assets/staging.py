"""Stage staging: pending objects to audited rows in the warehouse's staging table."""

import dataclasses

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.column_schemas import staging_lineage, warehouse_columns
from tiktok_insights.defs.load_runs import unreadable_entries
from tiktok_insights.defs.presentation import OWNERS, table_if_any
from tiktok_insights.defs.typed_metadata import TypedMetadata
from tiktok_insights.defs.versions import CONTRACT
from tiktok_insights.lake.listing import no_csv_is_skipped
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.schema import MAX_REJECTED_SHARE
from tiktok_insights.staging.audit import CHECKS
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.ledger import forget_refused
from tiktok_insights.staging.staging_result import StagingResult, result_of
from tiktok_insights.staging.unreadable import every_pending_object_is_readable
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA


class StagingConfig(dg.Config):
    """What a person may change in the Launchpad."""

    max_rejected_share: float = Field(
        default=MAX_REJECTED_SHARE,
        ge=0,
        le=1,
        description="An object with a larger share of rejected rows is refused; the others are loaded.",
    )
    retry_refused: bool = Field(
        default=False,
        description="Also try every refused object again, as after `tiktok-insights retry-refused`.",
    )


@dg.asset(
    group_name="staging",
    deps=["tiktok_user_data"],
    kinds={"duckdb", "snowflake"},
    owners=OWNERS,
    metadata={"dagster/column_schema": warehouse_columns()},
    code_version=CONTRACT,
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
        if config.retry_refused:
            context.log.info("Refused objects to try again: %d.", len(forget_refused(session)))
        staging = Staging(s3.store(), session, config.max_rejected_share, context.log, progress, s3.raw_store())
        batches = staging.stage(listing)
    return dg.MaterializeResult(
        metadata={
            **_metadata(result_of(batches)),
            **table_if_any("skipped_objects", ("object", "reason"), [(s.key, s.reason) for s in listing.skipped[:100]]),
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


STAGING_RESULT = TypedMetadata("staging_result", StagingResult)

#: The columns of a table of objects: name, type and meaning.
OBJECT_COLUMNS = (
    ("object", "string", "Key of the CSV object."),
    ("status", "string", "Its status in the ledger; pending if its batch failed, so that the next run stages it."),
    ("rows in", "int", "Physical records after the header."),
    ("staged", "int", "Rows sent to the warehouse's staging table."),
    ("duplicate", "int", "Rows dropped because the object already has the user."),
    ("rejected", "int", "Rows in the quarantine."),
    ("negative counts", "int", "Counts that were negative and became NULL."),
    ("reason", "string", "Why the object is not loaded, and what to do."),
)


def object_rows(result: StagingResult) -> list[tuple[object, ...]]:
    """The objects as rows of the table."""
    return [(o.key, o.status, *dataclasses.astuple(o.counts), o.reason) for o in result.objects]


def _metadata(result: StagingResult) -> dict[str, dg.MetadataValue | int | str]:
    return {
        **({"batches": ", ".join(result.batches)} if result.batches else {}),
        **table_if_any("objects", [name for name, _, _ in OBJECT_COLUMNS], object_rows(result)),
        "objects_loaded": result.objects_loaded,
        "objects_refused": result.objects_refused,
        "dagster/row_count": result.rows.staged,
        "rows_duplicate": result.rows.duplicate,
        "rows_rejected": result.rows.rejected,
        **STAGING_RESULT.entry(result),
    }
