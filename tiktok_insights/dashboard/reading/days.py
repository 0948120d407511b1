"""Reads how each account changes: between two snapshots, and from day to day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.dashboard.facts.account import CHART_DAYS
from tiktok_insights.dashboard.facts.change import Day, Period
from tiktok_insights.dashboard.facts.coverage import Snapshot
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

    _counted: Mapping[tuple[str, datetime], NamedRow]
    _joined: Mapping[tuple[str, datetime], NamedRow]
    _left: Mapping[tuple[str, datetime], NamedRow]

    @staticmethod
    def read(ask: Statements) -> "Days":
        """Read the days of each account."""
        return Days(*(_by_day(ask.rows(name)) for name in ("days_counted", "days_joined", "days_left")))

    def of(self, account: str, last_at: datetime | None, snapshots: Sequence[Snapshot]) -> tuple[Day, ...]:
        """Give the days in an account's charts, oldest first; `snapshots` are those of these days."""
        if last_at is None:
            return ()
        first = datetime(last_at.year, last_at.month, last_at.day) - timedelta(days=CHART_DAYS - 1)  # noqa: DTZ001 - as TIMESTAMP_NTZ is
        return tuple(self._day(account, first + timedelta(days=number), snapshots) for number in range(CHART_DAYS))

    def _day(self, account: str, day: datetime, snapshots: Sequence[Snapshot]) -> Day:
        counted, joined, left = (rows.get((account, day), {}) for rows in (self._counted, self._joined, self._left))
        of_day = [one for one in snapshots if day <= one.looked_at < day + timedelta(days=1)]
        # Of equal ones the newest, which comes first.
        fullest = max(of_day, key=lambda one: one.seen, default=None)
        return Day(
            day=day,
            claimed=counted.get("CLAIMED"),
            list=None if fullest is None else fullest.list,
            has_holes=fullest is not None and fullest.holes > 0,
            at_least=joined.get("AT_LEAST"),
            at_most=joined.get("AT_MOST"),
            gone=left.get("GONE", 0),
            missed_once=left.get("MISSED_ONCE", 0),
            out_of_view=left.get("OUT_OF_VIEW", 0),
        )


def _by_day(rows: Sequence[NamedRow]) -> Mapping[tuple[str, datetime], NamedRow]:
    return {(row["ACCOUNT_ID"], row["DAY"]): row for row in rows}
