"""Reads how each account grows: the equation of each week, who stays, and bursts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.dashboard.facts.account import CHART_WEEKS, TOP
from tiktok_insights.dashboard.facts.change import Burst, Cohort, Kept, Week
from tiktok_insights.dashboard.reading.shares import MIN_USERS, interval
from tiktok_insights.dashboard.reading.statements import OTHERS_WEEK, Statements, real


def monday(moment: datetime) -> datetime:
    """The first second of the ISO week."""
    return datetime(moment.year, moment.month, moment.day) - timedelta(days=moment.weekday())  # noqa: DTZ001 - as TIMESTAMP_NTZ is


@dataclass(frozen=True, slots=True)
class Growth:
    """The growth of one account."""

    weeks: tuple[Week, ...]
    cohorts: tuple[Cohort, ...]
    without_cohort: int
    bursts: tuple[Burst, ...]


@dataclass(frozen=True, slots=True)
class Weeks:
    """What is known of the weeks of all accounts, by account."""

    _equations: Mapping[str, Sequence[NamedRow]]
    _signs: Mapping[str, Sequence[NamedRow]]
    _cells: Mapping[str, Sequence[NamedRow]]
    _bursts: Mapping[str, Sequence[NamedRow]]

    @staticmethod
    def read(ask: Statements) -> "Weeks":
        """Read the weeks of each account."""
        return Weeks(*map(ask.by_account, ("weeks", "week_signs", "cohorts", "bursts")))

    def of(self, account: str, last_at: datetime | None) -> Growth:
        """Give the growth of an account whose newest snapshot is of some moment."""
        if last_at is None:
            return Growth((), (), 0, ())
        starts = [monday(last_at) - timedelta(weeks=number) for number in reversed(range(CHART_WEEKS))]
        equations = {row["WEEK"]: row for row in self._equations.get(account, ())}
        signs = {row["WEEK"]: row for row in self._signs.get(account, ())}
        cells = self._cells.get(account, ())
        return Growth(
            tuple(_week(start, equations.get(start, {}), signs.get(start, {})) for start in starts),
            _cohorts([row for row in cells if row["COHORT"] is not None and row["COHORT"] >= starts[0]]),
            sum(row["USERS"] for row in cells if row["COHORT"] is None),
            _newest_bursts(self._bursts.get(account, ()), cells),
        )


def _week(start: datetime, equation: NamedRow, signs: NamedRow) -> Week:
    known, share_several = signs.get("SIGNS_KNOWN", 0), real(signs.get("SHARE_SEVERAL"))
    return Week(
        start,
        equation.get("CHANGE"),
        equation.get("JOINED"),
        equation.get("GONE"),
        equation.get("UNEXPLAINED"),
        signs.get("SEVERAL", 0),
        known,
        share_several,
        *interval(share_several, known),
    )


def _cohorts(rows: Sequence[NamedRow]) -> tuple[Cohort, ...]:
    """The cohorts of rows, which are newest first, and by week."""
    found: dict[datetime, list[NamedRow]] = {}
    for row in rows:
        found.setdefault(row["COHORT"], []).append(row)
    return tuple(Cohort(start, cells[0]["USERS"], tuple(map(_kept, cells))) for start, cells in found.items())


def _kept(row: NamedRow) -> Kept:
    shares = (real(row[name]) for name in ("SHARE_KEPT", "KEPT_FROM", "KEPT_TO"))
    return Kept(row["WEEK"], row["N"], row["UNKNOWN"], row["MISSED_ONCE"], *shares)


def _newest_bursts(rows: Sequence[NamedRow], cells: Sequence[NamedRow]) -> tuple[Burst, ...]:
    bursts = [row for row in rows if row["STARTED_AT"] is not None]
    others = next((row for row in rows if row["STARTED_AT"] is None), {})
    others_kept = _share_of_others(cells, {monday(row["STARTED_AT"]) for row in bursts})
    return tuple(
        Burst(
            started_at=row["STARTED_AT"],
            ended_at=row["ENDED_AT"],
            joined=row["JOINED"],
            usual=real(row["USUAL"]),
            share_kept=real(row["SHARE_KEPT"]),
            others_kept=others_kept,
            several=row["SEVERAL_SIGNS"],
            signs_known=row["SIGNS_KNOWN"],
            share_several=real(row["SHARE_SEVERAL"]),
            others_several=real(others.get("SHARE_SEVERAL")),
            ages_spread_days=real(row["AGES_SPREAD_DAYS"]),
            others_spread_days=real(others.get("AGES_SPREAD_DAYS")),
        )
        for row in bursts[:TOP]
    )


def _share_of_others(cells: Sequence[NamedRow], weeks_with_bursts: set[datetime]) -> float | None:
    """The share of the other weeks' cohorts that was listed in the second week after."""
    others = [
        row
        for row in cells
        if row["WEEK"] == OTHERS_WEEK and row["IS_REACHED"] and row["COHORT"] not in weeks_with_bursts
    ]
    listed, n = sum(row["LISTED"] for row in others), sum(row["N"] for row in others)
    return listed / n if n >= MIN_USERS else None
