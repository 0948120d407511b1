"""The job that lets old snapshots expire, and its schedule. What it does is in `retention.expiry`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from tiktok_insights.defs.jobs import RETRIED
from tiktok_insights.progress import ProgressReporter

if TYPE_CHECKING:
    from tiktok_insights.settings.environment import Settings

_JOB = "expire_snapshots"


def retention_job(settings: "Settings") -> dg.JobDefinition:
    """Make the job for one deployment."""

    @dg.op(out=dg.Out(dg.Nothing))
    def expire(context: dg.OpExecutionContext, progress: dg.ResourceParam[ProgressReporter]) -> None:
        """Delete every snapshot that is older than the days in TIKTOK_RETENTION_DAYS, everywhere."""
        from tiktok_insights.resources.expiring import open_retention, required_days
        from tiktok_insights.retention.expiry import expire as expire_snapshots

        days = required_days(settings)
        expired = expire_snapshots(open_retention(settings, progress, context.log), days, datetime.now(UTC))
        places = {place: number for place, number in expired.places if number}
        context.log.info("Everything before %s has expired. Deleted: %s", expired.retained_from, places or "nothing")

    @dg.job(
        name=_JOB,
        tags=RETRIED,
        description="Deletes snapshots that are older than the days in TIKTOK_RETENTION_DAYS, everywhere. This cannot "
        "be undone. Counts of followers and totals of days stay. The next run makes the marts again.",
    )
    def expire_snapshots() -> None:
        expire()

    return expire_snapshots


weekly_expiry = dg.ScheduleDefinition(
    name="weekly_expiry",
    job_name=_JOB,
    cron_schedule="0 3 * * 1",  # every Monday at 03:00 UTC, before the daily run
    execution_timezone="UTC",
    description="Every Monday at 03:00 UTC: deletes snapshots that are older than the days in TIKTOK_RETENTION_DAYS. "
    "Presence is then computed again from all snapshots that are kept.",
)
