"""What Snowflake's query history says of runs' statements, which it knows by their QUERY_TAG.

The history is INFORMATION_SCHEMA's: up to date, of the last seven days, and of the user's own statements without any
grant. What Snowflake bills for each statement is in ACCOUNT_USAGE.QUERY_ATTRIBUTION_HISTORY, hours after a run has
ended and with a grant of its own; so credits are estimated here. Which runs are asked for belongs in `run_costs`.
https://docs.snowflake.com/en/sql-reference/functions/query_history
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_session import NamedRow, Session

#: Credits that a standard virtual warehouse of the first generation uses in an hour, by its size.
#: https://docs.snowflake.com/en/user-guide/warehouses-overview
CREDITS_AN_HOUR = {
    "X-Small": 1, "Small": 2, "Medium": 4, "Large": 8, "X-Large": 16,
    "2X-Large": 32, "3X-Large": 64, "4X-Large": 128, "5X-Large": 256, "6X-Large": 512,
}  # fmt: skip
_STANDARD = "STANDARD"
#: The most that Snowflake gives: the statements that ended last.
MOST_STATEMENTS = 10_000
#: It keeps them for seven days, and may refuse a time before that.
_KEPT = timedelta(days=7) - timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SnowflakeUse:
    """What statements used: seconds on a warehouse and estimated credits, None where unknown, and the reason."""

    seconds: float | None
    credits: float | None
    basis: str


class QueryHistory:
    """The statements of a user, grouped by tag and warehouse. It has all that ended since `complete_since`."""

    def __init__(self, groups: Iterable[NamedRow], complete_since: datetime, missing: str = "") -> None:
        self._groups = [(_run_in(group["QUERY_TAG"]), group) for group in groups if group["WAREHOUSE_SIZE"]]
        self._complete_since = complete_since
        self._missing = missing

    def used_by(self, runs: Collection[str], since: datetime) -> SnowflakeUse:
        """What the statements of these runs used, of which the first began after `since`."""
        if self._missing:
            return SnowflakeUse(None, None, self._missing)
        if since < self._complete_since:
            begin = f"{self._complete_since:%Y-%m-%d %H:%M} UTC"
            return SnowflakeUse(
                None, None, f"Unknown: the query history was read from {begin} on, and the run started before."
            )
        groups = [group for run, group in self._groups if run in runs]
        seconds = sum(float(group["MILLISECONDS"]) for group in groups) / 1000
        kinds = {(group["WAREHOUSE_SIZE"], group["WAREHOUSE_TYPE"]) for group in groups}
        if unknown := sorted(f"{kind} {size}" for size, kind in kinds if kind != _STANDARD or not _rate(size)):
            return SnowflakeUse(seconds, None, f"Unknown: no rate is known for a warehouse that is {unknown[0]}.")
        used = sum(float(group["MILLISECONDS"]) / 3_600_000 * _rate(group["WAREHOUSE_SIZE"]) for group in groups)
        rates = ", ".join(f"{size} {_rate(size)}" for size in sorted({size for size, _ in kinds}, key=_rate))
        return SnowflakeUse(
            seconds,
            used,
            f"Estimate: execution time x credits an hour of the warehouse's size ({rates or 'no statement'}). The "
            "warehouse's idle time is not in it.",
        )


def no_history(reason: str) -> QueryHistory:
    """The history where there is none, for a reason that begins with `Unknown`."""
    return QueryHistory((), datetime.min.replace(tzinfo=UTC), reason)


def read_history(session: Session, since: datetime, now: datetime) -> QueryHistory:
    """Read what the session's user has run since then: one statement. Where Snowflake refuses it, it is unknown."""
    since = max(since, now - _KEPT)
    try:
        groups = session.records(_statement(since))
    except ProgrammingError as error:
        return no_history(f"Unknown: Snowflake refused to show its query history (error {error.errno}).")
    ends = [group["OLDEST_END"] for group in groups if group["OLDEST_END"]]
    is_cut = sum(int(group["STATEMENTS"]) for group in groups) >= MOST_STATEMENTS
    return QueryHistory(groups, max(since, min(ends)) if is_cut and ends else since)


def _statement(since: datetime) -> str:
    # The function takes constants, with their zone: the session's may be any. What still runs has no end, or 1970's.
    begin = f"TO_TIMESTAMP_LTZ('{since.astimezone(UTC):%Y-%m-%d %H:%M:%S}.000 +0000')"
    return (
        "SELECT QUERY_TAG, WAREHOUSE_SIZE, WAREHOUSE_TYPE, COUNT(*) AS STATEMENTS, "
        "SUM(EXECUTION_TIME) AS MILLISECONDS, "
        "MIN(CASE WHEN END_TIME >= START_TIME THEN END_TIME END) AS OLDEST_END "
        f"FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(END_TIME_RANGE_START => {begin}, "
        f"RESULT_LIMIT => {MOST_STATEMENTS})) GROUP BY QUERY_TAG, WAREHOUSE_SIZE, WAREHOUSE_TYPE"
    )


def _rate(size: str) -> int:
    return CREDITS_AN_HOUR.get(size, 0)


def _run_in(tag: str | None) -> str:
    """The run that a tag names; none in the tags of others."""
    try:
        found = json.loads(tag or "{}")
    except ValueError:
        return ""
    return str(found.get("run", "")) if isinstance(found, dict) else ""
