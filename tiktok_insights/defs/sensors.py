"""The sensor on the CSV prefix: asks for one load run when objects are pending, whoever put them there.

It keeps no list of what it has seen. What is pending is the listing of the bucket less the ledger, so nothing is missed
and nothing asked for twice, however long the sensor was off and wherever a tick was cut short.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from tiktok_insights.defs.jobs import load_pending_objects, replay_snapshots, tiktok_pipeline
from tiktok_insights.lake.followers_csv import PREFIX
from tiktok_insights.resources.aws import S3LakeResource
from tiktok_insights.resources.orphaned_runs import CUT_OFF_TAG, reap_orphaned_runs
from tiktok_insights.resources.snowflake import WarehouseResource
from tiktok_insights.staging.ledger import settled_versions
from tiktok_insights.staging.pending import pending, sort_out

#: Names the state of the bucket for which a run was asked.
LISTING_TAG = "tiktok_insights/listing"
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@dg.sensor(
    name="new_s3_objects_sensor",
    job=load_pending_objects,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=f"Looks for CSV objects under {PREFIX} that the ledger lacks, and asks for one run that loads them. "
    "The warehouse is asked only when the bucket has changed. A run that failed is asked for again, after a minute "
    "at first and then after ever longer waits.",
)
def new_s3_objects_sensor(
    context: dg.SensorEvaluationContext, s3: S3LakeResource, warehouse: WarehouseResource
) -> dg.SkipReason | dg.RunRequest:
    """The cursor is the fingerprint of the last listing of which nothing was pending."""
    # A run that was killed is under way for ever, unless somebody looks.
    reap_orphaned_runs(context.instance)
    if busy := _load_under_way(context.instance):
        return dg.SkipReason(busy)
    listing = sort_out(s3.store().list(PREFIX))
    if listing.fingerprint == context.cursor:
        return dg.SkipReason(f"Nothing has changed among {len(listing.objects)} objects.")
    request = dg.RunRequest(tags={LISTING_TAG: listing.fingerprint})  # no run key: Dagster remembers one for ever
    if _was_cut_off_once(context.instance, listing.fingerprint):
        # Its objects are pending still, as good as certainly: no need to wait, nor to ask the warehouse.
        return request
    newest, wait = wait_before_asking_again(context.instance, listing.fingerprint, datetime.now(UTC))
    if wait and newest is not dg.DagsterRunStatus.SUCCESS:
        return dg.SkipReason(wait)
    with warehouse.session() as session:
        waiting = pending(listing, settled_versions(session))
    if not waiting:
        context.update_cursor(listing.fingerprint)
        return dg.SkipReason(f"All {len(listing.objects)} objects are in the ledger.")
    if wait:
        return dg.SkipReason(wait)
    context.log.info("Pending objects: %d; the oldest is %s.", len(waiting), waiting[0].info.key)
    return request


def _load_under_way(instance: dg.DagsterInstance) -> str:
    """Why nothing is to be asked for now, or nothing: one load at a time takes all that is pending."""
    for record in _runs(instance, load_pending_objects.name, replay_snapshots.name):
        return f"Run {record.dagster_run.run_id[:8]} of {record.dagster_run.job_name} is queued or running."
    for record in _runs(instance, tiktok_pipeline.name):
        run_id = record.dagster_run.run_id
        # Extraction may take hours; only after it does the run load what is pending.
        steps = instance.get_run_step_stats(run_id, step_keys=["raw_followers"])
        if any(step.end_time for step in steps):
            return f"Run {run_id[:8]} of {tiktok_pipeline.name} is about to load what is pending."
    return ""


def wait_before_asking_again(
    instance: dg.DagsterInstance, fingerprint: str, now: datetime
) -> tuple[dg.DagsterRunStatus | None, str]:
    """How the newest run for this very state of the bucket ended, and why no other is asked for yet.

    Each run that was asked for doubles the wait. The reason is empty when a run may be asked for.
    """
    asked = _asked_for(instance, fingerprint)
    if not asked:
        return None, ""
    newest = asked[0].dagster_run
    again = asked[0].update_timestamp + min(_FIRST_WAIT * 2 ** (len(asked) - 1), _LONGEST_WAIT)
    if now >= again:
        return newest.status, ""
    return newest.status, (
        f"Run {newest.run_id[:8]} ended as {newest.status.value} and left objects pending; another is asked for after "
        f"{again:%H:%M} UTC. Sooner: launch {load_pending_objects.name}."
    )


def _was_cut_off_once(instance: dg.DagsterInstance, fingerprint: str) -> bool:
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
