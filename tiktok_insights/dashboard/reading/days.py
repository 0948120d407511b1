"""Reads how each account changes: between two snapshots, and from day to day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.dashboard.facts.account import CHART_DAYS
from tiktok_insights.dashboard.facts.change import Day, Period
from tiktok_insights.dashboard.facts.coverage import Snapshot
from tiktok_insights.dashboard.reading.coverage import holes
from tiktok_insights.dashboard.reading.statements import Statements


def read_periods(ask: Statements) -> Mapping[str, Mapping[int, Period]]:
    """Read the periods of each account that has any."""
    return {
        account: {row["DAYS"]: _period(row) for row in _different(rows)}
        for account, rows in ask.by_account("periods").items()
    }


def _different(rows: Sequence[NamedRow]) -> list[NamedRow]:
    """The periods without those that say the same as a shorter one, and are further from their own length."""
    kept: list[NamedRow] = []
    for row in rows:
        same = [one for one in kept if one["SINCE"] == row["SINCE"]]
        if all(_seconds_off(row) < _seconds_off(one) for one in same):
            kept.append(row)
    return kept


def _seconds_off(row: NamedRow) -> int:
    return abs(int(row["SECONDS"]) - int(row["DAYS"]) * 86_400)


def _period(row: NamedRow) -> Period:
    counts = {
        name.lower(): int(row[name] or 0) if row["HAS_LISTS"] else None
        for name in (
            "JOINED", "JOINED_EARLIER", "LISTED_BEFORE", "STILL_LISTED", "GONE", "MISSED_ONCE", "UNKNOWN", "RETURNED",
            "CAME_AND_WENT",
        )
    }  # fmt: skip
    change = row["TO_COUNT"] - row["FROM_COUNT"]
    left = int(row["GONE"] or 0) + int(row["MISSED_ONCE"] or 0)
    return Period(
        days=row["DAYS"],
        since=row["SINCE"],
        until=row["UNTIL"],
        days_between=row["SECONDS"] / 86_400,
        from_count=row["FROM_COUNT"],
        to_count=row["TO_COUNT"],
        joined_is_at_least=_may_lack_new_users(row),
        unexplained=change - int(row["JOINED"] or 0) + left if row["HAS_LISTS"] else None,
        **counts,
    )


def _may_lack_new_users(row: NamedRow) -> bool:
    if any(last >= row["SINCE"] for _, last in holes(row["HOLES"])):
        return True
    return not row["IS_WHOLE"] and (row["COVERED_FROM"] is None or row["COVERED_FROM"] > row["SINCE"])


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
