"""Rebuilds TIKTOK_DATA and the spells from the whole history, after someone has changed or dropped them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import Connect, retry_conflicts
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.tables.definitions import (
    FOLLOWER_SNAPSHOTS,
    LOAD_BATCHES,
    TIKTOK_DATA,
    TOUCHED_USERS,
)
from tiktok_insights.tables.load_status import NewestRow
from tiktok_insights.warehouse.publish import write_users
from tiktok_insights.warehouse.publish_sql import publish_steps
from tiktok_insights.warehouse.spells_again import make_spells_again

#: In the place of a batch's id. Every user is touched, and then a publication's own statements do the rest.
_REBUILD = "rebuild"
_EVERYBODY = f"SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} UNION SELECT TIKTOK_ID FROM {TIKTOK_DATA.name}"
_STEPS = ("drop_touched_users", "insert_touched_users", "forget_touched_users")
_ROWS = f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}"
#: Every publication is checked again.
_UNCHECK = f"UPDATE {LOAD_BATCHES.name} SET CHECKED_AT = NULL"
_USERS = f"SELECT COUNT(DISTINCT TIKTOK_ID) FROM {FOLLOWER_SNAPSHOTS.name}"


class RebuildError(RuntimeError):
    """TIKTOK_DATA did not get what is in the history; the spells were rolled back, too."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows the table had, and has now: one for each user of the history."""

    rows_before: int
    rows: int


@retry_conflicts
def rebuild(connect: Connect) -> Rebuilt:
    """Rebuild TIKTOK_DATA and PRESENCE_SPELLS from the history, in one transaction; readers see them before or after.

    Publications wait meanwhile, or begin again. Raises RebuildError or SpellsError when the counts inside the
    transaction do not add up, as when a statement whose answer was lost was sent again and has run twice.
    """
    with connect() as session, session.transaction():
        steps = publish_steps(session.namespace, datetime.now(UTC))
        take_lock(session, _REBUILD)
        ((rows_before,),) = session.query(_ROWS)
        session.execute(
            f"INSERT INTO {session.namespace.name_of(TOUCHED_USERS)} (BATCH_ID, TIKTOK_ID, NEWEST) "
            f"SELECT ?, TIKTOK_ID, ? FROM ({_EVERYBODY}) AS everybody",
            (_REBUILD, NewestRow.FROM_THE_HISTORY),
        )
        for step in _STEPS:
            session.execute(steps[step], (_REBUILD,) * steps[step].count("?"))
        ((rows,),) = session.query(_ROWS)
        ((users,),) = session.query(_USERS)
        if rows != users:
            msg = f"{TIKTOK_DATA.name} got {rows} rows for {users} users in the history and was rolled back. Run again."
            raise RebuildError(msg)
        make_spells_again(session)
        write_users(session, int(users))
        session.execute(_UNCHECK)
    return Rebuilt(int(rows_before), int(rows))
