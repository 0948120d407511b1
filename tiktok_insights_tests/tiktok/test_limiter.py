"""One rate limit for all who ask, on a clock of the test's own."""

import itertools
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_insights.tiktok.limiter import RateLimiter


class Clock:
    """Time that passes only by sleeping; `short` of each sleep is missing, as signals do it."""

    def __init__(self, short: float = 0.0) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []
        self._short = short
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Return the seconds now."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self.slept.append(seconds)
            self.now += max(seconds - self._short, 1e-6)


def moments(limiter: RateLimiter, clock: Clock, count: int) -> list[float]:
    """Ask so many times in a row and return when each request was let through."""
    result = []
    for _ in range(count):
        limiter.acquire()
        result.append(clock.now - 1_000.0)
    return result


def test_requests_are_spaced_evenly() -> None:
    """120 a minute are one in half a second; the first need not wait."""
    clock = Clock()
    assert moments(RateLimiter(120, clock, clock.sleep), clock, 5) == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_time_that_passed_unused_gives_no_burst_later() -> None:
    """A provider counts a second's requests, not an hour's."""
    clock = Clock()
    limiter = RateLimiter(60, clock, clock.sleep)
    limiter.acquire()
    clock.now += 3_600
    assert moments(limiter, clock, 3) == [3_600.0, 3_601.0, 3_602.0]


def test_a_sleep_that_ends_early_is_taken_up_again() -> None:
    """The request leaves at its moment, not before."""
    clock = Clock(short=0.4)
    assert moments(RateLimiter(60, clock, clock.sleep), clock, 3) == pytest.approx([0.0, 1.0, 2.0], abs=0.02)


def test_a_pause_holds_everybody_back() -> None:
    """The API said that we are too fast."""
    clock = Clock()
    limiter = RateLimiter(60, clock, clock.sleep)
    limiter.acquire()
    limiter.pause(10)
    assert moments(limiter, clock, 2) == [10.0, 11.0]


def test_a_shorter_pause_does_not_shorten_a_longer_one() -> None:
    """Two accounts may be told so at once."""
    clock = Clock()
    limiter = RateLimiter(60, clock, clock.sleep)
    limiter.pause(10)
    limiter.pause(1)
    assert moments(limiter, clock, 1) == [10.0]


def test_many_threads_share_one_limit() -> None:
    """Twenty requests of four threads take as long as twenty of one."""
    clock = Clock()
    limiter = RateLimiter(60, clock, clock.sleep)

    def ask_five_times() -> None:
        for _ in range(5):
            limiter.acquire()

    threads = [threading.Thread(target=ask_five_times, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert clock.now - 1_000.0 >= 19.0


@given(per_minute=st.integers(min_value=1, max_value=6_000), idle=st.lists(st.floats(0, 5), min_size=1, max_size=40))
def test_no_two_requests_are_closer_than_the_interval(per_minute: int, idle: list[float]) -> None:
    """However the callers dawdle between them."""
    clock = Clock()
    limiter = RateLimiter(per_minute, clock, clock.sleep)
    times = []
    for seconds in idle:
        clock.now += seconds
        limiter.acquire()
        times.append(clock.now)
    assert all(after - before >= 60 / per_minute - 1e-5 for before, after in itertools.pairwise(times))


@pytest.mark.parametrize("per_minute", [0, -1])
def test_a_limit_of_nothing_is_refused(per_minute: int) -> None:
    """It would wait forever."""
    with pytest.raises(ValueError, match="more than 0"):
        RateLimiter(per_minute)
