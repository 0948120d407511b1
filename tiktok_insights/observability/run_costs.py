"""What runs cost: a row of RUN_COSTS for each. A run writes its own row at its end, and the next run completes it.

So a run that failed before its end has a row too, as soon as another one ends well. What runs used is read from Dagster
in `defs`, and Snowflake's part in `query_history`; how it becomes a row is here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import NamedRow, Session, placeholders, retry_conflicts
from tiktok_insights.observability.query_history import SnowflakeUse, no_history, read_history
from tiktok_insights.staging.glue.cost import USD_PER_DPU_HOUR
from tiktok_insights.tables.run_costs import RUN_COSTS

_GLUE_ESTIMATE = (
    f"Estimate: DPU-hours x {USD_PER_DPU_HOUR} USD, and at least a minute for each job run. Flex costs less."
)
_NO_JOB = "No Glue job ran."
_NO_COUNT = "Unknown: staging did not finish, or Glue gave no count."
_LOCAL = "Unknown: the local stack has no query history."
#: Of one statement.
_ROWS = 50
#: What was known once is kept: Snowflake forgets a run's statements after a week.
_KEPT = ("SNOWFLAKE_SECONDS", "SNOWFLAKE_CREDITS", "SNOWFLAKE_BASIS")


@dataclass(frozen=True, slots=True)
class RunUse:
    """What Dagster knows of a run. None is unknown; only a run that is still under way has no status and no end."""

    run_id: str
    job: str
    status: str | None
    started_at: datetime | None
    ended_at: datetime | None
    api_requests: int | None
    dpu_seconds: float | None
    glue_usd: float | None
    glue_job_runs: tuple[str, ...] = ()


def record_costs(session: Session, runs: Sequence[RunUse], now: datetime, *, is_local: bool) -> list[NamedRow]:
    """Write what these runs cost, and give their rows. The same runs again change nothing but what is newly known.

    Two statements: one reads the query history, which the local stack does not have, and one writes.
    """
    starts = [run.started_at for run in runs if run.started_at]
    history = no_history(_LOCAL) if is_local else read_history(session, min(starts, default=now), now)
    rows = [_row(run, history.used_by((run.run_id, *run.glue_job_runs), run.started_at or now), now) for run in runs]
    for first in range(0, len(rows), _ROWS):
        _write(session, rows[first : first + _ROWS])
    return rows


def _row(run: RunUse, snowflake: SnowflakeUse, now: datetime) -> NamedRow:
    if run.dpu_seconds is None or run.glue_usd is None:
        glue = _NO_COUNT
    else:
        glue = _GLUE_ESTIMATE if run.dpu_seconds else _NO_JOB
    return {
        "RUN_ID": run.run_id,
        "JOB": run.job,
        "STATUS": run.status,
        "STARTED_AT": _utc(run.started_at),
        "ENDED_AT": _utc(run.ended_at),
        "API_REQUESTS": run.api_requests,
        "GLUE_DPU_HOURS": None if run.dpu_seconds is None else run.dpu_seconds / 3600,
        "GLUE_USD": run.glue_usd,
        "GLUE_BASIS": glue,
        "SNOWFLAKE_SECONDS": snowflake.seconds,
        "SNOWFLAKE_CREDITS": snowflake.credits,
        "SNOWFLAKE_BASIS": snowflake.basis,
        "RECORDED_AT": _utc(now),
    }


@retry_conflicts
def _write(session: Session, rows: Sequence[NamedRow]) -> None:
    columns = RUN_COSTS.columns
    typed = ", ".join(
        f"column{number}::{column.type.removesuffix(' NOT NULL')} AS {column.name}"
        for number, column in enumerate(columns, 1)
    )
    is_lost = "s.SNOWFLAKE_SECONDS IS NULL AND t.SNOWFLAKE_SECONDS IS NOT NULL"
    updates = ", ".join(
        f"{name} = IFF({is_lost}, t.{name}, s.{name})" if name in _KEPT else f"{name} = s.{name}"
        for name in RUN_COSTS.names[1:]
    )
    session.execute(
        f"MERGE INTO {session.namespace.name_of(RUN_COSTS)} AS t USING (SELECT {typed} FROM VALUES "
        f"{', '.join([f'({placeholders(columns)})'] * len(rows))}) AS s ON t.RUN_ID = s.RUN_ID "
        f"WHEN MATCHED THEN UPDATE SET {updates} WHEN NOT MATCHED THEN INSERT ({', '.join(RUN_COSTS.names)}) "
        f"VALUES ({', '.join(f's.{name}' for name in RUN_COSTS.names)})",
        # As texts: the rows of VALUES must agree in their types, and a NULL is bound as text.
        [None if row[name] is None else str(row[name]) for row in rows for name in RUN_COSTS.names],
    )


def _utc(moment: datetime | None) -> datetime | None:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else None
