"""The check that Step 7 of the tutorial works: word for word, with as few rows read as it takes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.settings.environment import Settings
from tiktok_insights.warehouse.step_7_check import step_7_returns_every_user
from tiktok_insights.warehouse.table_checks import TableCheckInput, every_user_has_one_row
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.batches

IDS = ["2", "7423456789012345149", "7423456789012345150"]


@pytest.fixture
def loaded(loader: Loader) -> Loader:
    """Three users of two objects."""
    loader.put("a", csv_file(row(IDS[0]), row(IDS[1])))
    loader.put("b", csv_file(row(IDS[2])), account="43")
    loader.load()
    return loader


def test_step_7_works_word_for_word(
    loaded: Loader, ask_about_changes: Callable[[], TableCheckInput], settings: Settings
) -> None:
    """The tutorial's statements, one after the other, give every user with the contract's columns."""
    given, database = ask_about_changes(), settings.snowflake.database
    script = f"USE ROLE ACCOUNTADMIN;\nUSE WAREHOUSE COMPUTE_WH;\nUSE {database};\nUSE SCHEMA Main;\n"
    script += "SELECT * FROM tiktok_data;"
    for scope in (given.scope, replace(given.scope, is_everything=True)):
        outcome = step_7_returns_every_user(replace(given, scope=scope))
        assert (outcome.offenders, outcome.facts["statements"]) == ((), script)
        assert every_user_has_one_row(given).passed, "the session is in the tables' schema again"
        assert (outcome.facts["rows"], outcome.facts["users in the history"]) == (3, 3)
    with loaded.connect() as person:
        columns, rows = person.script(script)
    assert tuple(columns) == WAREHOUSE_NAMES
    assert sorted(found[0] for found in rows) == IDS


def test_of_a_large_table_one_row_is_read_and_the_others_are_counted(
    loaded: Loader, ask_about_changes: Callable[[], TableCheckInput]
) -> None:
    """From one user above the limit on, but never in verify."""
    given = replace(ask_about_changes(), max_step_7_rows=2)
    outcome = step_7_returns_every_user(given)
    assert (outcome.offenders, outcome.facts["rows"]) == ((), 3)
    statements = str(outcome.facts["statements"]).split(";\n")
    assert statements[4:] == ["SELECT * FROM tiktok_data LIMIT 1", "SELECT COUNT(*) FROM tiktok_data;"]
    in_full = step_7_returns_every_user(replace(given, scope=replace(given.scope, is_everything=True)))
    assert str(in_full.facts["statements"]).endswith("SELECT * FROM tiktok_data;")
    loaded.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '2'")
    assert step_7_returns_every_user(given).offenders == ("2 rows for 3 users",)


@pytest.mark.usefixtures("altered_tables")
def test_step_7_is_red_when_a_user_or_a_column_is_missing(
    loaded: Loader, given: TableCheckInput, ask_about_changes: Callable[[], TableCheckInput]
) -> None:
    """The number of rows and the columns are held against the publications' count, the history and the contract."""
    loaded.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '2'")
    loaded.session.execute("CREATE OR REPLACE VIEW Main.TIKTOK_DATA AS SELECT TIKTOK_ID FROM PUBLIC.TIKTOK_DATA")
    loaded.session.execute("USE SCHEMA PUBLIC")
    for asked in (given, ask_about_changes()):
        outcome = step_7_returns_every_user(asked)
        assert outcome.offenders == ("the columns are TIKTOK_ID", "2 rows for 3 users")
        told("step_7_returns_every_user: <differences>").says_check(outcome)


def test_users_that_left_the_history_are_found_by_verify(loaded: Loader, given: TableCheckInput) -> None:
    """Table and history agree with each other, but not with what the publications counted."""
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS"):
        loaded.session.execute(f"DELETE FROM {table} WHERE TIKTOK_ID = '2'")
    assert step_7_returns_every_user(given).offenders == ("2 users in the history, but the publications counted 3",)


class TellsNoTotal(Session):
    """A session whose warehouse does not say how many rows a result has."""

    def count_rows(self, sql: str, *, first_only: bool = False) -> tuple[list[str], int | None]:
        """Give the columns alone."""
        return super().count_rows(sql, first_only=first_only)[0], None


def test_an_unknown_number_of_rows_is_red(loaded: Loader, ask_about_changes: Callable[[], TableCheckInput]) -> None:
    """It is not taken for the expected one."""
    given = ask_about_changes()
    silent = TellsNoTotal(loaded.session._connection, loaded.session.namespace)
    outcome = step_7_returns_every_user(replace(given, session=silent))
    assert (outcome.offenders, outcome.facts["rows"]) == (("an unknown number of rows for 3 users",), "unknown")


def test_the_publications_count_every_user_once(loader: Loader) -> None:
    """New users, known ones, a replaced object that loses a user, and one that gets it back."""
    counted = []
    for name, ids in (("a", "12"), ("b", "23"), ("a", "4"), ("b", "3"), ("a", "123")):
        loader.put(name, csv_file(*map(row, ids)))
        loader.load()
        ((users, in_history),) = loader.rows(
            "SELECT (SELECT USERS FROM TIKTOK_INTERNAL.PUBLISH_LOCK), COUNT(DISTINCT TIKTOK_ID) FROM FOLLOWER_SNAPSHOTS"
        )
        counted.append((int(users), int(in_history)))
    assert counted == [(number, number) for number in (2, 3, 3, 2, 3)]
