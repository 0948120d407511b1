"""Makes the rows of users in TIKTOK_DATA again, from the history that is left.

What a publication does to them is in `publish.py`; the spells are made again in `spells_again`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.definitions import FOLLOWER_SNAPSHOTS, TOUCHED_USERS
from tiktok_insights.tables.load_status import NewestRow
from tiktok_insights.warehouse.publish import write_users
from tiktok_insights.warehouse.publish_sql import publish_steps

#: In the place of a batch's ID. The users are touched, and then a publication's own statements do the rest.
_AGAIN = "users-again"
_STEPS = ("drop_touched_users", "insert_touched_users", "forget_touched_users")
_USERS = f"SELECT COUNT(DISTINCT TIKTOK_ID) FROM {FOLLOWER_SNAPSHOTS.name}"


def touch_users(session: Session, users: str, values: Sequence[object] = ()) -> None:
    """Note whose rows are made again: the IDs that a query gives. Call it before their rows are deleted."""
    session.execute(
        f"INSERT INTO {session.namespace.name_of(TOUCHED_USERS)} (BATCH_ID, TIKTOK_ID, NEWEST) "
        f"SELECT DISTINCT ?, TIKTOK_ID, ? FROM ({users}) AS users",
        (_AGAIN, NewestRow.FROM_THE_HISTORY, *values),
    )


def make_users_again(session: Session) -> int:
    """Give the touched users their newest row that is left, or none, and note how many users the history has.

    Gives this number. Call it inside a transaction that holds the publish lock.
    """
    steps = publish_steps(session.namespace, datetime.now(UTC))
    for step in _STEPS:
        session.execute(steps[step], (_AGAIN,) * steps[step].count("?"))
    ((users,),) = session.query(_USERS)
    write_users(session, int(users))
    return int(users)
