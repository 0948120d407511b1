"""One rate limit for all accounts of a run, however many threads ask."""

import threading
import time
from collections.abc import Callable


class RateLimiter:
    """Hands out evenly spaced moments to send a request, never more than `per_minute` of them in a minute.

    `clock` (seconds) and `sleep` are there for tests.
    """

    def __init__(
        self,
        per_minute: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if per_minute <= 0:
            msg = f"The rate limit must be more than 0 requests per minute, not {per_minute}."
            raise ValueError(msg)
        self._interval = 60.0 / per_minute
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def acquire(self) -> None:
        """Wait for the next moment in which a request may be sent."""
        with self._lock:
            moment = max(self._next, self._clock())
            self._next = moment + self._interval
        while (wait := moment - self._clock()) > 0:
            self._sleep(wait)

    def pause(self, seconds: float) -> None:
        """Let no one send for so long: the API has said that we are too fast."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)
