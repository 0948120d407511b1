"""Which of Snowflake's errors end a transaction that may succeed when it begins again.

Sources and what only a real account can prove: docs/decisions/0016-which-snowflake-errors-are-retried.md. Retrying
belongs in `snowflake_session`.
"""

import re

from snowflake.connector.errors import ProgrammingError

#: A lock is held: seen with "has locked table" and with "the number of waiters for this lock exceeds".
_LOCK_HELD = 625
#: SQLSTATE 57014 is also that of a statement that ran out of time (000630) or was canceled (000604), which would only
#: do so again; 55P03 is the standard's "lock not available". The text says which it is.
_STATES_OF_LOCKS = {"57014", "55P03"}
_LOCK = re.compile(r"\bdeadlock|\block(s|ed)?\b", re.IGNORECASE)
#: The standard's class "transaction rollback": deadlocks, serialization failures, aborted transactions.
_ROLLED_BACK = "40"


def is_conflict(error: Exception) -> bool:
    """Whether the transaction lost against another one, so that the same statements may succeed when it begins again.

    Timeouts, cancellations, sign-ins that expired, and a warehouse without credits are no conflicts.
    """
    if not isinstance(error, ProgrammingError):
        return False
    state = error.sqlstate or ""
    if error.errno == _LOCK_HELD or state.startswith(_ROLLED_BACK):
        return True
    return state in _STATES_OF_LOCKS and _LOCK.search(str(error.msg)) is not None
