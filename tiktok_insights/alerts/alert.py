"""What an alert is, and how it reads. Who gets it belongs in `destinations`, what was already told in `memory`.

An alert leaves the company's accounts and is kept where no one can erase it. So its text is made of fixed sentences,
numbers, and names from the code: jobs, steps, assets, checks, classes of exceptions, lines of our own files. It has no
message of an exception, no offender of a check, no key of an object and no account: a handle may be a person's name.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class AlertKind(Enum):
    """What kind of thing is wrong; the value is how people read it."""

    RUN_FAILURE = "run failed"
    RED_CHECK = "check is red"
    STALE_DATA = "data is stale"
    QUOTA = "API quota is nearly spent"
    GLUE_TIME = "Glue job takes too long"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing that is wrong with a subject, such as a job, since `at` (UTC).

    Two alerts of the same kind, subject and variant are about the same thing.
    """

    kind: AlertKind
    subject: str
    variant: str = ""
    cause: str
    place: str
    next_step: str
    at: datetime

    @property
    def fingerprint(self) -> str:
        """What names the thing: 12 hexadecimal digits."""
        return hashlib.sha256(repr((self.kind.value, self.subject, self.variant)).encode()).hexdigest()[:12]

    @property
    def title(self) -> str:
        """What is wrong with what, on one line of at most 100 letters, as SNS takes it."""
        title = f"tiktok_insights: {self.kind.value}"
        return f"{title}: {self.subject}"[:100] if self.subject else title


@dataclass(frozen=True, slots=True)
class Recovery:
    """A subject for which nothing of a kind is wrong at this time (UTC)."""

    kind: AlertKind
    subject: str
    at: datetime


#: What is seen of a subject: that something is wrong, or that nothing is.
Observation = Alert | Recovery


def text_of(alert: Alert, source: str) -> str:
    """Give the alert as people read it; `source` says which deployment tells it."""
    lines = {
        "What": alert.title.removeprefix("tiktok_insights: "),
        "Cause": alert.cause,
        "Place": alert.place,
        "Next": alert.next_step,
        "Since": f"{alert.at:%Y-%m-%d %H:%M} UTC",
        "From": source,
        "ID": alert.fingerprint,
    }
    return "\n".join(f"{name}: {line}" for name, line in lines.items())


def document_of(alert: Alert, source: str) -> dict[str, str]:
    """Give the alert for programs."""
    return {
        "id": alert.fingerprint,
        "kind": alert.kind.name.lower(),
        "title": alert.title,
        "subject": alert.subject,
        "cause": alert.cause,
        "place": alert.place,
        "next_step": alert.next_step,
        "since": alert.at.isoformat(),
        "source": source,
        "text": text_of(alert, source),
    }
