"""What the newest materializations and the Glue job say, whichever run they are from, for alerts.

How an alert reads belongs in `alerts.causes`. The warehouse is not asked: that would keep it awake.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg

from tiktok_insights.alerts.alert import AlertKind, Observation, Recovery
from tiktok_insights.alerts.causes import API, TABLE, glue_over_time, name_of, quota_nearly_spent, stale_data
from tiktok_insights.defs.assets.warehouse import OBJECTS_LOADED
from tiktok_insights.defs.quota import QUOTA_LEFT, QUOTA_LIMIT
from tiktok_insights.resources.glue_job import GlueJobResource

#: So many loads are looked at for one that loaded something.
_LOADS = 100


def freshness(instance: dg.DagsterInstance, hours: float, now: datetime) -> Iterator[Observation]:
    """Whether something was loaded lately; nothing before the first load."""
    records = instance.fetch_materializations(dg.AssetKey("tiktok_data"), limit=_LOADS).records
    if not records:
        return
    with_objects = (record for record in records if _number(record.asset_materialization, OBJECTS_LOADED))
    newest = next(with_objects, records[-1])
    loaded_at = datetime.fromtimestamp(newest.timestamp, UTC)
    yield Recovery(AlertKind.STALE_DATA, TABLE, loaded_at)
    if now - loaded_at > timedelta(hours=hours):
        yield stale_data(loaded_at=loaded_at, hours=hours)


def quota(instance: dg.DagsterInstance, percent: float) -> Iterator[Observation]:
    """Whether enough of the API's quota is left, as its headers said; nothing where they did not."""
    event = instance.get_latest_materialization_event(dg.AssetKey("raw_followers"))
    if event is None:
        return
    left, limit = (_number(event.asset_materialization, name) for name in (QUOTA_LEFT, QUOTA_LIMIT))
    if left is None or not limit:
        return
    at = datetime.fromtimestamp(event.timestamp, UTC)
    if left * 100 < limit * percent:
        yield quota_nearly_spent(left=left, limit=limit, percent=percent, at=at)
    else:
        yield Recovery(AlertKind.QUOTA, API, at)


def glue_time(glue_job: GlueJobResource, minutes: float, now: datetime) -> Iterator[Observation]:
    """Whether a run of the Glue job takes too long. Raises GlueError."""
    limit = timedelta(minutes=minutes)
    overdue = [run for run in glue_job.going_on() if run.started and now - run.started > limit]
    for run in overdue:
        if run.started:
            yield glue_over_time(job=glue_job.job, run_id=run.run_id, minutes=minutes, started=run.started)
    if not overdue:
        yield Recovery(AlertKind.GLUE_TIME, name_of(glue_job.job), now)


def _number(materialization: dg.AssetMaterialization | None, name: str) -> int | None:
    entry = materialization.metadata.get(name) if materialization else None
    return entry.value if entry and isinstance(entry.value, int) else None
