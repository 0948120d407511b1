"""The settings of what watches runs: alerts and metrics. The settings of what runs use belong in `client_settings`."""

from dataclasses import dataclass, field

from tiktok_insights.settings.alert_names import secret_url, topic_arn
from tiktok_insights.settings.client_settings import VARIABLE, AwsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings(AwsSettings):
    """Who gets alerts, and what is worth one.

    What was told is remembered in the `bucket`, and below `home` while there is none. Raises SettingsError for a value
    that cannot be one.
    """

    sns_topic: str = ""
    slack_url: str = field(default="", repr=False, metadata={VARIABLE: "ALERT_SLACK_URL"})
    webhook_url: str = field(default="", repr=False, metadata={VARIABLE: "ALERT_WEBHOOK_URL"})
    stale_hours: float = 48.0
    quota_percent: float = 10.0
    glue_minutes: float = 60.0
    bucket: str
    home: str

    def __post_init__(self) -> None:
        """Refuse addresses to which nothing can be sent, or only in the clear."""
        if self.sns_topic:
            topic_arn("ALERT_SNS_TOPIC", self.sns_topic)
        for variable, url in (("ALERT_SLACK_URL", self.slack_url), ("ALERT_WEBHOOK_URL", self.webhook_url)):
            if url:
                secret_url(variable, url)

    @property
    def is_configured(self) -> bool:
        """Whether anyone gets alerts."""
        return bool(self.sns_topic or self.slack_url or self.webhook_url)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWatchSettings(AwsSettings):
    """Where metrics go; the name of the `bucket` tells one deployment's from another's."""

    bucket: str
