"""Lets loads fail, one fail point after the other, and says in sentences what is not as it must be afterwards."""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from tiktok_insights_tests.support.fail_points import FailPoint, Interrupted, Manner, Requests
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.interrupted_loads import load_killed_at
from tiktok_insights_tests.support.sandbox import Sandbox

#: No run may wait for longer for what a killed one has left; its transaction is rolled back within seconds here.
WAITING_SECONDS = 30.0


class FaultInjection:
    """The undisturbed load on a sandbox, and how others that are disturbed compare with it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._ground = sandbox
        requests = Requests()
        sandbox.reset()
        start = time.monotonic()
        with requests.watched():
            sandbox.places.load()
        self._limit_seconds = time.monotonic() - start + WAITING_SECONDS
        self.names = requests.names
        self.expected = sandbox.seen()

    def assert_right_after(self, points: Sequence[FailPoint]) -> None:
        """Let a load fail at each of them; say everything that is wrong afterwards, and how to repeat it."""
        wrong = [(point, what) for point in points for what in self.wrong_after(point)]
        bad = {point for point, _ in wrong}
        said = f"{len(points) - len(bad)} of {len(points)} ended right. To repeat one, add --fail-point and its name:"
        lines = [f"{point} ({point.kind or self.names[point.number]}): {what}" for point, what in wrong]
        assert not wrong, "\n".join([said, *lines])

    def wrong_after(self, point: FailPoint) -> Iterator[str]:
        """Let a load fail there, and say in sentences what is not as it must be afterwards."""
        sandbox = self._ground
        sandbox.reset()
        yield from self._fail(point)
        start = time.monotonic()
        try:
            sandbox.places.load()
        except Exception as error:  # noqa: BLE001  # whatever it is, a plain run must not need a person
            yield f"the next run fails: {type(error).__name__}: {error}"
        if (took := time.monotonic() - start) > self._limit_seconds:
            yield f"the next run took {took:.0f} s"
        yield from (f"after the next run there are {what}" for what in sandbox.unfinished())
        yield from _differences(sandbox.seen(), self.expected, "after the next run")
        settled = sandbox.settled()
        sandbox.let_a_day_pass()
        sandbox.places.load()
        yield from _differences(sandbox.settled(), settled, "after another run")
        yield from _differences(sandbox.staged(), {}, "a day later")

    def _fail(self, point: FailPoint) -> Iterator[str]:
        if point.manner is Manner.SIGKILL:
            if not load_killed_at(self._ground.places, point):
                yield "was not reached"
            return
        requests = Requests(point)
        succeeded = False
        # After a lost answer the clients send again: that load may end well, or find what was done twice.
        with requests.watched(), suppress(Interrupted, Exception):
            self._ground.places.load()
            succeeded = True
        if not requests.reached:
            yield "was not reached"
        if succeeded:
            yield from _differences(self._ground.seen(), self.expected, "though the load told of no error")


def _differences(found: Tables, expected: Tables, when: str) -> Iterator[str]:
    """A sentence for each table that is not as expected; one of which nothing is expected is empty."""
    for name, rows in found.items():
        wanted = expected.get(name, [])
        if rows != wanted:
            more = [row for row in rows if row not in wanted]
            less = [row for row in wanted if row not in rows]
            yield f"{when}, {name} has {len(rows)} rows, not {len(wanted)}; strange {more[:2]}, missing {less[:2]}"
