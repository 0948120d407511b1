"""Tells what is newly wrong to each destination: once, and again only to one that did not take it.

A machine first writes down that it sends, and only then sends. So two machines never send the same. If one is killed
between sending and writing down the result, the alert is sent a second time, with the same ID, when its lease ends.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from tiktok_insights.alerts.alert import Alert, Observation
from tiktok_insights.alerts.destinations import Destination, NotDeliveredError
from tiktok_insights.alerts.memory import AlertMemory
from tiktok_insights.alerts.state import GIVEN_UP_AFTER, AlertState, Waiting

#: While a machine sends, no other one does; no tick takes longer.
_LEASE = timedelta(minutes=5)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
#: The most alerts that one tick sends.
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one alert at one destination; an empty `problem` means that it was taken."""

    alert: Alert
    destination: str
    problem: str = ""
    wait: float | None = None


class Alerting:
    """Notes what is seen and sends what is news. `source` is what the alerts say that they are from."""

    def __init__(
        self, memory: AlertMemory, destinations: Sequence[Destination], source: str, log: logging.Logger
    ) -> None:
        self._memory = memory
        self._destinations = {destination.name: destination for destination in destinations}
        self._source = source
        self._log = log

    def tell(self, observations: Sequence[Observation], now: datetime) -> list[Delivery]:
        """Note what was seen, and send what is due. A destination that fails is logged and asked again later."""

        def claim(state: AlertState) -> list[Waiting]:
            state.note(observations, tuple(self._destinations), now)
            state.waiting, given_up = _without_given_up(state.waiting, tuple(self._destinations), now)
            for item in given_up:
                self._log.error("No one took the alert %s (%s).", item.alert.fingerprint, item.alert.kind.value)
            due = [item for item in state.waiting if item.due <= now][:_AT_ONCE]
            keys = {item.key for item in due}
            state.waiting = [replace(item, due=now + _LEASE) if item.key in keys else item for item in state.waiting]
            return due

        due = self._memory.update(claim)
        if not due:
            return []
        deliveries = self._send(due)
        self._memory.update(lambda state: _settle(state, deliveries, now))
        return deliveries

    def send_once(self, alert: Alert) -> list[Delivery]:
        """Send an alert to each destination, and remember nothing."""
        return [self._deliver(alert, destination) for destination in self._destinations.values()]

    def _send(self, due: Sequence[Waiting]) -> list[Delivery]:
        """Send each alert; a destination that fails is not asked again in this tick."""
        deliveries: list[Delivery] = []
        failed: dict[str, Delivery] = {}
        for item in due:
            for name in item.destinations:
                if name in failed:
                    deliveries.append(replace(failed[name], alert=item.alert))
                    continue
                delivery = self._deliver(item.alert, self._destinations[name])
                deliveries.append(delivery)
                if delivery.problem:
                    failed[name] = delivery
                    self._log.warning("%s did not take an alert: %s. It is asked again.", name, delivery.problem)
        return deliveries

    def _deliver(self, alert: Alert, destination: Destination) -> Delivery:
        try:
            destination.send(alert, self._source)
        except NotDeliveredError as error:
            return Delivery(alert, destination.name, str(error), error.wait)
        return Delivery(alert, destination.name)


def _without_given_up(
    waiting: Sequence[Waiting], known: tuple[str, ...], now: datetime
) -> tuple[list[Waiting], list[Waiting]]:
    """Keep what may still be sent; a destination that is no longer configured gets nothing."""
    kept, given_up = [], []
    for item in waiting:
        left = tuple(name for name in item.destinations if name in known)
        if left and item.queued < now - GIVEN_UP_AFTER:
            given_up.append(item)
        elif left:
            kept.append(replace(item, destinations=left))
    return kept, given_up


def _settle(state: AlertState, deliveries: Sequence[Delivery], now: datetime) -> None:
    """Write down who took what, and when the others are asked again."""
    by_key = {
        key: list(found) for key, found in groupby(deliveries, key=lambda item: (item.alert.fingerprint, item.alert.at))
    }
    waiting = []
    for item in state.waiting:
        found = by_key.get(item.key)
        if found is None:
            waiting.append(item)
            continue
        taken = {delivery.destination for delivery in found if not delivery.problem}
        left = tuple(name for name in item.destinations if name not in taken)
        if left:
            wait = max(
                min(_FIRST_WAIT * 2**item.attempts, _LONGEST_WAIT),
                timedelta(seconds=max(delivery.wait or 0.0 for delivery in found)),
            )
            waiting.append(replace(item, destinations=left, due=now + wait, attempts=item.attempts + 1))
    state.waiting = waiting
