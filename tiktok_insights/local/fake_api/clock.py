"""The virtual clock's calendar: where it starts, its days, its months.

Here: pure functions of a virtual time in unix seconds (UTC). Not here: the clock's present value, which
`state` keeps. Virtual time moves only when the control endpoint says so, which keeps every answer
repeatable.
"""

import datetime as dt

VIRTUAL_START = 1_777_593_600
"""Unix seconds of 2026-05-01T00:00:00Z: the instant at which an account has exactly its first followers."""

SECONDS_PER_DAY = 86_400


def day_of(at: int) -> int:
    """Return the whole days between the start and the virtual time `at` (unix seconds)."""
    return (at - VIRTUAL_START) // SECONDS_PER_DAY


def month_of(at: int) -> str:
    """Return the quota period, for example `2026-05`, of the virtual time `at` (unix seconds)."""
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m")


def seconds_to_next_month(at: int) -> int:
    """Return the seconds from `at` (unix seconds) until the monthly quota starts again."""
    now = dt.datetime.fromtimestamp(at, dt.UTC)
    years, month = divmod(now.month, 12)
    following = dt.datetime(now.year + years, month + 1, 1, tzinfo=dt.UTC)
    return int(following.timestamp()) - at


def seconds_to_next_day(at: int) -> int:
    """Return the seconds from `at` (unix seconds) until the daily quota starts again, at midnight UTC."""
    return SECONDS_PER_DAY - at % SECONDS_PER_DAY
