"""What has been told and what is still to be sent, as plain data that two machines can bring together.

Nothing here sends or stores. The order in which observations come does not matter: each has its time, so an old one
that is seen again, or by a second machine, changes nothing.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tiktok_insights.alerts.alert import Alert, AlertKind, Observation, Recovery

#: What is well for so long is forgotten.
_FORGOTTEN_AFTER = timedelta(days=30)
#: An alert that no one took for so long is dropped.
GIVEN_UP_AFTER = timedelta(hours=24)
#: The most that is remembered of one subject, and the most that waits to be sent.
MOST_VARIANTS, MOST_WAITING = 50, 200


@dataclass(slots=True)
class Condition:
    """A subject: when it was last seen to be well, and since when what is wrong with it, by fingerprint."""

    well_at: datetime | None = None
    wrong: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that some destinations have not taken; no one sends it before `due`."""

    alert: Alert
    destinations: tuple[str, ...]
    queued: datetime
    due: datetime
    attempts: int = 0

    @property
    def key(self) -> tuple[str, datetime]:
        """What tells two of them apart."""
        return self.alert.fingerprint, self.alert.at


@dataclass(slots=True)
class AlertState:
    """The state of all alerts of a deployment."""

    conditions: dict[str, Condition] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)

    def note(self, observations: Iterable[Observation], destinations: tuple[str, ...], now: datetime) -> None:
        """Take in what was seen, in the order of its times; what is newly wrong waits to be sent."""
        for seen in sorted(observations, key=lambda item: item.at):
            key = f"{seen.kind.name}/{seen.subject}"
            if isinstance(seen, Recovery):
                self._note_recovery(self.conditions.get(key), seen.at)
            elif self._is_news(self.conditions.setdefault(key, Condition()), seen):
                self.waiting.append(Waiting(seen, destinations, now, now))
        self.waiting = self.waiting[-MOST_WAITING:]
        self.conditions = {key: item for key, item in self.conditions.items() if not _is_forgotten(item, now)}

    @staticmethod
    def _note_recovery(condition: Condition | None, at: datetime) -> None:
        if condition is None or not any(since < at for since in condition.wrong.values()):
            return
        condition.wrong = {name: since for name, since in condition.wrong.items() if since >= at}
        condition.well_at = max(at, condition.well_at or at)

    @staticmethod
    def _is_news(condition: Condition, alert: Alert) -> bool:
        if condition.well_at and alert.at <= condition.well_at:
            return False
        before = condition.wrong.get(alert.fingerprint)
        condition.wrong[alert.fingerprint] = max(alert.at, before or alert.at)
        while len(condition.wrong) > MOST_VARIANTS:
            del condition.wrong[min(condition.wrong, key=lambda name: condition.wrong[name])]
        return before is None

    def merge(self, other: "AlertState") -> None:
        """Take in what another machine, or this one on its own, has noted."""
        for key, theirs in other.conditions.items():
            ours = self.conditions.setdefault(key, Condition())
            wells = [well for well in (ours.well_at, theirs.well_at) if well]
            ours.well_at = max(wells) if wells else None
            wrong = {name: max(at, ours.wrong.get(name, at)) for name, at in theirs.wrong.items()}
            ours.wrong = {
                name: at for name, at in (ours.wrong | wrong).items() if not ours.well_at or at > ours.well_at
            }
        known = {item.key for item in self.waiting}
        self.waiting += [item for item in other.waiting if item.key not in known]

    def document(self) -> dict[str, Any]:
        """Give the state as plain types."""
        return {"conditions": _plain(self.conditions), "waiting": [_plain_waiting(item) for item in self.waiting]}

    @staticmethod
    def of(document: Any) -> "AlertState":
        """Read what `document` gave. Raises KeyError, TypeError, AttributeError or ValueError for anything else."""
        conditions = {
            key: Condition(
                item["well_at"] and datetime.fromisoformat(item["well_at"]),
                {name: datetime.fromisoformat(at) for name, at in item["wrong"].items()},
            )
            for key, item in document["conditions"].items()
        }
        return AlertState(conditions, [_waiting(item) for item in document["waiting"]])


def _is_forgotten(condition: Condition, now: datetime) -> bool:
    return not condition.wrong and (condition.well_at is None or condition.well_at < now - _FORGOTTEN_AFTER)


def _plain(conditions: dict[str, Condition]) -> dict[str, Any]:
    return {
        key: {
            "well_at": item.well_at and item.well_at.isoformat(),
            "wrong": {name: at.isoformat() for name, at in sorted(item.wrong.items())},
        }
        for key, item in sorted(conditions.items())
    }


def _plain_waiting(item: Waiting) -> dict[str, Any]:
    alert = asdict(item.alert) | {"kind": item.alert.kind.name, "at": item.alert.at.isoformat()}
    times = {"queued": item.queued.isoformat(), "due": item.due.isoformat()}
    return {"alert": alert, "destinations": list(item.destinations), "attempts": item.attempts, **times}


def _waiting(item: Any) -> Waiting:
    given = item["alert"]
    alert = Alert(**given | {"kind": AlertKind[given["kind"]], "at": datetime.fromisoformat(given["at"])})
    queued, due = (datetime.fromisoformat(item[name]) for name in ("queued", "due"))
    return Waiting(alert, tuple(item["destinations"]), queued, due, int(item["attempts"]))
