"""Order and repetition: however the same objects come, the tables are the same, byte for byte, and the oracle's."""

import time
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations, count, pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from tiktok_insights.staging.ledger import settled_or_staged_versions
from tiktok_insights.staging.pending import pending
from tiktok_insights.warehouse.publish import Publication, publish
from tiktok_insights.warehouse.rebuild import rebuild
from tiktok_insights.warehouse.scope import mark_checked, unchecked
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.campaigns import Size, examples
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.engine import NOON, Engine, unchecked_in
from tiktok_insights_tests.support.history import Tables, Upload, lines
from tiktok_insights_tests.support.load_state_machine import LoadStateMachine
from tiktok_insights_tests.support.loading import Loader, put_upload
from tiktok_insights_tests.support.shared_warehouse import empty_tables

pytestmark = pytest.mark.orders

LATE, EARLY = "2026-01-31T13:00:00Z", "2026-01-31T11:00:00Z"
WRITTEN = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - UTC, as TIMESTAMP_NTZ is


def foreign(name: str, body: bytes, *, account: str = "42", written: datetime = WRITTEN) -> Upload:
    """An object of another producer."""
    return Upload(f"csv/followers/account={account}/dt=2026-01-31/{name}.csv", body, written)


def ours(snapshot_id: str, *rows: str) -> Upload:
    """The CSV of a snapshot of ours, whose manifest claims a user more than was seen."""
    key = f"csv/followers/account=42/dt=2026-01-31/tiktok_user_data-{snapshot_id}.csv"
    facts = ("ann.b", WRITTEN, WRITTEN, "whole", "", 3, 4, 5, 95, None, WRITTEN, "[]", True, 0.75)
    return Upload(key, csv_file(*rows), WRITTEN, snapshot_id, facts)


#: Over two accounts, with all that may tie: times (one is the object's own), exactness, and all columns but the last.
FIVE = (
    ours("20260131T120000000Z", row("1", extracted_at=LATE), row("2", uniqueId="b"), row("3", diggCount="-1")),
    ours("20260131T120001000Z", row("1", extracted_at=LATE, diggCount="17"), row("2", uniqueId="a"), row("4")),
    foreign("short", csv_file(row_of_14("2", uniqueId="c"), row_of_14("5"), row_of_14("0"), header=HEADER_14)),
    foreign("rounded", csv_file(row("1", extracted_at=LATE, counts_exact="f", diggCount="99"), row("5")), account="43"),
    foreign("old", csv_file(row("1", extracted_at=EARLY), row("3"), row("4"), row("4"), row("x")), account="43"),
)
#: Which row of each user wins: handle, videos liked, exactness.
WINNERS = [
    ("1", "ann", 17, True),
    ("2", "b", 16, True),
    ("3", "ann", 16, True),
    ("4", "ann", 16, True),
    ("5", "ann", 16, True),
]


def load(engine: Engine, *batches: tuple[Upload, ...]) -> None:
    """Stage and publish one batch after the other."""
    for number, uploads in enumerate(batches):
        engine.stage(f"{number:04}", uploads)
        engine.publish(f"{number:04}")


def cuts(uploads: tuple[Upload, ...]) -> Iterator[list[tuple[Upload, ...]]]:
    """Every way to cut a row of objects into batches."""
    for size in range(len(uploads)):
        for places in combinations(range(1, len(uploads)), size):
            ends = (0, *places, len(uploads))
            yield [uploads[start:end] for start, end in pairwise(ends)]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One engine for all courses: what an object becomes is worked out once."""
    engine = Engine()
    yield engine
    engine.close()


@pytest.mark.campaign
def test_every_order_and_every_batching_of_five_snapshots_gives_the_same_tables(engine: Engine, size: Size) -> None:
    """120 orders one by one, and 16 ways to cut one of them into batches: the oracle's tables each time.

    `make test` takes every fifth order, in which each object comes at each place.
    """
    expected = history.tables(FIVE)
    orders = list(permutations(FIVE))
    orders = orders[:: len(orders) // size.orders]
    assert all({order[place] for order in orders} == set(FIVE) for place in range(5))
    arrangements = [[(upload,) for upload in order] for order in orders] + list(cuts(FIVE))
    assert len(arrangements) == size.orders + 16
    for batches in arrangements:
        engine.clear()
        load(engine, *batches)
        assert lines(engine.tables()) == lines(expected), [[upload.key for upload in batch] for batch in batches]
    assert [(user[0], user[1], user[10], user[11]) for user in expected["TIKTOK_DATA"]] == WINNERS
    assert sum(counts[-3] for counts in expected["LOAD_HISTORY"]) == 1


@pytest.mark.campaign
def test_any_course_of_loads_gives_the_oracles_tables(engine: Engine) -> None:
    """Objects in any order, batching and number of re-runs, with new versions and deletions on the way."""

    class Loads(LoadStateMachine):
        warehouse = engine
        side_by_side = 3

    run_state_machine_as_test(Loads, settings=settings(max_examples=examples(0.2), stateful_step_count=30))


class Stack:
    """The bucket and the warehouse of the local stack; batches have the names that the test gives them."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._batch_ids: dict[str, str] = {}
        self._written: set[Upload] = set()
        self._moments = count()

    def clear(self) -> None:
        """Empty the tables and the bucket."""
        empty_tables(self._loader.session)
        for info in list(self._loader.store.list("")):
            self.delete(info.key)

    def put(self, upload: Upload) -> Upload:
        """Write an object, and the manifest of a snapshot of ours; give it with the time that the bucket says.

        What comes back is written until its second is another one, which tells it from what was there before.
        """
        written = put_upload(self._loader.store, upload)
        while written in self._written:
            time.sleep(0.1)
            written = put_upload(self._loader.store, upload)
        self._written.add(written)
        return written

    def delete(self, key: str) -> None:
        """Delete an object."""
        self._loader.store._s3.delete_object(Bucket=self._loader.store.bucket, Key=key)

    def waiting(self, bucket: Iterable[Upload]) -> list[tuple[str, str]]:
        """Key and ETag of what a run would stage of this bucket."""
        listing = self._loader.listing()
        assert sorted(item.info.key for item in listing.objects) == sorted(upload.key for upload in bucket)
        known = settled_or_staged_versions(self._loader.session)
        return [(item.info.key, item.info.etag) for item in pending(listing, known)]

    def stage(self, batch_id: str, uploads: list[Upload]) -> None:
        """Stage these objects, with the audit."""
        self._batch_ids[batch_id] = self._loader.stage(*(upload.key for upload in uploads)).batch_id

    def publish(self, batch_id: str) -> int:
        """Publish a batch; say how many objects it has brought to the ledger."""
        now = NOON + timedelta(seconds=next(self._moments))
        return publish(lambda: nullcontext(self._loader.session), self._batch_ids[batch_id], now).objects

    def tables(self) -> Tables:
        """What readers see."""
        return self._loader.tables()

    def users_counted(self) -> int:
        """How many users the history has, as the publications have counted them."""
        ((users,),) = self._loader.rows("SELECT COALESCE(MAX(USERS), 0) FROM TIKTOK_INTERNAL.PUBLISH_LOCK")
        return int(users)

    def unchecked(self) -> tuple[set[str], set[str]]:
        """What no checks have passed: the batches, and the keys of the objects that the next checks compare."""
        batch_ids, keys = unchecked_in(self._loader.session)
        return {name for name, batch_id in self._batch_ids.items() if batch_id in batch_ids}, keys

    def mark_checked(self) -> None:
        """Note that the checks of that have passed."""
        mark_checked(self._loader.session, unchecked(self._loader.session), NOON)

    def rebuild(self) -> None:
        """Rebuild the table from the history."""
        rebuild(lambda: nullcontext(self._loader.session))


@pytest.mark.campaign
def test_any_course_of_loads_on_the_stack(loader: Loader) -> None:
    """The same with a bucket, real staging and the warehouse's own transactions, versions within one second too."""

    class Loads(LoadStateMachine):
        warehouse = Stack(loader)

    run_state_machine_as_test(Loads, settings=settings(max_examples=examples(0.02), stateful_step_count=20))


_ROWS = st.builds(
    lambda tiktok_id, name, count, exact, at: row(
        tiktok_id, uniqueId=name, diggCount=count, counts_exact=exact, extracted_at=at
    ),
    st.sampled_from(["7423456789012345149", "7423456789012345150", "007", "7", "0", ""]),
    st.sampled_from(["", "a", "B", "é", "😀", "NULL"]),
    st.sampled_from(["", "0", "5", "5.0", "-3", "9007199254740993", "9007199254740992", "x"]),
    st.sampled_from(["", "true", "F", "maybe"]),
    st.sampled_from([EARLY, LATE]),
)


@settings(max_examples=examples(0.1))
@given(objects=st.lists(st.lists(_ROWS, max_size=8), min_size=1, max_size=3))
def test_random_rows_give_the_oracles_tables(objects: list[list[str]]) -> None:
    """Whatever is in the objects, transforming and publishing one by one give what plain Python gives."""
    uploads = [foreign(str(number), csv_file(*rows)) for number, rows in enumerate(objects)]
    engine = Engine()
    load(engine, *[(upload,) for upload in uploads])
    assert lines(engine.tables()) == lines(history.tables(uploads))


def test_running_again_changes_nothing(loader: Loader) -> None:
    """Nothing is pending, nothing waits, and a batch that is published by name again brings nothing."""
    loader.upload("a", row("1"), row("2"))
    loader.upload("b", row("2"))
    batch = loader.stage()
    assert loader.publish() == [Publication(batch.batch_id, 2, 2, 3, 2)]
    before = {**loader.dump(), "LOAD_BATCHES": loader.rows("SELECT * FROM LOAD_BATCHES")}
    staging = loader.staging()
    assert staging.stage(loader.listing()) == []
    assert loader.publish() == []
    assert publish(loader.connect, batch.batch_id, NOON) == Publication(batch.batch_id, 0, 0, 0, 0)
    assert {**loader.dump(), "LOAD_BATCHES": loader.rows("SELECT * FROM LOAD_BATCHES")} == before


def test_a_batch_staged_twice_loads_once(loader: Loader) -> None:
    """Two runs at once stage the same objects; the batch that is published second brings nothing."""
    uploads = [loader.upload("a", row("1"), row("2")), loader.upload("b", row("2"))]
    first, second = loader.stage_twice()
    assert first.batch_id < second.batch_id
    publications = loader.publish()
    assert sorted((item.objects, item.history_rows) for item in publications) == [(0, 0), (2, 3)]
    assert lines(loader.tables()) == lines(history.tables(uploads))
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA") == [(0,)]
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_OBJECTS") == [(0,)]
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.TOUCHED_USERS") == [(0,)]


def test_a_new_version_of_an_object_replaces_what_it_brought(loader: Loader) -> None:
    """Users of both versions are rebuilt: gone, changed, added, and falling back to another object's row."""
    first = loader.upload("a", row("1", extracted_at=LATE, uniqueId="gone"), row("2"), row("3", extracted_at=LATE))
    other = loader.upload("other", row("3", extracted_at=EARLY, uniqueId="older"))
    loader.load()
    second = loader.upload("a", row("2", uniqueId="changed"), row("4"))
    loader.load()
    assert lines(loader.tables()) == lines(history.tables([first, other, second]))
    assert loader.rows("SELECT TIKTOK_ID, USER_NAME FROM TIKTOK_DATA ORDER BY 1") == [
        ("2", "changed"),
        ("3", "older"),
        ("4", "ann"),
    ]
    assert loader.rows("SELECT STATUS, ROWS_IN FROM LOAD_HISTORY ORDER BY 1, 2") == [
        ("loaded", 1),
        ("loaded", 2),
        ("superseded", 3),
    ]


def test_a_version_that_comes_back_is_loaded_again(loader: Loader) -> None:
    """The same bytes have the same ETag: after another version they count again, and once; the ledger keeps one row."""
    first = loader.upload("a", row("1"), row("2"))
    loader.load()
    between = loader.upload("a", row("1", uniqueId="other"), row("3"))
    loader.load()
    back = loader.upload("a", row("1"), row("2"))
    batch = loader.load()
    assert lines(loader.tables()) == lines(history.tables([first, between, replace(back, first=first.written)]))
    assert loader.rows("SELECT STATUS, BATCH_ID = ? FROM LOAD_HISTORY ORDER BY 1", (batch.batch_id,)) == [
        ("loaded", True),
        ("superseded", False),
    ]
    staging = loader.staging()
    assert staging.stage(loader.listing()) == []


A, B = csv_file(row("1"), row("2")), csv_file(row("1", uniqueId="other"), row("3"))
NO_CSV = b"not,a,header\r\n1,2,3\r\n"


@pytest.mark.parametrize(
    ("versions", "published"),
    [
        ((A, A, NO_CSV), (1, 2, 0)),
        ((A, A, NO_CSV), (0, 2, 1)),
        ((A, A, B), (1, 2, 0)),
        ((A, B, A), (0, 2, 1)),
        ((A, B, A), (2, 1, 0)),
        ((A, B, A, A), (0, 2, 1, 3)),
    ],
)
def test_versions_of_one_object_that_are_published_in_another_order(
    versions: tuple[bytes, ...], published: tuple[int, ...]
) -> None:
    """Two runs at once stage a version twice, and one comes back: ledger and rows are those of what came last."""
    moments = [WRITTEN + timedelta(seconds=number) for number, _ in enumerate(versions)]
    for number in range(1, len(versions)):
        if versions[number] == versions[number - 1]:
            moments[number] = moments[number - 1]
    uploads = [
        replace(foreign("a", body, written=moment), first=moments[versions.index(body)])
        for body, moment in zip(versions, moments, strict=True)
    ]
    engine = Engine()
    for number, upload in enumerate(uploads):
        engine.stage(f"{number:04}", [upload])
    for number in published:
        engine.publish(f"{number:04}")
    assert lines(engine.tables()) == lines(history.tables(uploads))


@pytest.mark.parametrize("seconds", [0, 1])
def test_an_older_version_that_is_published_late_is_superseded(loader: Loader, seconds: int) -> None:
    """Of two versions of one key the newer one holds, in whatever order they are published; also within one second."""
    old = loader.upload("a", row("1", uniqueId="old"))
    first = loader.stage().batch_id
    new = loader.upload("a", row("2", uniqueId="new"))
    second = loader.stage().batch_id
    # The bucket's clock has whole seconds; the test says how many are between the versions.
    loader.session.execute(
        "UPDATE TIKTOK_INTERNAL.STAGED_OBJECTS "
        "SET LAST_MODIFIED = DATEADD(SECOND, ?, '2026-01-31 12:00:00'::TIMESTAMP_NTZ) WHERE BATCH_ID = ?",
        (seconds, second),
    )
    loader.session.execute(
        "UPDATE TIKTOK_INTERNAL.STAGED_OBJECTS SET LAST_MODIFIED = '2026-01-31 12:00:00' WHERE BATCH_ID = ?",
        (first,),
    )
    assert publish(loader.connect, second, NOON) == Publication(second, 1, 1, 1, 1)
    assert publish(loader.connect, first, NOON) == Publication(first, 1, 0, 0, 0)
    assert lines(loader.tables()) == lines(history.tables([old, new]))
    assert loader.rows("SELECT STATUS, BATCH_ID FROM LOAD_HISTORY ORDER BY 1") == [
        ("loaded", second),
        ("superseded", first),
    ]
