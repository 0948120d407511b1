"""DuckDB's errors as Snowflake's, each cause with its own number and SQLSTATE.

What is not a ProgrammingError leaves fakesnow as HTTP 500, which the connector takes for an outage and sends again for
minutes.
"""

import duckdb
from snowflake.connector.errors import Error, ProgrammingError

LOCK_HELD = 625
CANCELED = 604
STATEMENT_TIMEOUT = 630
CONSTRAINT = 100072
#: Numbers of this stack: no public source says which ones Snowflake has for these. Their SQLSTATEs are the standard's.
COMMIT_CONFLICT = 900001
TRANSACTION_ABORTED = 900002
_INTERNAL = 603

_STATES = {
    LOCK_HELD: "57014",
    CANCELED: "57014",
    STATEMENT_TIMEOUT: "57014",
    CONSTRAINT: "22000",
    COMMIT_CONFLICT: "40001",
    TRANSACTION_ABORTED: "40000",
    _INTERNAL: "XX000",
}


def as_programming_error(error: Exception) -> ProgrammingError:
    """The error as the client shall see it, with DuckDB's own words in it.

    After `LOCK_HELD`, `COMMIT_CONFLICT` and `TRANSACTION_ABORTED`, roll back and run the whole transaction again. After
    the others, again would be the same. `_INTERNAL` is of this stack, which knows less than Snowflake.
    """
    if isinstance(error, ProgrammingError):
        return error
    if isinstance(error, duckdb.TransactionException):
        return _lost(str(error))
    if isinstance(error, duckdb.ConstraintException):
        return _error(CONSTRAINT, str(error))
    if isinstance(error, duckdb.InterruptException):
        return _error(CANCELED, "SQL execution canceled")
    if isinstance(error, Error):
        return ProgrammingError(msg=error.msg or str(error), errno=error.errno, sqlstate=error.sqlstate)
    what = str(error) if isinstance(error, duckdb.Error) else f"{type(error).__name__}: {error}"
    return _error(_INTERNAL, f"The local stack cannot run this statement, although Snowflake might: {what}")


def aborted(reason: str) -> ProgrammingError:
    """The error of a transaction that cannot go on: the client rolls back and starts it again."""
    return _error(TRANSACTION_ABORTED, f"Transaction aborted, roll back and retry the transaction: {reason}")


def timed_out(seconds: float) -> ProgrammingError:
    """The error of a statement that took longer than STATEMENT_TIMEOUT_IN_SECONDS, in Snowflake's words."""
    return _error(
        STATEMENT_TIMEOUT,
        f"Statement reached its statement or warehouse timeout of {seconds:g} second(s) and was canceled.",
    )


def _lost(reason: str) -> ProgrammingError:
    if "Failed to commit" in reason:
        return _error(COMMIT_CONFLICT, f"Another transaction committed first, so this one was rolled back: {reason}")
    if "onflict" in reason:
        # Snowflake lets the statement wait for LOCK_TIMEOUT; DuckDB cannot.
        return _error(
            LOCK_HELD,
            "Another transaction has locked what this statement changes, and this lock has not yet been released. "
            f"Your statement was aborted because the local stack does not wait for locks: {reason}",
        )
    return aborted(reason)


def _error(number: int, message: str) -> ProgrammingError:
    return ProgrammingError(msg=message, errno=number, sqlstate=_STATES[number])
