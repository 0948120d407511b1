"""The cut: the moment before which snapshots have expired. What is deleted then belongs in `bucket` and `warehouse`."""

from datetime import UTC, datetime, time, timedelta


def cut(days: int, now: datetime) -> datetime:
    """The midnight (UTC) that many days before today's: a whole day is kept or expires."""
    return datetime.combine(now.astimezone(UTC).date(), time.min, UTC) - timedelta(days=days)


class RetentionError(RuntimeError):
    """Snapshots cannot expire: the setting is missing, or something could not be deleted."""
