"""The schedules. All are off until a person turns them on; that of retention is in `retention_job`."""

import dagster as dg

from tiktok_insights.defs.jobs import tiktok_pipeline, verify

daily_schedule = dg.ScheduleDefinition(
    name="daily_schedule",
    job_name=tiktok_pipeline.name,
    cron_schedule="0 5 * * *",  # every day at 05:00 UTC
    execution_timezone="UTC",
    description="Every day at 05:00 UTC. Past lists cannot be read, so missed days are not backfilled.",
)
weekly_verification = dg.ScheduleDefinition(
    name="weekly_verification",
    job_name=verify.name,
    cron_schedule="0 9 * * 0",  # every Sunday at 09:00 UTC, after the daily run
    execution_timezone="UTC",
    description="Every Sunday at 09:00 UTC: compares everything that was ever loaded. It costs as much as all of it.",
)
