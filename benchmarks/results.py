"""What a table of users is compared by, so that the contestants have done the same work: a summary, not the rows."""

from datetime import datetime
from typing import Any

#: Runs on DuckDB and on the warehouse. The sum says whose row won among duplicates, the counts what became NULL.
SUMMARY = (
    "SELECT COUNT(*), COUNT(DISTINCT TIKTOK_ID), COUNT(HEART_COUNT), SUM(FOLLOWERS_COUNT), SUM(LENGTH(NICK_NAME)), "
    "SUM(CASE WHEN ACCOUNT_VERIFIED THEN 1 ELSE 0 END), MAX(EXTRACTED_AT) FROM {table}"
)
_NAMES = ("rows", "users", "hearts", "followers", "nickname characters", "verified", "newest")

Summary = dict[str, str]


def summary_of(row: tuple[Any, ...]) -> Summary:
    """The summary's row in texts: each engine has types of its own for numbers, and zones for times."""
    return {name: _text(value) for name, value in zip(_NAMES, row, strict=True)}


def _text(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
