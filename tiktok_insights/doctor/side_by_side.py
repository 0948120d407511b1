"""Runs probes side by side, each for a limited time. What they look at is not known here."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from tiktok_insights.doctor.findings import Finding, Outcome, Probe, unknown
from tiktok_insights.text.printable import printable

#: Clients give up earlier by themselves. This is for what no client limits, such as a lookup of a name.
LIMIT_SECONDS = 30.0
_Value = TypeVar("_Value")


def examine(probes: Sequence[Probe], limit_seconds: float = LIMIT_SECONDS) -> list[Finding]:
    """Look at everything at once; give the findings in the order of the probes. A probe never stops the others."""
    outcomes: dict[int, Outcome] = {}

    def look(number: int) -> None:
        outcomes[number] = _outcome(probes[number])

    # No pool: one would wait at the end for a probe that hangs. Most of the time the threads wait for answers.
    threads = [threading.Thread(target=look, args=[number], daemon=True) for number in range(len(probes))]
    deadline = time.monotonic() + limit_seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    late = unknown(f"There was no answer within {limit_seconds:g} seconds.")
    return [Finding(probe.subject, outcomes.get(number, late)) for number, probe in enumerate(probes)]


class Once(Generic[_Value]):
    """What several probes need, made by the first of them; when it cannot be made, each hears why."""

    def __init__(self, make: Callable[[], _Value]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[_Value] = []
        self._error: Exception | None = None

    def get(self) -> _Value:
        """Give it. Raises what the first call raised."""
        with self._lock:
            if self._error is not None:
                raise self._error
            if not self._made:
                try:
                    self._made.append(self._make())
                except Exception as error:
                    self._error = error
                    raise
            return self._made[0]


def _outcome(probe: Probe) -> Outcome:
    try:
        return probe.look()
    except Exception as error:  # noqa: BLE001  # whatever a service says, the other probes are looked at
        return unknown(printable(" ".join(f"{type(error).__name__}: {error}".split())))
