"""Publishing: one transaction, once, in any order; TIKTOK_DATA is a function of what was loaded."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import combinations, permutations
from typing import Any

import pytest
import snowflake.connector
from hypothesis import given, settings
from hypothesis import strategies as st
from snowflake.connector.errors import OperationalError, ProgrammingError

from tiktok_insights.resources.connections import Connections
from tiktok_insights.warehouse.publish import Publication, PublishError, publish
from tiktok_insights.warehouse_session import Connect, Session
from tiktok_insights_tests import history
from tiktok_insights_tests.csv_texts import HEADER_16, csv_file, row
from tiktok_insights_tests.history import Upload
from tiktok_insights_tests.loading import Loader
from tiktok_insights_tests.warehouse.engine import NOON, Engine

LATE, EARLY = "2026-01-31T13:00:00Z", "2026-01-31T11:00:00Z"


def upload(loader: Loader, name: str, *lines: str, account: str = "42") -> Upload:
    """Put a CSV whose fields have no quotes, and tell the oracle."""
    return told(loader.put(name, csv_file(*lines), account=account), *lines, account=account)


def told(key: str, *lines: str, account: str = "42") -> Upload:
    """What the oracle knows of an object."""
    names = HEADER_16.split(",")
    return Upload(key, account, tuple(dict(zip(names, line.split(","), strict=True)) for line in lines))


def seen(loader: Loader) -> dict[str, list[Any]]:
    """The tables as the oracle gives them: of the ledger the counts only."""
    counts = loader.rows(
        "SELECT OBJECT_KEY, STATUS, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED FROM LOAD_HISTORY"
    )
    return {**loader.dump(), "LOAD_HISTORY": sorted(counts, key=repr)}


#: Four small objects over two accounts, with ties that only the last columns break.
TIED = {
    "a": (row("1", extracted_at=LATE), row("2", uniqueId="b"), row("3", diggCount="-1")),
    "b": (row("1", extracted_at=LATE, diggCount="17"), row("2", uniqueId="a"), row("4")),
    "c": (row("1", extracted_at=LATE, counts_exact="false", diggCount="99"), row("2", uniqueId="")),
    "d": (row("1", extracted_at=EARLY), row("3"), row("4"), row("4"), row("0")),
}
TIED_ACCOUNTS = {"a": "42", "b": "42", "c": "42", "d": "43"}


def arrangements() -> Iterator[list[tuple[str, ...]]]:
    """Every order of the four one by one; and all of them in one batch and in two."""
    for order in permutations("abcd"):
        yield [(name,) for name in order]
    yield [("a", "b", "c", "d")]
    for size in (1, 2, 3):
        for first in combinations("abcd", size):
            yield [first, tuple(name for name in "abcd" if name not in first)]


def test_the_tables_do_not_depend_on_order_or_batches() -> None:
    """Every order and 15 ways to batch four objects with ties give the same tables, and the oracle's."""
    engine = Engine()
    for name, lines in TIED.items():
        engine.stage("", name, TIED_ACCOUNTS[name], csv_file(*lines))
    expected = history.tables([told(name, *lines, account=TIED_ACCOUNTS[name]) for name, lines in TIED.items()])
    for batches in arrangements():
        engine.duck.execute("BEGIN")
        for number, keys in enumerate(batches):
            engine.batch(f"batch {number}", keys)
            engine.publish(f"batch {number}")
        assert engine.tables() == expected, batches
        engine.duck.execute("ROLLBACK")
    assert [(user[0], user[1], user[10]) for user in expected["TIKTOK_DATA"]] == [
        ("1", "ann", 17),
        ("2", "b", 16),
        ("3", "ann", 16),
        ("4", "ann", 16),
    ]


def test_order_and_batches_do_not_matter_on_the_stack_either(loader: Loader) -> None:
    """Two batches that wait for one publication, and two in another order: the oracle's tables."""
    uploads = [upload(loader, name, *lines, account=TIED_ACCOUNTS[name]) for name, lines in TIED.items()]
    a, b, c, d = (item.key for item in uploads)
    expected = history.tables(uploads)
    loader.stage(d, c)
    loader.stage(a, b)
    assert sorted(item.objects for item in loader.publish()) == [2, 2]
    assert seen(loader) == expected
    first = loader.dump()
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS", "ACCOUNT_SNAPSHOTS", "LOAD_HISTORY"):
        loader.session.execute(f"DELETE FROM {table}")
    for keys in ((b,), (d, c, a)):
        loader.load(*keys)
    assert loader.dump() == first


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


@settings(max_examples=10, deadline=None)
@given(objects=st.lists(st.lists(_ROWS, max_size=8), min_size=1, max_size=3))
def test_random_rows_give_the_oracles_tables(objects: list[list[str]]) -> None:
    """Whatever is in the objects, transforming and publishing one by one give what plain Python gives."""
    engine = Engine()
    for name, lines in zip("xyz", objects, strict=False):
        engine.stage(name, name, "42", csv_file(*lines))
        engine.publish(name)
    expected = history.tables([told(name, *lines) for name, lines in zip("xyz", objects, strict=False)])
    assert engine.tables() == expected


def test_running_again_changes_nothing(loader: Loader) -> None:
    """Nothing is pending, nothing waits, and a batch that is published by name again brings nothing."""
    upload(loader, "a", row("1"), row("2"))
    upload(loader, "b", row("2"))
    batch = loader.stage()
    assert loader.publish() == [Publication(batch.batch_id, 2, 3, 2)]
    before = {**loader.dump(), "LOAD_BATCHES": loader.rows("SELECT * FROM LOAD_BATCHES")}
    staging = loader.staging()
    assert staging.stage(staging.listing()) == []
    assert loader.publish() == []
    assert publish(loader.connect, batch.batch_id, NOON) == Publication(batch.batch_id, 0, 0, 0)
    assert {**loader.dump(), "LOAD_BATCHES": loader.rows("SELECT * FROM LOAD_BATCHES")} == before


def test_a_batch_staged_twice_loads_once(loader: Loader) -> None:
    """Two runs at once stage the same objects; the batch that is published second brings nothing."""
    uploads = [upload(loader, "a", row("1"), row("2")), upload(loader, "b", row("2"))]
    first, second = loader.stage_twice()
    assert first.batch_id < second.batch_id
    publications = loader.publish()
    assert sorted((item.objects, item.history_rows) for item in publications) == [(0, 0), (2, 3)]
    assert seen(loader) == history.tables(uploads)
    assert loader.rows("SELECT COUNT(*) FROM STAGED_TIKTOK_DATA") == [(0,)]
    assert loader.rows("SELECT COUNT(*) FROM STAGED_OBJECTS") == [(0,)]
    assert loader.rows("SELECT COUNT(*) FROM TOUCHED_USERS") == [(0,)]


def test_a_new_version_of_an_object_replaces_what_it_brought(loader: Loader) -> None:
    """Users of both versions are made anew: gone, changed, added, and falling back to another object's row."""
    upload(loader, "a", row("1", extracted_at=LATE, uniqueId="gone"), row("2"), row("3", extracted_at=LATE))
    other = upload(loader, "other", row("3", extracted_at=EARLY, uniqueId="older"))
    loader.load()
    second = upload(loader, "a", row("2", uniqueId="changed"), row("4"))
    loader.load()
    expected = history.tables([other, second])
    found = seen(loader)
    assert {name: found[name] for name in found if name != "LOAD_HISTORY"} == {
        name: expected[name] for name in expected if name != "LOAD_HISTORY"
    }
    assert loader.rows("SELECT TIKTOK_ID, USER_NAME FROM TIKTOK_DATA ORDER BY 1") == [
        ("2", "changed"),
        ("3", "older"),
        ("4", "ann"),
    ]
    assert sorted((key[-5:], rows_in) for key, _, rows_in, *_ in found["LOAD_HISTORY"]) == [
        ("a.csv", 2),
        ("a.csv", 3),
        ("r.csv", 1),
    ]


def test_a_version_that_comes_back_is_loaded_again(loader: Loader) -> None:
    """The same bytes have the same ETag: after another version they count again, and once; the ledger keeps one row."""
    first = upload(loader, "a", row("1"), row("2"))
    loader.load()
    upload(loader, "a", row("1", uniqueId="other"), row("3"))
    loader.load()
    upload(loader, "a", row("1"), row("2"))
    back = loader.load()
    expected = history.tables([first])
    assert loader.dump()["TIKTOK_DATA"] == expected["TIKTOK_DATA"]
    assert loader.dump()["FOLLOWER_SNAPSHOTS"] == expected["FOLLOWER_SNAPSHOTS"]
    batches = loader.rows("SELECT BATCH_ID FROM LOAD_HISTORY ORDER BY LOADED_AT DESC")
    assert (len(batches), batches[0]) == (2, (back.batch_id,))
    staging = loader.staging()
    assert staging.stage(staging.listing()) == []


def test_an_older_version_that_comes_late_is_overtaken(loader: Loader) -> None:
    """Of two versions of one key the newer one holds, also when its batch is published first."""
    upload(loader, "a", row("1", uniqueId="old"))
    old = loader.stage().batch_id
    newer = upload(loader, "a", row("2", uniqueId="new"))
    new = loader.stage().batch_id
    # The bucket's clock has whole seconds; a second between the versions.
    loader.session.execute(
        "UPDATE STAGED_OBJECTS SET LAST_MODIFIED = DATEADD(SECOND, 1, LAST_MODIFIED) WHERE BATCH_ID = ?", (new,)
    )
    assert publish(loader.connect, new, NOON) == Publication(new, 1, 1, 1)
    assert publish(loader.connect, old, NOON) == Publication(old, 1, 0, 0)
    assert loader.dump()["TIKTOK_DATA"] == history.tables([newer])["TIKTOK_DATA"]
    assert sorted(loader.rows("SELECT STATUS, BATCH_ID FROM LOAD_HISTORY")) == [("loaded", new), ("overtaken", old)]


def test_a_publication_whose_counts_do_not_add_up_is_rolled_back(loader: Loader) -> None:
    """A stray row in staging after the audit: nothing changes, and the error names the batch and the counts."""
    upload(loader, "before", row("1"))
    loader.load()
    bad = upload(loader, "a", row("1", extracted_at=LATE), row("2"))
    batch_id = loader.stage().batch_id
    before = loader.dump()
    loader.session.execute(
        "INSERT INTO STAGED_TIKTOK_DATA (BATCH_ID, OBJECT_KEY, ACCOUNT_ID, SNAPSHOT_ID, TIKTOK_ID) "
        "VALUES (?, ?, '42', 's', '3')",
        (batch_id, bad.key),
    )
    with pytest.raises(PublishError, match=f"Batch {batch_id} was rolled back: 1 of 1 objects .* 3 of 2 rows"):
        loader.publish()
    assert loader.dump() == before
    assert loader.rows("SELECT COUNT(*) FROM TOUCHED_USERS") == [(0,)]
    assert loader.rows("SELECT VERDICT, PUBLISHED_AT FROM LOAD_BATCHES WHERE BATCH_ID = ?", (batch_id,)) == [
        ("failed", None)
    ]
    again = loader.stage().batch_id
    assert loader.publish() == [Publication(again, 1, 2, 2)]
    assert loader.rows("SELECT DISTINCT BATCH_ID FROM STAGED_TIKTOK_DATA") == []


def test_a_batch_that_cannot_be_published_does_not_hold_up_the_others(loader: Loader) -> None:
    """The batch is discarded with its error, the others are published, and the next run loads its objects."""
    bad, good = upload(loader, "a", row("1")), upload(loader, "b", row("2"))
    loader.stage(bad.key)
    loader.session.execute("DELETE FROM STAGED_TIKTOK_DATA")
    published = loader.stage(good.key).batch_id
    with pytest.raises(PublishError, match="0 of 1 rows in the history"):
        loader.publish()
    assert loader.rows("SELECT BATCH_ID FROM LOAD_BATCHES WHERE PUBLISHED_AT IS NOT NULL") == [(published,)]
    loader.load()
    assert seen(loader) == history.tables([bad, good])


def test_a_user_that_stands_twice_is_rolled_back(loader: Loader) -> None:
    """The rows of TIKTOK_DATA are held against the users of the history before the commit."""
    upload(loader, "a", row("1"))
    batch_id = loader.stage().batch_id
    loader.session.execute("UPDATE STAGED_TIKTOK_DATA SET TIKTOK_ID = '2' WHERE TIKTOK_ID = '1'")
    loader.session.execute("UPDATE STAGED_OBJECTS SET ROWS_STAGED = 2")
    with pytest.raises(PublishError, match="1 of 2 rows in the history, 1 rows for 1 users"):
        publish(loader.connect, batch_id, NOON)
    assert {name: rows for name, rows in loader.dump().items() if rows} == {}


@pytest.mark.usefixtures("altered_tables")
def test_an_error_half_way_leaves_the_tables_as_they_were(loader: Loader) -> None:
    """A statement that fails after the history was written takes everything back."""
    upload(loader, "a", row("1"))
    batch_id = loader.stage().batch_id
    loader.session.execute("ALTER TABLE LOAD_HISTORY RENAME TO LOAD_HISTORY_AWAY")
    loader.session.execute("CREATE VIEW LOAD_HISTORY AS SELECT * FROM LOAD_HISTORY_AWAY")
    with pytest.raises(ProgrammingError):
        publish(loader.connect, batch_id, NOON)
    loader.session.execute("DROP VIEW LOAD_HISTORY")
    loader.session.execute("ALTER TABLE LOAD_HISTORY_AWAY RENAME TO LOAD_HISTORY")
    assert {name: rows for name, rows in loader.dump().items() if rows} == {}
    assert publish(loader.connect, batch_id, NOON).users == 1


class LosesTheAnswer(Session):
    """A session whose connection breaks at COMMIT: `arrives` says whether the warehouse has got it by then."""

    arrives = True

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run the statement, and lose the answer to COMMIT."""
        if sql == "COMMIT":
            if self.arrives:
                super().execute(sql)
            raise OperationalError(msg="the connection broke", errno=250001)
        return super().execute(sql, values)


class LosesTheCommit(LosesTheAnswer):
    """As above, before the warehouse has got it."""

    arrives = False


def breaking(connections: Connections, kind: type[LosesTheAnswer]) -> Connect:
    """Opens sessions that break."""

    @contextmanager
    def connect() -> Iterator[Session]:
        with closing(snowflake.connector.connect(**connections.snowflake)) as connection:
            yield kind(connection)

    return connect


def test_after_a_lost_answer_to_commit_the_warehouse_is_asked(loader: Loader, connections: Connections) -> None:
    """What has arrived is a publication; what has not is an error, and the next run publishes it, once."""
    upload(loader, "a", row("1"))
    batch_id = loader.stage().batch_id
    with pytest.raises(OperationalError, match="the connection broke"):
        publish(breaking(connections, LosesTheCommit), batch_id, NOON)
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_DATA") == [(0,)]
    assert publish(breaking(connections, LosesTheAnswer), batch_id, NOON) == Publication(batch_id, 1, 1, 1)
    assert loader.publish() == []
    assert loader.rows("SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS") == [(1,)]


def test_a_failed_batch_is_never_published(loader: Loader) -> None:
    """Whoever launches the publication, it takes passed batches only."""
    upload(loader, "a", *[row(str(n)) for n in range(1, 5)], row("x"))
    assert not loader.stage(max_rejected_share=0.01).verdict.passed
    assert loader.publish() == []
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_DATA") == [(0,)]


def test_publications_at_once_load_once_and_nobody_is_stuck(loader: Loader) -> None:
    """Three threads publish two batches of the same objects, against each other's order: one load, no error."""
    uploads = [upload(loader, "a", row("1"), row("2")), upload(loader, "b", row("2"), row("3"))]
    batches = [batch.batch_id for batch in loader.stage_twice()]
    start = threading.Barrier(3)
    done: list[Publication] = []
    failed: list[Exception] = []

    def run(order: list[str]) -> None:
        start.wait(timeout=30)
        try:
            done.extend(publish(loader.connect, batch_id, NOON) for batch_id in order)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)

    orders = (batches, batches[::-1], batches)
    threads = [threading.Thread(target=run, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not [thread for thread in threads if thread.is_alive()]
    assert failed == []
    assert sorted((item.objects, item.history_rows) for item in done) == [(0, 0)] * 5 + [(2, 4)]
    assert seen(loader) == history.tables(uploads)


def test_a_reader_sees_the_tables_before_or_after_a_publication(loader: Loader) -> None:
    """Another session that reads all the time never finds a half-made table."""
    old = upload(loader, "a", *[row(str(n), uniqueId="old") for n in range(1, 300)])
    loader.load()
    new = upload(loader, "b", *[row(str(n), uniqueId="new", extracted_at=LATE) for n in range(1, 500)])
    batch_id = loader.stage().batch_id
    before = {("old", 299)}
    after = {("new", 499)}
    states: list[set[tuple[str, int]]] = []
    reading, over = threading.Event(), threading.Event()

    def read() -> None:
        with loader.connect() as session:
            while True:
                last = over.is_set()
                found = session.query("SELECT USER_NAME, COUNT(*) FROM TIKTOK_DATA GROUP BY USER_NAME")
                states.append({(name, int(rows)) for name, rows in found})
                reading.set()
                if last:
                    return

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(timeout=30)
    publish(loader.connect, batch_id, NOON)
    over.set()
    reader.join(timeout=30)
    assert not reader.is_alive()
    assert (states[0], states[-1]) == (before, after)
    assert [state for state in states if state not in (before, after)] == []
    assert len(history.tables([old, new])["TIKTOK_DATA"]) == 499
