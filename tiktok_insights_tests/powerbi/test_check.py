"""`tiktok-insights powerbi check`: a warehouse that is not as the model expects is told before a refresh fails."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.powerbi.check import Comparison, compare
from tiktok_insights.powerbi.model import MODEL
from tiktok_insights.powerbi.model.objects import Column, DataType, Model
from tiktok_insights_tests.support.troubleshooting import told

#: The view of the users, and one with three columns: a text, a count and a share.
TABLE = MODEL.table("TIKTOK_DATA")
PART = Model((TABLE, MODEL.table("USERS_BY_PRIVACY")), ())
VIEW = "MAIN.USERS_BY_PRIVACY"
GOOD = "SELECT 'public' AS PRIVACY, 1::NUMBER(38,0) AS USERS, 0.5::FLOAT AS SHARE"
AGAIN = "Make the view again with tiktok-insights run."
AWAY = "Set SNOWFLAKE_VIEW_SCHEMA to a schema that has no tables, or move it away, then run tiktok-insights run."
MISSING = f"{VIEW} is missing, or the role may not see it. Run tiktok-insights run, or grant SELECT on it."


@pytest.fixture
def made(session: Session) -> Iterator[Session]:
    """A warehouse with both views, of which the second does not stay there."""
    session.execute(f"CREATE OR REPLACE VIEW {VIEW} AS {GOOD}")
    yield session
    session.execute(f"DROP VIEW IF EXISTS {VIEW}")


def test_what_the_platform_makes_is_as_the_model_expects(made: Session) -> None:
    """Two views with all their columns; the date table has none in the warehouse."""
    (mart,) = (mart for mart in all_marts() if mart.view == "USERS_BY_PRIVACY")
    Marts(made).make(mart)
    assert compare(made, PART) == Comparison(tables=2, columns=13 + 3, problems=())
    assert compare(made, Model((MODEL.table("DATES"),), ())) == Comparison(0, 0, ())


def test_more_columns_in_another_order_do_no_harm(made: Session) -> None:
    """The model chooses what it reads."""
    made.execute(f"CREATE OR REPLACE VIEW {VIEW} AS SELECT 1 AS MORE, SHARE, USERS, PRIVACY FROM ({GOOD})")
    assert compare(made, PART).problems == ()


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        (GOOD.replace("AS USERS", "AS PEOPLE"), f"{VIEW}: column USERS is missing. {AGAIN}"),
        (GOOD.replace("AS USERS", 'AS "users"'), f'{VIEW}: column USERS is missing; "users" differs in case. {AGAIN}'),
        (GOOD.replace("1::NUMBER(38,0)", "'1'"), f"{VIEW}: column USERS is VARCHAR, not a whole number. {AGAIN}"),
        (GOOD.replace("1::NUMBER(38,0)", "1::FLOAT"), f"{VIEW}: column USERS is FLOAT, not a whole number. {AGAIN}"),
        (GOOD.replace("'public'", "TRUE"), f"{VIEW}: column PRIVACY is BOOLEAN, not text. {AGAIN}"),
        (GOOD.replace("0.5::FLOAT", "CURRENT_DATE"), f"{VIEW}: column SHARE is DATE, not a number. {AGAIN}"),
    ],
    ids=["renamed", "in lower case", "text", "a float", "a Boolean", "a date"],
)
def test_a_column_that_is_not_as_expected_is_told(made: Session, query: str, problem: str) -> None:
    """With its table, what it is, what it should be, and what to do."""
    made.execute(f"CREATE OR REPLACE VIEW {VIEW} AS {query}")
    assert compare(made, PART).problems == (problem,)


def test_what_is_missing_is_told(made: Session) -> None:
    """A view, and a column of the other one, which is still compared."""
    made.execute(f"DROP VIEW {VIEW}")
    likes = Column("LIKES", DataType.WHOLE_NUMBER, "Likes.")
    assert compare(made, Model((replace(TABLE, columns=(*TABLE.columns, likes)), PART.tables[1]), ())).problems == (
        f"MAIN.TIKTOK_DATA: column LIKES is missing. {AGAIN}",
        MISSING,
    )


def test_a_table_in_the_place_of_a_view_is_told(made: Session) -> None:
    """Power BI asks for a view, and finds none; so it is where tables and views have one schema."""
    made.namespace = replace(made.namespace, view_schema="PUBLIC")
    problems = compare(made, Model((TABLE,), ())).problems
    assert problems == (f"PUBLIC.TIKTOK_DATA is a BASE TABLE, but the model asks for a view. {AWAY}",)


def test_a_view_that_cannot_be_read_is_told(made: Session) -> None:
    """Its columns are known, but what it is made from is gone; a privilege that is missing shows in the same way."""
    made.execute(f"CREATE TABLE PUBLIC.GONE AS {GOOD}")
    made.execute(f"CREATE OR REPLACE VIEW {VIEW} AS SELECT PRIVACY, USERS, SHARE FROM PUBLIC.GONE")
    made.execute("DROP TABLE PUBLIC.GONE")
    (problem,) = compare(made, PART).problems
    assert problem.startswith(f"{VIEW} cannot be read: ")
    assert problem.endswith(". Grant the role SELECT on it, or run tiktok-insights run.")


def test_the_schemas_are_those_of_the_settings(made: Session) -> None:
    """Views in another schema than the platform's are not found."""
    made.namespace = replace(made.namespace, view_schema="ELSEWHERE")
    missing = MISSING.replace("MAIN", "ELSEWHERE")
    assert compare(made, PART).problems == (missing.replace("USERS_BY_PRIVACY", "TIKTOK_DATA"), missing)


def test_the_command_fails_with_a_line_for_each_problem(session: Session, environment: dict[str, str]) -> None:
    """In a warehouse without any view; the exit code is 1."""
    answer = CliRunner().invoke(main, ["powerbi", "check"])
    lines = answer.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [f"MAIN.{mart.view}" for mart in all_marts()]
    assert answer.exit_code == 1
    told("Power BI could not refresh", f"problems: {len(lines)}", session.namespace.database).says(
        answer.stderr.removeprefix("Error: ")
    )
