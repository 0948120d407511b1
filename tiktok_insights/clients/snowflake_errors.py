"""What Snowflake's errors say, without rows, and which end a transaction that may succeed when it begins again.

Sources and what only a real account can prove: docs/decisions/0016-which-snowflake-errors-are-retried.md. Retrying
belongs in `snowflake_session`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from snowflake.connector.errors import Error, InterfaceError, OperationalError, ProgrammingError

from tiktok_insights.tables.definitions import ALL
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights.text.quoting import without_values

#: A lock is held: seen with "has locked table" and with "the number of waiters for this lock exceeds".
_LOCK_HELD = 625
#: Canceled, or out of time: that would only happen again, even if the text names a lock.
_ENDED_FROM_OUTSIDE = {604, 630}
#: SQLSTATE 57014 is also that of what was ended from outside; 55P03 is the standard's "lock not available". The text
#: says which it is.
_STATES_OF_LOCKS = {"57014", "55P03"}
_LOCK = re.compile(r"\bdeadlock|\block(s|ed)?\b", re.IGNORECASE)
#: The standard's "transaction rollback" and "serialization failure", and PostgreSQL's deadlock. The rest of the class
#: is no conflict: 40002 is a violated constraint, and after 40003 the statement may have been executed.
_ROLLED_BACK = {"40000", "40001", "40P01"}


def is_conflict(error: Exception) -> bool:
    """Whether the transaction lost against another one, so that the same statements may succeed when it begins again.

    Timeouts, cancellations, sign-ins that expired, and a warehouse without credits are no conflicts.
    """
    if not isinstance(error, ProgrammingError):
        return False
    state = error.sqlstate or ""
    if error.errno in _ENDED_FROM_OUTSIDE:
        return False
    if error.errno == _LOCK_HELD or state in _ROLLED_BACK:
        return True
    return state in _STATES_OF_LOCKS and _LOCK.search(str(error.msg)) is not None


@contextmanager
def without_rows(namespace: Namespace) -> Iterator[None]:
    """Raise errors of the warehouse from inside without what they quote of rows; they may name our tables."""
    try:
        yield
    except (InterfaceError, OperationalError):
        raise  # about the connection, and without rows
    except Error as error:
        names = (namespace.database, *namespace.schemas, namespace.reader_schema, *(table.name for table in ALL))
        error.msg = error.raw_msg = without_values(error.msg or "", names)
        error.args = (error.msg,)
        raise
