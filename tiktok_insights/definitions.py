"""The asset graph and one deployment's resources. Loading it reads the environment, and starts nothing."""

import dagster as dg

from tiktok_insights.defs.assets.catalog import tiktok_user_data
from tiktok_insights.defs.assets.insights import marts
from tiktok_insights.defs.assets.lake import followers_csv
from tiktok_insights.defs.assets.raw import raw_followers
from tiktok_insights.defs.assets.staging import staged_tiktok_data
from tiktok_insights.defs.assets.warehouse import tiktok_data
from tiktok_insights.defs.checks import ASSET_CHECKS
from tiktok_insights.defs.jobs import load_pending_objects, replay_snapshots, tiktok_pipeline
from tiktok_insights.defs.loggers import brief_logger
from tiktok_insights.defs.schedules import daily_schedule
from tiktok_insights.defs.sensors import new_s3_objects_sensor
from tiktok_insights.progress import SILENT
from tiktok_insights.resources.aws import GlueCatalogResource, S3LakeResource
from tiktok_insights.resources.snowflake import WarehouseResource
from tiktok_insights.resources.tiktok import TikTokResource
from tiktok_insights.runtime.retry_hooks import remove_retry_hooks
from tiktok_insights.settings.environment import Settings, read_settings


@dg.definitions
def defs() -> dg.Definitions:
    """Everything that Dagster is to know. Dagster calls this when it loads the module's definitions."""
    remove_retry_hooks()
    return dg.Definitions(
        assets=[raw_followers, followers_csv, tiktok_user_data, staged_tiktok_data, tiktok_data, marts],
        asset_checks=ASSET_CHECKS,
        jobs=[tiktok_pipeline, load_pending_objects, replay_snapshots],
        schedules=[daily_schedule],
        sensors=[new_s3_objects_sensor],
        resources={
            **resources_for(read_settings()),
            "frames": dg.mem_io_manager,
            # The command line puts its bars in here.
            "progress": SILENT,
        },
        loggers={"brief": brief_logger},
        # One process: a process for each step would import everything again each time, in the UI too.
        executor=dg.in_process_executor,
    )


def resources_for(settings: Settings) -> dict[str, dg.ConfigurableResource]:
    """The resources of the deployment; names, no keys."""
    snowflake = settings.snowflake
    return {
        "tiktok": TikTokResource(
            accounts=list(settings.accounts),
            requests_per_minute=settings.requests_per_minute,
            request_budget=settings.request_budget,
        ),
        "s3": S3LakeResource(bucket=settings.bucket),
        "glue": GlueCatalogResource(database=settings.glue_database, bucket=settings.bucket),
        "warehouse": WarehouseResource(
            role=snowflake.role,
            warehouse=snowflake.warehouse,
            database=snowflake.database,
            schema_name=snowflake.schema,
            view_schema=snowflake.view_schema,
        ),
    }
