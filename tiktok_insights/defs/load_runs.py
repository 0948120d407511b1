"""The runs that load, as the sensor sees them in Dagster's storage: is one under way, and how did the last ones end.

What a run leaves there for the sensor belongs here too, beside the reading of it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from tiktok_insights.defs.jobs import (
    load_pending_objects,
    replay_snapshots,
    retry_refused_objects,
    tiktok_pipeline,
)
from tiktok_insights.lake.listing import CsvObject, fingerprint
from tiktok_insights.runtime.orphaned_runs import CUT_OFF_TAG
from tiktok_insights.staging.unreadable import Reading, every_pending_object_is_readable

#: Names the state of the bucket for which a run was requested.
LISTING_TAG = "tiktok_insights/listing"
#: Names the object versions that S3 refused to a run, in the metadata of what it staged.
_UNREADABLE = "unreadable_fingerprint"
_STAGED = dg.AssetKey("staged_tiktok_data")
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def load_under_way(instance: dg.DagsterInstance) -> str:
    """Why no run should be requested now, or nothing: one load at a time takes everything that is pending."""
    for record in _runs(instance, load_pending_objects.name, retry_refused_objects.name, replay_snapshots.name):
        return f"Run {record.dagster_run.run_id[:8]} of {record.dagster_run.job_name} is queued or running."
    for record in _runs(instance, tiktok_pipeline.name):
        run_id = record.dagster_run.run_id
        # Extraction may take hours; only after it does the run load what is pending.
        steps = instance.get_run_step_stats(run_id, step_keys=["raw_followers"])
        if any(step.end_time for step in steps):
            return f"Run {run_id[:8]} of {tiktok_pipeline.name} will load the pending objects."
    return ""


def wait_before_asking_again(
    instance: dg.DagsterInstance, fingerprint: str, now: datetime
) -> tuple[dg.DagsterRunStatus | None, str]:
    """How the newest run for this state of the bucket ended, and why no other is requested yet.

    Each requested run doubles the wait. The reason is empty when a run may be requested.
    """
    asked = _asked_for(instance, fingerprint)
    if not asked:
        return None, ""
    newest = asked[0].dagster_run
    again = asked[0].update_timestamp + min(_FIRST_WAIT * 2 ** (len(asked) - 1), _LONGEST_WAIT)
    if now >= again:
        return newest.status, ""
    return newest.status, (
        f"Run {newest.run_id[:8]} ended with {newest.status.value}. If objects are still pending, the next run starts "
        f"after {again:%H:%M} UTC. To load them sooner, launch {load_pending_objects.name}."
    )


def unreadable_entries(reading: Reading) -> dict[str, dg.MetadataValue]:
    """The metadata in which a run says which pending objects S3 refused to it."""
    if not reading.refused_fingerprint:
        return {}
    return {
        "objects_unreadable": dg.MetadataValue.int(len(reading.unreadable)),
        _UNREADABLE: dg.MetadataValue.text(reading.refused_fingerprint),
    }


def wait_for_unreadable(instance: dg.DagsterInstance, waiting: Sequence[CsvObject], now: datetime) -> str:
    """Why no run is requested while only objects are pending that the last run could not read, or nothing.

    What changes them in the bucket, and whatever comes beside them, ends the wait; a permission does not show there.
    """
    event = instance.get_latest_materialization_event(_STAGED)
    if event is None or event.asset_materialization is None:
        return ""
    refused = event.asset_materialization.metadata.get(_UNREADABLE)
    again = datetime.fromtimestamp(event.timestamp, UTC) + _LONGEST_WAIT
    if refused is None or refused.value != fingerprint(item.info for item in waiting) or now >= again:
        return ""
    return (
        f"Run {event.run_id[:8]} could not read the pending objects; its check {every_pending_object_is_readable.name} "
        f"names them. Objects: {len(waiting)}. "
        f"The next run starts after {again:%H:%M} UTC. To load them sooner, launch {load_pending_objects.name}."
    )


def was_cut_off_once(instance: dg.DagsterInstance, fingerprint: str) -> bool:
    """Whether the newest run for this state of the bucket was cut off, and the one before it was not.

    One says nothing about the objects. Two in a row may be their doing, such as a full memory, and wait as failures do.
    """
    cut_off = [CUT_OFF_TAG in record.dagster_run.tags for record in _asked_for(instance, fingerprint)[:2]]
    return cut_off in ([True], [True, False])


def _asked_for(instance: dg.DagsterInstance, fingerprint: str) -> Sequence[dg.RunRecord]:
    filters = dg.RunsFilter(job_name=load_pending_objects.name, tags={LISTING_TAG: fingerprint})
    return instance.get_run_records(filters, limit=20)


def _runs(instance: dg.DagsterInstance, *jobs: str) -> Sequence[dg.RunRecord]:
    return [
        record
        for job in jobs
        for record in instance.get_run_records(dg.RunsFilter(job_name=job, statuses=_UNFINISHED), limit=1)
    ]
