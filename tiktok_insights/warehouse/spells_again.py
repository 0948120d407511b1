"""Makes the spells of accounts again, from all of their snapshots in the history that is left.

What a publication adds to spells is in `publish.py`; what decides about a spell, in `sql/fold_spells.sql`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import Session, placeholders
from tiktok_insights.tables.columns import timestamp
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS
from tiktok_insights.tables.presence import PRESENCE_SPELLS
from tiktok_insights.warehouse.publish_sql import publish_steps

#: In the place of a batch's ID: no object is staged under it.
_AGAIN = "spells-again"
#: An account without spells gets all of them.
_STEPS = ("fold_spells", "insert_touched_spells", "forget_touched_spells")
_SPELLS = (
    f"SELECT SUM(N), COUNT(*) FROM (SELECT COUNT(*) AS N FROM {PRESENCE_SPELLS.name} "
    "GROUP BY ACCOUNT_ID, TIKTOK_ID, SPELL) AS spells"
)


class SpellsError(RuntimeError):
    """A statement ran twice, so that a spell has two rows; the transaction must be rolled back."""


def accounts_with_snapshots_before(session: Session, cut: datetime) -> list[str]:
    """The accounts whose spells depend on the cut (UTC): also those of which nothing expires this time."""
    sql = f"SELECT DISTINCT ACCOUNT_ID FROM {ACCOUNT_SNAPSHOTS.name} WHERE LOOKED_AT < {timestamp(cut)} ORDER BY 1"
    return [account_id for (account_id,) in session.query(sql)]


def make_spells_again(session: Session, account_ids: Sequence[str] | None = None) -> None:
    """Make the spells of some accounts, or of all, what follows from the history and from the cut as they are now.

    Call it inside a transaction that holds the publish lock. Raises SpellsError, which must roll the transaction back.
    """
    if account_ids is None:
        session.execute(f"DELETE FROM {PRESENCE_SPELLS.name}")
    elif account_ids:
        chosen = f"ACCOUNT_ID IN ({placeholders(account_ids)})"
        session.execute(f"DELETE FROM {PRESENCE_SPELLS.name} WHERE {chosen}", account_ids)
    else:
        return
    steps = publish_steps(session.namespace, datetime.now(UTC))
    for step in _STEPS:
        session.execute(steps[step], (_AGAIN,) * steps[step].count("?"))
    ((rows, spells),) = session.query(_SPELLS)
    if (rows or 0) != spells:
        msg = f"{PRESENCE_SPELLS.name} got {rows} rows for {spells} spells and was rolled back. Run again."
        raise SpellsError(msg)
