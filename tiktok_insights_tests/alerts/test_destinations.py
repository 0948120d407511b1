"""Destinations on real servers: what arrives, what counts as a failure, and that no address is told."""

import json
import socket
import threading
import time
import traceback
from collections.abc import Callable

import boto3
import pytest

from tiktok_insights.alerts import destinations
from tiktok_insights.alerts.alert import Alert, AlertKind, document_of, text_of
from tiktok_insights.alerts.destinations import NotDeliveredError, Slack, SnsTopic, Webhook
from tiktok_insights_tests.alerts.observed import NOW, failed
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.scripted import Asked, Reply, scripted

pytestmark = pytest.mark.deploy

_CANARY = "canary-of-the-path"
_TEXT = """\
What: run failed: tiktok_pipeline
Cause: The run ended with RefusedError.
Place: run 01234567, step raw_followers
Next: Open the run in the Dagster UI: it has the whole message. docs/troubleshooting.md explains RefusedError.
Since: 2026-11-27 12:01 UTC
From: a-bucket
ID: """


def test_an_alert_reads_well() -> None:
    """What, cause, place, next step, since when and where from; and an ID by which a repetition is known."""
    assert text_of(failed(1), "a-bucket") == _TEXT + failed(1).fingerprint
    assert failed(1).title == "tiktok_insights: run failed: tiktok_pipeline"
    assert failed(1).fingerprint == failed(2).fingerprint != failed(1, "verify").fingerprint


def test_a_title_fits_a_subject_of_sns() -> None:
    """At most 100 letters, whatever it is about."""
    long = Alert(kind=AlertKind.RED_CHECK, subject="x" * 300, cause="", place="", next_step="", at=NOW)
    assert len(long.title) == 100


def test_a_webhook_gets_the_whole_alert_as_json() -> None:
    """With a key by which the receiver can drop a repetition."""
    with scripted(Reply(204)) as server:
        Webhook(f"{server.address}/{_CANARY}").send(failed(1), "a-bucket")
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.headers["content-type"]) == ("POST", f"/{_CANARY}", "application/json")
    assert json.loads(asked.body) == document_of(failed(1), "a-bucket")
    assert asked.headers["idempotency-key"] == f"{failed(1).fingerprint}-20261127T120100Z"


def test_slack_gets_text() -> None:
    """As an incoming webhook takes it, with its markup escaped."""
    alert = failed(1, job="a<b>&c")
    with scripted(Reply(body=b"ok")) as server:
        Slack(server.address).send(alert, "a-bucket")
    (asked,) = server.asked
    body = json.loads(asked.body)
    assert [*body] == ["text"]
    assert body["text"].splitlines()[0] == "tiktok_insights: run failed: a&lt;b&gt;&amp;c"
    assert "Next: Open the run" in body["text"]


@pytest.mark.parametrize(
    ("reply", "why", "wait"),
    [
        (Reply(429, headers={"Retry-After": "90"}), "HTTP 429", 90.0),
        (Reply(500, body=_CANARY.encode()), "HTTP 500", None),
        (Reply(404), "HTTP 404", None),
        (Reply(302, headers={"Location": "http://127.0.0.1:9/"}), "HTTP 302", None),
        (Reply(hangs_up=True), "ConnectionError", None),
    ],
    ids=["429", "500", "404", "a redirect", "hangs up"],
)
@pytest.mark.parametrize("kind", [Slack, Webhook])
def test_a_server_that_does_not_take_an_alert(
    kind: Callable[[str], Webhook], reply: Reply, why: str, wait: float | None
) -> None:
    """The status or the class of the error is told, and how long it asks to wait; never its address or its words."""
    with scripted(reply) as server, pytest.raises(NotDeliveredError) as caught:
        kind(f"{server.address}/{_CANARY}").send(failed(1), "a-bucket")
    assert (str(caught.value), caught.value.wait) == (why, wait)
    assert len(server.asked) == 1
    assert _CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_server_that_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the timeout, which is short: a tick of the sensor has one minute."""
    assert destinations.DEADLINE * 3 < 60
    monkeypatch.setattr(destinations, "TIMEOUT", (1.0, 0.2))
    done = threading.Event()

    def hang(_: Asked) -> None:
        done.wait(20)

    with scripted(choose=hang) as server:
        with pytest.raises(NotDeliveredError, match="ReadTimeout"):
            Webhook(server.address).send(failed(1), "a-bucket")
        done.set()


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: "], ids=["the status", "a header"])
def test_a_server_that_drips_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    """Each byte comes before the timeout, and the end never; the thread that waited for it ends, too."""
    monkeypatch.setattr(destinations, "TIMEOUT", (1.0, 1.0))
    monkeypatch.setattr(destinations, "DEADLINE", 0.5)
    threads, left = set(threading.enumerate()), threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/{_CANARY}"
        server = threading.Thread(target=drip, args=(listener, first, left))
        server.start()
        before = time.monotonic()
        with pytest.raises(NotDeliveredError) as caught:
            Webhook(address).send(failed(1), "a-bucket")
        assert time.monotonic() - before < 5
        assert str(caught.value) == "TimeoutError"
        # The server notices that nobody listens.
        assert left.wait(10)
        server.join()
    for thread in {*threading.enumerate()} - threads:
        thread.join(10)
        assert not thread.is_alive()


def drip(listener: socket.socket, first: bytes, left: threading.Event) -> None:
    """Answer one request with these bytes, and then with one byte now and then, until the client is gone."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65_536)
        try:
            connection.sendall(first)
            for _ in range(400):
                connection.sendall(b"x")
                time.sleep(0.05)
        except OSError:
            left.set()


def test_a_body_without_end_is_not_read() -> None:
    """The status is enough."""
    with scripted(Reply(200, cut=1_000_000_000)) as server:
        Webhook(server.address).send(failed(1), "a-bucket")


def test_no_one_listens() -> None:
    """Nor does anything of the address show."""
    with pytest.raises(NotDeliveredError) as caught:
        Slack(f"http://127.0.0.1:9/{_CANARY}").send(failed(1), "a-bucket")
    assert str(caught.value) == "ConnectionError"


def test_a_topic_passes_the_alert_to_its_subscribers(connections: Connections) -> None:
    """Subject and text, as an email has them."""
    sns, sqs = (boto3.client(name, **connections.aws) for name in ("sns", "sqs"))
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    SnsTopic(sns, topic).send(failed(1), "a-bucket")
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    body = json.loads(message["Body"])
    assert (body["Subject"], body["Message"]) == (failed(1).title, text_of(failed(1), "a-bucket"))


def test_a_topic_that_is_gone_or_silent(connections: Connections) -> None:
    """The service's code, or the class of the error."""
    sns = boto3.client("sns", **connections.aws)
    with pytest.raises(NotDeliveredError, match=r"^NotFound$"):
        SnsTopic(sns, "arn:aws:sns:us-east-1:123456789012:gone").send(failed(1), "a-bucket")
    nowhere = boto3.client("sns", **{**connections.aws, "endpoint_url": "http://127.0.0.1:9"})
    with pytest.raises(NotDeliveredError, match=r"^EndpointConnectionError$"):
        SnsTopic(nowhere, "arn:aws:sns:us-east-1:123456789012:gone").send(failed(1), "a-bucket")
