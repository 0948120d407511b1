"""Creating the tables: once, by several at once, where they belong, and never over a table that is unexpected."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.tables.creation import TableDriftError, ensure_tables
from tiktok_insights.tables.definitions import ALL, SCHEMA_VERSION
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.warehouse_contents import (
    BlindSession,
    Killed,
    MortalSession,
    OvertakenSession,
    contents,
    run_at_once,
)

pytestmark = pytest.mark.faults

PEOPLES = [
    "ACCOUNT_LOOKS",
    "ACCOUNT_SNAPSHOTS",
    "DAILY_TOTALS",
    "FOLLOWER_SNAPSHOTS",
    "LOAD_BATCHES",
    "LOAD_HISTORY",
    "PRESENCE_SPELLS",
    "RUN_COSTS",
    "TIKTOK_DATA",
]
VIEWS = ["RUN_COSTS", "TIKTOK_DATA"]
INTERNAL = ["PUBLISH_LOCK", "READER_KEY", "STAGED_OBJECTS", "STAGED_TIKTOK_DATA", "TOUCHED_SPELLS", "TOUCHED_USERS"]
VERSIONS = "SELECT SCHEMA_VERSION FROM TIKTOK_INTERNAL.PUBLISH_LOCK"
#: A table as somebody may have made it by hand, its ids numbers.
LOOK_ALIKE = (
    "CREATE TABLE TIKTOK_DATA (TIKTOK_ID NUMBER(38,0), USER_NAME VARCHAR, NICK_NAME VARCHAR, "
    "ACCOUNT_VERIFIED BOOLEAN, PRIVATE_ACCOUNT BOOLEAN, FOLLOWERS_COUNT FLOAT, FOLLOWING_COUNT NUMBER(38,0), "
    "VIDEO_COUNT NUMBER(38,0), HEART_COUNT NUMBER(38,0), FRIENDS_COUNT NUMBER(38,0), DIGG_COUNT NUMBER(38,0), "
    '"Counts_Exact" BOOLEAN, EXTRACTED_AT TIMESTAMP_NTZ)'
)


@contextmanager
def using(connect: Connect, *schemas: str, database: str = "") -> Iterator[Session]:
    """A session whose tables are in these schemas: people's, internal, the views'."""
    with connect() as session:
        session.namespace = Namespace.named(database or session.namespace.database, *schemas)
        yield session


def existing(session: Session) -> list[str]:
    """Every table and view of the session's database by schema and name."""
    names = session.query("SELECT table_schema, table_name FROM information_schema.tables")
    return sorted(f"{schema}.{name}" for schema, name in names)


def full_names(schema: str, internal_schema: str, view_schema: str = "") -> list[str]:
    """What exists in the schemas once all is created."""
    views = [f"{view_schema}.{name}" for name in VIEWS] if view_schema else []
    return sorted(
        [*(f"{schema}.{name}" for name in PEOPLES), *(f"{internal_schema}.{name}" for name in INTERNAL), *views]
    )


def refusal(session: Session, remedy: str | None = None) -> str:
    """Why the tables are refused; fails the test when they are not, or when anything has changed."""
    before = contents(session)
    with pytest.raises(TableDriftError) as raised:
        ensure_tables(session, remedy)
    assert contents(session) == before
    return str(raised.value)


def test_a_new_database_gets_all_tables_and_the_view(session: Session) -> None:
    """People's tables in PUBLIC, the internal ones apart, the view in MAIN, one version row, the session in PUBLIC."""
    assert existing(session) == full_names("PUBLIC", "TIKTOK_INTERNAL", "MAIN")
    assert session.query("SELECT CURRENT_SCHEMA()") == [("PUBLIC",)]
    assert session.query("SELECT SCHEMA_VERSION, BATCH_ID FROM TIKTOK_INTERNAL.PUBLISH_LOCK") == [
        (SCHEMA_VERSION, None)
    ]


def test_what_exists_stays(session: Session) -> None:
    """Creating the tables again changes no row and no version."""
    session.execute("INSERT INTO TIKTOK_DATA (TIKTOK_ID) VALUES ('7')")
    before = contents(session)
    ensure_tables(session)
    assert contents(session) == before
    assert session.query("SELECT TIKTOK_ID FROM Main.TIKTOK_DATA") == [("7",)]


@pytest.mark.parametrize(
    "drop",
    [
        "DROP VIEW Main.TIKTOK_DATA",
        "DROP TABLE LOAD_BATCHES",
        "DROP TABLE TIKTOK_INTERNAL.TOUCHED_USERS",
        "DROP TABLE TIKTOK_INTERNAL.PUBLISH_LOCK",
        "DELETE FROM TIKTOK_INTERNAL.PUBLISH_LOCK",
        "DROP SCHEMA TIKTOK_INTERNAL CASCADE",
    ],
)
def test_what_is_missing_beside_the_others_is_created(session: Session, drop: str) -> None:
    """A schema, a table, the version row or the view that someone has dropped comes back."""
    before = contents(session)
    session.execute(drop)
    ensure_tables(session)
    assert contents(session) == before
    assert session.query("SELECT CURRENT_SCHEMA()") == [("PUBLIC",)]


def test_a_process_that_is_killed_while_creating_them_leaves_what_the_next_completes(connect_database: Connect) -> None:
    """Killed after any number of statements: the next start creates the rest, and there is one version row."""
    with connect_database() as session:
        survived, is_complete = 0, False
        while not is_complete:
            session.namespace = Namespace(
                session.namespace.database, f"AFTER_{survived}", f"INTERNAL_{survived}", f"READERS_{survived}"
            )
            try:
                ensure_tables(MortalSession(session, survived))
                is_complete = True
            except Killed:
                ensure_tables(session)
            assert existing(session) == full_names(*session.namespace.schemas)
            assert session.query(f"SELECT SCHEMA_VERSION FROM INTERNAL_{survived}.PUBLISH_LOCK") == [(SCHEMA_VERSION,)]
            for schema in session.namespace.schemas:
                session.execute(f"DROP SCHEMA {schema} CASCADE")
            survived += 1
    # Three schemas, each with a step into the tables' again; the tables, the version row and the views.
    assert survived - 1 == 3 * 2 + len(PEOPLES) + len(INTERNAL) + 1 + len(VIEWS)


def test_six_may_create_the_tables_at_once(connect_database: Connect) -> None:
    """All find everything created, none fails, and all can work with it."""

    def create(session: Session) -> None:
        ensure_tables(session)
        session.query("SELECT COUNT(*) FROM Main.TIKTOK_DATA")
        session.execute(
            "INSERT INTO TIKTOK_INTERNAL.TOUCHED_USERS (BATCH_ID, TIKTOK_ID, NEWEST) VALUES ('b', '1', 'batch')"
        )

    assert run_at_once(connect_database, 6, create) == []
    with connect_database() as session:
        assert existing(session) == full_names("PUBLIC", "TIKTOK_INTERNAL", "MAIN")
        assert session.query(VERSIONS.replace("SELECT", "SELECT DISTINCT")) == [(SCHEMA_VERSION,)]
        assert session.query("SELECT COUNT(*) FROM TIKTOK_INTERNAL.TOUCHED_USERS") == [(6,)]


def test_a_package_creates_no_tables_under_another_version(connect_database: Connect) -> None:
    """A newer one begins at the same time and writes its version first: this one stops there."""

    def newer_begins() -> None:
        with connect_database() as other:
            other.execute(f"INSERT INTO TIKTOK_INTERNAL.PUBLISH_LOCK (SCHEMA_VERSION) VALUES ({SCHEMA_VERSION + 1})")

    with connect_database() as session:
        overtaken = OvertakenSession(session, "INSERT INTO TIKTOK_INTERNAL.PUBLISH_LOCK", newer_begins)
        with pytest.raises(TableDriftError, match=f"version {SCHEMA_VERSION + 1}, but this package needs"):
            ensure_tables(overtaken)
        assert existing(session) == ["TIKTOK_INTERNAL.PUBLISH_LOCK"]


def test_two_equal_version_rows_do_no_harm(session: Session) -> None:
    """Two processes that begin at the same moment may both write one."""
    session.execute(f"INSERT INTO TIKTOK_INTERNAL.PUBLISH_LOCK (SCHEMA_VERSION) VALUES ({SCHEMA_VERSION})")
    before = contents(session)
    ensure_tables(session)
    assert contents(session) == before


def test_a_schema_that_is_missing_is_created(connect_database: Connect) -> None:
    """On Snowflake a session whose schema does not exist is in none; afterwards it is in that of the tables."""
    with using(connect_database, "Landing", "Internal", "Readers") as session:
        ensure_tables(session)
        assert session.query("SELECT CURRENT_SCHEMA()") == [("LANDING",)]
        assert existing(session) == full_names("LANDING", "INTERNAL", "READERS")
        ensure_tables(session)


@pytest.mark.parametrize(
    ("schemas", "view_schema"),
    [
        pytest.param(("PUBLIC", "TIKTOK_INTERNAL", "public"), "", id="tables and view"),
        pytest.param(("PUBLIC", "public", "MAIN"), "MAIN", id="people's and internal tables"),
        pytest.param(("PUBLIC", "MAIN", "Main"), "MAIN", id="internal tables and view"),
        pytest.param(("PUBLIC", "public", "public"), "", id="all"),
    ],
)
def test_schemas_may_be_the_same(connect_database: Connect, schemas: tuple[str, str, str], view_schema: str) -> None:
    """There is no view in the schema of the tables: people read the table itself there."""
    with using(connect_database, *schemas) as session:
        for _ in range(2):
            ensure_tables(session)
            assert existing(session) == full_names("PUBLIC", schemas[1].upper(), view_schema)
            assert session.query("SELECT CURRENT_SCHEMA()") == [("PUBLIC",)]


def test_a_database_that_is_missing_is_refused(connect_database: Connect) -> None:
    """The message names the database and what to do; nothing is created where the session is instead."""
    with using(connect_database, "LANDING", "INTERNAL", "MAIN", database="NOWHERE") as session:
        with told("The database <database> does not exist", "CREATE DATABASE NOWHERE"):
            ensure_tables(session)
        assert contents(session) == {}


def test_a_look_alike_is_refused_and_left_as_it_is(connect_database: Connect) -> None:
    """A table of our name with numeric ids and a quoted column: each difference is named, nothing is created."""
    with connect_database() as session:
        session.execute(LOOK_ALIKE)
        session.execute("INSERT INTO TIKTOK_DATA (TIKTOK_ID, FOLLOWERS_COUNT) VALUES (7, 1.5)")
        assert refusal(session) == (
            f"In {session.namespace.database}: PUBLIC.TIKTOK_DATA is not the table of version {SCHEMA_VERSION}: "
            'column COUNTS_EXACT (BOOLEAN) is missing; column "Counts_Exact" (BOOLEAN) is unexpected; '
            "column TIKTOK_ID is NUMBER(38,0), not VARCHAR(20) NOT NULL; column FOLLOWERS_COUNT is FLOAT, not "
            "NUMBER(38,0). Nothing was changed. Undo changes to the pipeline's tables, rename tables that are not the "
            "pipeline's, or set SNOWFLAKE_DATABASE to another database, or each of SNOWFLAKE_SCHEMA, "
            "SNOWFLAKE_INTERNAL_SCHEMA and SNOWFLAKE_VIEW_SCHEMA to another schema."
        )


def test_the_caller_knows_a_better_remedy(session: Session) -> None:
    """It takes the place of the usual one, for tables that drifted and for ones of another version."""
    session.execute("ALTER TABLE LOAD_BATCHES DROP COLUMN OBJECTS")
    told("In <database>: <differences>", "are not the pipeline's, or do this.").says(refusal(session, "do this"))
    session.execute("UPDATE TIKTOK_INTERNAL.PUBLISH_LOCK SET SCHEMA_VERSION = 0")
    told("The tables in <place> have version", "created them, or do this.").says(refusal(session, "do this"))


def test_an_internal_table_among_peoples_tables_is_refused(connect_database: Connect) -> None:
    """SNOWFLAKE_INTERNAL_SCHEMA may have been another before; with a second lock, loads would run at the same time."""
    with using(connect_database, "PUBLIC", "PUBLIC", "MAIN") as session:
        ensure_tables(session)
    with using(connect_database, "PUBLIC", "APART", "MAIN") as session:
        assert (
            "PUBLIC.PUBLISH_LOCK belongs in the schema APART. PUBLIC.READER_KEY belongs in the schema APART."
            in refusal(session)
        )


@pytest.mark.parametrize(
    ("foreign", "said"),
    [
        pytest.param(
            'CREATE TABLE "tiktok_data" ("tiktok_id" VARCHAR)',
            'PUBLIC."tiktok_data" is not the table of version {now}: its name differs in case from TIKTOK_DATA.',
            id="a name in quotes",
        ),
        pytest.param(
            "CREATE VIEW LOAD_HISTORY AS SELECT 1 AS OBJECT_KEY",
            "PUBLIC.LOAD_HISTORY is not the table of version {now}: it is a VIEW, not a BASE TABLE.",
            id="a view",
        ),
        pytest.param(
            "CREATE TABLE TIKTOK_INTERNAL.PUBLISH_LOCK (HOLDER VARCHAR)",
            "column SCHEMA_VERSION (NUMBER(38,0) NOT NULL) is missing;",
            id="another lock",
        ),
        pytest.param(
            "CREATE TABLE MAIN.TIKTOK_DATA (TIKTOK_ID VARCHAR)",
            "MAIN.TIKTOK_DATA is not the view of version {now}: it is a BASE TABLE, not a VIEW.",
            id="a table in the place of the view",
        ),
        pytest.param(
            "CREATE VIEW MAIN.TIKTOK_DATA AS SELECT '7' AS TIKTOK_ID",
            "MAIN.TIKTOK_DATA is not the view of version {now}: its columns are TIKTOK_ID, not TIKTOK_ID, USER_NAME,",
            id="another view",
        ),
        pytest.param(
            "CREATE VIEW MAIN.\"tiktok_data\" AS SELECT '7' AS TIKTOK_ID",
            'MAIN."tiktok_data" is not the view of version {now}: its name differs in case from TIKTOK_DATA.',
            id="a view's name in quotes",
        ),
    ],
)
def test_what_only_looks_like_ours_is_refused(connect_database: Connect, foreign: str, said: str) -> None:
    """Whatever it is, it is named before anything is created."""
    with connect_database() as session:
        session.execute("CREATE SCHEMA IF NOT EXISTS MAIN")
        session.execute("CREATE SCHEMA TIKTOK_INTERNAL")
        session.execute("USE SCHEMA PUBLIC")
        session.execute(foreign)
        assert said.format(now=SCHEMA_VERSION) in refusal(session)


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        (["ADD COLUMN AVATAR VARCHAR"], "column AVATAR (VARCHAR) is unexpected"),
        (["DROP COLUMN REASON"], "column REASON (VARCHAR) is missing"),
        (["RENAME COLUMN REASON TO WHY"], "column REASON (VARCHAR) is missing; column WHY (VARCHAR) is unexpected"),
        (
            ["DROP COLUMN REASON", 'ADD COLUMN "reason" VARCHAR'],
            'column REASON (VARCHAR) is missing; column "reason" (VARCHAR) is unexpected',
        ),
        (
            ["DROP COLUMN REASON", "ADD COLUMN REASON VARCHAR"],
            "the columns are in a different order: ROWS_IN where REASON belongs",
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
def test_a_table_that_drifted_is_refused(session: Session, changes: list[str], difference: str) -> None:
    """Whatever someone altered by hand is named with its table, its column, what is there and what belongs there."""
    for change in changes:
        session.execute(f"ALTER TABLE LOAD_HISTORY {change}")
    said = f"PUBLIC.LOAD_HISTORY is not the table of version {SCHEMA_VERSION}: {difference}. Nothing"
    assert said in refusal(session)


def test_all_drifted_tables_are_named_at_once(session: Session) -> None:
    """In every schema: no one has to run again to learn of the next one."""
    session.execute("ALTER TABLE LOAD_BATCHES DROP COLUMN OBJECTS")
    session.execute("ALTER TABLE TIKTOK_INTERNAL.TOUCHED_USERS ALTER COLUMN TIKTOK_ID SET DATA TYPE VARCHAR(10)")
    message = refusal(session)
    assert f"PUBLIC.LOAD_BATCHES is not the table of version {SCHEMA_VERSION}: column OBJECTS (NUMBER(38,0)" in message
    assert f"TIKTOK_INTERNAL.TOUCHED_USERS is not the table of version {SCHEMA_VERSION}: column TIKTOK_ID is" in message


@pytest.mark.parametrize("version", [0, SCHEMA_VERSION + 1])
def test_tables_of_an_unknown_version_are_refused_by_their_version(session: Session, version: int) -> None:
    """The advice is to use the package that created them, not to rename its tables; and nothing is created."""
    session.execute("UPDATE TIKTOK_INTERNAL.PUBLISH_LOCK SET SCHEMA_VERSION = ?", (version,))
    session.execute("ALTER TABLE TIKTOK_DATA ADD COLUMN COUNTRY VARCHAR")
    session.execute("DROP TABLE TIKTOK_INTERNAL.TOUCHED_USERS")
    message = refusal(session)
    versions = f"PUBLIC have version {version}, but this package needs version {SCHEMA_VERSION}."
    told("The tables in <place> have version", versions).says(message)


def test_tables_that_are_never_seen_are_not_created_forever(connect_database: Connect) -> None:
    """The role may use them but not see them: it ends with an error that says so."""
    with connect_database() as session, told("The tables in <place> are still incomplete"):
        ensure_tables(BlindSession(session))


def test_every_table_says_what_a_row_and_a_column_is() -> None:
    """Names are upper case and unquoted; grains and meanings are sentences."""
    assert sorted(table.name for table in ALL if not table.is_internal) == PEOPLES
    assert sorted(table.name for table in ALL if table.is_internal) == INTERNAL
    for table in ALL:
        assert len(set(table.names)) == len(table.names)
        assert table.grain[0].isupper() or table.grain.startswith("TIKTOK")
        for column in table.columns:
            assert column.name == column.name.upper() != ""
            assert column.meaning.endswith((".", "NULL until then."))
