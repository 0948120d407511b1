"""DuckDB's errors as Snowflake's.

What is not a ProgrammingError leaves fakesnow as HTTP 500, which the connector takes for an outage and sends again for
minutes.
"""

import duckdb
from snowflake.connector.errors import Error, ProgrammingError

CONFLICT = 625
CONSTRAINT = 100072
_INTERNAL = 603
_CONFLICT_STATE = "57014"
_CONSTRAINT_STATE = "22000"
_INTERNAL_STATE = "XX000"


def as_programming_error(error: Exception) -> ProgrammingError:
    """The error as the client shall see it, with DuckDB's own words in it.

    `CONFLICT` (000625) means: roll back and run the whole transaction again. `CONSTRAINT` (100072): a row breaks a
    constraint, again would be the same. Anything else is of this stack, which knows less than Snowflake.
    """
    if isinstance(error, ProgrammingError):
        return error
    if isinstance(error, duckdb.TransactionException):
        return conflict(str(error))
    if isinstance(error, duckdb.ConstraintException):
        return ProgrammingError(msg=str(error), errno=CONSTRAINT, sqlstate=_CONSTRAINT_STATE)
    if isinstance(error, Error):
        return ProgrammingError(msg=error.msg or str(error), errno=error.errno, sqlstate=error.sqlstate)
    what = str(error) if isinstance(error, duckdb.Error) else f"{type(error).__name__}: {error}"
    return ProgrammingError(
        msg=f"The local stack cannot run this statement (Snowflake may): {what}",
        errno=_INTERNAL,
        sqlstate=_INTERNAL_STATE,
    )


def conflict(reason: str) -> ProgrammingError:
    """The error of a transaction that cannot go on: the client rolls back and starts it again."""
    return ProgrammingError(
        msg=f"Transaction aborted, roll back and retry the transaction: {reason}",
        errno=CONFLICT,
        sqlstate=_CONFLICT_STATE,
    )
