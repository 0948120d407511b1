"""Stage staging: pending objects to audited rows in the warehouse's staging table."""

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.column_schemas import staging_lineage, warehouse_columns
from tiktok_insights.defs.engines import EngineConfig, engine_entries
from tiktok_insights.defs.load_runs import unreadable_entries
from tiktok_insights.defs.presentation import OWNERS, table_if_any
from tiktok_insights.defs.staging_entries import staging_entries
from tiktok_insights.defs.versions import CONTRACT
from tiktok_insights.lake.listing import no_csv_is_skipped
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.resources.glue_job import GlueJobResource
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.schema import MAX_REJECTED_SHARE
from tiktok_insights.staging.audit import CHECKS
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.ledger import forget_refused
from tiktok_insights.staging.staging_result import result_of
from tiktok_insights.staging.unreadable import every_pending_object_is_readable
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA


class StagingConfig(EngineConfig):
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
    glue_job: GlueJobResource,
    progress: dg.ResourceParam[ProgressReporter],
) -> dg.MaterializeResult:
    """The pending CSV objects in the staging table: one row per object and user, with the audit's verdict.

    Drops avatars, sets types, removes duplicates within an object, and quarantines bad rows. Pending means in the
    bucket but not in the ledger, so nothing is loaded twice and nothing is missed.
    """
    listing, suppression = s3.csvs().listing(), s3.suppression()
    with snowflake.session() as session:
        if config.retry_refused:
            context.log.info("Refused objects to try again: %d.", len(forget_refused(session)))
        engine = glue_job.engine(config.engine_request(), s3.store(), session, suppression, context.log)
        staging = Staging(s3.store(), session, config.max_rejected_share, context.log, progress, s3.raw_store(), engine)
        batches = staging.stage(listing)
    return dg.MaterializeResult(
        metadata={
            **staging_entries(result_of(batches)),
            **engine_entries(engine),
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
