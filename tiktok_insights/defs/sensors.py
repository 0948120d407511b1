"""The sensor on the CSV prefix: requests one load run when objects are pending, no matter who uploaded them.

It keeps no list of what it has seen. What is pending is the listing of the bucket less the ledger, so nothing is missed
and nothing is requested twice, however long the sensor was off and wherever a tick was cut short.
"""

from datetime import UTC, datetime

import dagster as dg

from tiktok_insights.defs.jobs import load_pending_objects
from tiktok_insights.defs.load_runs import (
    LISTING_TAG,
    load_under_way,
    wait_before_asking_again,
    wait_for_unreadable,
    was_cut_off_once,
)
from tiktok_insights.lake.listing import CSV_PREFIX, list_csvs
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.runtime.orphaned_runs import reap_orphaned_runs
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.staging.ledger import settled_versions
from tiktok_insights.staging.pending import pending


@dg.sensor(
    name="new_s3_objects_sensor",
    job_name=load_pending_objects.name,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=f"Looks for CSV objects under {CSV_PREFIX} that are not in the ledger, and launches one run that loads "
    "them. Queries the warehouse only when the bucket has changed. A failed run is launched again after a minute, then "
    "after longer and longer waits. If none of the pending objects can be read, the next run starts after six hours.",
)
def new_s3_objects_sensor(
    context: dg.SensorEvaluationContext, s3: S3Resource, snowflake: SnowflakeResource
) -> dg.SkipReason | dg.RunRequest:
    """Launch one load if CSV objects are pending. The cursor is the last listing with nothing pending."""
    # Without this, a killed run would be under way forever.
    reap_orphaned_runs(context.instance, code_server=read_settings().code_server)
    if busy := load_under_way(context.instance):
        return dg.SkipReason(busy)
    listing = list_csvs(s3.store())
    if listing.fingerprint == context.cursor:
        return dg.SkipReason(f"Nothing has changed. Objects: {len(listing.objects)}.")
    request = dg.RunRequest(tags={LISTING_TAG: listing.fingerprint})  # no run key: Dagster remembers one forever
    if was_cut_off_once(context.instance, listing.fingerprint):
        # Its objects are almost certainly still pending: no need to wait, or to query the warehouse.
        return request
    now = datetime.now(UTC)
    newest, wait = wait_before_asking_again(context.instance, listing.fingerprint, now)
    if wait and newest is not dg.DagsterRunStatus.SUCCESS:
        return dg.SkipReason(wait)
    with snowflake.session() as session:
        waiting = pending(listing, settled_versions(session))
    if not waiting:
        context.update_cursor(listing.fingerprint)
        return dg.SkipReason(f"All {len(listing.objects)} objects are in the ledger.")
    if wait := wait or wait_for_unreadable(context.instance, waiting, now):
        return dg.SkipReason(wait)
    context.log.info("Pending objects: %d; the oldest is %s.", len(waiting), waiting[0].info.key)
    return request
