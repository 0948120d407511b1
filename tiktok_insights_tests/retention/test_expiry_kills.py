"""A retention run that fails at any of its effects: repeated, it comes to the state of an undisturbed one.

So it does when an extraction and a load come in between. Usually four effects are taken, at which the run is in another
state; a full torture takes every effect at each moment, by an exception and by SIGKILL.
"""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.tables.daily_totals import DAILY_TOTALS
from tiktok_insights.tables.definitions import LOAD_HISTORY, PUBLISH_LOCK
from tiktok_insights_tests.support.fail_points import (
    FailPoint,
    Interrupted,
    Manner,
    Moment,
    Requests,
    changes_something,
)
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.interrupted_expiry import Expiry, watched
from tiktok_insights_tests.support.kill_campaigns import every_point, judge, remove_empty_partitions, turning_points
from tiktok_insights_tests.support.killed_runs import killed_at, prepare_children
from tiktok_insights_tests.support.loading import put_upload
from tiktok_insights_tests.support.planted_snapshots import Planted, ours
from tiktok_insights_tests.support.removed_people import held, restore
from tiktok_insights_tests.support.sandbox import Sandbox, sandbox

__all__ = ["sandbox"]

pytestmark = [
    pytest.mark.people,
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result"),  # fakesnow's way to fetch results
]

#: The effects after which a run is in another state, and how each fails usually.
TURNING_POINTS = {
    "S3 DELETE raw/": (Moment.BEFORE, Manner.SIGKILL),
    "S3 DELETE csv/": (Moment.AFTER, Manner.SIGKILL),
    "COMMIT": (Moment.ANSWER_LOST, Manner.RAISE),
    "file made again": (Moment.BEFORE, Manner.SIGKILL),
}


class Ground:
    """A bucket, a warehouse and a home with snapshots that have to expire, put back again and again."""

    def __init__(self, sandbox: Sandbox, store: ObjectStore, home: Path) -> None:
        self._sandbox, self._store = sandbox, store
        self._expiry = Expiry(sandbox.places, home)
        Planted(store)
        sandbox.places.load()
        sandbox.keep()
        self._objects = held(store)
        requests = Requests()
        self.reset()
        with watched(requests):
            self._expiry.run()
        self.names = requests.names
        self.effects = [number for number, name in enumerate(self.names) if changes_something(name)]
        self._expected = self.state()
        self.come_in_between()
        self._expected_with_others = self.loaded()

    def reset(self) -> None:
        """Put everything back to where nothing has expired."""
        restore(self._store, self._objects)
        self._sandbox.reset()
        shutil.rmtree(self._expiry.home, ignore_errors=True)
        self._expiry.home.mkdir()

    def state(self) -> Tables:
        """Every object, row and file but for the times of writing."""
        tables = self._sandbox.settled()
        at = DAILY_TOTALS.names.index("EXPIRED_AT")
        tables[DAILY_TOTALS.name] = [(*row[:at], *row[at + 1 :]) for row in tables[DAILY_TOTALS.name]]
        lock = PUBLISH_LOCK.names.index("BATCH_ID")
        tables[PUBLISH_LOCK.name] = [(*row[:lock], *row[lock + 1 :]) for row in tables[PUBLISH_LOCK.name]]
        tables["the files"] = sorted((path.name,) for path in self._expiry.home.rglob("*") if path.is_file())
        return tables

    def loaded(self) -> Tables:
        """What readers see, the ledger's order of batches apart, when the next run has removed empty partitions."""
        remove_empty_partitions(self._sandbox, self._store)
        return {name: rows for name, rows in self._sandbox.seen().items() if name != LOAD_HISTORY.name}

    def come_in_between(self) -> None:
        """A snapshot of an extraction, and a whole load."""
        with self._expiry.lock():
            put_upload(self._store, ours("43", "2026-02-10T12", ("5", "8")))
        self._sandbox.places.load()

    def wrong_after(self, point: FailPoint, with_others: bool) -> Iterator[str]:
        """Let a run fail there, repeat it, and say in sentences what is not as it must be."""
        self.reset()
        yield from self._fail(point)
        if with_others:
            self.come_in_between()
        try:
            self._expiry.run()
        except Exception as error:  # noqa: BLE001  # whatever it is, a repeat must not need a person
            yield f"the repeat fails: {type(error).__name__}: {error}"
            return
        yield from (f"after it there are {what}" for what in self._sandbox.unfinished())
        found, expected = (self.loaded(), self._expected_with_others) if with_others else (self.state(), self._expected)
        for name, rows in found.items():
            if rows != (wanted := expected[name]):
                more, less = ([one for one in a if one not in b][:2] for a, b in ((rows, wanted), (wanted, rows)))
                yield f"{name} has {len(rows)} rows, not {len(wanted)}; strange {more}, missing {less}"

    def _fail(self, point: FailPoint) -> Iterator[str]:
        if point.manner is Manner.SIGKILL:
            if not killed_at(self._expiry, watched, point):
                yield "was not reached"
            return
        requests = Requests(point)
        # After a lost answer the clients send again: that run may end well.
        with watched(requests), suppress(Interrupted, Exception):
            self._expiry.run()
        if not requests.reached:
            yield "was not reached"


@pytest.fixture
def ground(sandbox: Sandbox, store: ObjectStore, tmp_path: Path) -> Ground:
    """The undisturbed run."""
    prepare_children(watched.__module__)
    return Ground(sandbox, store, tmp_path / "home")


def test_wherever_a_run_is_killed_its_repeat_ends_right(ground: Ground, pytestconfig: pytest.Config) -> None:
    """Four of four: the end state is that of an undisturbed run; at every second one, others come in between."""
    if wanted := pytestconfig.getoption("--fail-point"):
        judge(ground, [(FailPoint.named(wanted), with_others) for with_others in (False, True)])
        return
    points = turning_points(ground, TURNING_POINTS)
    judge(ground, [(point, place % 2 == 1) for place, point in enumerate(points)])


@pytest.mark.full
def test_at_every_effect_a_run_may_fail(ground: Ground) -> None:
    """N of N, each with others in between and without."""
    judge(ground, [(point, with_others) for point in every_point(ground) for with_others in (False, True)])
