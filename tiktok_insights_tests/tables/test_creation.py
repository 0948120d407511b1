"""Making the tables: once, by several at once, where they belong, and never over a table that is not ours."""

import pytest

from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.tables.comparison import existing_columns, table_differences
from tiktok_insights.tables.creation import TableDriftError
from tiktok_insights.tables.definitions import ALL, SCHEMA_VERSION, TIKTOK_DATA, ensure_tables
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.warehouse_contents import BlindSession, Killed, MortalSession, contents, run_at_once

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
    "TIKTOK_ID": "VARCHAR(20) NOT NULL",
    "USER_NAME": "VARCHAR",
    "NICK_NAME": "VARCHAR",
    "ACCOUNT_VERIFIED": "BOOLEAN",
    "PRIVATE_ACCOUNT": "BOOLEAN",
    "FOLLOWERS_COUNT": "NUMBER(38,0)",
    "FOLLOWING_COUNT": "NUMBER(38,0)",
    "VIDEO_COUNT": "NUMBER(38,0)",
    "HEART_COUNT": "NUMBER(38,0)",
    "FRIENDS_COUNT": "NUMBER(38,0)",
    "DIGG_COUNT": "NUMBER(38,0)",
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


def views(session: Session) -> list[tuple[str, str]]:
    """The views that people read."""
    rows = session.query("SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'VIEW'")
    return [(schema, name) for schema, name in rows]


def refusal(session: Session, namespace: Namespace) -> str:
    """Why the tables are refused; fails the test when they are not, or when anything has changed."""
    before = contents(session)
    with pytest.raises(TableDriftError) as raised:
        ensure_tables(session, namespace)
    assert contents(session) == before
    return str(raised.value)


def test_a_new_database_gets_all_tables_and_the_view(session: Session) -> None:
    """The tables as the contract has them, the view in MAIN, one version row, and the session still in PUBLIC."""
    assert sorted(existing_columns(session)) == TABLES
    assert existing_columns(session)["TIKTOK_DATA"] == TIKTOK_DATA_COLUMNS
    assert list(existing_columns(session)["TIKTOK_DATA"]) == list(TIKTOK_DATA_COLUMNS)
    assert views(session) == [("MAIN", "TIKTOK_DATA")]
    assert session.query("SELECT CURRENT_SCHEMA()") == [("PUBLIC",)]
    assert session.query("SELECT SCHEMA_VERSION, BATCH_ID FROM PUBLISH_LOCK") == [(SCHEMA_VERSION, None)]


def test_what_is_there_stays(session: Session, namespace: Namespace) -> None:
    """Making the tables again changes no row and no version."""
    session.execute("INSERT INTO TIKTOK_DATA (TIKTOK_ID) VALUES ('7')")
    before = contents(session)
    ensure_tables(session, namespace)
    assert contents(session) == before
    assert session.query("SELECT TIKTOK_ID FROM Main.TIKTOK_DATA") == [("7",)]


def test_what_is_missing_beside_the_others_is_made(session: Session, namespace: Namespace) -> None:
    """A table, the version row or the view that somebody has dropped comes back."""
    before = contents(session)
    session.execute("DROP VIEW Main.TIKTOK_DATA")
    session.execute("DROP TABLE LOAD_BATCHES")
    session.execute("DELETE FROM PUBLISH_LOCK")
    ensure_tables(session, namespace)
    assert contents(session) == before


def test_whoever_is_killed_while_making_them_leaves_what_the_next_completes(
    connect_database: Connect, namespace: Namespace
) -> None:
    """Killed after any number of statements: the next start makes the rest, and there is one version row."""
    with connect_database() as session:
        # Schema, tables with the version row as the second thing, schema of the view, view.
        for survived in (0, 1, 2, 3, 4, 5, 12, 13, 14):
            elsewhere = Namespace(namespace.database, f"AFTER_{survived}", f"READERS_{survived}")
            with pytest.raises(Killed):
                ensure_tables(MortalSession(session, survived), elsewhere)
            ensure_tables(session, elsewhere)
            assert sorted(existing_columns(session)) == TABLES
            assert (elsewhere.view_schema, "TIKTOK_DATA") in views(session)
            assert session.query("SELECT SCHEMA_VERSION FROM PUBLISH_LOCK") == [(SCHEMA_VERSION,)]
        ensure_tables(MortalSession(session, 15), Namespace(namespace.database, "UNHURT", "READERS"))


def test_six_may_make_the_tables_at_once(connect_database: Connect, namespace: Namespace) -> None:
    """All find everything made, nobody fails, and all can work with it."""

    def make(session: Session) -> None:
        ensure_tables(session, namespace)
        session.query("SELECT COUNT(*) FROM Main.TIKTOK_DATA")
        session.execute("INSERT INTO TOUCHED_USERS (BATCH_ID, TIKTOK_ID) VALUES ('b', '1')")

    assert run_at_once(connect_database, 6, make) == []
    with connect_database() as session:
        assert sorted(existing_columns(session)) == TABLES
        assert session.query("SELECT DISTINCT SCHEMA_VERSION FROM PUBLISH_LOCK") == [(SCHEMA_VERSION,)]
        assert session.query("SELECT COUNT(*) FROM TOUCHED_USERS") == [(6,)]


def test_a_schema_that_is_missing_is_made(connect_database: Connect, namespace: Namespace) -> None:
    """On Snowflake a session whose schema does not exist is in none; afterwards it is in that of the tables."""
    elsewhere = Namespace.named(namespace.database, "Landing", "Readers")
    with connect_database() as session:
        ensure_tables(session, elsewhere)
        assert session.query("SELECT CURRENT_SCHEMA()") == [("LANDING",)]
        assert sorted(existing_columns(session)) == TABLES
        assert views(session) == [("READERS", "TIKTOK_DATA")]
        ensure_tables(session, elsewhere)
    with connect_database() as session:
        assert existing_columns(session) == {}


def test_one_schema_for_tables_and_view_has_no_view(connect_database: Connect, namespace: Namespace) -> None:
    """People then read the table itself."""
    with connect_database() as session:
        for _ in range(2):
            ensure_tables(session, Namespace.named(namespace.database, "PUBLIC", "public"))
        assert sorted(existing_columns(session)) == TABLES
        assert views(session) == []


def test_a_database_that_is_missing_is_refused(connect_database: Connect, namespace: Namespace) -> None:
    """The message names the database and what to do; nothing is made where the session is instead."""
    with connect_database() as session:
        before = contents(session)
        with told("The database <database> does not exist", "CREATE DATABASE NOWHERE"):
            ensure_tables(session, Namespace("NOWHERE", "LANDING", "MAIN"))
        assert contents(session) == before


def test_a_look_alike_is_refused_and_left_as_it_is(connect_database: Connect, namespace: Namespace) -> None:
    """A table of our name with numeric ids and a quoted column: each difference is named, nothing is made beside it."""
    with connect_database() as session:
        session.execute(LOOK_ALIKE)
        session.execute("INSERT INTO TIKTOK_DATA (TIKTOK_ID, FOLLOWERS_COUNT) VALUES (7, 1.5)")
        message = refusal(session, namespace)
        assert message == (
            f"In {namespace.database}.PUBLIC: TIKTOK_DATA is not the table of version {SCHEMA_VERSION}: "
            'column COUNTS_EXACT (BOOLEAN) is missing; column "Counts_Exact" (BOOLEAN) is not ours; '
            "column TIKTOK_ID is NUMBER(38,0), not VARCHAR(20) NOT NULL; "
            "column FOLLOWERS_COUNT is FLOAT, not NUMBER(38,0). Nothing was changed. Alter back what is the "
            "pipeline's; rename what is not, or let SNOWFLAKE_DATABASE or SNOWFLAKE_SCHEMA name another place."
        )


@pytest.mark.parametrize(
    ("foreign", "said"),
    [
        pytest.param(
            'CREATE TABLE "tiktok_data" ("tiktok_id" VARCHAR)',
            'PUBLIC: "tiktok_data" is not the table of version {now}: its name is in another case than TIKTOK_DATA.',
            id="a name in quotes",
        ),
        pytest.param(
            "CREATE VIEW LOAD_HISTORY AS SELECT 1 AS OBJECT_KEY",
            "PUBLIC: LOAD_HISTORY is not the table of version {now}: it is a VIEW, not a BASE TABLE.",
            id="a view",
        ),
        pytest.param(
            "CREATE TABLE PUBLISH_LOCK (HOLDER VARCHAR)",
            "column SCHEMA_VERSION (NUMBER(38,0) NOT NULL) is missing;",
            id="another lock",
        ),
        pytest.param(
            "CREATE TABLE MAIN.TIKTOK_DATA (TIKTOK_ID VARCHAR)",
            "MAIN.TIKTOK_DATA is not the view of any version: it is a BASE TABLE, not a VIEW.",
            id="a table in the place of the view",
        ),
        pytest.param(
            "CREATE VIEW MAIN.TIKTOK_DATA AS SELECT '7' AS TIKTOK_ID",
            "MAIN.TIKTOK_DATA is not the view of any version: its columns are TIKTOK_ID, not TIKTOK_ID, USER_NAME,",
            id="another view",
        ),
        pytest.param(
            "CREATE VIEW MAIN.\"tiktok_data\" AS SELECT '7' AS TIKTOK_ID",
            'MAIN."tiktok_data" is not the view of any version: its name is in another case than TIKTOK_DATA.',
            id="a view's name in quotes",
        ),
    ],
)
def test_what_only_looks_like_ours_is_refused(
    connect_database: Connect, namespace: Namespace, foreign: str, said: str
) -> None:
    """Whatever it is, it is named before anything is made."""
    with connect_database() as session:
        session.execute("CREATE SCHEMA IF NOT EXISTS MAIN")
        session.execute("USE SCHEMA PUBLIC")
        session.execute(foreign)
        assert said.format(now=SCHEMA_VERSION) in refusal(session, namespace)


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        (["ADD COLUMN AVATAR VARCHAR"], "column AVATAR (VARCHAR) is not ours"),
        (["DROP COLUMN REASON"], "column REASON (VARCHAR) is missing"),
        (["RENAME COLUMN REASON TO WHY"], "column REASON (VARCHAR) is missing; column WHY (VARCHAR) is not ours"),
        (
            ["DROP COLUMN REASON", 'ADD COLUMN "reason" VARCHAR'],
            'column REASON (VARCHAR) is missing; column "reason" (VARCHAR) is not ours',
        ),
        (
            ["DROP COLUMN REASON", "ADD COLUMN REASON VARCHAR"],
            "the columns stand in another order: ROWS_IN where REASON belongs",
        ),
        (["ALTER COLUMN REASON SET DATA TYPE VARCHAR(40)"], "column REASON is VARCHAR(40), not VARCHAR"),
        (["ALTER COLUMN REASON SET NOT NULL"], "column REASON is VARCHAR NOT NULL, not VARCHAR"),
        (["ALTER COLUMN ETAG DROP NOT NULL"], "column ETAG is VARCHAR, not VARCHAR NOT NULL"),
        (
            ["ALTER COLUMN ROWS_IN SET DATA TYPE NUMBER(18,0)"],
            "column ROWS_IN is NUMBER(18,0) NOT NULL, not NUMBER(38,0) NOT NULL",
        ),
        (
            ["ALTER COLUMN ROWS_IN SET DATA TYPE NUMBER(38,2)"],
            "column ROWS_IN is NUMBER(38,2) NOT NULL, not NUMBER(38,0) NOT NULL",
        ),
        (
            ["ALTER COLUMN LOADED_AT SET DATA TYPE TIMESTAMP_TZ"],
            "column LOADED_AT is TIMESTAMP_TZ NOT NULL, not TIMESTAMP_NTZ NOT NULL",
        ),
    ],
)
def test_a_table_that_drifted_is_refused(
    session: Session, namespace: Namespace, changes: list[str], difference: str
) -> None:
    """Whatever somebody altered by hand is named with its table, its column, what is there and what belongs there."""
    for change in changes:
        session.execute(f"ALTER TABLE LOAD_HISTORY {change}")
    said = f"PUBLIC: LOAD_HISTORY is not the table of version {SCHEMA_VERSION}: {difference}. Nothing"
    assert said in refusal(session, namespace)


def test_all_drifted_tables_are_named_at_once(session: Session, namespace: Namespace) -> None:
    """Nobody has to run again to learn of the next one."""
    session.execute("ALTER TABLE LOAD_BATCHES DROP COLUMN OBJECTS")
    session.execute("ALTER TABLE TOUCHED_USERS ALTER COLUMN TIKTOK_ID SET DATA TYPE VARCHAR(10)")
    message = refusal(session, namespace)
    assert f"LOAD_BATCHES is not the table of version {SCHEMA_VERSION}: column OBJECTS (NUMBER(38,0)" in message
    assert "column TIKTOK_ID is VARCHAR(10) NOT NULL, not VARCHAR(20) NOT NULL." in message


def test_a_quoted_column_beside_ours_is_a_difference() -> None:
    """Snowflake takes them for two; the local warehouse cannot hold both."""
    found = {**TIKTOK_DATA_COLUMNS, "tiktok_id": "VARCHAR"}
    assert table_differences(found, TIKTOK_DATA) == ['column "tiktok_id" (VARCHAR) is not ours']
    assert table_differences(TIKTOK_DATA_COLUMNS, TIKTOK_DATA) == []


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1])
def test_tables_of_an_unknown_version_are_refused_by_their_version(
    session: Session, namespace: Namespace, version: int
) -> None:
    """The advice is to use the package that made them, not to rename its tables; and nothing is made beside them."""
    session.execute("UPDATE PUBLISH_LOCK SET SCHEMA_VERSION = ?", (version,))
    session.execute("ALTER TABLE TIKTOK_DATA ADD COLUMN COUNTRY VARCHAR")
    session.execute("DROP TABLE TOUCHED_USERS")
    message = refusal(session, namespace)
    versions = f"PUBLIC are of version {version}; this package knows version {SCHEMA_VERSION}."
    told("The tables in <place> are of version", versions).says(message)


def test_tables_that_are_never_seen_are_not_made_for_ever(connect_database: Connect, namespace: Namespace) -> None:
    """The role may use them but not see them: it ends with an error that says so."""
    with (
        connect_database() as session,
        told("The tables in <place> are not complete"),
    ):
        ensure_tables(BlindSession(session), namespace)


def test_every_table_says_what_a_row_and_a_column_is() -> None:
    """Names are upper case and unquoted; grains and meanings are sentences."""
    assert sorted(table.name for table in ALL) == TABLES
    for table in ALL:
        assert len(set(table.names)) == len(table.names)
        assert table.grain[0].isupper() or table.grain.startswith("TIKTOK")
        for column in table.columns:
            assert column.name == column.name.upper() != ""
            assert column.meaning.endswith((".", "NULL until then."))
