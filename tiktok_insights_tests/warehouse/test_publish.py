"""Publishing: one transaction, all of it or nothing. That order does not matter is in `test_order`."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pytest
import snowflake.connector
from snowflake.connector.errors import OperationalError, ProgrammingError

from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.warehouse.publish import Publication, publish
from tiktok_insights.warehouse.publish_sql import publish_steps
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import row
from tiktok_insights_tests.support.engine import NOON
from tiktok_insights_tests.support.history import lines
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.orders

LATE = "2026-01-31T13:00:00Z"


def test_a_publication_whose_counts_do_not_add_up_is_rolled_back(loader: Loader) -> None:
    """A stray row in staging after the audit: nothing changes, and the error names the batch and the counts."""
    loader.upload("before", row("1"))
    loader.load()
    bad = loader.upload("a", row("1", extracted_at=LATE), row("2"))
    batch_id = loader.stage().batch_id
    before = loader.dump()
    loader.session.execute(
        "INSERT INTO TIKTOK_INTERNAL.STAGED_TIKTOK_DATA (BATCH_ID, OBJECT_KEY, ACCOUNT_ID, SNAPSHOT_ID, "
        "FIRST_MODIFIED, TIKTOK_ID) VALUES (?, ?, '42', 's', '2026-01-31 12:00:00', '3')",
        (batch_id, bad.key),
    )
    with told(
        "Batch <batch> was rolled back: <number> of <number> objects",
        f"Batch {batch_id} was rolled back: 1 of 1 objects",
        "3 of 2 rows",
    ):
        loader.publish()
    assert loader.dump() == before
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.TOUCHED_USERS") == [(0,)]
    assert loader.rows("SELECT VERDICT, PUBLISHED_AT FROM LOAD_BATCHES WHERE BATCH_ID = ?", (batch_id,)) == [
        ("failed", None)
    ]
    again = loader.stage().batch_id
    assert loader.publish() == [Publication(again, 1, 1, 2, 2)]
    assert loader.rows("SELECT DISTINCT BATCH_ID FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA") == []


def test_a_batch_that_cannot_be_published_does_not_hold_up_the_others(loader: Loader) -> None:
    """The batch is discarded with its error, the others are published, and the next run loads its objects."""
    bad, good = loader.upload("a", row("1")), loader.upload("b", row("2"))
    loader.stage(bad.key)
    loader.session.execute("DELETE FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA")
    published = loader.stage(good.key).batch_id
    with told("Batch <batch> was rolled back: <number> of <number> objects", "0 of 1 rows in the history"):
        loader.publish()
    assert loader.rows("SELECT BATCH_ID FROM LOAD_BATCHES WHERE PUBLISHED_AT IS NOT NULL") == [(published,)]
    loader.load()
    assert lines(loader.tables()) == lines(history.tables([bad, good]))


def test_a_user_that_stands_twice_is_rolled_back(loader: Loader) -> None:
    """The rows of TIKTOK_DATA are held against the users of the history before the commit."""
    loader.upload("a", row("1"))
    batch_id = loader.stage().batch_id
    loader.session.execute("UPDATE TIKTOK_INTERNAL.STAGED_TIKTOK_DATA SET TIKTOK_ID = '2' WHERE TIKTOK_ID = '1'")
    loader.session.execute("UPDATE TIKTOK_INTERNAL.STAGED_OBJECTS SET ROWS_STAGED = 2")
    with told(
        "Batch <batch> was rolled back: <number> of <number> objects", "1 of 2 rows in the history, 1 rows for 1 users"
    ):
        publish(loader.connect, batch_id, NOON)
    assert {name: rows for name, rows in loader.dump().items() if rows} == {}


def test_the_history_is_asked_only_for_whom_the_batch_does_not_decide(loader: Loader) -> None:
    """A user who is new or has a newer row; one with an older row; and ties, replaced rows and damaged rows."""
    loader.upload("a", *[row(str(number), extracted_at="2026-01-31T12:00:00Z") for number in range(1, 6)])
    loader.upload("replaced", row("6"), row("7"))
    loader.load()
    loader.session.execute("INSERT INTO TIKTOK_DATA SELECT * FROM TIKTOK_DATA WHERE TIKTOK_ID = '4'")
    times = {"1": LATE, "2": "2026-01-31T11:00:00Z", "3": "2026-01-31T12:00:00Z", "4": LATE, "9": LATE}
    loader.upload("b", *[row(user, extracted_at=at) for user, at in times.items()])
    loader.upload("replaced", row("7", extracted_at=LATE))
    batch_id = loader.stage().batch_id
    with loader.connect() as session:
        session.execute("BEGIN")
        for name, statement in publish_steps(session.namespace, NOON).items():
            session.execute(statement, (batch_id,) * statement.count("?"))
            if name == "touch_users":
                break
        touched = session.query("SELECT TIKTOK_ID, NEWEST FROM TIKTOK_INTERNAL.TOUCHED_USERS ORDER BY TIKTOK_ID")
        session.execute("ROLLBACK")
    history_asked = dict.fromkeys("3467", "history")
    assert dict(touched) == {"1": "batch", "2": "table", "9": "batch"} | history_asked
    publish(loader.connect, batch_id, NOON)
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_DATA WHERE TIKTOK_ID = '6'") == [(0,)]


@pytest.mark.parametrize(
    ("table", "change", "wrong"),
    [
        ("STAGED_OBJECTS", "ID_SUM_STAGED = ID_SUM_STAGED + 1 WHERE ROWS_IN = 2", 1),
        ("STAGED_TIKTOK_DATA", "TIKTOK_ID = '3' WHERE TIKTOK_ID = '2'", 1),
        ("STAGED_TIKTOK_DATA", "TIKTOK_ID = TRANSLATE(TIKTOK_ID, '29', '92') WHERE TIKTOK_ID <> '1'", 2),
    ],
    ids=["the ledger's sum", "a digit", "IDs swapped between objects"],
)
def test_ids_that_were_changed_after_the_audit_are_rolled_back(
    loader: Loader, table: str, change: str, wrong: int
) -> None:
    """Every count is right; the sum of the IDs of an object is not, whichever side of it is wrong."""
    loader.upload("a", row("1"), row("2"))
    loader.upload("b", row("9"))
    batch_id = loader.stage().batch_id
    loader.session.execute(f"UPDATE TIKTOK_INTERNAL.{table} SET {change}")
    said = f"objects with other rows or IDs than staged: {wrong};"
    with told("Batch <batch> was rolled back: <number> of <number> objects", said, "3 of 3 rows in the history"):
        publish(loader.connect, batch_id, NOON)
    assert {name: rows for name, rows in loader.dump().items() if rows} == {}


class ChangesATouchedUser(Session):
    """A session in whose publication a touched user's row gets another ID, as by a statement that went wrong."""

    def execute(self, sql: str, values: Sequence[object] = ()) -> int:
        """Run the statement, and after the rows of the users were written, change one."""
        done = super().execute(sql, values)
        if sql.startswith("INSERT INTO TIKTOK_DATA"):
            super().execute("UPDATE TIKTOK_DATA SET TIKTOK_ID = '1' WHERE TIKTOK_ID = '2'")
        return done


def test_touched_users_are_compared_by_number_and_by_the_sum_of_their_ids(
    loader: Loader, connections: Connections
) -> None:
    """One has two rows and another none: the number is right, the sum is not."""
    loader.upload("a", row("1"), row("2"))
    batch_id = loader.stage().batch_id

    @contextmanager
    def connect() -> Iterator[Session]:
        with closing(snowflake.connector.connect(**connections.snowflake)) as connection:
            yield ChangesATouchedUser(connection, connections.namespace)

    with told("Batch <batch> was rolled back: <number> of <number> objects", "2 rows for 2 users;"):
        publish(connect, batch_id, NOON)
    assert {name: rows for name, rows in loader.dump().items() if rows} == {}


@pytest.mark.usefixtures("altered_tables")
def test_an_error_half_way_leaves_the_tables_as_they_were(loader: Loader) -> None:
    """A statement that fails after the history was written takes everything back."""
    loader.upload("a", row("1"))
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
            yield kind(connection, connections.namespace)

    return connect


def test_after_a_lost_answer_to_commit_the_warehouse_is_asked(loader: Loader, connections: Connections) -> None:
    """What has arrived is a publication; what has not is an error, and the next run publishes it, once."""
    loader.upload("a", row("1"))
    batch_id = loader.stage().batch_id
    with pytest.raises(OperationalError, match="the connection broke"):
        publish(breaking(connections, LosesTheCommit), batch_id, NOON)
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_DATA") == [(0,)]
    assert publish(breaking(connections, LosesTheAnswer), batch_id, NOON) == Publication(batch_id, 1, 1, 1, 1)
    assert loader.publish() == []
    assert loader.rows("SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS") == [(1,)]


def test_a_failed_batch_is_never_published(loader: Loader) -> None:
    """Whoever launches the publication, it takes passed batches only."""
    loader.upload("a", row("1"))
    batch = loader.stage()
    loader.session.execute("UPDATE LOAD_BATCHES SET VERDICT = 'failed' WHERE BATCH_ID = ?", (batch.batch_id,))
    assert loader.publish() == []
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_DATA") == [(0,)]


def test_publications_at_once_load_once_and_nobody_is_stuck(loader: Loader) -> None:
    """Three threads publish two batches of the same objects, against each other's order: one load, no error."""
    uploads = [loader.upload("a", row("1"), row("2")), loader.upload("b", row("2"), row("3"))]
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
    assert lines(loader.tables()) == lines(history.tables(uploads))


def test_a_reader_sees_the_tables_before_or_after_a_publication(loader: Loader) -> None:
    """Another session that reads all the time never finds a half-made table."""
    old = loader.upload("a", *[row(str(n), uniqueId="old") for n in range(1, 300)])
    loader.load()
    new = loader.upload("b", *[row(str(n), uniqueId="new", extracted_at=LATE) for n in range(1, 500)])
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
