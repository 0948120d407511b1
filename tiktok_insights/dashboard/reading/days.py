"""Reads how each account changes: between two snapshots, and from day to day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.dashboard.facts.account import CHART_DAYS
from tiktok_insights.dashboard.facts.change import Day, Period
from tiktok_insights.dashboard.reading.statements import Statements


def read_periods(ask: Statements) -> Mapping[str, Mapping[int, Period]]:
    """Read the periods of each account that has any."""
    return {account: {row["DAYS"]: _period(row) for row in rows} for account, rows in ask.by_account("periods").items()}


def _period(row: NamedRow) -> Period:
    return Period(
        days=row["DAYS"],
        since=row["SINCE"],
        until=row["UNTIL"],
        days_between=row["SECONDS"] / 86_400,
        from_count=row["FOLLOWERS_BEFORE"],
        to_count=row["FOLLOWERS"],
        joined=row["JOINED"],
        joined_earlier=row["JOINED_EARLIER"],
        joined_is_at_least=row["JOINED_IS_AT_LEAST"],
        listed_before=row["LISTED_BEFORE"],
        still_listed=row["STILL_LISTED"],
        gone=row["GONE"],
        missed_once=row["MISSED_ONCE"],
        unknown=row["UNKNOWN"],
        returned=row["RETURNED"],
        came_and_went=row["CAME_AND_WENT"],
        unexplained=row["UNEXPLAINED"],
    )


@dataclass(frozen=True, slots=True)
class Days:
    """What is known of the days of all accounts, by account and day."""

    _told: Mapping[tuple[str, datetime], NamedRow]
    _joined: Mapping[tuple[str, datetime], NamedRow]

    @staticmethod
    def read(ask: Statements) -> "Days":
        """Read the days of each account."""
        return Days(*(_by_day(ask.rows(name)) for name in ("days", "days_joined")))

    def of(self, account: str, last_at: datetime | None) -> tuple[Day, ...]:
        """Give the days in an account's charts, oldest first."""
        if last_at is None:
            return ()
        first = datetime(last_at.year, last_at.month, last_at.day) - timedelta(days=CHART_DAYS - 1)  # noqa: DTZ001 - as TIMESTAMP_NTZ is
        return tuple(self._day(account, first + timedelta(days=number)) for number in range(CHART_DAYS))

    def _day(self, account: str, day: datetime) -> Day:
        told, joined = self._told.get((account, day), {}), self._joined.get((account, day), {})
        return Day(
            day=day,
            claimed=told.get("FOLLOWERS"),
            list=told.get("LIST"),
            has_holes=told.get("HAS_HOLES", False),
            at_least=joined.get("AT_LEAST"),
            at_most=joined.get("AT_MOST"),
            gone=told.get("GONE", 0),
            missed_once=told.get("MISSED_ONCE", 0),
            out_of_view=told.get("OUT_OF_VIEW", 0),
        )


def _by_day(rows: Sequence[NamedRow]) -> Mapping[tuple[str, datetime], NamedRow]:
    return {(row["ACCOUNT_ID"], row["DAY"]): row for row in rows}
