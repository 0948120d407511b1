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
from tiktok_insights.tables.presence import PRESENCE_SPELLS
from tiktok_insights.warehouse.publish import write_users
from tiktok_insights.warehouse.publish_sql import publish_steps

#: In the place of a batch's id. Every user is touched, and then a publication's own statements do the rest.
_REBUILD = "rebuild"
_EVERYBODY = f"SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} UNION SELECT TIKTOK_ID FROM {TIKTOK_DATA.name}"
_STEPS = ("drop_touched_users", "insert_touched_users", "forget_touched_users")
#: An account without spells gets all of them.
_SPELL_STEPS = ("fold_spells", "insert_touched_spells", "forget_touched_spells")
_ROWS = f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}"
_SPELLS = (
    f"SELECT SUM(N), COUNT(*) FROM (SELECT COUNT(*) AS N FROM {PRESENCE_SPELLS.name} "
    "GROUP BY ACCOUNT_ID, TIKTOK_ID, SPELL) AS spells"
)
#: Every publication is checked again.
_UNCHECK = f"UPDATE {LOAD_BATCHES.name} SET CHECKED_AT = NULL"
_USERS = f"SELECT COUNT(DISTINCT TIKTOK_ID) FROM {FOLLOWER_SNAPSHOTS.name}"


class RebuildError(RuntimeError):
    """A table did not get what is in the history; both were rolled back."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows the table had, and has now: one for each user of the history."""

    rows_before: int
    rows: int


@retry_conflicts
def rebuild(connect: Connect) -> Rebuilt:
    """Rebuild TIKTOK_DATA and PRESENCE_SPELLS from the history, in one transaction; readers see them before or after.

    Publications wait meanwhile, or begin again. Raises RebuildError when the counts inside the transaction do not add
    up, as when a statement whose answer was lost was sent again and has run twice.
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
        session.execute(f"DELETE FROM {PRESENCE_SPELLS.name}")
        for step in _STEPS + _SPELL_STEPS:
            session.execute(steps[step], (_REBUILD,) * steps[step].count("?"))
        ((rows,),) = session.query(_ROWS)
        ((users,),) = session.query(_USERS)
        if rows != users:
            msg = f"{TIKTOK_DATA.name} got {rows} rows for {users} users in the history and was rolled back. Run again."
            raise RebuildError(msg)
        ((spell_rows, spells),) = session.query(_SPELLS)
        if (spell_rows or 0) != spells:
            msg = f"{PRESENCE_SPELLS.name} got {spell_rows} rows for {spells} spells and was rolled back. Run again."
            raise RebuildError(msg)
        write_users(session, int(users))
        session.execute(_UNCHECK)
    return Rebuilt(int(rows_before), int(rows))
