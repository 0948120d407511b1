"""`tiktok-insights alert --test`, against real servers."""

import json
from collections.abc import Iterator

import boto3
import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.scripted import Reply, Script, scripted
from tiktok_insights_tests.support.troubleshooting import told

_CANARY = "canary-of-the-path"


@pytest.fixture
def servers(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Script, Script]]:
    """Slack, which refuses, and a webhook that takes the alert."""
    with scripted(Reply(404)) as slack, scripted(Reply()) as webhook:
        monkeypatch.setenv("ALERT_SLACK_URL", f"{slack.address}/{_CANARY}")
        monkeypatch.setenv("ALERT_WEBHOOK_URL", f"{webhook.address}/{_CANARY}")
        yield slack, webhook


def test_each_destination_has_a_line(
    servers: tuple[Script, Script], connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that take the test alert and the one that does not; each is asked once."""
    topic = boto3.client("sns", **connections.aws).create_topic(Name="tested")["TopicArn"]
    monkeypatch.setenv("ALERT_SNS_TOPIC", topic)
    answer = CliRunner().invoke(main, ["alert", "--test"])
    assert answer.exit_code == 1
    assert answer.stdout.splitlines() == ["SNS topic: sent", "Slack: HTTP 404", "webhook: sent"]
    told("Destinations that did not take the test alert", "1 of 3").says(answer.stderr.removeprefix("Error: "))
    assert _CANARY not in answer.output
    assert [len(server.asked) for server in servers] == [1, 1]
    assert json.loads(servers[1].asked[0].body)["kind"] == "test"


def test_a_test_that_arrives_ends_with_0_and_is_not_remembered(
    servers: tuple[Script, Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one is sent too."""
    monkeypatch.delenv("ALERT_SLACK_URL")
    answers = [CliRunner().invoke(main, ["alert", "--test"]) for _ in range(2)]
    assert [(answer.exit_code, answer.output) for answer in answers] == [(0, "webhook: sent\n")] * 2
    assert len(servers[1].asked) == 2


def test_without_a_destination_there_is_nothing_to_test(environment: dict[str, str]) -> None:
    """That is an error, as nothing would arrive; nor is a command without its option anything."""
    answer = CliRunner().invoke(main, ["alert", "--test"])
    assert (answer.exit_code, answer.stdout) == (1, "")
    told("No one gets alerts.").says(answer.stderr.removeprefix("Error: "))
    assert CliRunner().invoke(main, ["alert"]).exit_code == 2
