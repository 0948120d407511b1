"""Making the tables: once, by several at once, and never over a table that is not ours."""

import threading
from contextlib import AbstractContextManager

import pytest
import snowflake.connector

from tiktok_insights.resources.connections import Connections
from tiktok_insights.table_shape import existing_columns, table_differences
from tiktok_insights.tables import ALL, TIKTOK_DATA, TableDriftError, ensure_tables
from tiktok_insights.warehouse_session import Session, session_on

TABLES = [
    "ACCOUNT_SNAPSHOTS",
    "FOLLOWER_SNAPSHOTS",
    "LOAD_BATCHES",
    "LOAD_HISTORY",
    "PUBLISH_LOCK",
    "STAGED_OBJECTS",
    "STAGED_TIKTOK_DATA",
    "TIKTOK_DATA",
    "TOUCHED_USERS",
]
TIKTOK_DATA_COLUMNS = {
    "TIKTOK_ID": "TEXT",
    "USER_NAME": "TEXT",
    "NICK_NAME": "TEXT",
    "ACCOUNT_VERIFIED": "BOOLEAN",
    "PRIVATE_ACCOUNT": "BOOLEAN",
    "FOLLOWERS_COUNT": "NUMBER",
    "FOLLOWING_COUNT": "NUMBER",
    "VIDEO_COUNT": "NUMBER",
    "HEART_COUNT": "NUMBER",
    "FRIENDS_COUNT": "NUMBER",
    "DIGG_COUNT": "NUMBER",
    "COUNTS_EXACT": "BOOLEAN",
    "EXTRACTED_AT": "TIMESTAMP_NTZ",
}
#: A table as somebody may have made it by hand, its ids numbers.
LOOK_ALIKE = (
    "CREATE TABLE TIKTOK_DATA (TIKTOK_ID NUMBER(38,0), USER_NAME VARCHAR, NICK_NAME VARCHAR, "
    "ACCOUNT_VERIFIED BOOLEAN, PRIVATE_ACCOUNT BOOLEAN, FOLLOWERS_COUNT FLOAT, FOLLOWING_COUNT NUMBER(38,0), "
    "VIDEO_COUNT NUMBER(38,0), HEART_COUNT NUMBER(38,0), FRIENDS_COUNT NUMBER(38,0), DIGG_COUNT NUMBER(38,0), "
    '"Counts_Exact" BOOLEAN, EXTRACTED_AT TIMESTAMP_NTZ)'
)


def open_session(connections: Connections) -> AbstractContextManager[Session]:
    """A session in the test's database, in which nothing is made yet."""
    return session_on(snowflake.connector.connect(**connections.snowflake))


def views(session: Session) -> list[tuple[str, str]]:
    """The views that people read."""
    rows = session.query("SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'VIEW'")
    return [(schema, name) for schema, name in rows]


def test_a_new_database_gets_all_tables_and_the_view(session: Session) -> None:
    """The tables as the contract has them, the view in MAIN, and the session still in PUBLIC."""
    assert sorted(existing_columns(session)) == TABLES
    assert existing_columns(session)["TIKTOK_DATA"] == TIKTOK_DATA_COLUMNS
    assert list(existing_columns(session)["TIKTOK_DATA"]) == list(TIKTOK_DATA_COLUMNS)
    assert views(session) == [("MAIN", "TIKTOK_DATA")]
    assert session.query("SELECT CURRENT_SCHEMA()") == [("PUBLIC",)]
    assert session.query("SELECT SCHEMA_VERSION, BATCH_ID FROM PUBLISH_LOCK") == [(1, None)]
    assert session.query(
        "SELECT is_nullable, character_maximum_length FROM information_schema.columns "
        "WHERE table_schema = 'PUBLIC' AND table_name = 'TIKTOK_DATA' AND column_name = 'TIKTOK_ID'"
    ) == [("NO", 20)]


def test_what_is_there_stays(session: Session) -> None:
    """Making the tables again changes no row and no version."""
    session.execute("INSERT INTO TIKTOK_DATA (TIKTOK_ID) VALUES ('7')")
    ensure_tables(session, "Main")
    assert session.query("SELECT TIKTOK_ID FROM Main.TIKTOK_DATA") == [("7",)]
    assert session.query("SELECT COUNT(*) FROM PUBLISH_LOCK") == [(1,)]


def test_what_a_killed_run_left_out_is_made(session: Session) -> None:
    """A table, the version row or the view that is missing beside the others comes back."""
    session.execute("DROP VIEW Main.TIKTOK_DATA")
    session.execute("DROP TABLE LOAD_BATCHES")
    session.execute("DELETE FROM PUBLISH_LOCK")
    ensure_tables(session, "Main")
    assert sorted(existing_columns(session)) == TABLES
    assert views(session) == [("MAIN", "TIKTOK_DATA")]
    assert session.query("SELECT SCHEMA_VERSION FROM PUBLISH_LOCK") == [(1,)]


def test_two_may_make_the_tables_at_once(connections: Connections) -> None:
    """Both find everything made, nobody fails, and both can work with it."""
    start = threading.Barrier(2)
    failed: list[Exception] = []

    def make() -> None:
        try:
            with open_session(connections) as session:
                start.wait(timeout=30)
                ensure_tables(session, "Main")
                session.query("SELECT COUNT(*) FROM Main.TIKTOK_DATA")
                session.execute("UPDATE TOUCHED_USERS SET TIKTOK_ID = '1'")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    with open_session(connections) as session:
        assert sorted(existing_columns(session)) == TABLES
        assert session.query("SELECT MAX(SCHEMA_VERSION) FROM PUBLISH_LOCK") == [(1,)]


def test_a_look_alike_is_refused_and_left_as_it_is(connections: Connections) -> None:
    """A table of our name with numeric ids and a quoted column: every difference is named, nothing is changed."""
    with open_session(connections) as session:
        session.execute(LOOK_ALIKE)
        with pytest.raises(TableDriftError) as raised:
            ensure_tables(session, "Main")
        for part in (
            "The table TIKTOK_DATA is not the one that this version knows",
            "TIKTOK_ID is NUMBER, not TEXT",
            "FOLLOWERS_COUNT is FLOAT, not NUMBER",
            "column COUNTS_EXACT is missing",
            "column Counts_Exact is not ours",
            "SNOWFLAKE_DATABASE",
        ):
            assert part in str(raised.value)
        assert existing_columns(session)["TIKTOK_DATA"]["TIKTOK_ID"] == "NUMBER"


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        pytest.param("ADD COLUMN AVATAR VARCHAR", "column AVATAR is not ours", id="added"),
        pytest.param("DROP COLUMN REASON", "column REASON is missing", id="dropped"),
        pytest.param("RENAME COLUMN REASON TO WHY", "column REASON is missing; column WHY is not ours", id="renamed"),
    ],
)
def test_a_table_that_drifted_is_refused(session: Session, change: str, difference: str) -> None:
    """Whatever somebody altered by hand is named with its table."""
    session.execute(f"ALTER TABLE LOAD_HISTORY {change}")
    with pytest.raises(TableDriftError, match=f"LOAD_HISTORY is not the one .*: {difference}"):
        ensure_tables(session, "Main")


def test_columns_in_another_order_are_a_difference() -> None:
    """Some statements and files go by position."""
    swapped = {**TIKTOK_DATA_COLUMNS}
    swapped["TIKTOK_ID"] = swapped.pop("TIKTOK_ID")
    assert table_differences(swapped, TIKTOK_DATA) == ["the columns stand in another order"]
    assert table_differences(TIKTOK_DATA_COLUMNS, TIKTOK_DATA) == []


def test_tables_of_a_newer_version_are_refused_by_their_version(session: Session) -> None:
    """The advice is to use the newer package, not to rename its tables; and nothing is made beside them."""
    session.execute("UPDATE PUBLISH_LOCK SET SCHEMA_VERSION = 2")
    session.execute("ALTER TABLE TIKTOK_DATA ADD COLUMN COUNTRY VARCHAR")
    session.execute("DROP TABLE TOUCHED_USERS")
    with pytest.raises(TableDriftError, match="are of version 2; this package knows version 1"):
        ensure_tables(session, "Main")
    assert "TOUCHED_USERS" not in existing_columns(session)


def test_every_table_says_what_a_row_and_a_column_is() -> None:
    """Names are upper case and unquoted; grains and meanings are sentences."""
    assert sorted(table.name for table in ALL) == TABLES
    for table in ALL:
        assert len(set(table.names)) == len(table.names)
        assert table.grain[0].isupper() or table.grain.startswith("TIKTOK")
        for column in table.columns:
            assert column.name == column.name.upper() != ""
            assert column.meaning.endswith((".", "NULL until then."))
