"""What a run cost: rows in the local warehouse, and Snowflake's part from a history that behaves as documented."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import duckdb
import pandas as pd
import pytest
import sqlglot

from tiktok_insights.clients.snowflake_session import NamedRow, Session
from tiktok_insights.observability.query_history import MOST_STATEMENTS, read_history
from tiktok_insights.observability.run_costs import RunUse, record_costs
from tiktok_insights.resources.opening import _query_tag

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ENDED = RunUse(
    run_id="run-1",
    job="tiktok_pipeline",
    status="success",
    started_at=NOW - timedelta(hours=2),
    ended_at=NOW - timedelta(hours=1),
    api_requests=14,
    dpu_seconds=7200.0,
    glue_usd=0.88,
    glue_job_runs=("jr_1",),
)
_CALL = re.compile(
    r"TABLE\(INFORMATION_SCHEMA\.QUERY_HISTORY_BY_USER\(END_TIME_RANGE_START => TO_TIMESTAMP_LTZ\('([^']+)'\), "
    r"RESULT_LIMIT => (\d+)\)\)"
)


_COLUMNS = ["QUERY_TAG", "WAREHOUSE_SIZE", "WAREHOUSE_TYPE", "EXECUTION_TIME", "START_TIME", "END_TIME"]


@dataclass(frozen=True)
class Statement:
    """A statement as the history has it; one without an end is running."""

    run: str | None
    seconds: float
    size: str | None = "X-Small"
    kind: str = "STANDARD"
    end: datetime | None = NOW - timedelta(minutes=90)


class Historian(Session):
    """A session with the local warehouse that has a query history too: it keeps a week, and gives the latest ends."""

    def __init__(self, session: Session, statements: Sequence[Statement]) -> None:
        super().__init__(session._connection, session.namespace)
        self._statements = statements
        self.sent: list[str] = []

    def records(self, sql: str, values: Sequence[object] = ()) -> list[NamedRow]:
        """Answer the one question; a DuckDB of its own does what the statement says around the function."""
        assert not values, "the function takes constants"
        call = _CALL.search(sql)
        assert call is not None, sql
        self.sent.append(sql)
        since, limit = datetime.strptime(call[1], "%Y-%m-%d %H:%M:%S.%f %z"), int(call[2])
        assert since >= NOW - timedelta(days=7), "Snowflake refuses a time before that"
        seen = [given for given in self._statements if given.end is None or given.end >= since]
        seen = sorted(seen, key=lambda given: given.end or NOW, reverse=True)[:limit]
        history = pd.DataFrame([_recorded(given) for given in seen], columns=_COLUMNS)
        (statement,) = sqlglot.transpile(_CALL.sub("HISTORY", sql), "snowflake", "duckdb")
        with duckdb.connect() as duck:
            duck.register("HISTORY", history)
            found = duck.execute(statement)
            names = [column[0] for column in found.description or []]
            return [_answered(dict(zip(names, row, strict=True))) for row in found.fetchall()]


def _recorded(given: Statement) -> tuple[object, ...]:
    """A row of the history, its times UTC; what runs has the end of an empty time."""
    start = (given.end or NOW) - timedelta(seconds=given.seconds)
    tag = "written by the user" if given.run is None else _query_tag("step", given.run)
    end = given.end or datetime.fromtimestamp(0, UTC)
    times = (start.replace(tzinfo=None), end.replace(tzinfo=None))
    return tag, given.size, given.kind, int(given.seconds * 1000), *times


def _answered(row: NamedRow) -> NamedRow:
    """A row as Snowflake gives it: its times are in the session's zone."""
    end = row["OLDEST_END"]
    return {**row, "OLDEST_END": end and end.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=-8)))}


def rows_of(session: Session) -> dict[str, NamedRow]:
    """What people read, by run."""
    return {row["RUN_ID"]: row for row in session.records("SELECT * FROM MAIN.RUN_COSTS")}


def _at(hour: int) -> datetime:
    """A time of the day as the warehouse gives it, UTC without a zone."""
    return NOW.replace(hour=hour, tzinfo=None)


def snowflake_part(session: Session, statements: Sequence[Statement], run: RunUse = ENDED) -> tuple[Any, Any, str]:
    """Seconds, credits and basis of a run with this history."""
    (row,) = record_costs(Historian(session, statements), [run], NOW, is_local=False)
    return row["SNOWFLAKE_SECONDS"], row["SNOWFLAKE_CREDITS"], row["SNOWFLAKE_BASIS"]


def test_a_row_has_all_that_is_known_and_how(session: Session) -> None:
    """On the local stack, Snowflake's part is unknown, and says why; times are UTC."""
    record_costs(session, [ENDED], NOW, is_local=True)
    assert rows_of(session) == {
        "run-1": {
            "RUN_ID": "run-1",
            "JOB": "tiktok_pipeline",
            "STATUS": "success",
            "STARTED_AT": _at(10),
            "ENDED_AT": _at(11),
            "API_REQUESTS": 14,
            "GLUE_DPU_HOURS": 2.0,
            "GLUE_USD": 0.88,
            "GLUE_BASIS": "Estimate: DPU-hours x 0.44 USD, and at least a minute for each job run. Flex costs less.",
            "SNOWFLAKE_SECONDS": None,
            "SNOWFLAKE_CREDITS": None,
            "SNOWFLAKE_BASIS": "Unknown: the local stack has no query history.",
            "RECORDED_AT": _at(12),
        }
    }


def test_the_same_run_twice_is_one_row_and_the_second_completes_it(session: Session) -> None:
    """A run that is under way has no end; more runs than one statement takes are all written."""
    under_way = replace(ENDED, status=None, ended_at=None)
    others = [replace(ENDED, run_id=f"other-{number}") for number in range(60)]
    record_costs(session, [under_way], NOW, is_local=True)
    assert rows_of(session)["run-1"]["ENDED_AT"] is None
    for _ in range(2):
        record_costs(session, [*others, ENDED], NOW, is_local=True)
    assert len(rows_of(session)) == 61
    assert rows_of(session)["run-1"]["STATUS"] == "success"


def test_what_was_known_once_is_kept(session: Session) -> None:
    """Snowflake forgets a run's statements after a week."""
    snowflake_part(session, [Statement("run-1", 90)])
    before = rows_of(session)["run-1"]
    record_costs(session, [replace(ENDED, status="failure")], NOW, is_local=True)
    after = rows_of(session)["run-1"]
    assert after == before | {"STATUS": "failure"}
    assert after["SNOWFLAKE_SECONDS"] == 90


@pytest.mark.parametrize(
    ("use", "basis"),
    [({"dpu_seconds": 0.0, "glue_usd": 0.0}, "No Glue job ran."), ({"dpu_seconds": None, "glue_usd": None}, "Unknown")],
)
def test_no_glue_is_not_unknown_glue(session: Session, use: dict[str, Any], basis: str) -> None:
    """Nothing costs 0, and what is not known is NULL."""
    (row,) = record_costs(session, [replace(ENDED, **use)], NOW, is_local=True)
    assert row["GLUE_BASIS"].startswith(basis)
    assert (row["GLUE_DPU_HOURS"], row["GLUE_USD"]) == (use["dpu_seconds"], use["glue_usd"])


def test_credits_are_execution_time_at_the_rate_of_the_size(session: Session) -> None:
    """Of the run's own statements and its Glue job's; not of other runs, of people, or of what needs no warehouse."""
    statements = [
        Statement("run-1", 1800),
        Statement("jr_1", 900, "Medium"),
        Statement("run-1", 5, end=None),
        Statement("run-2", 7),
        Statement(None, 11),
        Statement("run-1", 13, size=None),
    ]
    seconds, used, basis = snowflake_part(session, statements)
    assert seconds == pytest.approx(2705)
    assert used == pytest.approx(1805 / 3600 + 900 / 3600 * 4)
    assert basis.startswith("Estimate: ")
    assert "(X-Small 1, Medium 4)" in basis
    assert snowflake_part(session, [])[:2] == (0, 0)


@pytest.mark.parametrize(
    ("size", "kind", "name"),
    [("Medium", "SNOWPARK-OPTIMIZED", "SNOWPARK-OPTIMIZED Medium"), ("7X-Large", "STANDARD", "STANDARD 7X-Large")],
)
def test_no_credits_are_made_up_for_another_warehouse(session: Session, size: str, kind: str, name: str) -> None:
    """Its seconds are known; what they cost is not."""
    found = snowflake_part(session, [Statement("run-1", 10, size, kind), Statement("run-1", 1)])
    assert found == (11, None, f"Unknown: no rate is known for a warehouse that is {name}.")


def test_a_history_that_does_not_reach_back_gives_no_number(session: Session) -> None:
    """Neither the week's end nor the most statements make a sum too small; a run that began later is known."""
    old = replace(ENDED, started_at=NOW - timedelta(days=8))
    seconds, used, basis = snowflake_part(session, [Statement("run-1", 10)], old)
    assert (seconds, used) == (None, None)
    assert basis == "Unknown: the query history was read from 2026-11-20 13:00 UTC on, and the run started before."
    first = NOW - timedelta(minutes=110)
    many = [Statement("run-1", 1, end=first + timedelta(milliseconds=n)) for n in range(MOST_STATEMENTS + 1)]
    assert snowflake_part(session, many)[0] is None
    assert snowflake_part(session, many[1:-1])[0] == MOST_STATEMENTS - 1
    later = replace(ENDED, run_id="run-2", started_at=NOW - timedelta(minutes=100))
    newest = [*many, Statement("run-2", 3, end=NOW)]
    rows = record_costs(Historian(session, newest), [ENDED, later], NOW, is_local=False)
    assert [row["SNOWFLAKE_SECONDS"] for row in rows] == [None, 3]


def test_recording_costs_two_statements(session: Session) -> None:
    """However many runs there are: one reads, and one writes."""
    historian = Historian(session, [Statement("run-1", 1)])
    record_costs(historian, [ENDED, replace(ENDED, run_id="run-2")], NOW, is_local=False)
    assert len(historian.sent) == 1
    assert len(rows_of(session)) == 2


def test_a_refused_history_is_no_error(session: Session) -> None:
    """The local Snowflake knows no such function, as an account whose role may not call it: the number says why."""
    use = read_history(session, NOW - timedelta(hours=1), NOW).used_by(["run-1"], NOW)
    assert (use.seconds, use.credits) == (None, None)
    assert re.fullmatch(r"Unknown: Snowflake refused to show its query history \(error \d+\)\.", use.basis)
