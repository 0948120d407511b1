"""Observations as the tests make them."""

from datetime import UTC, datetime, timedelta

from tiktok_insights.alerts.alert import Alert, AlertKind, Recovery
from tiktok_insights.alerts.causes import run_failure

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def at(minute: float) -> datetime:
    """A time, in minutes after noon."""
    return NOW + timedelta(minutes=minute)


def failed(minute: float, job: str = "tiktok_pipeline", error: str = "RefusedError") -> Alert:
    """A run of the job that failed."""
    return run_failure(job=job, run_id="0123456789", step="raw_followers", error=error, line="", at=at(minute))


def well(minute: float, job: str = "tiktok_pipeline") -> Recovery:
    """A run of the job that succeeded."""
    return Recovery(AlertKind.RUN_FAILURE, job, at(minute))
