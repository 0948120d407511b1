"""Batches of 1,000 mixed objects with bad ones among them: what happens to some, or to a statement, affects no other.

Each test compares the tables with the oracle's. Kills, lost answers and loads at once are in
`test_fail_points_of_large_batches`, `test_stack_killed` and `test_concurrent_loads`, planted bugs in
`test_planted_bugs`.
"""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tiktok_insights.clients import duckdb_engine
from tiktok_insights.lake.listing import Listing
from tiktok_insights.staging import inspection
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.inspection import Inspection, inspect
from tiktok_insights.staging.local import duckdb_transform
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights.staging.verdict import VerdictError
from tiktok_insights.warehouse.publish import PublishError, publish
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.engine import NOON
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.random_objects import FIRST
from tiktok_insights_tests.support.refused_objects import archive, deny, restore
from tiktok_insights_tests.support.thousand_objects import OBJECTS, filled, listed, listing_of, put_all, thousand
from tiktok_insights_tests.support.warehouse_contents import DoublingSession

__all__ = ["filled", "thousand"]

pytestmark = pytest.mark.batches

#: The first words of a refusal.
_READER = "the CSV reader failed; rewrite"


def again(uploads: Iterable[Upload]) -> tuple[Upload, ...]:
    """A new version of each object, a second later: a user of its own, one whom all have, and a row to reject."""
    moment = FIRST + timedelta(seconds=1)
    return tuple(
        replace(upload, body=csv_file(row(f"{number + 5_000}", uniqueId="new"), row("8"), row("x")), written=moment)
        for number, upload in enumerate(uploads)
    )


def inspect_all_but_line_ends(path: Path) -> Inspection:
    """The inspection, which lets files pass that end their lines in two ways; the engine gives up at those."""
    try:
        return inspect(path)
    except UnloadableError as error:
        if "different line ending" not in str(error):
            raise
    header, *lines = path.read_bytes().splitlines()
    return Inspection(tuple(header.decode().split(",")), len(lines), 0)


def test_objects_at_which_the_engine_fails_are_found_among_the_others(
    thousand: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four of them, of both headers and for two reasons: these alone are refused, or wait for an engine with memory."""
    for module in (duckdb_engine, duckdb_transform):
        monkeypatch.setattr(module, "MEMORY_LIMIT", "20MB")
    monkeypatch.setattr(inspection, "inspect", inspect_all_but_line_ends)
    long, narrow = (csv_file(*[row(str(n), nickname="x" * 900_000) for n in range(1, 31)]), row_of_14("1"))
    bodies = {
        "1 ends": csv_file(row("1"), f"{row('2')}\n{row('3')}"),
        "52 ends": csv_file(row("1"), f"{row('2')}\n{row('3')}"),
        "71 ends": csv_file(narrow, f"{narrow}\n{narrow}", header=HEADER_14),
    }
    reasons = {
        thousand.put(name, body, account=f"{number % 5 + 42}"): _READER
        for number, (name, body) in enumerate(bodies.items(), 1)
    }
    waiting = thousand.put("3 long", long)
    staging = thousand.staging()
    (batch,) = staging.stage(Listing(listed(thousand), ()))
    thousand.publish()
    assert [item.key for item in staging.reading.unreadable] == [waiting]
    refused = {item.item.info.key: item.reason for item in batch.refused}
    no_csvs = {upload.key for upload in OBJECTS if upload.rows is None}
    assert refused.keys() - no_csvs == reasons.keys()
    assert {key: refused[key].startswith(reason) for key, reason in reasons.items()} == dict.fromkeys(reasons, True)
    found = thousand.tables()
    found["LOAD_HISTORY"] = [line for line in found["LOAD_HISTORY"] if line[0] not in reasons]
    assert history.lines(found) == history.lines(history.tables(OBJECTS))


class Meanwhile(Requests):
    """Something happens before one request, which is sent then."""

    def __init__(self, point: FailPoint, happen: Callable[[], None]) -> None:
        super().__init__(point)
        self._happen = happen

    def end(self, _: FailPoint) -> None:
        """Let it happen."""
        self._happen()


def test_objects_that_s3_refuses_or_that_change_during_the_load_wait_for_the_next_run(thousand: Loader) -> None:
    """Archived, denied, without a quarantine; replaced and deleted when half of the objects are downloaded."""
    store = thousand.store
    # Every sixth object has a row to reject.
    archived, denied, unkept = OBJECTS[3::100], OBJECTS[57::100], OBJECTS[65::60]
    for upload in archived:
        archive(store, upload.key)
    keys = [*(upload.key for upload in denied), *(quarantine_key(upload.key, upload.etag) for upload in unkept)]
    deny(store, *keys, action="s3:*")
    replaced, deleted = OBJECTS[21::99], OBJECTS[22::99]
    new = again(replaced)

    def change() -> None:
        put_all(store, new)
        for upload in deleted:
            store._s3.delete_object(Bucket=store.bucket, Key=upload.key)

    staging = thousand.staging()
    before = Listing(listed(thousand), ())
    halfway = FailPoint(500, Moment.BEFORE, Manner.RAISE, "S3 GET csv/")
    with Meanwhile(halfway, change).watched() as requests:
        (batch,) = staging.stage(before)
    assert requests.reached
    refused = _keys((*archived, *denied, *unkept))
    assert {item.key for item in staging.reading.unreadable} == refused
    thousand.publish()
    staged = {item.item.info.key for item in batch.objects}
    first = [upload for upload in OBJECTS if upload.key in staged]
    for changed in (replaced, deleted):
        assert 0 < len(staged & _keys(changed)) < len(changed)
    assert staged | refused >= _keys(OBJECTS) - _keys((*replaced, *deleted))
    assert history.lines(thousand.tables()) == history.lines(history.tables(first))

    deny(store)
    for upload in archived:
        restore(store, upload.key)
    items = (*listing_of(listed(thousand), refused).objects, *listing_of(listed(thousand, 1), _keys(new)).objects)
    thousand.staging().stage(Listing(items, ()))
    thousand.publish()
    waited = [upload for upload in OBJECTS if upload.key in refused]
    assert history.lines(thousand.tables()) == history.lines(history.tables([*first, *waited, *new]))


def test_statements_of_a_large_batch_that_are_sent_twice_change_nothing_or_are_rolled_back(thousand: Loader) -> None:
    """COPY loads a file once, an INSERT that ran twice is counted, and what deletes or updates may run twice."""
    twice = DoublingSession(thousand.session._connection, thousand.session.namespace)
    doubtful = Loader(thousand.store, twice, thousand.connect)
    listing = Listing(listed(thousand), ())
    twice.doubled = r"INSERT INTO (\w+\.)?LOAD_BATCHES "
    with pytest.raises(VerdictError):
        doubtful.staging().stage(listing)
    twice.doubled = "COPY INTO"
    (batch,) = doubtful.staging().stage(listing)
    # The rows of both headers, and the batch's objects.
    assert twice.sent_twice >= 4
    for table in ("FOLLOWER_SNAPSHOTS", "TIKTOK_DATA", "ACCOUNT_SNAPSHOTS", "LOAD_HISTORY"):
        twice.doubled = rf"INSERT INTO (\w+\.)?{table} "
        with pytest.raises(PublishError, match="was rolled back"):
            publish(lambda: nullcontext(twice), batch.batch_id, NOON)
        assert history.lines(thousand.tables()) == []
    twice.doubled, twice.sent_twice = r"DELETE|UPDATE|INSERT INTO (\w+\.)?TOUCHED_USERS ", 0
    publish(lambda: nullcontext(twice), batch.batch_id, NOON)
    assert twice.sent_twice > 10
    assert history.lines(thousand.tables()) == history.lines(history.tables(OBJECTS))


def test_large_batches_that_are_published_in_another_order_give_the_same_tables(thousand: Loader) -> None:
    """Two halves, and new versions of every fifth object, published from the last to the first; and a second time."""
    new = again(OBJECTS[4::5])
    halves = [listing_of(listed(thousand), _keys(OBJECTS[start::2])) for start in (0, 1)]
    batches = [thousand.staging().stage(half) for half in halves]
    put_all(thousand.store, new)
    batches.append(thousand.staging().stage(listing_of(listed(thousand, 1), _keys(new))))
    assert [len(batch.objects) for (batch,) in batches] == [500, 500, 200]
    connect = thousand.connect
    brought = [publish(connect, batch.batch_id, NOON).objects for (batch,) in reversed(batches)]
    assert brought == [200, 500, 500]
    assert [publish(connect, batch.batch_id, NOON).objects for (batch,) in batches] == [0, 0, 0]
    assert history.lines(thousand.tables()) == history.lines(history.tables([*OBJECTS, *new]))


def _keys(uploads: Iterable[Upload]) -> set[str]:
    return {upload.key for upload in uploads}
