"""After which of Snowflake's errors a transaction begins again: by number, SQLSTATE and text, as reported in public."""

import pytest
from snowflake.connector.errors import DatabaseError, OperationalError, ProgrammingError

from tiktok_insights.clients.snowflake_errors import is_conflict

_LOCKED = (
    "Statement '01b43b22-0509-2fce-0003-29019743c0af' has locked table 'MODELS' in transaction 1715330074481000000 "
    "and this lock has not yet been released."
)
_WAITERS = (
    f"{_LOCKED}\nYour statement '01b43b22-0509-2fce-0003-29019743c13b' was aborted because the number of waiters for "
    "this lock exceeds the 20 statements limit."
)
_TOO_SLOW = "Statement reached its statement or warehouse timeout of 300 second(s) and was canceled."


@pytest.mark.parametrize(
    ("number", "state", "text", "expected"),
    [
        pytest.param(625, "57014", _WAITERS, True, id="too many wait for the lock"),
        pytest.param(625, "57014", _LOCKED, True, id="the lock is not released"),
        pytest.param(625, None, "?", True, id="000625 alone"),
        pytest.param(999, "57014", _LOCKED, True, id="a lock with another number"),
        pytest.param(999, "57014", "Statement was aborted because it was part of a deadlock.", True, id="deadlock"),
        pytest.param(999, "55P03", "Lock timeout of 600 seconds exceeded.", True, id="a wait for a lock timed out"),
        pytest.param(999, "40001", "?", True, id="serialization failure"),
        pytest.param(999, "40P01", "?", True, id="deadlock by its state"),
        pytest.param(900002, "40000", "Transaction aborted", True, id="aborted"),
        pytest.param(630, "57014", _TOO_SLOW, False, id="statement timeout"),
        pytest.param(630, "57014", f"{_TOO_SLOW} {_LOCKED}", False, id="statement timeout while it waits for a lock"),
        pytest.param(604, "57014", "SQL execution canceled: it held a lock", False, id="canceled because of a lock"),
        pytest.param(999, "40002", "?", False, id="a constraint rolled the transaction back"),
        pytest.param(999, "40003", "?", False, id="unknown whether the statement was executed"),
        pytest.param(604, "57014", "SQL execution canceled", False, id="canceled"),
        pytest.param(604, "57014", "The table of blocked users was canceled", False, id="blocked is no lock"),
        pytest.param(606, "57P03", "No active warehouse selected in the current session.", False, id="no warehouse"),
        pytest.param(
            90073,
            "57014",
            "Warehouse 'COMPUTE_WH' cannot be resumed because resource monitor 'CREDITLIMIT' has exceeded its quota.",
            False,
            id="no credits",
        ),
        pytest.param(390114, "08001", "Authentication token has expired.", False, id="master token expired"),
        pytest.param(2003, "42S02", "Object 'LOCKED' does not exist or not authorized.", False, id="a name with lock"),
        pytest.param(1003, "42000", "syntax error near 'DEADLOCK'", False, id="syntax"),
        pytest.param(603, "XX000", "SQL execution internal error", False, id="internal"),
        pytest.param(None, None, "?", False, id="nothing known"),
    ],
)
def test_a_lost_transaction_is_told_from_everything_else(
    number: int | None, state: str | None, text: str, expected: bool
) -> None:
    """57014 alone says too little: a lock, a timeout and a cancellation share it."""
    assert is_conflict(ProgrammingError(msg=text, errno=number, sqlstate=state)) is expected


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OperationalError(msg="away", errno=250001, sqlstate="08001"), id="no connection"),
        pytest.param(DatabaseError(msg=_LOCKED, errno=625, sqlstate="57014"), id="no statement's error"),
        pytest.param(ValueError("625"), id="not the warehouse's"),
    ],
)
def test_only_a_statements_error_is_a_conflict(error: Exception) -> None:
    """The connector raises ProgrammingError for what the server refuses; the rest is the way there."""
    assert not is_conflict(error)
