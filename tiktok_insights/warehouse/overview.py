"""What the page of TIKTOK_DATA shows after a publication. What must be true of the table belongs in table_checks.py."""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.clients.snowflake_session import Row, Session
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.tables.definitions import TIKTOK_DATA

_SHOWN_USERS = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """How many users the table has, and the rows of those with the most followers, in the contract's columns."""

    users: int
    most_followed: Sequence[Row]


def overview(session: Session) -> Overview:
    """Read the table's overview."""
    ((users,),) = session.query(f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}")
    most_followed = session.query(
        f"SELECT {', '.join(WAREHOUSE_NAMES)} FROM {TIKTOK_DATA.name} "
        f"ORDER BY FOLLOWERS_COUNT DESC NULLS LAST LIMIT {_SHOWN_USERS}"
    )
    return Overview(int(users), most_followed)
