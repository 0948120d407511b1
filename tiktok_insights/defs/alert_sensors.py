"""The sensors that tell people and CloudWatch how it goes. They request no runs.

What is seen is read in `run_observations` and `standing_observations`; what becomes of it belongs in `alerts`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from tiktok_insights.alerts.alert import Observation
from tiktok_insights.defs.run_observations import ENDED, observations_of
from tiktok_insights.defs.standing_observations import freshness, glue_time, quota
from tiktok_insights.resources.alerts import AlertsResource
from tiktok_insights.resources.cloudwatch import CloudWatchResource
from tiktok_insights.resources.glue_job import GlueJobResource
from tiktok_insights.staging.glue.errors import GlueError

#: A run's end may be written a little later than another one's that ended after it. What is read again changes nothing.
_OVERLAP = timedelta(minutes=10)
#: What ended longer ago is not told any more, such as after weeks without a daemon.
_OLDEST = timedelta(days=1)
#: Ended runs that one tick reads.
_RUNS = 50


@dg.sensor(
    name="alert_sensor",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Sends alerts: failed runs, red checks, stale data, an API quota that is nearly spent, and a Glue job "
    "that takes too long. Each is sent once, and again only after it was well in between. A destination that does not "
    "answer is asked again for a day.",
)
def alert_sensor(
    context: dg.SensorEvaluationContext, alerts: AlertsResource, glue_job: GlueJobResource
) -> dg.SkipReason:
    """Tell what is newly wrong. The cursor is the time up to which ended runs were read."""
    now = datetime.now(UTC)
    records = _ended_runs(context.instance, context.cursor, now)
    observations = [item for record in records for item in observations_of(context.instance, record)]
    observations += _safely(context, lambda: freshness(context.instance, alerts.stale_hours, now))
    observations += _safely(context, lambda: quota(context.instance, alerts.quota_percent))
    observations += _safely(context, lambda: glue_time(glue_job, alerts.glue_minutes, now))
    deliveries = alerts.tell(observations, context.log)
    # Last: a tick that was cut short reads the same runs again.
    if records:
        # After a full page the next tick must not begin with the same one.
        skipped = _OVERLAP if len(records) == _RUNS else timedelta()
        context.update_cursor((records[-1].update_timestamp.astimezone(UTC) + skipped).isoformat())
    failed = sum(bool(delivery.problem) for delivery in deliveries)
    return dg.SkipReason(f"Sent: {len(deliveries) - failed}. Not taken, and asked again later: {failed}.")


@dg.sensor(
    name="heartbeat_sensor",
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Puts the metric Heartbeat into CloudWatch every minute. A dead daemon cannot report itself: an alarm "
    "there tells when the metric is missing.",
)
def heartbeat_sensor(cloudwatch: CloudWatchResource) -> dg.SkipReason:
    """Say that the daemon is alive."""
    cloudwatch.beat()
    return dg.SkipReason("The heartbeat was put.")


def _ended_runs(instance: dg.DagsterInstance, cursor: str | None, now: datetime) -> Sequence[dg.RunRecord]:
    """The runs that ended since the cursor, and a little before; the oldest first."""
    since = datetime.fromisoformat(cursor) if cursor else now
    after = max(since - _OVERLAP, now - _OLDEST)
    filters = dg.RunsFilter(statuses=ENDED, updated_after=after)
    return instance.get_run_records(filters, limit=_RUNS, order_by="update_timestamp", ascending=True)


def _safely(context: dg.SensorEvaluationContext, look: Callable[[], Iterable[Observation]]) -> Iterator[Observation]:
    """Give what is seen. What cannot be looked at now is logged, and keeps no other alert back."""
    try:
        yield from look()
    except GlueError as error:
        context.log.warning("The Glue job cannot be watched (%s). The other alerts are sent.", type(error).__name__)
