"""Unix seconds, and the UTC hours, days and ISO weeks that they are in. No rule of an insight belongs here."""

from datetime import UTC, datetime

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
#: 1970-01-05, the first Monday of unix time: weeks begin on Mondays.
_FIRST_MONDAY = 4 * DAY


def at(text: str) -> int:
    """The unix second of a UTC time in ISO 8601, such as `2026-03-02 14:10`."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def day_start(second: int) -> int:
    """The first second of the UTC day."""
    return second // DAY * DAY


def week_start(second: int) -> int:
    """The first second of the ISO week."""
    return (second - _FIRST_MONDAY) // WEEK * WEEK + _FIRST_MONDAY
