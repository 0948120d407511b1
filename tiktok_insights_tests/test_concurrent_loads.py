"""Loads at once, each a process of its own: each row once, nobody stuck, and readers see old or new at every moment."""

import logging
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.pool import Pool
from multiprocessing.synchronize import Barrier

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.runtime.retry_hooks import remove_retry_hooks
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.history import Upload, lines
from tiktok_insights_tests.support.interrupted_loads import Places
from tiktok_insights_tests.support.loading import Loader, put_upload
from tiktok_insights_tests.support.random_objects import FIRST, File, Key
from tiktok_insights_tests.support.thousand_objects import put_all

pytestmark = pytest.mark.campaign

#: Against hangs only: a load on a busy machine takes its time, and so does its turn to publish.
_SECONDS_A_LOAD = 60
_OBJECTS = 20


_start: Barrier


def _prepare(start: Barrier) -> None:
    remove_retry_hooks()
    global _start  # a barrier reaches a worker of a pool only while the worker is made
    _start = start


def _load(places: Places) -> int:
    """Load at the moment when all others begin; give the rows that this load has brought."""
    logging.disable(logging.CRITICAL)  # fifty of them tell of each other's locks
    _start.wait(_SECONDS_A_LOAD * _start.parties)
    return sum(publication.history_rows for publication in places.load())


@pytest.fixture(scope="module")
def loads(size: Size) -> int:
    """How many loads there are at once."""
    return size.loads


@pytest.fixture(scope="module")
def processes(loads: int) -> Iterator[Pool]:
    """A process for each load, forked from one that has all imports: these take seconds, a fork milliseconds."""
    with _processes(loads) as pool:
        yield pool


@contextmanager
def _processes(number: int) -> Iterator[Pool]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with context.Pool(number, _prepare, (context.Barrier(number),)) as pool:
        yield pool


@pytest.fixture
def places(settings: Settings, connections: Connections, namespace: Namespace) -> Places:
    """The test's own bucket and database."""
    return Places(connections.aws, connections.snowflake, settings.s3.bucket, settings.glue.database, namespace)


def objects() -> Iterator[Upload]:
    """Objects of ours and of others, whose rows meet, tie, and are rejected."""
    for number in range(_OBJECTS):
        rows = (
            {"tiktok_id": str(number % 7 + 1)},
            {"tiktok_id": "8", "diggCount": str(number % 3)},
            {"tiktok_id": "9", "extracted_at": f"2026-01-31T12:00:0{number % 4}Z", "uniqueId": "ann" * (number % 2)},
            {"tiktok_id": "0"},
        )
        yield File(rows).written_as(Key("42", number, is_ours=number % 3 == 0), FIRST)


def at_once(processes: Pool, places: Places, loads: int) -> list[int]:
    """Load from all processes; give what each has brought. None of them may fail."""
    return processes.map_async(_load, [places] * loads, chunksize=1).get(_SECONDS_A_LOAD * loads)


def assert_all_is_published(loader: Loader, uploads: list[Upload]) -> None:
    """The oracle's tables, and nothing left on the way."""
    assert lines(loader.tables()) == lines(history.tables(uploads))
    assert loader.rows("SELECT DISTINCT VERDICT, PUBLISHED_AT IS NOT NULL FROM LOAD_BATCHES") == [("passed", True)]
    for table in ("STAGED_TIKTOK_DATA", "STAGED_OBJECTS", "TOUCHED_USERS", "TOUCHED_SPELLS"):
        assert loader.rows(f"SELECT COUNT(*) FROM TIKTOK_INTERNAL.{table}") == [(0,)]


@pytest.mark.faults
def test_loads_at_once_into_a_new_warehouse_load_each_row_once(
    processes: Pool,
    places: Places,
    loads: int,
    store: ObjectStore,
    connect_database: Connect,
) -> None:
    """They make the tables, stage the same objects and publish, all at once: all succeed, and one brings the rows."""
    uploads = [put_upload(store, upload) for upload in objects()]
    brought = at_once(processes, places, loads)
    with connect_database() as session:
        assert_all_is_published(Loader(store, session, connect_database), uploads)
        ((rows,),) = session.query("SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS")
    assert sorted(brought) == [0] * (loads - 1) + [rows]


@pytest.mark.full
def test_loads_at_once_of_a_large_batch_load_each_row_once(
    places: Places, store: ObjectStore, connect_warehouse: Connect
) -> None:
    """Three runs stage the same 1,000 mixed objects side by side, bad ones among them; one brings them."""
    uploads = put_all(store)
    with _processes(3) as pool:
        brought = at_once(pool, places, 3)
    with connect_warehouse() as session:
        assert_all_is_published(Loader(store, session, connect_warehouse), uploads)
        ((rows,),) = session.query("SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS")
    assert sorted(brought) == [0, 0, rows]


#: What a reader asks in one statement: users, rows of the history, objects, and what the ledger says of both.
_STATE = """
SELECT (SELECT COUNT(*) FROM TIKTOK_DATA), (SELECT COUNT(*) FROM TIKTOK_DATA WHERE USER_NAME = 'new'),
  (SELECT COUNT(*) FROM MAIN.TIKTOK_DATA),
  (SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS), (SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS WHERE USER_NAME = 'new'),
  (SELECT SUM(ROWS_STAGED) FROM LOAD_HISTORY WHERE STATUS = 'loaded'),
  (SELECT COUNT(*) FROM ACCOUNT_SNAPSHOTS), (SELECT COUNT(*) FROM LOAD_HISTORY WHERE STATUS = 'loaded'),
  (SELECT COUNT(*) FROM LOAD_HISTORY WHERE STATUS = 'superseded')
"""
_READERS = 2


class Readers:
    """People who ask all the time what the tables hold. `states` has what each has seen, one after the other."""

    def __init__(self, connect: Connect) -> None:
        self.states: list[list[tuple[int, ...]]] = [[] for _ in range(_READERS)]
        self._connect = connect
        self._begun = threading.Barrier(_READERS + 1)
        self._over = threading.Event()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let them ask: for the first time before what goes on inside, for the last time after it."""
        threads = [threading.Thread(target=self._read, args=(states,)) for states in self.states]
        for thread in threads:
            thread.start()
        try:
            self._begun.wait(_SECONDS_A_LOAD)
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join(_SECONDS_A_LOAD)
        assert not any(thread.is_alive() for thread in threads)

    def _read(self, states: list[tuple[int, ...]]) -> None:
        with self._connect() as session:
            states.append(self._ask(session))
            self._begun.wait(_SECONDS_A_LOAD)
            over = False
            while not over:
                # Often in the course of a publication, and yet not all that the warehouse has to do.
                over = self._over.wait(0.05)
                if (state := self._ask(session)) != states[-1]:
                    states.append(state)

    def _ask(self, session: Session) -> tuple[int, ...]:
        ((*numbers,),) = session.query(_STATE)
        return tuple(int(number) for number in numbers)


def followers(number: int, users: int, **texts: str) -> list[str]:
    """The rows of one of many objects; half of its users are in the next object too."""
    return [row(str(number * 5 + user), **texts) for user in range(1, users + 1)]


@pytest.mark.faults
def test_readers_see_everything_old_or_everything_new_while_loads_replace_it(
    processes: Pool, places: Places, loads: int, store: ObjectStore, connect_warehouse: Connect
) -> None:
    """Every object gets a new version with other rows; whoever asks meanwhile finds the old tables or the new ones."""
    with connect_warehouse() as session:
        loader = Loader(store, session, connect_warehouse)
        old = [loader.upload(f"{number}", *followers(number, 10, uniqueId="old")) for number in range(_OBJECTS)]
        loader.load()
        late = "2026-02-01T12:00:00Z"
        new = [
            loader.upload(f"{number}", *followers(number, 12, uniqueId="new", extracted_at=late))
            for number in range(_OBJECTS)
        ]
        readers = Readers(connect_warehouse)
        with readers.reading():
            brought = at_once(processes, places, loads)
        assert (
            readers.states == [[(105, 0, 105, 200, 0, 200, 20, 20, 0), (107, 107, 107, 240, 240, 240, 20, 20, 20)]] * 2
        )
        assert sorted(brought) == [0] * (loads - 1) + [240]
        assert_all_is_published(loader, [*old, *new])
