"""A session with the warehouse: values come back, transactions roll back, files are copied whole."""

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from tiktok_insights.clients.snowflake_errors import is_conflict
from tiktok_insights.clients.snowflake_session import (
    Connect,
    NamedRow,
    Session,
    retry_conflicts,
    session_on,
)
from tiktok_insights.local.snowflake.chunks import ROWS_IN_A_CHUNK
from tiktok_insights.tables.columns import Table, TableColumn
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.troubleshooting import told

_TABLE = "CREATE OR REPLACE TABLE PROBE (ID VARCHAR(20), N NUMBER(38,0), MOMENT TIMESTAMP_NTZ, T VARCHAR)"
_PROBE = Table("PROBE", "", tuple(TableColumn(name, "", "") for name in ("ID", "N", "MOMENT", "T")))


@pytest.fixture
def connect_warehouse(connections: Connections) -> Connect:
    """Opens sessions in the test's own database, which has no table."""
    return lambda: session_on(snowflake.connector.connect(**connections.snowflake), connections.namespace)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_rows_and_names_come_back_as_tuples(session: Session) -> None:
    """Bound values go in where ? stands; `table` gives the names beside the rows, `execute` the changed rows."""
    session.execute(_TABLE)
    assert session.execute("INSERT INTO PROBE (ID, N) VALUES (?, ?), ('b', 2)", ("it's ?", 1)) == 2
    assert session.query("SELECT ID, N FROM PROBE WHERE N = ?", (1,)) == [("it's ?", 1)]
    assert session.table("SELECT ID, N AS HOW_MANY FROM PROBE ORDER BY N") == (
        ["ID", "HOW_MANY"],
        [("it's ?", 1), ("b", 2)],
    )
    assert session.count_rows("SELECT ID, N FROM PROBE") == (["ID", "N"], 2)
    assert session.count_rows("SELECT ID, N FROM PROBE WHERE N < 0", first_only=True) == (["ID", "N"], 0)
    assert session.execute("UPDATE PROBE SET N = 3 WHERE N > ?", (1,)) == 1
    assert session.query("SELECT ID FROM PROBE WHERE N = 4") == []


def test_inserted_rows_may_have_nulls_anywhere(session: Session) -> None:
    """A column that mixes values and NULLs keeps each as it is, times, numbers and texts alike."""
    session.execute(_TABLE)
    rows: list[NamedRow] = [
        {"ID": "1", "N": 1, "MOMENT": _time("2026-01-31 12:00:00.123456"), "T": "NULL"},
        {"T": None, "MOMENT": None, "ID": "2", "N": None},
        {"ID": None, "N": 10**17, "MOMENT": _time("1969-12-31 23:59:59"), "T": "it's \\N ?"},
    ]
    session.insert(_PROBE, rows)
    session.insert(_PROBE, [])
    assert sorted(session.records("SELECT * FROM PROBE"), key=lambda row: str(row["ID"])) == rows


@pytest.mark.parametrize("row", [{"ID": "1"}, {**dict.fromkeys(_PROBE.names), "MORE": 1}], ids=["less", "more"])
def test_a_row_with_other_columns_than_the_table_is_refused(session: Session, row: dict[str, object]) -> None:
    """Before anything is inserted."""
    session.execute(_TABLE)
    good = dict.fromkeys(_PROBE.names)
    with pytest.raises(ValueError, match="a row for PROBE has the wrong columns: MO"):
        session.insert(_PROBE, [good, row])
    assert session.query("SELECT * FROM PROBE") == []


def test_a_state_is_bound_as_its_text(session: Session) -> None:
    """An enum stands for its value."""
    session.execute(_TABLE)
    session.insert(_PROBE, [{**dict.fromkeys(_PROBE.names), "T": LoadStatus.LOADED}])
    assert session.query("SELECT T FROM PROBE WHERE T = ?", (LoadStatus.LOADED,)) == [("loaded",)]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, ProgrammingError])
def test_a_transaction_rolls_back_whatever_goes_wrong(
    session: Session, connect_warehouse: Connect, error: type[BaseException]
) -> None:
    """The error is the one that was raised, nothing has changed for others, and the session goes on."""
    session.execute(_TABLE)

    def go_wrong() -> None:
        with session.transaction():
            session.execute("INSERT INTO PROBE (ID) VALUES ('1')")
            raise error("away")

    with pytest.raises(error, match="away"):
        go_wrong()
    with session.transaction():
        session.execute("INSERT INTO PROBE (ID) VALUES ('2')")
    with connect_warehouse() as other:
        assert other.query("SELECT ID FROM PROBE") == [("2",)]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda session: session.query("SELECT 1"), id="query"),
        pytest.param(lambda session: list(session.stream("SELECT 1")), id="stream"),
        pytest.param(lambda session: session.execute("INSERT INTO PROBE (ID) VALUES ('1')"), id="execute"),
        pytest.param(lambda session: session.table("SELECT 1"), id="table"),
        pytest.param(lambda session: session.script("SELECT 1; SELECT 2"), id="script"),
    ],
)
def test_an_answer_that_breaks_off_is_the_connectors_error(session: Session, ask: Callable[[Session], object]) -> None:
    """The connector itself lets its HTTP library's error through; the session goes on, for the statement has ended."""
    session.execute(_TABLE)
    first = FailPoint(0, Moment.ANSWER_CUT, Manner.RAISE)
    with Requests(first).watched(), told("<number>: The response of <host> to a statement was cut off", "127.0.0.1"):
        ask(session)
    assert ask(session)


def test_nothing_is_seen_by_others_before_the_commit(session: Session, connect_warehouse: Connect) -> None:
    """What happens in a transaction stays there until its end."""
    session.execute(_TABLE)
    with connect_warehouse() as other:
        with session.transaction():
            session.execute("INSERT INTO PROBE (ID) VALUES ('1')")
            assert other.query("SELECT COUNT(*) FROM PROBE") == [(0,)]
        assert other.query("SELECT COUNT(*) FROM PROBE") == [(1,)]


def test_a_session_that_ends_inside_a_transaction_leaves_nothing(session: Session, connect_warehouse: Connect) -> None:
    """Closing without COMMIT rolls back and holds no lock."""
    session.execute(_TABLE)
    session.execute("INSERT INTO PROBE (ID) VALUES ('1')")
    with connect_warehouse() as other:
        other.execute("BEGIN")
        other.execute("UPDATE PROBE SET ID = '2'")
    assert session.execute("UPDATE PROBE SET ID = '3'") == 1


def test_a_refused_commit_is_rolled_back(session: Session, connect_warehouse: Connect) -> None:
    """Snowflake may leave its transaction open, and the retry's BEGIN would then join it; a retry runs alone."""
    session.execute("CREATE TABLE PROBE (ID VARCHAR(20) PRIMARY KEY)")
    with connect_warehouse() as other, Requests().watched() as requests:

        def lose() -> None:
            with session.transaction():
                session.execute("INSERT INTO PROBE (ID) VALUES ('1')")
                with other.transaction():
                    other.execute("INSERT INTO PROBE (ID) VALUES ('1')")

        with pytest.raises(ProgrammingError) as raised:
            lose()
        assert is_conflict(raised.value)
        assert requests.names[-2:] == ["COMMIT", "ROLLBACK"]
    with session.transaction():
        session.execute("INSERT INTO PROBE (ID) VALUES ('2')")
    assert sorted(session.query("SELECT ID FROM PROBE")) == [("1",), ("2",)]


class _LosingOnce(Session):
    """A session whose first COPY finds too many others waiting for the table's lock, as Snowflake tells it."""

    lost = False

    def copy_staged(self, name: str, table: str, options: str = "PURGE=TRUE") -> int:
        """Lose the first time."""
        if not self.lost:
            self.lost = True
            raise ProgrammingError(msg="the number of waiters for this lock exceeds", errno=625, sqlstate="57014")
        return super().copy_staged(name, table, options)


def test_a_copy_that_lost_begins_again(connections: Connections, tmp_path: Path) -> None:
    """The file is in the stage by then, and its rows arrive once."""
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"ID": ["1", "2"]}), path)
    with closing(snowflake.connector.connect(**connections.snowflake)) as connection:
        session = _LosingOnce(connection, connections.namespace)
        session.execute(_TABLE)
        assert session.copy_parquet(path, "PROBE") == 2
        assert session.lost
        assert sorted(session.query("SELECT ID FROM PROBE")) == [("1",), ("2",)]


def test_a_parquet_file_is_copied_by_the_names_of_its_columns(session: Session, tmp_path: Path) -> None:
    """Columns in another order and case, a quote and a space in the path: all rows arrive, with their number."""
    session.execute(_TABLE)
    folder = tmp_path / "a folder"
    folder.mkdir()
    for number in range(2):
        path = folder / f"rows-{number}.parquet"
        pq.write_table(pa.table({"t": ["\\N", "NULL", ""], "id": [str(number), "2", None]}), path)
        assert session.copy_parquet(path, "PROBE") == 3
    assert sorted(session.query("SELECT ID, T, N FROM PROBE"), key=repr) == [
        ("0", "\\N", None),
        ("1", "\\N", None),
        ("2", "NULL", None),
        ("2", "NULL", None),
        (None, "", None),
        (None, "", None),
    ]


def test_retries_are_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """A transaction that lost begins again until it wins; the line names it, and has neither batches nor sign-ins."""
    caplog.set_level(logging.DEBUG)
    lost = [ProgrammingError(msg="lock", errno=625)] * 2

    @retry_conflicts
    def publish(batch: str, *, password: str) -> str:
        if lost:
            raise lost.pop()
        return batch + password

    assert publish("a", password="b") == "ab"
    assert caplog.messages == ["publish ran 3 times because other loads used the same tables."]
    caplog.clear()
    assert publish("a", password="b") == "ab"
    assert caplog.messages == []


def test_two_transactions_on_one_row_conflict(session: Session, connect_warehouse: Connect) -> None:
    """The real server's error on a lock is the one that is tried again."""
    session.execute(_TABLE)
    session.execute("INSERT INTO PROBE (ID) VALUES ('1')")
    with connect_warehouse() as other, session.transaction():
        session.execute("UPDATE PROBE SET N = 1")
        with pytest.raises(ProgrammingError) as raised, other.transaction():
            other.execute("UPDATE PROBE SET N = 2")
    assert is_conflict(raised.value)
    assert session.query("SELECT N FROM PROBE") == [(1,)]


def test_the_rows_of_a_long_result_are_counted_without_reading_it(session: Session) -> None:
    """By the total that the warehouse gives with the first rows: no other part of the result is asked for."""
    rows = 3 * ROWS_IN_A_CHUNK
    long = f"SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => {rows}))"
    parts = []
    for first_only in (True, False):
        with Requests().watched() as requests:
            assert session.count_rows(long, first_only=first_only) == (["N"], rows)
        parts.append(len(requests.names) - len(requests.statements))
    assert parts[0] == 0
    assert parts[1] > 0
