"""What the environment says of alerts: addresses are checked, and a URL is shown nowhere."""

import pytest

from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights_tests.support.troubleshooting import told

_TOPIC = "arn:aws:sns:eu-central-1:123456789012:alerts"


def test_no_one_gets_alerts_unless_the_environment_says_so() -> None:
    """And each address alone is enough."""
    assert not read_settings({}).alerts.is_configured
    for name, address in (
        ("SNS_TOPIC", _TOPIC),
        ("SLACK_URL", "https://hooks.slack.com/services/x"),
        ("WEBHOOK_URL", "http://127.0.0.1:1/x?token=y"),
    ):
        assert read_settings({f"ALERT_{name}": address}).alerts.is_configured


@pytest.mark.parametrize("arn", ["alerts", f"{_TOPIC}.fifo", "arn:aws:sqs:eu-central-1:123456789012:alerts"])
def test_what_is_no_topic_is_named(arn: str) -> None:
    """People cannot subscribe to a FIFO topic."""
    with told("<variable> is <value>, but", "ALERT_SNS_TOPIC", arn):
        read_settings({"ALERT_SNS_TOPIC": arn})


@pytest.mark.parametrize(
    "url", ["hooks.slack.com/canary", "http://example.com/canary", "https://[canary", "https:// canary"]
)
@pytest.mark.parametrize("variable", ["ALERT_SLACK_URL", "ALERT_WEBHOOK_URL"])
def test_a_wrong_url_is_not_shown(variable: str, url: str) -> None:
    """It may be a secret that was copied without its beginning."""
    with told("<variable> is no URL with https.", variable) as refused:
        read_settings({variable: url})
    assert isinstance(refused.value, SettingsError)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("variable", ["ALERT_STALE_HOURS", "ALERT_QUOTA_PERCENT", "ALERT_GLUE_MINUTES"])
def test_a_limit_is_a_number(variable: str) -> None:
    """Greater than 0."""
    with told("<variable> is <value>, but", variable, "greater than 0"):
        read_settings({variable: "0"})


def test_the_urls_show_in_no_representation() -> None:
    """Of the settings."""
    variables = {f"ALERT_{name}_URL": "https://example.com/canary" for name in ("SLACK", "WEBHOOK")}
    assert "canary" not in repr(read_settings(variables))
