"""What has expired in the warehouse, and the transaction that deletes it. The bucket belongs in `bucket`.

The ledger keeps a row of each version, without sums of IDs and reasons, so nothing is loaded again. ACCOUNT_SNAPSHOTS
keeps its counts. Everything else becomes what it would be if only the retained snapshots had ever been loaded.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import Connect, Session, retry_conflicts
from tiktok_insights.retention.cut import RetentionError
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.staging.open_snapshots import IS_OPEN
from tiktok_insights.tables.columns import timestamp
from tiktok_insights.tables.definitions import (
    ACCOUNT_SNAPSHOTS,
    FOLLOWER_SNAPSHOTS,
    LOAD_HISTORY,
    PUBLISH_LOCK,
    TIKTOK_DATA,
)
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.warehouse.daily_totals import daily_totals_kept
from tiktok_insights.warehouse.spells_again import accounts_with_snapshots_before, make_spells_again
from tiktok_insights.warehouse.users_again import make_users_again, touch_users

#: The key of a CSV of ours has the day on which the snapshot was begun, and a cut is a midnight.
_IS_OURS = "l.OBJECT_KEY LIKE '%/tiktok_user_data-________T_________Z.csv'"
_DAY = "SUBSTR(l.OBJECT_KEY, POSITION('/dt=' IN l.OBJECT_KEY) + 4, 10)"
_SUMS = "ID_SUM_IN = 0, ID_SUM_STAGED = 0, ID_SUM_DUPLICATE = 0, ID_SUM_REJECTED = 0"
#: Objects that have expired and were not loaded in a newer version since.
_EXPIRED = (
    f"SELECT OBJECT_KEY FROM {LOAD_HISTORY.name} WHERE STATUS = '{LoadStatus.EXPIRED}' AND OBJECT_KEY NOT IN "
    f"(SELECT OBJECT_KEY FROM {LOAD_HISTORY.name} WHERE STATUS = '{LoadStatus.LOADED}')"
)
_ROWS = f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}"


@dataclass(frozen=True, slots=True)
class LoadedVersion:
    """A version of an object from another source that the ledger knows, and whether it has expired or expires now."""

    key: str
    etags: tuple[str, str]
    is_expired: bool


@dataclass(frozen=True, slots=True)
class ExpiringRows:
    """What expires in the warehouse: versions in the ledger, rows of the history, and rows of open snapshots."""

    versions: int
    history_rows: int
    open_snapshots: int

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.versions or self.history_rows or self.open_snapshots)


def versions_from_others(session: Session, cut: datetime) -> list[LoadedVersion]:
    """The object versions from other sources in the ledger: the age of ours is in their keys."""
    rows = session.query(
        f"SELECT l.OBJECT_KEY, l.ETAG, l.LATEST_ETAG, "
        f"l.STATUS = '{LoadStatus.EXPIRED}' OR l.OBJECT_KEY IN ({_old(cut)}) FROM {LOAD_HISTORY.name} AS l "
        f"WHERE NOT {_IS_OURS}"
    )
    return [LoadedVersion(key, (etag, latest), bool(is_expired)) for key, etag, latest, is_expired in rows]


def expiring_rows(session: Session, cut: datetime) -> ExpiringRows:
    """Count what expires now."""
    keys, is_open = _old(cut), f"{IS_OPEN} AND STARTED_AT < {timestamp(cut)}"
    ((versions, rows, open_snapshots),) = session.query(
        f"SELECT (SELECT COUNT(*) FROM {LOAD_HISTORY.name} WHERE STATUS <> '{LoadStatus.EXPIRED}' "
        f"AND OBJECT_KEY IN ({keys})), "
        f"(SELECT COUNT(*) FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY IN ({keys})), "
        f"(SELECT COUNT(*) FROM {ACCOUNT_SNAPSHOTS.name} WHERE {is_open})"
    )
    return ExpiringRows(int(versions), int(rows), int(open_snapshots))


@retry_conflicts
def expire_rows(connect: Connect, cut: datetime) -> ExpiringRows:
    """Delete what expires, in one transaction under the lock of publications. With nothing to expire, write nothing.

    May be cut off and repeated. Raises RetentionError, DailyTotalsError or SpellsError when the counts inside the
    transaction do not add up, as when a statement whose answer was lost was sent again and has run twice.
    """
    with connect() as session:
        if not expiring_rows(session, cut):
            return ExpiringRows(0, 0, 0)
        with session.transaction():
            take_lock(session, "expire")
            # Asked again once the lock is held.
            expiring = expiring_rows(session, cut)
            if expiring:
                _expire(session, cut)
    return expiring


def _expire(session: Session, cut: datetime) -> None:
    lock, now = session.namespace.name_of(PUBLISH_LOCK), datetime.now(UTC)
    # The cut never goes back. It is a value, not a difference: a statement whose answer is lost may run twice.
    newest = f"GREATEST(COALESCE(RETAINED_FROM, {timestamp(cut)}), {timestamp(cut)})"
    ((retained_from,),) = session.query(f"SELECT {newest} FROM {lock}")
    accounts = accounts_with_snapshots_before(session, retained_from.replace(tzinfo=UTC))
    with daily_totals_kept(session, accounts, now):
        users = _delete_rows(session, cut)
        session.execute(f"UPDATE {lock} SET RETAINED_FROM = {newest}")
        make_spells_again(session, accounts)
    ((rows,),) = session.query(_ROWS)
    if rows != users:
        msg = f"{rows} rows were left in {TIKTOK_DATA.name} for {users} users. All tables are as they were. Run again."
        raise RetentionError(msg)


def _delete_rows(session: Session, cut: datetime) -> int:
    """Mark the ledger's versions, delete what was loaded of them, and give the users their newest row that is left.

    Gives how many users are left.
    """
    session.execute(
        f"UPDATE {LOAD_HISTORY.name} SET STATUS = '{LoadStatus.EXPIRED}', REASON = NULL, {_SUMS} "
        f"WHERE STATUS <> '{LoadStatus.EXPIRED}' AND OBJECT_KEY IN ({_old(cut)})"
    )
    touch_users(session, f"SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY IN ({_EXPIRED})")
    session.execute(f"DELETE FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY IN ({_EXPIRED})")
    session.execute(f"DELETE FROM {ACCOUNT_SNAPSHOTS.name} WHERE {IS_OPEN} AND STARTED_AT < {timestamp(cut)}")
    return make_users_again(session)


def _old(cut: datetime) -> str:
    """The query for the keys of objects that expire: their loaded version is older than the cut, or, without one, all.

    A version that was never loaded is as old as the day in our key, or else as its newest row or its upload.
    """
    return (
        f"SELECT l.OBJECT_KEY FROM {LOAD_HISTORY.name} AS l "
        f"LEFT JOIN {ACCOUNT_SNAPSHOTS.name} AS s ON s.OBJECT_KEY = l.OBJECT_KEY "
        f"WHERE l.STATUS <> '{LoadStatus.EXPIRED}' GROUP BY l.OBJECT_KEY "
        f"HAVING MAX(CASE WHEN l.STATUS = '{LoadStatus.LOADED}' THEN {_at('s.LOOKED_AT')} END) < {timestamp(cut)} "
        f"OR (COUNT_IF(l.STATUS = '{LoadStatus.LOADED}') = 0 AND MIN(CASE WHEN {_IS_OURS} "
        f"THEN CASE WHEN {_DAY} < '{cut:%Y-%m-%d}' THEN 1 ELSE 0 END "
        f"ELSE CASE WHEN {_at('NULL')} < {timestamp(cut)} THEN 1 ELSE 0 END END) = 1)"
    )


def _at(looked_at: str) -> str:
    return f"COALESCE({looked_at}, l.NEWEST_ROW_AT, l.FIRST_MODIFIED)"
