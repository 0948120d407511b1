"""Alerts as a Dagster resource: who gets them, and what is worth one."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import Field

from tiktok_insights.alerts.alert import Observation
from tiktok_insights.alerts.alerting import Delivery
from tiktok_insights.resources.aws import AwsResource
from tiktok_insights.resources.watch_opening import open_alerting
from tiktok_insights.settings.watch_settings import AlertSettings


class AlertsResource(AwsResource):
    """Who gets alerts. Without any address, there are none."""

    sns_topic: str = Field(default="", description="The ARN of an SNS topic. If empty, none gets alerts.")
    slack_url: str = Field(
        default="", repr=False, description="The URL of Slack's incoming webhook, from an environment variable."
    )
    webhook_url: str = Field(
        default="", repr=False, description="The URL of any server that takes JSON, from an environment variable."
    )
    stale_hours: float = Field(gt=0, description="Data are stale when nothing was loaded for so many hours.")
    quota_percent: float = Field(gt=0, description="The quota is nearly spent when less than this percentage is left.")
    glue_minutes: float = Field(gt=0, description="A run of the Glue job takes too long after so many minutes.")
    bucket: str = Field(description="The bucket that remembers what was told.")
    home: str = Field(description="The folder that remembers it while there is no bucket.")

    def tell(self, observations: Sequence[Observation], log: logging.Logger) -> list[Delivery]:
        """Send what is news, as `Alerting.tell` does."""
        return open_alerting(self.settings_as(AlertSettings), log).tell(observations, datetime.now(UTC))
