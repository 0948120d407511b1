"""Snowflake on this machine, through the real connector: plain Snowflake SQL, transactions, values, restarts."""

import datetime as dt
import decimal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import IntegrityError, ProgrammingError

from tiktok_insights.clients.snowflake_errors import is_conflict
from tiktok_insights.local import stack
from tiktok_insights.local.snowflake.chunks import ROWS_IN_A_CHUNK
from tiktok_insights.local.snowflake.errors import LOCK_HELD
from tiktok_insights.local.snowflake.errors import TRANSACTION_ABORTED as ABORTED
from tiktok_insights_tests.local.conftest import kill_9, open_session
from tiktok_insights_tests.support.impatient import impatient_warehouse
from tiktok_insights_tests.support.waiting import wait_until

Connect = Callable[..., SnowflakeConnection]
_COPY_OPTIONS = "FILE_FORMAT=(TYPE=PARQUET) MATCH_BY_COLUMN_NAME=CASE_INSENSITIVE PURGE=TRUE"


def _rows(session: SnowflakeConnection, statement: str) -> list[Any]:
    return list(session.cursor().execute(statement).fetchall())  # type: ignore[union-attr]


def _run(session: SnowflakeConnection, *statements: str) -> None:
    for statement in statements:
        session.cursor().execute(statement)


def test_use_in_all_its_forms(connect: Connect) -> None:
    """USE with and without a kind, of roles and warehouses too, and in any case, as the tutorial writes it."""
    session = connect()
    _run(session, "CREATE DATABASE IF NOT EXISTS OTHER", "CREATE DATABASE IF NOT EXISTS OTHER")
    where = "SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()"
    assert _rows(session, where) == [("OTHER", "PUBLIC")]
    for statement, expected in [
        ("USE AMAZON_DB", ("AMAZON_DB", "PUBLIC")),
        ("USE SCHEMA Main;", ("AMAZON_DB", "MAIN")),
        ("-- a comment\nuse amazon_db.public", ("AMAZON_DB", "PUBLIC")),
        ("USE DATABASE OTHER", ("OTHER", "PUBLIC")),
        ("USE ROLE anyone", ("OTHER", "PUBLIC")),
        ("USE WAREHOUSE any", ("OTHER", "PUBLIC")),
    ]:
        _run(session, statement)
        assert _rows(session, where) == [expected], statement


def test_the_tutorials_last_step_works_word_for_word(connect: Connect) -> None:
    """`USE SCHEMA Main; SELECT * FROM tiktok_data` reads a view in MAIN on a table in PUBLIC."""
    session = connect()
    _run(
        session,
        "CREATE SCHEMA IF NOT EXISTS PUBLIC",
        "CREATE SCHEMA IF NOT EXISTS MAIN",
        "CREATE TABLE IF NOT EXISTS AMAZON_DB.PUBLIC.STEP7 (TIKTOK_ID VARCHAR(20) NOT NULL)",
        "CREATE OR REPLACE VIEW AMAZON_DB.MAIN.STEP7 AS SELECT * FROM AMAZON_DB.PUBLIC.STEP7",
        "INSERT INTO AMAZON_DB.PUBLIC.STEP7 VALUES ('7')",
        "USE AMAZON_DB",
        "USE SCHEMA Main",
    )
    assert _rows(session, "SELECT * FROM step7") == [("7",)]


def _at(*fields: int) -> dt.datetime:
    """What TIMESTAMP_NTZ gives: no zone, UTC by agreement."""
    return dt.datetime(*fields, tzinfo=dt.UTC).replace(tzinfo=None)  # type: ignore[misc,arg-type]


_VALUES: list[tuple[Any, ...]] = [
    ("7", 10**37 + 1, True, _at(2026, 1, 2, 3, 4, 5, 678901), "é😀\u200d👩 'quoted' \"q\" \\ \t"),
    ("7423456789012345149", 2**53 + 1, False, _at(1969, 12, 31, 23, 59, 59, 500000), ""),
    ("99999999999999999999", 0, None, _at(2262, 1, 1), "=HYPERLINK(1), \n two lines"),
    ("0", None, None, None, None),
]
_VALUE_COLUMNS = "(ID VARCHAR(20), N NUMBER(38,0), B BOOLEAN, T TIMESTAMP_NTZ, S VARCHAR)"


def test_values_come_back_unchanged(connect: Connect) -> None:
    """38 digits, microseconds before and after 1970, booleans, emoji, quotes and NULLs survive the connector."""
    session = connect()
    _run(session, f"CREATE OR REPLACE TABLE VALUES_IN {_VALUE_COLUMNS}")
    session.cursor().executemany("INSERT INTO VALUES_IN VALUES (%s, %s, %s, %s, %s)", _VALUES)
    found = _rows(session, "SELECT * FROM VALUES_IN")
    assert sorted(found, key=lambda row: str(row[0])) == sorted(_VALUES, key=lambda row: str(row[0]))
    assert [type(row[1]) for row in found if row[1] == 0] == [int]
    assert _rows(session, "SELECT SUM(N), MAX(N), COUNT(T), MIN(T) FROM VALUES_IN") == [
        (10**37 + 1 + 2**53 + 1, 10**37 + 1, 3, _at(1969, 12, 31, 23, 59, 59, 500000))
    ]


def test_a_staged_parquet_file_is_copied_in(connect: Connect, tmp_path: Path, shared_home: Path) -> None:
    """PUT and COPY bring the same values, leave nothing in the stage, and roll back with their transaction."""
    session = connect()
    ids, numbers, flags, times, texts = zip(*_VALUES, strict=True)
    table = pa.table(
        {
            "id": pa.array(ids),
            "N": pa.array([n if n is None else decimal.Decimal(n) for n in numbers], pa.decimal128(38, 0)),
            "B": pa.array(flags),
            "T": pa.array(times, pa.timestamp("us")),
            "S": pa.array(texts),
        }
    )
    pq.write_table(table, tmp_path / "rows one.parquet")
    _run(session, f"CREATE OR REPLACE TABLE COPIED {_VALUE_COLUMNS}", "CREATE STAGE IF NOT EXISTS LANDING")
    put = f"PUT 'file://{tmp_path}/rows one.parquet' @LANDING/batch AUTO_COMPRESS=FALSE OVERWRITE=TRUE"
    copy = f"COPY INTO COPIED FROM '@LANDING/batch/rows one.parquet' {_COPY_OPTIONS}"
    _run(session, put, "BEGIN", copy, "ROLLBACK")
    assert _rows(session, "SELECT COUNT(*) FROM COPIED") == [(0,)]
    _run(session, put, copy)
    found = _rows(session, "SELECT * FROM COPIED")
    assert sorted(found, key=lambda row: str(row[0])) == sorted(_VALUES, key=lambda row: str(row[0]))
    assert not [path for path in (shared_home / "stack" / "snowflake" / "stages").rglob("*") if path.is_file()]


def test_files_are_removed_by_the_beginning_of_their_names(connect: Connect, tmp_path: Path) -> None:
    """REMOVE deletes them, says which, and leaves the others; a COPY loads by such a beginning, too."""
    session = connect()
    _run(session, "CREATE OR REPLACE TABLE PARTS (N NUMBER(38,0))")
    for name in ("20260131T120000.5Z-a-run_1-0", "20260131T120000.5Z-a-run_1-1", "20260131T120000.5Z-b-run_1-0"):
        pq.write_table(pa.table({"N": [1, 2]}), tmp_path / f"{name}.parquet")
        _run(session, f"PUT 'file://{tmp_path}/{name}.parquet' @PUBLIC.%PARTS AUTO_COMPRESS=FALSE OVERWRITE=TRUE")
    options = _COPY_OPTIONS.replace("PURGE", "FORCE")
    copy = f"COPY INTO PARTS FROM '@PUBLIC.%PARTS/20260131T120000.5Z-a-run_1-' {options}"
    assert [row[3] for row in _rows(session, copy)] == [2, 2]
    assert [row[3] for row in _rows(session, copy)] == [2, 2]
    removed = _rows(session, "REMOVE @PUBLIC.%PARTS/20260131T120000.5Z-a-")
    assert sorted(removed) == [(f"20260131T120000.5Z-a-run_1-{n}.parquet", "removed") for n in (0, 1)]
    assert _rows(session, "REMOVE @PUBLIC.%PARTS/20260131T120000.5Z-a-") == []
    assert [row[0] for row in _rows(session, "LIST @PUBLIC.%PARTS")] == ["20260131T120000.5Z-b-run_1-0.parquet"]
    assert len(_rows(session, "REMOVE @PUBLIC.%PARTS")) == 1
    with pytest.raises(ProgrammingError, match="NO_TABLE"):
        _run(session, "REMOVE @PUBLIC.%NO_TABLE/x")


def test_a_million_rows_are_copied_in_seconds(connect: Connect, tmp_path: Path) -> None:
    """One COPY of a million rows is quick enough for a laptop."""
    session = connect()
    rows = 1_000_000
    table = pa.table({"ID": pa.array([str(7 * 10**18 + n) for n in range(rows)]), "N": pa.array(range(rows))})
    pq.write_table(table, tmp_path / "million.parquet")
    _run(session, "CREATE OR REPLACE TABLE MILLION (ID VARCHAR(20), N NUMBER(38,0))", "CREATE STAGE IF NOT EXISTS MANY")
    start = time.monotonic()
    _run(session, f"PUT file://{tmp_path}/million.parquet @MANY AUTO_COMPRESS=FALSE")
    loaded = _rows(session, f"COPY INTO MILLION FROM @MANY/million.parquet {_COPY_OPTIONS}")
    assert loaded[0][1:4] == ("LOADED", rows, rows)
    assert time.monotonic() - start < 30
    assert _rows(session, "SELECT COUNT(DISTINCT ID), SUM(N) FROM MILLION") == [(rows, rows * (rows - 1) // 2)]


def test_a_large_result_comes_in_chunks(connect: Connect, tmp_path: Path) -> None:
    """As from Snowflake, so a client holds a part of it at a time: every row once, in order, also of two at once."""
    session, rows = connect(), 2 * ROWS_IN_A_CHUNK + 1
    wide, at = 10**20, _at(2026, 1, 2, 3, 4, 5)
    table = pa.table(
        {
            "N": pa.array(range(rows)),
            "WIDE": pa.array([decimal.Decimal(wide + n) for n in range(rows)], pa.decimal128(38, 0)),
            "SEEN": pa.array(
                [at + dt.timedelta(seconds=n) if n % 3 else None for n in range(rows)], pa.timestamp("us")
            ),
            "NAME": pa.array([f"naïve {n}" if n % 2 else None for n in range(rows)]),
        }
    )
    pq.write_table(table, tmp_path / "large.parquet")
    columns = "N NUMBER(38,0), WIDE NUMBER(38,0), SEEN TIMESTAMP_NTZ, NAME VARCHAR"
    _run(session, f"CREATE OR REPLACE TABLE LARGE ({columns})", "CREATE STAGE IF NOT EXISTS MANY")
    _run(session, f"PUT file://{tmp_path}/large.parquet @MANY AUTO_COMPRESS=FALSE")
    _run(session, f"COPY INTO LARGE FROM @MANY/large.parquet {_COPY_OPTIONS}")
    forwards = session.cursor().execute("SELECT * FROM LARGE ORDER BY N")
    backwards = session.cursor().execute("SELECT N FROM LARGE ORDER BY N DESC")
    assert forwards is not None
    assert backwards is not None
    assert [batch.rowcount for batch in forwards.get_result_batches() or []] == [ROWS_IN_A_CHUNK, ROWS_IN_A_CHUNK, 1]
    assert forwards.rowcount == backwards.rowcount == rows
    expected = zip(*(column.to_pylist() for column in table.columns), strict=True)
    for found, there, (last,) in zip(forwards, expected, backwards, strict=True):
        assert found == there
        assert last == rows - 1 - there[0]


def test_the_information_schema_knows_tables_views_and_types(connect: Connect) -> None:
    """Columns with their types and lengths, tables and views, in PUBLIC and in MAIN."""
    session = connect()
    _run(
        session,
        "CREATE OR REPLACE TABLE KNOWN (ID VARCHAR(20) NOT NULL, N NUMBER(38,0), T TIMESTAMP_NTZ)",
        "CREATE OR REPLACE VIEW MAIN.KNOWN_VIEW AS SELECT * FROM PUBLIC.KNOWN",
        "CREATE OR REPLACE TABLE MAIN.IN_MAIN (ID VARCHAR(20) NOT NULL)",
    )
    length = "SELECT character_maximum_length FROM information_schema.columns WHERE table_name = 'IN_MAIN'"
    assert _rows(session, length) == [(20,)]
    assert _rows(
        session,
        "SELECT column_name, data_type, character_maximum_length, numeric_precision, is_nullable "
        "FROM AMAZON_DB.information_schema.columns WHERE table_schema = 'PUBLIC' AND table_name = 'KNOWN' "
        "ORDER BY ordinal_position",
    ) == [("ID", "TEXT", 20, None, "NO"), ("N", "NUMBER", None, 38, "YES"), ("T", "TIMESTAMP_NTZ", None, None, "YES")]
    assert _rows(
        session,
        "SELECT table_schema, table_name, table_type FROM information_schema.tables "
        "WHERE table_name LIKE 'KNOWN%' ORDER BY table_name",
    ) == [("PUBLIC", "KNOWN", "BASE TABLE"), ("MAIN", "KNOWN_VIEW", "VIEW")]


def _counter(connect: Connect, name: str) -> SnowflakeConnection:
    session = connect()
    _run(
        session,
        f"CREATE OR REPLACE TABLE {name} (ID NUMBER(38,0), N NUMBER(38,0))",
        f"INSERT INTO {name} VALUES (1, 0)",
    )
    return session


def test_the_loser_of_a_conflict_hears_it_at_once_and_cannot_commit(connect: Connect) -> None:
    """The second writer of a row hears of the lock in well under a second, and that all is lost until it rolls back."""
    winner, loser = _counter(connect, "LOCK_ROW"), connect()
    _run(winner, "BEGIN", "UPDATE LOCK_ROW SET N = N + 1")
    _run(loser, "BEGIN")
    start = time.monotonic()
    for statement, number in (("UPDATE LOCK_ROW SET N = N + 1", LOCK_HELD), ("SELECT 1", ABORTED), ("COMMIT", ABORTED)):
        with pytest.raises(ProgrammingError, match=r"(?i)conflict") as caught:
            _run(loser, statement)
        assert caught.value.errno == number
    assert time.monotonic() - start < 2
    _run(loser, "ROLLBACK", "ROLLBACK")
    _run(winner, "COMMIT")
    _run(loser, "BEGIN", "UPDATE LOCK_ROW SET N = N + 1", "COMMIT")
    assert _rows(winner, "SELECT N FROM LOCK_ROW") == [(2,)]


def test_many_sessions_take_the_lock_row_in_turn(connect: Connect) -> None:
    """Six sessions that begin again after a conflict make exactly as many increments as they committed."""
    check = _counter(connect, "TURNS")
    sessions = [connect() for _ in range(6)]

    def increment(session: SnowflakeConnection) -> None:
        done = 0
        while done < 4:
            try:
                _run(session, "BEGIN", "UPDATE TURNS SET N = N + 1 WHERE ID = 1", "COMMIT")
                done += 1
            except ProgrammingError as error:
                _run(session, "ROLLBACK")
                if not is_conflict(error):
                    raise
                time.sleep(0.01)

    threads = [threading.Thread(target=increment, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _rows(check, "SELECT N FROM TURNS") == [(24,)]


def test_one_session_rolls_back_and_the_other_never_sees_it(connect: Connect) -> None:
    """What a transaction did is its own until it commits, and gone when it rolls back."""
    writer, reader = _counter(connect, "SEEN"), connect()
    _run(writer, "BEGIN", "DELETE FROM SEEN", "INSERT INTO SEEN VALUES (1, 5), (2, 6)")
    assert _rows(reader, "SELECT * FROM SEEN") == [(1, 0)]
    _run(writer, "ROLLBACK")
    assert _rows(writer, "SELECT * FROM SEEN") == [(1, 0)]
    _run(writer, "BEGIN", "DELETE FROM SEEN", "INSERT INTO SEEN VALUES (1, 5)", "COMMIT")
    assert _rows(reader, "SELECT * FROM SEEN") == [(1, 5)]


def test_closing_a_connection_rolls_back(connect: Connect) -> None:
    """A session that logs out inside a transaction leaves no locks and no rows."""
    careless, other = _counter(connect, "CARELESS"), connect()
    _run(careless, "BEGIN", "UPDATE CARELESS SET N = 9")
    careless.close()
    _run(other, "UPDATE CARELESS SET N = N + 1")
    assert _rows(other, "SELECT N FROM CARELESS") == [(1,)]


def test_autocommit_off_works_as_in_snowflake(connect: Connect) -> None:
    """Without AUTOCOMMIT a change waits for COMMIT, and switching it on again is no error."""
    check = _counter(connect, "BY_HAND")
    session = connect(autocommit=False)
    _run(session, "UPDATE BY_HAND SET N = 1")
    session.rollback()
    _run(session, "UPDATE BY_HAND SET N = N + 2")
    assert _rows(check, "SELECT N FROM BY_HAND") == [(0,)]
    session.commit()
    session.autocommit(True)
    _run(session, "UPDATE BY_HAND SET N = N + 4")
    assert _rows(check, "SELECT N FROM BY_HAND") == [(6,)]


def test_a_definition_commits_the_open_transaction(connect: Connect) -> None:
    """DDL inside a transaction commits it first, as on Snowflake, where it cannot be rolled back either."""
    session, other = _counter(connect, "DEFINED"), connect()
    _run(session, "BEGIN", "UPDATE DEFINED SET N = 1", "CREATE TABLE IF NOT EXISTS DEFINED_TOO (A VARCHAR(2))")
    assert _rows(other, "SELECT N FROM DEFINED") == [(1,)]
    _run(session, "ROLLBACK")
    assert _rows(session, "SELECT N FROM DEFINED") == [(1,)]


def test_sessions_that_define_the_same_things_do_not_disturb_each_other(connect: Connect) -> None:
    """Several runs that all begin with CREATE ... IF NOT EXISTS succeed."""
    sessions = [connect() for _ in range(5)]
    failures: list[ProgrammingError] = []

    def define(session: SnowflakeConnection) -> None:
        try:
            for number in range(4):
                _run(
                    session,
                    f"CREATE TABLE IF NOT EXISTS SAME_{number} (A VARCHAR(20), B NUMBER(38,0))",
                    f"CREATE OR REPLACE VIEW MAIN.SAME_{number} AS SELECT * FROM AMAZON_DB.PUBLIC.SAME_{number}",
                    "CREATE STAGE IF NOT EXISTS SAME_STAGE",
                )
        except ProgrammingError as error:
            failures.append(error)

    threads = [threading.Thread(target=define, args=(session,)) for session in sessions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_who_reads_definitions_sees_none_half_way(connect: Connect) -> None:
    """A column has its length from the moment when its table can be seen."""
    writer, reader = connect(), connect()
    done = threading.Event()
    seen: set[Any] = set()

    def look() -> None:
        query = "SELECT character_maximum_length FROM information_schema.columns WHERE table_name LIKE 'HALF_WAY_%'"
        while not done.is_set():
            seen.update(_rows(reader, query))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for number in range(20):
            _run(writer, f"CREATE TABLE HALF_WAY_{number} (A VARCHAR(20))")
    finally:
        done.set()
        thread.join()
    assert seen == {(20,)}


def test_numbers_of_any_width_come_back_as_integers(connect: Connect) -> None:
    """Counts, sums and 64-bit hashes are whole numbers, however wide DuckDB makes them."""
    hashes = _rows(connect(), "SELECT HASH('a'), HASH('b'), HASH('c'), COUNT(*), SUM(1) FROM (SELECT 1)")
    assert all(value == int(value) for value in hashes[0])
    assert hashes[0][3:] == (1, 1)


@pytest.mark.parametrize(
    ("statement", "errno", "words"),
    [
        ("INSERT INTO FAULTS (N) VALUES (1)", 100072, "NOT NULL"),
        ("INSERT INTO FAULTS VALUES ('x', 'many')", 100035, "Could not convert"),
        ("SELECT * FROM NOT_THERE", 2003, "NOT_THERE"),
        ("SELEC 1", 1003, "SELEC"),
        ("COPY INTO FAULTS FROM @NO_STAGE/x FILE_FORMAT=(TYPE=PARQUET)", 2003, "NO_STAGE"),
        ("SELECT INTERVAL '1 day'", 603, "INTERVAL"),
        ("INSERT INTO FAULTS SELECT 'a', 9999999999999999999999999999999999999 * 10000", 603, "(?i)overflow|range"),
    ],
)
def test_every_error_is_an_answer(connect: Connect, statement: str, errno: int, words: str) -> None:
    """A statement that fails is answered at once with DuckDB's words; the connector has nothing to retry."""
    session = connect()
    _run(session, "CREATE TABLE IF NOT EXISTS FAULTS (ID VARCHAR(20) NOT NULL, N NUMBER(38,0))")
    start = time.monotonic()
    with pytest.raises((ProgrammingError, IntegrityError), match=words) as caught:
        _run(session, statement)
    assert caught.value.errno == errno
    assert time.monotonic() - start < 2
    assert _rows(session, "SELECT 1") == [(1,)]


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stack.Endpoints]:
    """The Snowflake server alone, with a limit of half a second for idle transactions."""
    folder = tmp_path_factory.mktemp("impatient")
    with impatient_warehouse(folder, idle_transaction_seconds=0.5) as (_, port):
        yield stack.Endpoints("", "", "127.0.0.1", port, 0)


def test_an_idle_transaction_is_rolled_back_and_its_client_told(impatient: stack.Endpoints) -> None:
    """A client that stopped inside a transaction frees its rows, and cannot commit when it comes back."""
    gone, other = open_session(impatient), open_session(impatient)
    _run(gone, "CREATE OR REPLACE TABLE HELD (N NUMBER(38,0))", "INSERT INTO HELD VALUES (0)")
    _run(gone, "BEGIN", "UPDATE HELD SET N = 1")

    def is_free() -> bool:
        try:
            _run(other, "UPDATE HELD SET N = N + 10")
        except ProgrammingError as error:
            if error.errno != LOCK_HELD:
                raise
            return False
        return True

    wait_until(is_free, seconds=10)
    for statement in ("INSERT INTO HELD VALUES (2)", "COMMIT"):
        with pytest.raises(ProgrammingError, match="idle") as caught:
            _run(gone, statement)
        assert caught.value.errno == ABORTED
    _run(gone, "ROLLBACK")
    assert _rows(gone, "SELECT N FROM HELD") == [(10,)]
    gone.close()
    other.close()


def test_a_transaction_with_a_statement_running_is_not_idle(impatient: stack.Endpoints) -> None:
    """A statement that takes longer than the limit is not reaped under the client's hands."""
    session = open_session(impatient)
    _run(
        session, "CREATE OR REPLACE TABLE SLOW (N NUMBER(38,0))", "INSERT INTO SLOW VALUES " + ", ".join(["(1)"] * 2000)
    )
    _run(session, "BEGIN", "INSERT INTO SLOW VALUES (-7)")
    took = 0.0
    while took < 1.0:  # twice the limit
        start = time.monotonic()
        _run(session, "SELECT COUNT(*) FROM SLOW A, SLOW B WHERE MOD(A.N * 3 + B.N * 5, 7) = 6")
        took = time.monotonic() - start
        _run(session, "INSERT INTO SLOW SELECT N FROM SLOW WHERE N = 1")
    _run(session, "COMMIT")
    assert _rows(session, "SELECT COUNT(*) FROM SLOW WHERE N = -7") == [(1,)]
    session.close()


def test_databases_outlive_a_kill_and_a_stop(own_home: Path) -> None:
    """Committed rows, views and stages are there after kill -9 and after a stop; what was not committed is not."""
    endpoints = stack.ensure_running(own_home)
    session = open_session(endpoints)
    _run(
        session,
        f"CREATE TABLE LASTING {_VALUE_COLUMNS}",
        "CREATE STAGE LASTING_STAGE",
        "CREATE OR REPLACE VIEW MAIN.LASTING AS SELECT * FROM PUBLIC.LASTING",
    )
    session.cursor().executemany("INSERT INTO LASTING VALUES (%s, %s, %s, %s, %s)", _VALUES)
    expected = _rows(session, "SELECT * FROM LASTING ORDER BY ID")
    _run(session, "BEGIN", "DELETE FROM LASTING")
    kill_9(own_home, endpoints)
    for _ in range(2):
        # A first session that names no database finds it all the same.
        nowhere = open_session(stack.ensure_running(own_home), database=None, schema=None)
        _run(nowhere, "USE AMAZON_DB")
        assert _rows(nowhere, "SELECT * FROM MAIN.LASTING ORDER BY ID") == expected
        assert "LASTING_STAGE" in str(_rows(nowhere, "SHOW STAGES"))
        length = "SELECT character_maximum_length FROM information_schema.columns WHERE column_name = 'ID'"
        assert (20,) in _rows(nowhere, length)
        nowhere.close()
        stack.stop(own_home)
