"""From version to version: what is there is kept, what is due is added, and a table that drifted is left as it is.

The package has the versions that `table_versions/` records. The next ones are made up here.
"""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.tables.comparison import Table, TableColumn, existing_columns
from tiktok_insights.tables.creation import TableDriftError
from tiktok_insights.tables.definitions import FOLLOWER_SNAPSHOTS, LOAD_BATCHES, TIKTOK_DATA, VERSIONS, ensure_tables
from tiktok_insights.tables.migrations import AddColumn, ChangeRows, Migration, TableVersions
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.warehouse_contents import (
    Killed,
    MortalSession,
    OvertakenSession,
    contents,
    run_at_once,
)

RECORDED = Path(__file__).with_name("table_versions")
#: The package's version, and what the next two add.
NOW = VERSIONS.newest
COUNTRY = TableColumn("COUNTRY", "VARCHAR(2)", "Made up.")
CITY = TableColumn("CITY", "VARCHAR", "Made up.")
COST = TableColumn("COST", "NUMBER(38,0)", "Made up.")
ALIASES = Table("ALIASES", "Made up.", (TableColumn("TIKTOK_ID", "VARCHAR(20) NOT NULL", "Made up."),))
TO_2: Migration = (
    AddColumn("TIKTOK_DATA", "COUNTRY", "VARCHAR(2)"),
    AddColumn("FOLLOWER_SNAPSHOTS", "COUNTRY", "VARCHAR(2)"),
    ChangeRows("UPDATE TIKTOK_DATA SET COUNTRY = 'XX' WHERE COUNTRY IS NULL"),
)
TO_3: Migration = (AddColumn("LOAD_BATCHES", "COST", "NUMBER(38,0)"), AddColumn("TIKTOK_DATA", "CITY", "VARCHAR"))
ROW = "INSERT INTO TIKTOK_DATA (TIKTOK_ID, USER_NAME) VALUES ('7', 'seven')"


def with_column(table: Table, column: TableColumn) -> Table:
    """The table with a column more."""
    return replace(table, columns=(*table.columns, column))


def next_versions(*migrations: Migration) -> TableVersions:
    """The package's versions and one or two more; the third has a table of its own."""
    changed = {table.name: table for table in VERSIONS.tables}
    changed["TIKTOK_DATA"] = with_column(TIKTOK_DATA, COUNTRY)
    changed["FOLLOWER_SNAPSHOTS"] = with_column(FOLLOWER_SNAPSHOTS, COUNTRY)
    if len(migrations) > 1:
        changed["TIKTOK_DATA"] = with_column(changed["TIKTOK_DATA"], CITY)
        changed["LOAD_BATCHES"] = with_column(LOAD_BATCHES, COST)
        changed["ALIASES"] = ALIASES
    return replace(VERSIONS, tables=tuple(changed.values()), migrations=(*VERSIONS.migrations, *migrations))


ONE_MORE = next_versions(TO_2)
TWO_MORE = next_versions(TO_2, TO_3)


def versions(session: Session) -> list[int]:
    """The version rows."""
    return [int(version) for (version,) in session.query("SELECT SCHEMA_VERSION FROM PUBLISH_LOCK")]


def test_every_version_is_recorded_as_it_was() -> None:
    """A table that is changed without a migration, or a migration that does not say what it changed, is found out.

    To record a new version, write what stands here as expected to `table_versions/<version>.sql`.
    """
    recorded = {int(path.stem): path.read_text(encoding="utf-8").splitlines() for path in RECORDED.glob("*.sql")}
    expected = {
        version: [f"{table.ddl};".replace("IF NOT EXISTS ", "") for table in VERSIONS.at(version).values()]
        for version in range(1, VERSIONS.newest + 1)
    }
    assert recorded == expected


def test_version_2_says_loaded_of_the_version_whose_rows_are_in_the_history(
    connect_database: Connect, namespace: Namespace
) -> None:
    """Of a ledger of version 1 with three versions of an object the newest stays loaded; set-aside ones stay so."""
    versions_of_objects = [
        ("a", "first", "loaded", "2026-01-01"),
        ("a", "second", "loaded", "2026-01-02"),
        ("a", "newest", "loaded", "2026-01-03"),
        ("a", "unreadable", "set aside", "2026-01-04"),
        ("b", "only", "loaded", "2026-01-01"),
    ]
    with connect_database() as session:
        for statement in (RECORDED / "1.sql").read_text(encoding="utf-8").splitlines():
            session.execute(statement)
        session.execute("INSERT INTO PUBLISH_LOCK (SCHEMA_VERSION) VALUES (1)")
        for key, etag, status, day in versions_of_objects:
            session.execute(
                "INSERT INTO LOAD_HISTORY (OBJECT_KEY, ETAG, STATUS, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, "
                "ROWS_REJECTED, NEGATIVE_COUNTS, SIZE_BYTES, LAST_MODIFIED, BATCH_ID, LOADED_AT) "
                "VALUES (?, ?, ?, 1, 1, 0, 0, 0, 1, ?, 'batch', ?)",
                (key, etag, status, day, day),
            )
        ensure_tables(session, namespace)
        assert sorted(session.query("SELECT OBJECT_KEY, ETAG, STATUS FROM LOAD_HISTORY")) == [
            ("a", "first", "overtaken"),
            ("a", "newest", "loaded"),
            ("a", "second", "overtaken"),
            ("a", "unreadable", "set aside"),
            ("b", "only", "loaded"),
        ]


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.sql")), ids=lambda path: path.stem)
def test_tables_of_every_version_are_brought_to_the_newest(
    connect_database: Connect, namespace: Namespace, path: Path
) -> None:
    """Made as that version made them, they have the newest shape in the end, and their rows."""
    with connect_database() as session:
        for statement in path.read_text(encoding="utf-8").splitlines():
            session.execute(statement)
        session.execute("INSERT INTO PUBLISH_LOCK (SCHEMA_VERSION) VALUES (?)", (int(path.stem),))
        session.execute("INSERT INTO TIKTOK_DATA (TIKTOK_ID) VALUES ('7')")
        ensure_tables(session, namespace)
        assert existing_columns(session) == {
            table.name: {column.name: column.type for column in table.columns} for table in VERSIONS.tables
        }
        assert versions(session) == [VERSIONS.newest]
        assert session.query("SELECT TIKTOK_ID FROM Main.TIKTOK_DATA") == [("7",)]


def test_a_migration_keeps_the_rows_and_shows_the_column(session: Session, namespace: Namespace) -> None:
    """The column stands last in the tables and in the view, old rows are filled, and a second start changes nothing."""
    session.execute(ROW)
    ensure_tables(session, namespace, ONE_MORE)
    assert list(existing_columns(session)["FOLLOWER_SNAPSHOTS"].items())[-1] == ("COUNTRY", "VARCHAR(2)")
    names, rows = session.table("SELECT * FROM Main.TIKTOK_DATA")
    assert (names[0], names[-1], rows[0][:2], rows[0][-1]) == ("TIKTOK_ID", "COUNTRY", ("7", "seven"), "XX")
    assert versions(session) == [NOW + 1]
    assert session.query("SELECT CURRENT_SCHEMA()") == [("PUBLIC",)]
    before = contents(session)
    ensure_tables(session, namespace, ONE_MORE)
    assert contents(session) == before


def test_versions_are_not_skipped_and_end_like_new_tables(
    session: Session, connect_database: Connect, namespace: Namespace
) -> None:
    """From the first version to the third: the same as what the third makes where nothing was."""
    ensure_tables(session, namespace, TWO_MORE)
    migrated = contents(session)
    assert versions(session) == [NOW + 2]
    elsewhere = Namespace(namespace.database, "LANDING", "READERS")
    with connect_database() as other:
        ensure_tables(other, elsewhere, TWO_MORE)
        made = contents(other)
    there = {"PUBLIC": "LANDING", "MAIN": "READERS"}
    assert {(there[schema], name): table for (schema, name), table in migrated.items()}.items() <= made.items()


def test_an_older_package_refuses_migrated_tables(session: Session, namespace: Namespace) -> None:
    """A process of the package before notices at its next session, and changes nothing."""
    ensure_tables(session, namespace, ONE_MORE)
    before = contents(session)
    with pytest.raises(TableDriftError, match=f"are of version {NOW + 1}; this package knows version {NOW}"):
        ensure_tables(session, namespace)
    assert contents(session) == before


def test_six_may_migrate_at_once(session: Session, connect_database: Connect, namespace: Namespace) -> None:
    """Nobody fails, the version moves from one to the next, and the rows are there once."""
    session.execute(ROW)
    assert run_at_once(connect_database, 6, lambda other: ensure_tables(other, namespace, TWO_MORE)) == []
    assert versions(session) == [NOW + 2]
    assert session.query("SELECT TIKTOK_ID, COUNTRY FROM Main.TIKTOK_DATA") == [("7", "XX")]
    assert existing_columns(session)["LOAD_BATCHES"]["COST"] == "NUMBER(38,0)"
    assert list(existing_columns(session)["ALIASES"]) == ["TIKTOK_ID"]


def test_old_and_new_packages_at_once_never_spoil_the_tables(connect_database: Connect, namespace: Namespace) -> None:
    """On an empty place both begin to make their tables: the new ones end well, the old ones may be refused."""
    turn = iter([VERSIONS, ONE_MORE] * 3)
    failed = run_at_once(connect_database, 6, lambda session: ensure_tables(session, namespace, next(turn)))
    assert all(isinstance(error, TableDriftError) for error in failed)
    with connect_database() as session:
        ensure_tables(session, namespace, ONE_MORE)
        assert set(versions(session)) == {NOW + 1}
        assert list(existing_columns(session)["TIKTOK_DATA"])[-1] == "COUNTRY"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("SELECT MIN(SCHEMA_VERSION)", id="after it has looked"),
        pytest.param("ALTER TABLE FOLLOWER_SNAPSHOTS", id="between two changes"),
        pytest.param("UPDATE PUBLISH_LOCK", id="before the version moves"),
        pytest.param("CREATE OR REPLACE VIEW", id="before the view"),
    ],
)
def test_a_process_that_is_overtaken_does_no_harm(
    session: Session, connect_database: Connect, namespace: Namespace, statement: str
) -> None:
    """Another process goes all the way to the third version meanwhile: nothing goes back, nothing is called drift."""
    session.execute(ROW)
    with connect_database() as other:
        slow = OvertakenSession(session, statement, lambda: ensure_tables(other, namespace, TWO_MORE))
        ensure_tables(slow, namespace, TWO_MORE)
    assert slow.was_overtaken
    assert versions(session) == [NOW + 2]
    assert session.query("SELECT TIKTOK_ID, COUNTRY, CITY FROM Main.TIKTOK_DATA") == [("7", "XX", None)]


def test_a_view_that_an_older_package_was_late_to_make_is_renewed(
    session: Session, connect_database: Connect, namespace: Namespace
) -> None:
    """The older package is refused at its next look, and the newer one's next run shows the newest columns again."""
    with connect_database() as other:
        slow = OvertakenSession(session, "CREATE OR REPLACE VIEW", lambda: ensure_tables(other, namespace, TWO_MORE))
        with pytest.raises(TableDriftError, match=f"are of version {NOW + 2}; this package knows version {NOW + 1}"):
            ensure_tables(slow, namespace, ONE_MORE)
        ensure_tables(other, namespace, TWO_MORE)
    assert session.table("SELECT * FROM Main.TIKTOK_DATA")[0][-2:] == ["COUNTRY", "CITY"]


def test_an_older_package_makes_no_tables_under_a_newer_version(
    connect_database: Connect, namespace: Namespace
) -> None:
    """Both begin where nothing is, and the newer one has written its version and died: the older one stops there."""

    def newer_dies() -> None:
        with connect_database() as session, pytest.raises(Killed):
            ensure_tables(MortalSession(session, statements=1), namespace, ONE_MORE)

    with connect_database() as session:
        older = OvertakenSession(session, "INSERT INTO PUBLISH_LOCK", newer_dies)
        with pytest.raises(TableDriftError, match=f"are of version {NOW + 1}; this package knows version {NOW}"):
            ensure_tables(older, namespace)
        assert sorted(existing_columns(session)) == ["PUBLISH_LOCK"]
        ensure_tables(session, namespace, ONE_MORE)
        assert versions(session) == [NOW + 1]


def test_tables_without_a_version_row_are_of_the_earliest_version_that_they_fit(
    session: Session, namespace: Namespace
) -> None:
    """Somebody has deleted it: the migrations run once more, which does no harm."""
    session.execute(ROW)
    session.execute("DELETE FROM PUBLISH_LOCK")
    ensure_tables(session, namespace, TWO_MORE)
    assert versions(session) == [NOW + 2]
    assert session.query("SELECT TIKTOK_ID, COUNTRY FROM Main.TIKTOK_DATA") == [("7", "XX")]


def test_two_version_rows_do_no_harm(session: Session, namespace: Namespace) -> None:
    """The lower one says what the tables surely have; the migration moves both."""
    session.execute("INSERT INTO PUBLISH_LOCK (SCHEMA_VERSION) VALUES (?)", (NOW + 1,))
    ensure_tables(session, namespace, ONE_MORE)
    assert versions(session) == [NOW + 1] * 2
    assert existing_columns(session)["TIKTOK_DATA"]["COUNTRY"] == "VARCHAR(2)"


def test_whoever_is_killed_while_migrating_leaves_what_the_next_completes(
    session: Session, connect_database: Connect, namespace: Namespace
) -> None:
    """Killed before each statement in turn: the version moves after the changes, people can read, the next goes on."""
    session.execute(ROW)
    for survived in range(len(TO_2) + 1):
        with connect_database() as other, pytest.raises(Killed):
            ensure_tables(MortalSession(other, survived), namespace, ONE_MORE)
        assert versions(session) == [NOW]
        assert session.query("SELECT TIKTOK_ID FROM Main.TIKTOK_DATA") == [("7",)]
    with connect_database() as other, pytest.raises(Killed):
        ensure_tables(MortalSession(other, len(TO_2) + 1), namespace, ONE_MORE)
    assert versions(session) == [NOW + 1]
    assert session.query("SELECT TIKTOK_ID FROM Main.TIKTOK_DATA") == [("7",)]
    ensure_tables(session, namespace, ONE_MORE)
    assert versions(session) == [NOW + 1]
    assert session.query("SELECT TIKTOK_ID, COUNTRY FROM Main.TIKTOK_DATA") == [("7", "XX")]


def test_what_a_killed_creation_left_is_completed_by_the_next_version(
    connect_database: Connect, namespace: Namespace
) -> None:
    """Its version is known before there are tables: the rest is made as that version has it, and all is migrated."""
    with connect_database() as session:
        for survived in (3, 4, 5, 8, 12):
            elsewhere = Namespace(namespace.database, f"AFTER_{survived}", f"READERS_{survived}")
            with pytest.raises(Killed):
                ensure_tables(MortalSession(session, survived), elsewhere)
            ensure_tables(session, elsewhere, TWO_MORE)
            assert versions(session) == [NOW + 2]
            assert existing_columns(session)["TIKTOK_DATA"]["COUNTRY"] == "VARCHAR(2)"
            assert existing_columns(session)["LOAD_BATCHES"]["COST"] == "NUMBER(38,0)"


def test_a_missing_table_of_an_old_version_is_made_and_migrated(session: Session, namespace: Namespace) -> None:
    """It is made as its version had it, so the migration fits it too; the view comes back with the newest columns."""
    session.execute("DROP VIEW Main.TIKTOK_DATA")
    session.execute("DROP TABLE FOLLOWER_SNAPSHOTS")
    ensure_tables(session, namespace, TWO_MORE)
    assert versions(session) == [NOW + 2]
    assert existing_columns(session)["FOLLOWER_SNAPSHOTS"]["COUNTRY"] == "VARCHAR(2)"
    assert session.table("SELECT * FROM Main.TIKTOK_DATA")[0][-2:] == ["COUNTRY", "CITY"]


@pytest.mark.parametrize(
    ("drift", "difference"),
    [
        (
            "ALTER TABLE LOAD_HISTORY ADD COLUMN AVATAR VARCHAR",
            "LOAD_HISTORY is not the table of version {now}: column AVATAR (VARCHAR) is not ours.",
        ),
        (
            "ALTER TABLE TIKTOK_DATA ADD COLUMN COUNTRY NUMBER(38,0)",
            "TIKTOK_DATA is not the table of version {now}: column COUNTRY (NUMBER(38,0)) is not ours.",
        ),
        (
            "ALTER TABLE TIKTOK_DATA DROP COLUMN DIGG_COUNT",
            "TIKTOK_DATA is not the table of version {now}: column DIGG_COUNT (NUMBER(38,0)) is missing.",
        ),
        (
            "CREATE OR REPLACE VIEW MAIN.TIKTOK_DATA AS SELECT TIKTOK_ID FROM PUBLIC.TIKTOK_DATA",
            "MAIN.TIKTOK_DATA is not the view of any version: its columns are TIKTOK_ID, not TIKTOK_ID, USER_NAME,",
        ),
        (
            "CREATE TABLE ALIASES (HANDLE VARCHAR)",
            "ALIASES is not the table of version {now}: column TIKTOK_ID (VARCHAR(20) NOT NULL) is missing;",
        ),
    ],
)
def test_an_old_table_that_drifted_is_refused_before_anything_is_altered(
    session: Session, namespace: Namespace, drift: str, difference: str
) -> None:
    """The difference is the one from the old version; no table, row, view or version has changed."""
    session.execute(ROW)
    session.execute(drift)
    before = contents(session)
    with told("In <place>: <differences>", difference.format(now=NOW)):
        ensure_tables(session, namespace, TWO_MORE)
    assert contents(session) == before


def test_a_migration_waits_for_a_publication(session: Session, connect_database: Connect, namespace: Namespace) -> None:
    """The publication's transaction holds the lock row, so the version moves after it."""
    done = threading.Event()

    def migrate() -> None:
        with connect_database() as other:
            ensure_tables(other, namespace, ONE_MORE)
            done.set()

    thread = threading.Thread(target=migrate)
    with session.transaction():
        session.execute("UPDATE PUBLISH_LOCK SET BATCH_ID = 'b'")
        thread.start()
        assert not done.wait(timeout=2)
    assert done.wait(timeout=60)
    thread.join(timeout=60)
    assert session.query("SELECT SCHEMA_VERSION, BATCH_ID FROM PUBLISH_LOCK") == [(NOW + 1, "b")]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (AddColumn("TIKTOK_DATA", "USER_NAME", "VARCHAR"), "stands last, where EXTRACTED_AT TIMESTAMP_NTZ stands"),
        (AddColumn("TIKTOK_DATA", "EXTRACTED_AT", "VARCHAR"), "stands last, where EXTRACTED_AT TIMESTAMP_NTZ stands"),
        (AddColumn("LOAD_HISTORY", "LOADED_AT", "TIMESTAMP_NTZ NOT NULL"), "an added column may be NULL"),
        (AddColumn("NO_TABLE", "A", "VARCHAR"), "where no column stands"),
    ],
)
def test_a_migration_that_does_not_fit_the_definition_is_an_error(change: AddColumn, said: str) -> None:
    """Its author learns it from the first test that runs."""
    with pytest.raises(ValueError, match=said):
        replace(VERSIONS, migrations=((change,),)).at(1)
