"""Rebuilds TIKTOK_DATA and the spells from the whole history, after someone has changed or dropped them."""

from dataclasses import dataclass

from tiktok_insights.clients.snowflake_session import Connect, retry_conflicts
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.tables.definitions import (
    FOLLOWER_SNAPSHOTS,
    LOAD_BATCHES,
    TIKTOK_DATA,
)
from tiktok_insights.warehouse.spells_again import make_spells_again
from tiktok_insights.warehouse.users_again import make_users_again, touch_users

_EVERYBODY = f"SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} UNION SELECT TIKTOK_ID FROM {TIKTOK_DATA.name}"
_ROWS = f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}"
#: Every publication is checked again.
_UNCHECK = f"UPDATE {LOAD_BATCHES.name} SET CHECKED_AT = NULL"


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
        take_lock(session, "rebuild")
        ((rows_before,),) = session.query(_ROWS)
        touch_users(session, _EVERYBODY)
        users = make_users_again(session)
        ((rows,),) = session.query(_ROWS)
        if rows != users:
            msg = f"{TIKTOK_DATA.name} got {rows} rows for {users} users in the history and was rolled back. Run again."
            raise RebuildError(msg)
        make_spells_again(session)
        session.execute(_UNCHECK)
    return Rebuilt(int(rows_before), int(rows))
