"""Which loaded objects the checks on TIKTOK_DATA compare: what no checks have passed yet, or everything.

The state is in LOAD_BATCHES, so that a run finds what an earlier one published and did not check. What is asked about
these objects belongs in the modules of checks.
"""

from dataclasses import dataclass
from datetime import datetime

from tiktok_insights.clients.snowflake_session import Session, placeholders, retry_conflicts
from tiktok_insights.tables.columns import timestamp
from tiktok_insights.tables.definitions import LOAD_BATCHES, LOAD_HISTORY
from tiktok_insights.tables.load_status import LoadStatus

_LOADED = f"SELECT OBJECT_KEY FROM {LOAD_HISTORY.name} WHERE STATUS = '{LoadStatus.LOADED}'"
#: Values in one statement; Snowflake takes 16,384.
_MOST_VALUES = 10_000


@dataclass(frozen=True, slots=True)
class Scope:
    """The loaded objects to compare, `objects` of them; by default none.

    `batch_ids` are the publications that no checks have passed yet, those that loaded nothing included.
    """

    batch_ids: tuple[str, ...] = ()
    objects: int = 0
    is_everything: bool = False

    @property
    def keys(self) -> str:
        """The query for the objects' keys; it needs `values`."""
        if self.is_everything:
            return _LOADED
        # Not by the ledger's BATCH_ID: the same content uploaded again moves that to a batch that loaded nothing.
        return (
            f"{_LOADED} AND LOADED_AT IN (SELECT PUBLISHED_AT FROM {LOAD_BATCHES.name} "
            f"WHERE BATCH_ID IN ({placeholders(self.batch_ids)}))"
        )

    @property
    def values(self) -> tuple[str, ...]:
        """The values of `keys`."""
        return () if self.is_everything else self.batch_ids


def unchecked(session: Session) -> Scope:
    """What was published and not checked: by this run, or by an earlier one that was cut off or whose checks failed."""
    rows = session.query(
        f"SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE PUBLISHED_AT IS NOT NULL AND CHECKED_AT IS NULL "
        f"ORDER BY BATCH_ID LIMIT {_MOST_VALUES}"
    )
    return _counted(session, Scope(tuple(batch_id for (batch_id,) in rows))) if rows else Scope()


def everything(session: Session) -> Scope:
    """All loaded objects."""
    return _counted(session, Scope(is_everything=True))


def _counted(session: Session, scope: Scope) -> Scope:
    ((objects,),) = session.query(f"SELECT COUNT(*) FROM ({scope.keys}) AS loaded", scope.values)
    return Scope(scope.batch_ids, int(objects), scope.is_everything)


@retry_conflicts
def mark_checked(session: Session, scope: Scope, now: datetime) -> None:
    """Note that the checks have passed, so that no later run compares these publications again."""
    if scope.batch_ids:
        session.execute(
            f"UPDATE {LOAD_BATCHES.name} SET CHECKED_AT = {timestamp(now)} "
            f"WHERE BATCH_ID IN ({placeholders(scope.batch_ids)})",
            scope.batch_ids,
        )
