"""The schedule."""

import dagster as dg

from tiktok_insights.defs.jobs import tiktok_pipeline

daily_schedule = dg.ScheduleDefinition(
    name="daily_schedule",
    job=tiktok_pipeline,
    cron_schedule="0 5 * * *",  # every day at 05:00 UTC
    execution_timezone="UTC",
    description="Every day at 05:00 UTC. Past lists cannot be read, so missed days are not backfilled.",
)
