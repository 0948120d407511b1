"""`tiktok-insights sql`: what is printed is what the warehouse holds."""

import csv
import io
import json

import pytest
from click.testing import CliRunner, Result

from tiktok_insights.cli import main
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.definitions import TIKTOK_DATA

_WIDEST = 10**38 - 1


@pytest.fixture
def filled(session: Session) -> None:
    """One user with an id and counts that no float can hold, and a name that needs quotes."""
    session.insert(
        TIKTOK_DATA,
        [
            {
                **dict.fromkeys(TIKTOK_DATA.names),
                "TIKTOK_ID": "7420366745511658149",
                "NICK_NAME": 'a "quoted", 😀',
                "HEART_COUNT": _WIDEST,
                "PRIVATE_ACCOUNT": True,
                "EXTRACTED_AT": "2026-01-31 12:00:00.123",
            }
        ],
    )


def ask(*words: str, stdin: str | None = None) -> Result:
    """Run `tiktok-insights sql` with words."""
    return CliRunner().invoke(main, ["sql", *words], input=stdin)


_SELECT = "SELECT TIKTOK_ID, NICK_NAME, HEART_COUNT, PRIVATE_ACCOUNT, USER_NAME, EXTRACTED_AT FROM TIKTOK_DATA"


def test_json_is_an_array_with_one_object_a_row(filled: None) -> None:
    """Ids stay text, counts exact integers, NULL null, times ISO 8601."""
    answer = ask(_SELECT, "--format", "json")
    assert json.loads(answer.stdout) == [
        {
            "TIKTOK_ID": "7420366745511658149",
            "NICK_NAME": 'a "quoted", 😀',
            "HEART_COUNT": _WIDEST,
            "PRIVATE_ACCOUNT": True,
            "USER_NAME": None,
            "EXTRACTED_AT": "2026-01-31T12:00:00.123000",
        }
    ]


def test_csv_reads_back_as_it_was(filled: None) -> None:
    """A header and quoted fields; NULL is an empty field."""
    rows = list(csv.reader(io.StringIO(ask(_SELECT, "--format", "csv").stdout)))
    assert rows[0][:3] == ["TIKTOK_ID", "NICK_NAME", "HEART_COUNT"]
    assert rows[1][:5] == ["7420366745511658149", 'a "quoted", 😀', str(_WIDEST), "True", ""]


def test_a_table_never_bends_an_id(filled: None) -> None:
    """The table prints the id's digits, not a number, and how many rows there are."""
    said = ask(_SELECT).stdout
    assert "7420366745511658149" in said
    assert said.endswith("1 row\n")


def test_numbers_are_on_the_right_with_separators_and_a_count_has_snowflakes_header(filled: None) -> None:
    """An id stays text on the left; a table for people is no input for programs."""
    head, line, row, count = ask("SELECT TIKTOK_ID, HEART_COUNT AS HEARTS FROM TIKTOK_DATA").stdout.splitlines()
    assert row == f"7420366745511658149  {_WIDEST:,}"
    assert head == f"{'TIKTOK_ID':19}  {'HEARTS':>{len(f'{_WIDEST:,}')}}"
    assert (set(line), count) == ({"-", " "}, "1 row")
    assert ask("SELECT COUNT(*) FROM TIKTOK_DATA").stdout == "  COUNT(*)\n----------\n         1\n1 row\n"


def test_several_statements_print_the_last_ones_rows(filled: None, environment: dict[str, str]) -> None:
    """Step 7 as five statements, also from standard input."""
    database = environment["SNOWFLAKE_DATABASE"]
    script = (
        f"USE ROLE ACCOUNTADMIN; USE WAREHOUSE COMPUTE_WH; USE {database}; USE SCHEMA Main; SELECT * FROM tiktok_data;"
    )
    for answer in (ask(script, "--format", "json"), ask("-", "--format", "json", stdin=script)):
        assert [row["TIKTOK_ID"] for row in json.loads(answer.stdout)] == ["7420366745511658149"]


def test_a_wrong_statement_is_an_error_in_words(session: Session) -> None:
    """Exit code 1 and the warehouse's message, no traceback."""
    answer = ask("SELECT * FROM NO_SUCH_TABLE")
    assert answer.exit_code == 1
    assert "NO_SUCH_TABLE" in answer.output
    assert "Traceback" not in answer.output


@pytest.mark.parametrize(("statements", "stdin"), [("", None), (" ", None), ("-", "\n")])
def test_no_statement_is_a_usage_error(environment: dict[str, str], statements: str, stdin: str | None) -> None:
    """A table without columns would look like an answer."""
    answer = ask(statements, stdin=stdin)
    assert (answer.exit_code, answer.stderr.splitlines()[-1]) == (2, "Error: STATEMENTS is empty.")


def test_a_wrong_setting_is_an_error_in_words(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A bad variable ends every command with its name and remedy."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_DEPLOYMENT", "nowhere")
    answer = ask("SELECT 1")
    assert answer.exit_code == 1
    assert "TIKTOK_INSIGHTS_DEPLOYMENT is 'nowhere'" in answer.output


def test_its_session_says_what_it_is(session: Session) -> None:
    """The tag is beside each statement in Snowflake's history; the timeouts are those of every session."""
    result = ask("SHOW PARAMETERS", "--format", "json")
    parameters = {row["key"]: row["value"] for row in json.loads(result.output)}
    assert json.loads(parameters["QUERY_TAG"]) == {"app": "tiktok_insights", "step": "sql"}
    assert (parameters["STATEMENT_TIMEOUT_IN_SECONDS"], parameters["LOCK_TIMEOUT"]) == ("3600", "600")
