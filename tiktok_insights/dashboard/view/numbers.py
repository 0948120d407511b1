"""Formats of numbers and times, the same everywhere: 43,046, +847, 22%, 30 Apr 2026, 06:12 UTC.

A number that is None has no format: a sentence takes its place, and belongs in `words/`.
"""

from datetime import datetime, timedelta

MINUS = "\N{MINUS SIGN}"
WEEK = timedelta(weeks=1)
#: From here on a share needs no digit after the point.
_PLAIN_SHARE = 10
_LARGE = ((1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (10_000, "k"))


def count(value: float) -> str:
    """Give a whole number with commas; a negative one with a real minus."""
    return f"{MINUS if round(value) < 0 else ''}{abs(round(value)):,}"


def signed(value: int) -> str:
    """Give a change, with its sign; 0 has none."""
    return f"+{count(value)}" if value > 0 else count(value)


def compact(value: int) -> str:
    """Give a large number in few letters, such as 8.2M."""
    for unit, letter in _LARGE:
        if abs(value) >= unit:
            return f"{value / (1_000 if letter == 'k' else unit):.1f}{letter}"
    return count(value)


def rate(value: float) -> str:
    """Give a number per day: with a digit after the point where it is small."""
    return count(value) if abs(value) >= _PLAIN_SHARE else f"{value:.1f}".removesuffix(".0").replace("-", MINUS)


def share(value: float, digits: int | None = None) -> str:
    """Give a share in percent. Neither nothing nor everything is said of a share that is not 0 or 1."""
    percent = value * 100
    places = digits if digits is not None else int(percent < _PLAIN_SHARE)
    text = f"{percent:.{places}f}"
    if percent > 0 and float(text) == 0:
        return f"under {10.0**-places:g}%"
    if percent < 100 <= float(text):
        text = f"{percent:.{max(places, 1)}f}"
        return f"over {100 - 10.0 ** -max(places, 1):g}%" if float(text) >= 100 else f"{text}%"
    return f"{text.removesuffix('.0') if digits is None else text}%"


def interval(low: float, high: float) -> str:
    """Give the two ends of a 95 % interval."""
    return f"{share(low, 1)}\N{EN DASH}{share(high, 1)}"


def day(value: datetime, beside: datetime | None = None) -> str:
    """Give a day; with its year unless it is that of the day beside it."""
    text = f"{value.day} {value:%b}"
    return text if beside is not None and beside.year == value.year else f"{text} {value.year}"


def month(value: datetime) -> str:
    """Give a month with its year."""
    return f"{value:%b} {value.year}"


def clock(value: datetime) -> str:
    """Give the time of day."""
    return f"{value:%H:%M}"


def moment(value: datetime) -> str:
    """Give a day and its time, with the zone."""
    return f"{day(value)}, {clock(value)} UTC"


def span(first: datetime, end: datetime) -> str:
    """Give the days from the first to the one before the end, such as 13-19 Apr."""
    last = end - timedelta(seconds=1)
    if first.month == last.month:
        return f"{first.day}\N{EN DASH}{last.day} {last:%b}"
    return f"{first.day} {first:%b}\N{EN DASH}{last.day} {last:%b}"


def plural(value: int, one: str, many: str) -> str:
    """Give a number and the word for it."""
    return f"{count(value)} {one if value == 1 else many}"


def seconds(value: datetime) -> int:
    """Give a time as the script reads it: Unix seconds."""
    return round((value - datetime(1970, 1, 1)).total_seconds())  # noqa: DTZ001  # facts have times in UTC without zone
