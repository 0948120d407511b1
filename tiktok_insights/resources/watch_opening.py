"""Opens what watches runs: where alerts go and are remembered, and where metrics go. Dagster is not imported here.

The clients that runs use are opened in `opening`, by the same rules.
"""

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tiktok_insights.resources.opening import aws_client, open_bucket
from tiktok_insights.settings.alert_names import topic_arn
from tiktok_insights.settings.client_settings import GlueJobSettings, S3Settings
from tiktok_insights.settings.watch_settings import AlertSettings, CloudWatchSettings

if TYPE_CHECKING:
    from tiktok_insights.alerts.alerting import Alerting
    from tiktok_insights.alerts.destinations import Destination
    from tiktok_insights.clients.object_store import ObjectStore
    from tiktok_insights.observability.metrics import Metrics
    from tiktok_insights.staging.glue.job_runs import JobRuns

#: The daemon gives a tick one minute, so that no call may take long. Whoever calls asks again.
_PATIENCE = {"retries": {"total_max_attempts": 1}, "connect_timeout": 3, "read_timeout": 7}


def open_alerting(settings: AlertSettings, log: logging.Logger) -> "Alerting":
    """Open the destinations and the memory of what was told; nothing is sent or read yet. Raises StackError."""
    from tiktok_insights.alerts.alerting import Alerting
    from tiktok_insights.alerts.memory import AlertMemory

    memory = AlertMemory(lambda: _open_store(settings), Path(settings.home), log)
    return Alerting(memory, _open_destinations(settings), settings.bucket, log)


def open_metrics(settings: CloudWatchSettings) -> "Metrics":
    """Open the metrics of CloudWatch. Raises StackError."""
    from tiktok_insights.observability.metrics import Metrics

    return Metrics(aws_client("cloudwatch", settings, _PATIENCE), settings.bucket)


def open_glue_watch(settings: GlueJobSettings) -> "JobRuns":
    """Open the runs of the Glue job for someone who only looks, and asks once. Raises StackError."""
    from tiktok_insights.staging.glue.glue_calls import GlueCalls
    from tiktok_insights.staging.glue.job_runs import JobRuns

    return JobRuns(GlueCalls(aws_client("glue", settings, _PATIENCE), attempts=1), settings.job)


def _open_store(settings: AlertSettings) -> "ObjectStore":
    return open_bucket(
        S3Settings(
            bucket=settings.bucket,
            region=settings.region,
            endpoint_url=settings.endpoint_url,
            access_key_id=settings.access_key_id,
            secret_access_key=settings.secret_access_key,
            session_token=settings.session_token,
            local_stack=settings.local_stack,
        )
    )


def _open_destinations(settings: AlertSettings) -> "list[Destination]":
    from tiktok_insights.alerts.destinations import Slack, SnsTopic, Webhook

    destinations: list[Destination] = []
    if arn := settings.sns_topic:
        # A topic answers in its own region only, which may not be the bucket's.
        region = "" if settings.local_stack else topic_arn("ALERT_SNS_TOPIC", arn)
        client = aws_client("sns", replace(settings, region=region or settings.region), _PATIENCE)
        destinations.append(SnsTopic(client, arn))
    if settings.slack_url:
        destinations.append(Slack(settings.slack_url))
    if settings.webhook_url:
        destinations.append(Webhook(settings.webhook_url))
    return destinations
