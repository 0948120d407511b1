"""What runs used, as Dagster's event log knows it: requests to the API, and the Glue job's DPUs.

Which of them are written, and what the run's page shows of its own row. How a row is made belongs in `observability`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.defs.run_observations import ENDED, ended_at
from tiktok_insights.observability.run_costs import RunUse
from tiktok_insights.tiktok.client import Client

_REQUESTS = "requests"
_RAW, _STAGED = "raw_followers", "staged_tiktok_data"
_GLUE_RUN, _CONSOLE = "glue_job_run", "_console"
#: A step that fails makes nothing; what it has used, it tells as an observation.
_TOLD = (dg.DagsterEventType.ASSET_OBSERVATION, dg.DagsterEventType.ASSET_MATERIALIZATION)
#: More runs than have ever ended between two that recorded costs, so that one never reads without end.
_MOST_RUNS = 1000
#: The numbers and reasons of a row that the run's page shows.
_SHOWN = (
    "API_REQUESTS",
    "GLUE_DPU_HOURS",
    "GLUE_USD",
    "GLUE_BASIS",
    "SNOWFLAKE_SECONDS",
    "SNOWFLAKE_CREDITS",
    "SNOWFLAKE_BASIS",
)


@contextmanager
def requests_told(context: dg.AssetExecutionContext, client: Client) -> Iterator[Client]:
    """Tell what an extraction with this client has requested, if it fails or is canceled: it makes nothing then."""
    try:
        yield client
    except BaseException:
        context.log_event(dg.AssetObservation(_RAW, metadata={_REQUESTS: client.budget.spent}))
        raise


def runs_to_record(instance: dg.DagsterInstance, run_id: str, recorder: str) -> list[RunUse]:
    """The run itself, which is under way, and those that have ended since the last run that recorded costs started.

    That one recorded its own row before it had ended, and not the runs that have ended meanwhile. `recorder` is the
    asset that records.
    """
    last = instance.get_latest_materialization_event(dg.AssetKey(recorder))
    before = instance.get_run_record_by_id(last.run_id) if last else None
    since = before.start_time if before else last.timestamp if last else None
    filters = dg.RunsFilter(statuses=ENDED, updated_after=datetime.fromtimestamp(since, UTC) if since else None)
    records = [*instance.get_run_records(filters, limit=_MOST_RUNS, order_by="update_timestamp")]
    if own := instance.get_run_record_by_id(run_id):
        records.append(own)
    return [_use(instance, record) for record in records]


def cost_entries(rows: Sequence[NamedRow], run_id: str) -> dict[str, int | float | str]:
    """The metadata that tell what the run cost until now, and on which basis."""
    (row,) = (row for row in rows if row["RUN_ID"] == run_id)
    return {name.lower(): row[name] for name in _SHOWN if row[name] is not None}


def _use(instance: dg.DagsterInstance, record: dg.RunRecord) -> RunUse:
    run = record.dagster_run
    stats = instance.get_run_step_stats(run.run_id, step_keys=[_RAW, _STAGED])
    started = {step.step_key for step in stats if step.start_time}
    told = {asset: metadata for kind in _TOLD for asset, metadata in _told(instance, run.run_id, kind)}
    raw, staged = told.get(_RAW, {}), told.get(_STAGED, {})
    used_glue = staged.get("engine") == "glue"
    no_glue = 0.0 if not used_glue and (staged or _STAGED not in started) else None
    requests = raw.get(_REQUESTS)
    dpu_seconds, usd = staged.get("dpu_seconds"), staged.get("estimated_cost_usd")
    return RunUse(
        run_id=run.run_id,
        job=run.job_name,
        status=run.status.value.lower() if run.is_finished else None,
        started_at=datetime.fromtimestamp(record.start_time, UTC) if record.start_time else None,
        ended_at=ended_at(record) if run.is_finished else None,
        api_requests=requests if isinstance(requests, int) else None if _RAW in started else 0,
        dpu_seconds=dpu_seconds if isinstance(dpu_seconds, float) else no_glue,
        glue_usd=usd if isinstance(usd, float) else no_glue,
        glue_job_runs=tuple(
            str(value) for name, value in staged.items() if name.startswith(_GLUE_RUN) and not name.endswith(_CONSOLE)
        ),
    )


def _told(
    instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """What a run has told of assets, by their names."""
    found = instance.get_records_for_run(run_id, of_type=kind)
    for record in found.records:
        entry = record.event_log_entry
        if told := entry.asset_materialization or entry.asset_observation:
            yield told.asset_key.to_user_string(), {name: item.value for name, item in told.metadata.items()}
