"""The asset graph and one deployment's resources. Loading it reads the environment, and starts nothing."""

import dagster as dg

from tiktok_insights.defs.alert_sensors import alert_sensor, heartbeat_sensor
from tiktok_insights.defs.assets.catalog import tiktok_user_data
from tiktok_insights.defs.assets.dashboard import dashboard
from tiktok_insights.defs.assets.insights import marts
from tiktok_insights.defs.assets.lake import followers_csv
from tiktok_insights.defs.assets.load_report import load_report
from tiktok_insights.defs.assets.powerbi import power_bi_assets
from tiktok_insights.defs.assets.raw import raw_followers
from tiktok_insights.defs.assets.staging import staged_tiktok_data
from tiktok_insights.defs.assets.verification import verification
from tiktok_insights.defs.assets.warehouse import tiktok_data
from tiktok_insights.defs.check_steps import asset_checks
from tiktok_insights.defs.forget_job import forget_job
from tiktok_insights.defs.jobs import (
    load_pending_objects,
    replay_snapshots,
    retry_refused_objects,
    tiktok_pipeline,
    verify,
    with_logger,
)
from tiktok_insights.defs.json_logger import JSON, make_json_logger
from tiktok_insights.defs.locations import with_locations
from tiktok_insights.defs.loggers import brief_logger
from tiktok_insights.defs.retention_job import retention_job, weekly_expiry
from tiktok_insights.defs.schedules import daily_schedule, weekly_verification
from tiktok_insights.defs.sensors import new_s3_objects_sensor
from tiktok_insights.progress import SILENT
from tiktok_insights.resources.alerts import AlertsResource
from tiktok_insights.resources.client_resource import ClientResource
from tiktok_insights.resources.cloudwatch import CloudWatchResource
from tiktok_insights.resources.dashboard import DashboardResource
from tiktok_insights.resources.glue import GlueResource
from tiktok_insights.resources.glue_job import GlueJobResource
from tiktok_insights.resources.power_bi import PowerBIResource
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.resources.tiktok import TikTokResource
from tiktok_insights.runtime.retry_hooks import remove_retry_hooks
from tiktok_insights.settings.environment import Deployment, Settings, read_settings


@dg.definitions
def defs() -> dg.Definitions:
    """Everything that Dagster is to know. Dagster calls this when it loads the module's definitions."""
    remove_retry_hooks()
    settings = read_settings()
    assets = [
        raw_followers,
        followers_csv,
        tiktok_user_data,
        staged_tiktok_data,
        tiktok_data,
        marts,
        dashboard,
        load_report,
        *power_bi_assets(settings.power_bi),
    ]
    jobs = [tiktok_pipeline, load_pending_objects, retry_refused_objects, replay_snapshots, verify]
    return dg.Definitions(
        assets=dg.map_asset_specs(with_locations(settings), [*assets, verification]),
        asset_checks=asset_checks(with_crawler=bool(settings.glue.crawler)),
        jobs=[
            *([with_logger(job, JSON) for job in jobs] if settings.logs_json else jobs),
            forget_job(settings),
            retention_job(settings),
        ],
        schedules=[daily_schedule, weekly_verification, weekly_expiry],
        sensors=[
            new_s3_objects_sensor,
            *([alert_sensor] if settings.alerts.is_configured else []),
            *([heartbeat_sensor] if settings.deployment is Deployment.AWS else []),
        ],
        resources={
            **resources_for(settings),
            "frames": dg.mem_io_manager,
            # The command line puts its bars in here.
            "progress": SILENT,
        },
        loggers={"brief": brief_logger, JSON: make_json_logger()},
        # One process: a process for each step would import everything again each time, in the UI too.
        executor=dg.in_process_executor,
    )


def resources_for(settings: Settings) -> dict[str, ClientResource]:
    """The resources of the deployment, with the names of the environment variables that hold secrets."""
    return {
        "tiktok": TikTokResource.of(settings.tiktok),
        "s3": S3Resource.of(settings.s3),
        "glue": GlueResource.of(settings.glue),
        "glue_job": GlueJobResource.of(settings.glue_job),
        "snowflake": SnowflakeResource.of(settings.snowflake),
        "dashboard": DashboardResource.of(settings.dashboard),
        "alerts": AlertsResource.of(settings.alerts),
        "cloudwatch": CloudWatchResource.of(settings.cloudwatch),
        "power_bi": PowerBIResource.of(settings.power_bi),
    }
