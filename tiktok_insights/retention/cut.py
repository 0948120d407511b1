"""The cut: the moment before which snapshots have expired. What is deleted then belongs in `bucket` and `warehouse`."""

from datetime import UTC, datetime, time, timedelta


def cut(days: int, now: datetime) -> datetime:
    """The midnight (UTC) that many days before today's: a whole day is kept or expires.

    Raises RetentionError where the calendar does not go back so far.
    """
    midnight = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    try:
        return midnight - timedelta(days=days)
    except OverflowError:
        msg = f"TIKTOK_RETENTION_DAYS is {days}, which is before the year 1. Use fewer days, or leave it empty."
        raise RetentionError(msg) from None


class RetentionError(RuntimeError):
    """Snapshots cannot expire: the setting is missing or too large, or something could not be deleted."""
