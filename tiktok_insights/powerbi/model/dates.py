"""The date table, and the day of each table by which it filters. Add a table to `DAYS` when its rows belong to days."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tiktok_insights.powerbi.model.objects import Column, DataType, Relationship, Table

DATES = "DATES"
_DAY = "DAY"
_FORMAT = "Short Date"


@dataclass(frozen=True, slots=True)
class Moment:
    """The time column that says to which day a row belongs; `is_day` if its times are the first second of one."""

    column: str
    is_day: bool = False

    @property
    def day(self) -> str:
        """The column with the day: a day's own, or LOOKED_ON for LOOKED_AT."""
        return self.column if self.is_day else f"{self.column.removesuffix('_AT')}_ON"


#: By table. Two related columns of one table would be two paths, so each has one.
DAYS: Mapping[str, Moment] = {
    "ACCOUNT_DAYS": Moment("DAY", is_day=True),
    "ACCOUNT_GROWTH": Moment("LOOKED_AT"),
    "ACCOUNT_STATS": Moment("LOOKED_AT"),
    "FOLLOWERS_GONE": Moment("FIRST_MISSED_AT"),
    "FOLLOWERS_JOINED_DAILY": Moment("DAY", is_day=True),
    "FOLLOWER_HISTORY": Moment("TAKEN_AT"),
    "FOLLOWER_RETENTION": Moment("COHORT", is_day=True),
    "FOLLOW_BURSTS": Moment("STARTED_AT"),
    "PROFILE_CHANGES": Moment("NEW_SEEN_AT"),
    "SIGNS_BY_WEEK": Moment("WEEK", is_day=True),
    "SNAPSHOT_COVERAGE": Moment("LOOKED_AT"),
}


def with_day(table: Table) -> Table:
    """Add the column with the day to a table whose times have an hour."""
    moment = DAYS.get(table.name)
    if moment is None or moment.is_day:
        return table
    meaning = f"The day of {moment.column}, UTC, by which {DATES} filters."
    expression = f"IF(NOT ISBLANK({table.name}[{moment.column}]), {_day_of(f'{table.name}[{moment.column}]')})"
    day = Column(moment.day, DataType.TIME, meaning, expression, _FORMAT, is_hidden=True)
    return replace(table, columns=(*table.columns, day))


def dates() -> Table:
    """Give the date table: every day from the first to the last that a related table has, so no row is without one."""
    day = f"{DATES}[{_DAY}]"
    return Table(
        DATES,
        "One row per day, UTC: from the first to the last day of which any table tells.",
        (
            Column(_DAY, DataType.TIME, "The day.", format=_FORMAT, is_key=True),
            Column("WEEK", DataType.TIME, "The Monday of its week.", f"{day} - WEEKDAY({day}, 2) + 1", _FORMAT),
            Column("MONTH", DataType.TIME, "The first day of its month.", f"EOMONTH({day}, -1) + 1", "mmm yyyy"),
        ),
        expression=_calendar(),
    )


def date_relationships() -> tuple[Relationship, ...]:
    """Relate the day of each table to the date table."""
    return tuple(Relationship((name, moment.day), (DATES, _DAY)) for name, moment in DAYS.items())


def _calendar() -> str:
    # MINX and MAXX ignore blanks; MIN of two values would take a blank for 1899. CALENDAR takes none: today, if so.
    columns = [f"{name}[{moment.column}]" for name, moment in DAYS.items()]
    first, last = (
        f"COALESCE({function}X({{{', '.join(f'{function}({column})' for column in columns)}}}, [Value]), TODAY())"
        for function in ("MIN", "MAX")
    )
    return "\n".join(
        [
            f"VAR StartDay = {first}",
            f"VAR EndDay = {last}",
            "RETURN",
            f'    SELECTCOLUMNS(CALENDAR({_day_of("StartDay")}, {_day_of("EndDay")}), "{_DAY}", [Date])',
        ]
    )


def _day_of(moment: str) -> str:
    return f"DATE(YEAR({moment}), MONTH({moment}), DAY({moment}))"
