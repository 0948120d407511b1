"""CloudWatch as a Dagster resource: the daemon's heartbeat."""

from pydantic import Field

from tiktok_insights.resources.aws import AwsResource
from tiktok_insights.resources.watch_opening import open_metrics
from tiktok_insights.settings.watch_settings import CloudWatchSettings


class CloudWatchResource(AwsResource):
    """Where metrics go."""

    bucket: str = Field(description="The bucket whose name tells this deployment's metrics from another's.")

    def beat(self) -> None:
        """Put one heartbeat."""
        open_metrics(self.settings_as(CloudWatchSettings)).beat()
