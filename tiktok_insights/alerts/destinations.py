"""Where alerts go: an SNS topic, Slack, any webhook. Each sends once; when to send again belongs in `alerting`.

An address of Slack, and perhaps one of a webhook, is a secret. No message names it, and no message of an exception
that could name it is passed on.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import requests
from botocore.exceptions import BotoCoreError, ClientError

from tiktok_insights.alerts.alert import Alert, document_of, text_of
from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.clients.http_deadline import status_within
from tiktok_insights.clients.http_session import retry_after

#: Seconds to connect, to wait for a byte, and for everything together. A tick of a sensor has one minute.
TIMEOUT, DEADLINE = (3.0, 7.0), 10.0


class NotDeliveredError(Exception):
    """A destination did not take an alert. `wait` is how many seconds it asks to wait, if it says so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.wait = wait


class Destination(Protocol):
    """Where alerts go. Its name is fixed text, and is remembered."""

    @property
    def name(self) -> str:
        """How people and the memory call it."""

    def send(self, alert: Alert, source: str) -> None:
        """Send an alert once. Raises NotDeliveredError."""


class SnsTopic:
    """A topic of Amazon SNS, with its subscribers."""

    name = "SNS topic"

    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self._arn = arn

    def send(self, alert: Alert, source: str) -> None:
        """Publish the alert. Raises NotDeliveredError."""
        try:
            self._client.publish(TopicArn=self._arn, Subject=alert.title, Message=text_of(alert, source))
        except ClientError as error:
            raise NotDeliveredError(error_code(error) or "ClientError") from None
        except BotoCoreError as error:
            raise NotDeliveredError(type(error).__name__) from None


class Webhook:
    """Any server that takes a JSON document by POST: the alert's fields, and its whole text as `text`."""

    name = "webhook"

    def __init__(self, url: str) -> None:
        self._url = url

    def body(self, alert: Alert, source: str) -> Mapping[str, str]:
        """Give the document to send."""
        return document_of(alert, source)

    def send(self, alert: Alert, source: str) -> None:
        """Post the alert; only 2xx means that it was taken. Raises NotDeliveredError."""
        headers = {"Idempotency-Key": f"{alert.fingerprint}-{alert.at:%Y%m%dT%H%M%SZ}"}
        try:
            status, answered = status_within(
                DEADLINE, self._url, json=self.body(alert, source), headers=headers, timeout=TIMEOUT
            )
        except (requests.RequestException, OSError) as error:
            raise NotDeliveredError(type(error).__name__) from None
        if not requests.codes.ok <= status < requests.codes.multiple_choices:
            raise NotDeliveredError(f"HTTP {status}", retry_after(answered))


class Slack(Webhook):
    """An incoming webhook of Slack, which takes nothing but text."""

    name = "Slack"

    def body(self, alert: Alert, source: str) -> Mapping[str, str]:
        """Give the document to send, with what Slack would read as markup escaped (api.slack.com)."""
        text = f"{alert.title}\n{text_of(alert, source)}"
        return {"text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}
