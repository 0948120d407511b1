"""What the page of TIKTOK_DATA shows after a run: numbers out of the small tables, and no person's row.

It reads neither the table nor the history, however large they are. What must be true of the table belongs in
table_checks.py.
"""

from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.definitions import LOAD_BATCHES, LOAD_HISTORY, PUBLISH_LOCK
from tiktok_insights.tables.load_status import LoadStatus


@dataclass(frozen=True, slots=True)
class Overview:
    """How many users the history has, how old its newest row is (UTC), and which batch was published last, if any.

    The publications have counted the users; the check on Step 7 holds the table against that number.
    """

    users: int
    newest: datetime | None
    newest_batch: str


def overview(session: Session) -> Overview:
    """Read the table's overview."""
    ((newest, batch),) = session.query(
        f"SELECT (SELECT MAX(NEWEST_ROW_AT) FROM {LOAD_HISTORY.name} WHERE STATUS = ?), "
        f"(SELECT MAX(BATCH_ID) FROM {LOAD_BATCHES.name} WHERE PUBLISHED_AT IS NOT NULL)",
        (LoadStatus.LOADED,),
    )
    return Overview(counted_users(session), newest, batch or "")


def counted_users(session: Session) -> int:
    """How many users the history has, as the publications have counted them one after the other."""
    ((users,),) = session.query(f"SELECT COALESCE(MAX(USERS), 0) FROM {session.namespace.name_of(PUBLISH_LOCK)}")
    return int(users)
