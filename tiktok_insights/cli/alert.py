"""`tiktok-insights alert`: tries whether alerts arrive. The sensor that sends real ones is in `defs.alert_sensors`."""

import logging
from datetime import UTC, datetime

import click

from tiktok_insights.settings.environment import read_settings


@click.command()
@click.option("--test", is_flag=True, required=True, help="Send a test alert to each destination.")
def alert(*, test: bool) -> None:  # noqa: ARG001  # there is nothing else to ask for
    """Send a test alert.

    Sends one to each destination that is configured with ALERT_SNS_TOPIC, ALERT_SLACK_URL or ALERT_WEBHOOK_URL, and
    prints a line for each. It looks like a real alert, and says that nothing is wrong. Nothing is remembered.

    That a destination took it does not mean that it arrived: an SNS topic may have no confirmed subscription.

    The exit code is 0 if each destination took it, and 1 otherwise.
    """
    from tiktok_insights.alerts.causes import test_alert
    from tiktok_insights.resources.watch_opening import open_alerting

    settings = read_settings().alerts
    if not settings.is_configured:
        raise click.ClickException(
            "No one gets alerts. Set ALERT_SNS_TOPIC, ALERT_SLACK_URL or ALERT_WEBHOOK_URL, and try again."
        )
    deliveries = open_alerting(settings, logging.getLogger(__name__)).send_once(test_alert(datetime.now(UTC)))
    for delivery in deliveries:
        click.echo(f"{delivery.destination}: {delivery.problem or 'sent'}")
    if failed := sum(bool(delivery.problem) for delivery in deliveries):
        raise click.ClickException(
            f"Destinations that did not take the test alert: {failed} of {len(deliveries)}. The lines above say why, "
            "and docs/how_to/get_alerts.md what to do."
        )
