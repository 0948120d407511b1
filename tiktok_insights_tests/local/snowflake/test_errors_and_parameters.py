"""Each cause has an error of its own, and a session remembers what its client has set."""

from collections.abc import Callable
from typing import Any

import duckdb
import pytest
from snowflake.connector import SnowflakeConnection

from tiktok_insights.clients.snowflake_errors import is_conflict
from tiktok_insights.local.snowflake.errors import (
    CANCELED,
    COMMIT_CONFLICT,
    CONSTRAINT,
    LOCK_HELD,
    STATEMENT_TIMEOUT,
    TRANSACTION_ABORTED,
    as_programming_error,
)
from tiktok_insights_tests.support.troubleshooting import told

Connect = Callable[..., SnowflakeConnection]


def parameters(session: SnowflakeConnection, pattern: str = "%") -> dict[str, Any]:
    """What the session has set, by the statement that Snowflake has for it."""
    rows = session.cursor().execute(f"SHOW PARAMETERS LIKE '{pattern}' IN SESSION")
    return {row[0]: row[1] for row in rows or ()}


def provoked(*statements: str) -> Exception:
    """DuckDB's own error on the last of the statements; `2:` before one gives it to a second session."""
    with duckdb.connect() as first, first.cursor() as second:
        for statement in statements:
            session, sql = (second, statement[2:]) if statement.startswith("2:") else (first, statement)
            try:
                session.execute(sql)
            except duckdb.Error as error:
                return error
    raise AssertionError(statements)


_TABLE = ("CREATE TABLE T (A INT PRIMARY KEY, B INT NOT NULL)", "INSERT INTO T VALUES (1, 1)")


@pytest.mark.parametrize(
    ("statements", "number", "state", "again"),
    [
        (("BEGIN", "UPDATE T SET B = 2", "2:BEGIN", "2:UPDATE T SET B = 3"), LOCK_HELD, "57014", True),
        (
            ("BEGIN", "2:BEGIN", "INSERT INTO T VALUES (2, 1)", "2:INSERT INTO T VALUES (2, 2)", "COMMIT", "2:COMMIT"),
            COMMIT_CONFLICT,
            "40001",
            True,
        ),
        (("COMMIT",), TRANSACTION_ABORTED, "40000", True),
        (("INSERT INTO T VALUES (3, NULL)",), CONSTRAINT, "22000", False),
    ],
    ids=["locked", "commit", "aborted", "constraint"],
)
def test_each_cause_has_an_error_of_its_own(statements: tuple[str, ...], number: int, state: str, again: bool) -> None:
    """A conflict is one to the pipeline, too, whatever its number."""
    error = as_programming_error(provoked(*_TABLE, *statements))
    assert (error.errno, error.sqlstate) == (number, state)
    assert is_conflict(error) is again


def test_a_statement_that_takes_too_long_is_canceled(connect: Connect) -> None:
    """With Snowflake's number and words; the session goes on, and the transaction is not begun again for it."""
    session = connect(session_parameters={"STATEMENT_TIMEOUT_IN_SECONDS": 1})
    session.cursor().execute("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 0.2")
    with told("<number> (57014): …Statement reached its statement", "000630", "0.2 second(s)") as raised:
        session.cursor().execute("SELECT COUNT(*) FROM RANGE(10000000000) A, RANGE(10000) B")
    assert raised.value.errno == STATEMENT_TIMEOUT
    assert not is_conflict(raised.value)
    assert parameters(session, "statement_timeout%") == {"STATEMENT_TIMEOUT_IN_SECONDS": "0.2"}


def test_an_interrupted_statement_is_a_canceled_one() -> None:
    """As when the stack stops: with Snowflake's number, and no conflict."""
    error = as_programming_error(duckdb.InterruptException("INTERRUPT Error: Interrupted!"))
    assert (error.errno, error.sqlstate, is_conflict(error)) == (CANCELED, "57014", False)


def test_a_session_shows_what_was_set(connect: Connect) -> None:
    """At the login, later, and not any more; each session for itself, with Snowflake's defaults."""
    session, other = connect(session_parameters={"QUERY_TAG": "it's a tag", "LOCK_TIMEOUT": 600}), connect()
    defaults = {
        "LOCK_TIMEOUT": "43200",
        "QUERY_TAG": "",
        "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "0",
        "STATEMENT_TIMEOUT_IN_SECONDS": "172800",
    }
    assert parameters(session) == defaults | {"QUERY_TAG": "it's a tag", "LOCK_TIMEOUT": "600"}
    session.cursor().execute("ALTER SESSION SET QUERY_TAG = 'dbt''s', STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 60")
    session.cursor().execute("ALTER SESSION UNSET LOCK_TIMEOUT")
    assert parameters(session) == defaults | {"QUERY_TAG": "dbt's", "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": "60"}
    assert parameters(other) == defaults
