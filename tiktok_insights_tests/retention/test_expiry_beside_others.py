"""A retention run beside a load, or beside an extraction and its load. Each is a separate process.

The end state is that of one of them after the other. What a run leaves that is cut off is in `test_expiry_kills.py`.
"""

import logging
import multiprocessing
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.runtime.retry_hooks import remove_retry_hooks
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tables.daily_totals import DAILY_TOTALS
from tiktok_insights.tables.definitions import LOAD_HISTORY
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.impatient import impatient_warehouse
from tiktok_insights_tests.support.interrupted_expiry import Expiry
from tiktok_insights_tests.support.interrupted_loads import Places
from tiktok_insights_tests.support.killed_runs import Work, prepare_children
from tiktok_insights_tests.support.loading import put_upload
from tiktok_insights_tests.support.planted_snapshots import Planted, ours
from tiktok_insights_tests.support.removed_people import held, restore
from tiktok_insights_tests.support.sandbox import Sandbox

pytestmark = [
    pytest.mark.people,
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result"),  # fakesnow's way to fetch results
]

#: Against hangs only.
_SECONDS = 60
#: At which request of the one that begins the other follows; a full torture takes the rest, too.
LOAD_FIRST, EXPIRY_FIRST = ("S3 GET csv/", "INSERT INTO FOLLOWER_SNAPSHOTS"), ("S3 DELETE csv/",)
MORE_LOADS_FIRST, MORE_EXPIRIES_FIRST = ("S3 PUT csv/",), ("DELETE FROM FOLLOWER_SNAPSHOTS",)
#: Handles that only old snapshots have; and an old file that no load has seen.
OLD_HANDLES = ("h9.01-28", "h5.01-25", "h6.01-30", "h3.01-31")
PENDING = "csv/followers/account=44/dt=2026-01-30/pending.csv"


@dataclass(frozen=True)
class Load:
    """An extraction that takes a snapshot, and a load."""

    expiry: Expiry

    def run(self) -> None:
        """Extract while no other extraction and no retention run does; then load."""
        with self.expiry.lock():
            put_upload(self.expiry.places.store(), ours("43", "2026-02-10T12", ("5", "8")))
        self.expiry.places.load()


class Signal(Requests):
    """Says when a request of a kind is about to be sent; nothing fails."""

    def __init__(self, kind: str, event: Event) -> None:
        super().__init__(FailPoint(0, Moment.BEFORE, Manner.RAISE, kind))
        self._event = event

    def point_now(self) -> FailPoint | None:
        """Tell the other, and fail nothing."""
        if super().point_now():
            self._event.set()
        return None


def _begin(work: Work, kind: str, reached: Event) -> None:
    remove_retry_hooks()
    logging.disable(logging.CRITICAL)  # that an object is gone is no news here
    with Signal(kind, reached).watched():
        work.run()


def _follow(work: Work, reached: Event) -> None:
    remove_retry_hooks()
    logging.disable(logging.CRITICAL)
    assert reached.wait(_SECONDS), "the other has not come so far"
    work.run()


class Ground:
    """A bucket and a warehouse with snapshots that have to expire, and one that is older and not loaded yet."""

    def __init__(self, sandbox: Sandbox, store: ObjectStore, home: Path) -> None:
        self._sandbox, self._store = sandbox, store
        self.expiry = Expiry(sandbox.places, home)
        self.load = Load(self.expiry)
        Planted(store)
        sandbox.places.load()
        sandbox.keep()
        store.put(PENDING, csv_file(row("6", extracted_at="2026-01-30T13:00:00Z", uniqueId="h6.01-30")), "text/csv")
        self._objects = held(store)
        both: tuple[Work, Work] = (self.load, self.expiry)
        self.expected = [self._in_order(works) for works in permutations(both)]
        assert self.expected[0] != self.expected[1]

    def _in_order(self, works: Iterable[Work]) -> Tables:
        self._reset()
        for work in works:
            work.run()
        return self._settled()

    def wrong_after(self, first: Work, then: Work, kind: str) -> Iterator[str]:
        """Run both at the same time, and say in sentences what is not as it must be."""
        self._reset()
        context = multiprocessing.get_context("forkserver")
        reached = context.Event()
        begun = context.Process(target=_begin, args=(first, kind, reached), daemon=True)
        follower = context.Process(target=_follow, args=(then, reached), daemon=True)
        for child in (begun, follower):
            child.start()
        for child, work in ((begun, first), (follower, then)):
            child.join(_SECONDS)
            if child.exitcode != 0:
                yield f"{type(work).__name__} ends with {child.exitcode}"
        yield from (f"there are {what}" for what in self._sandbox.unfinished())
        tables = self._sandbox.seen()
        if old := [one for one in tables["FOLLOWER_SNAPSHOTS"] if any(text in str(one) for text in OLD_HANDLES)]:
            yield f"{len(old)} old rows are in the history"
        if (settled := self._settled()) not in self.expected:
            names = [{name for name in settled if settled[name] != one[name]} for one in self.expected]
            yield f"unlike one after the other, and the other way round: {names}"

    def _reset(self) -> None:
        restore(self._store, self._objects)
        self._sandbox.reset()
        shutil.rmtree(self.expiry.home, ignore_errors=True)
        self.expiry.home.mkdir()

    def _settled(self) -> Tables:
        """What readers see after the next run; of the ledger, what is loaded or refused.

        Not the catalog: an asset removes the partitions of empty folders, which no load here does.
        """
        self.expiry.run()
        tables = self._sandbox.settled()
        at, status = DAILY_TOTALS.names.index("EXPIRED_AT"), LOAD_HISTORY.names.index("STATUS")
        return {
            **{name: rows for name, rows in self._sandbox.seen().items() if name != "the catalog"},
            DAILY_TOTALS.name: [(*one[:at], *one[at + 1 :]) for one in tables[DAILY_TOTALS.name]],
            LOAD_HISTORY.name: sorted(
                (one[0], one[status]) for one in tables[LOAD_HISTORY.name] if one[status] != LoadStatus.EXPIRED
            ),
        }


@pytest.fixture
def ground(
    settings: Settings, connections: Connections, store: ObjectStore, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """Both orders; a busy machine may let a transaction wait."""
    prepare_children(__name__)
    with impatient_warehouse(tmp_path_factory.mktemp("patient"), idle_transaction_seconds=30) as (warehouse, port):
        snowflake = {**connections.snowflake, "port": port}
        places = Places(connections.aws, snowflake, settings.s3.bucket, settings.glue.database, connections.namespace)
        yield Ground(Sandbox(places, warehouse), store, tmp_path_factory.mktemp("home"))


def judge(ground: Ground, load_first: Iterable[str], expiry_first: Iterable[str]) -> None:
    """Let them meet, and name the meetings after which something is not as it must be."""
    meetings: list[tuple[Work, Work, str]] = [
        *((ground.load, ground.expiry, kind) for kind in load_first),
        *((ground.expiry, ground.load, kind) for kind in expiry_first),
    ]
    wrong = [
        f"{kind} of the {type(first).__name__}: {what}"
        for first, then, kind in meetings
        for what in ground.wrong_after(first, then, kind)
    ]
    assert wrong == []


def test_a_run_beside_an_extraction_and_a_load_ends_like_one_after_the_other(ground: Ground) -> None:
    """Whichever begins, and however far it is when the other follows: nothing old is loaded, and neither fails."""
    judge(ground, LOAD_FIRST, EXPIRY_FIRST)


@pytest.mark.full
def test_so_it_does_at_more_places(ground: Ground) -> None:
    """When the extraction holds its lock, and when the expiry holds that of publications."""
    judge(ground, MORE_LOADS_FIRST, MORE_EXPIRIES_FIRST)
