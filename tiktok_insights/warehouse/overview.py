"""What the page of TIKTOK_DATA shows after a publication: numbers, and no person's row.

What must be true of the table belongs in table_checks.py.
"""

from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.definitions import LOAD_BATCHES, TIKTOK_DATA


@dataclass(frozen=True, slots=True)
class Overview:
    """How many users the table has, how old its newest row is (UTC), and which batch was published last, if any."""

    users: int
    verified: int
    private: int
    newest: datetime | None
    newest_batch: str


def overview(session: Session) -> Overview:
    """Read the table's overview."""
    (row,) = session.query(
        "SELECT COUNT(*), COUNT(CASE WHEN ACCOUNT_VERIFIED THEN 1 END), COUNT(CASE WHEN PRIVATE_ACCOUNT THEN 1 END), "
        "MAX(EXTRACTED_AT), "
        f"(SELECT MAX(BATCH_ID) FROM {LOAD_BATCHES.name} WHERE PUBLISHED_AT IS NOT NULL) FROM {TIKTOK_DATA.name}"
    )
    users, verified, private, newest, batch = row
    return Overview(int(users), int(verified), int(private), newest, batch or "")
