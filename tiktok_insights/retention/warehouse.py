"""What has expired in the warehouse, and the transaction that deletes it. The bucket belongs in `bucket`.

The ledger keeps a row of each version, without sums of IDs and reasons, so nothing is loaded again. ACCOUNT_SNAPSHOTS
keeps its counts. Everything else becomes what it would be if only the retained snapshots had ever been loaded. What
batches hold that were not published belongs in `staged`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import Connect, Session, retry_conflicts
from tiktok_insights.retention.cut import RetentionError
from tiktok_insights.retention.staged import EXPIRED, expire_staged, expiring_findings, expiring_staged_rows
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
from tiktok_insights.warehouse.own_csvs import day_of_ours
from tiktok_insights.warehouse.spells_again import accounts_with_snapshots_before, make_spells_again
from tiktok_insights.warehouse.users_again import make_users_again, touch_users

_DAY = day_of_ours("l.OBJECT_KEY")
#: The versions in the ledger, with the snapshot of each that is loaded.
_VERSIONS = (
    f"{LOAD_HISTORY.name} AS l LEFT JOIN {ACCOUNT_SNAPSHOTS.name} AS s "
    f"ON s.OBJECT_KEY = l.OBJECT_KEY AND l.STATUS = '{LoadStatus.LOADED}'"
)
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
    """What expires in the warehouse: versions in the ledger, rows of the history, of open snapshots, and staged ones.

    `findings` are batches of which the ledger forgets what the audit found.
    """

    versions: int = 0
    history_rows: int = 0
    open_snapshots: int = 0
    staged_rows: int = 0
    findings: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self != ExpiringRows()


def newest_cut(session: Session, cut: datetime) -> datetime:
    """The cut, or that of an earlier run if it is newer: it never goes back."""
    return max(cut, _known_cut(session) or cut)


def versions_from_others(session: Session, cut: datetime) -> list[LoadedVersion]:
    """The object versions in the ledger whose age is not in their keys: those from other sources.

    A file with a key like ours whose rows are older than it says is one of them, too.
    """
    is_expired = f"(l.STATUS = '{LoadStatus.EXPIRED}' OR {_is_old(cut)})"
    rows = session.query(
        f"SELECT l.OBJECT_KEY, l.ETAG, l.LATEST_ETAG, {is_expired} FROM {_VERSIONS} "
        f"WHERE {_DAY} IS NULL OR ({_DAY} >= {timestamp(cut)} AND {is_expired})"
    )
    return [LoadedVersion(key, (etag, latest), bool(is_expired)) for key, etag, latest, is_expired in rows]


def expiring_rows(session: Session, cut: datetime) -> ExpiringRows:
    """Count what expires now."""
    loaded = _old_versions(cut, "l.OBJECT_KEY", f"l.STATUS = '{LoadStatus.LOADED}'")
    ((versions, rows, open_snapshots),) = session.query(
        f"SELECT ({_old_versions(cut, 'COUNT(*)')}), "
        f"(SELECT COUNT(*) FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY IN ({loaded})), "
        f"(SELECT COUNT(*) FROM {ACCOUNT_SNAPSHOTS.name} WHERE {_is_old_open(cut)})"
    )
    notes = expiring_staged_rows(session, cut), expiring_findings(session, cut)
    return ExpiringRows(int(versions), int(rows), int(open_snapshots), *notes)


@retry_conflicts
def move_cut(connect: Connect, cut: datetime) -> None:
    """Move the cut where nothing expires, so that nothing older is loaded from now on; no spell depends on where it is.

    If something does by now, which a load has just brought, the cut stays: the next run takes both.
    """
    with connect() as session:
        if _known_cut(session) == cut:
            return
        with session.transaction():
            take_lock(session, "expire")
            if not expiring_rows(session, cut):
                _set_cut(session, cut)


@retry_conflicts
def expire_rows(connect: Connect, cut: datetime) -> ExpiringRows:
    """Delete what expires, and move the cut, in one transaction under the lock of publications.

    With nothing to expire, writes nothing. May be cut off and repeated. Raises RetentionError, DailyTotalsError or
    SpellsError when the counts inside the transaction do not add up, as when a statement whose answer was lost was sent
    again and has run twice.
    """
    with connect() as session:
        if not expiring_rows(session, cut):
            return ExpiringRows()
        with session.transaction():
            take_lock(session, "expire")
            # Asked again once the lock is held.
            expiring = expiring_rows(session, cut)
            if expiring:
                _expire(session, cut)
    return expiring


def _known_cut(session: Session) -> datetime | None:
    ((known,),) = session.query(f"SELECT MAX(RETAINED_FROM) FROM {session.namespace.name_of(PUBLISH_LOCK)}")
    return None if known is None else known.replace(tzinfo=UTC)


def _set_cut(session: Session, cut: datetime) -> datetime:
    """Move the cut, which never goes back, and give what it is now.

    It is a value, not a difference: a statement whose answer is lost may run twice.
    """
    newest = newest_cut(session, cut)
    lock = session.namespace.name_of(PUBLISH_LOCK)
    session.execute(f"UPDATE {lock} SET RETAINED_FROM = {timestamp(newest)}")
    return newest


def _expire(session: Session, cut: datetime) -> None:
    newest = _set_cut(session, cut)
    accounts = accounts_with_snapshots_before(session, newest)
    with daily_totals_kept(session, accounts, datetime.now(UTC)):
        users = _delete_rows(session, cut)
        make_spells_again(session, accounts)
    expire_staged(session, cut)
    ((rows,),) = session.query(_ROWS)
    if rows != users:
        msg = f"{rows} rows were left in {TIKTOK_DATA.name} for {users} users. All tables are as they were. Run again."
        raise RetentionError(msg)


def _delete_rows(session: Session, cut: datetime) -> int:
    """Mark the ledger's versions, delete what was loaded of them, and give the users their newest row that is left.

    Gives how many users are left.
    """
    session.execute(
        f"UPDATE {LOAD_HISTORY.name} SET {EXPIRED} "
        f"WHERE (OBJECT_KEY, ETAG) IN ({_old_versions(cut, 'l.OBJECT_KEY, l.ETAG')})"
    )
    touch_users(session, f"SELECT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY IN ({_EXPIRED})")
    session.execute(f"DELETE FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY IN ({_EXPIRED})")
    session.execute(f"DELETE FROM {ACCOUNT_SNAPSHOTS.name} WHERE {_is_old_open(cut)}")
    return make_users_again(session)


def _old_versions(cut: datetime, columns: str, where: str = "TRUE") -> str:
    """The query for the versions that expire."""
    return f"SELECT {columns} FROM {_VERSIONS} WHERE l.STATUS <> '{LoadStatus.EXPIRED}' AND {where} AND {_is_old(cut)}"


def _is_old(cut: datetime) -> str:
    """Whether a version is older than the cut: by our key, when it was loaded by its snapshot, or by its newest row.

    What has none of them, such as a version that was refused, is as old as its upload.
    """
    at = "COALESCE(s.LOOKED_AT, l.NEWEST_ROW_AT, l.FIRST_MODIFIED)"
    return f"(COALESCE({_DAY} < {timestamp(cut)}, FALSE) OR {at} < {timestamp(cut)})"


def _is_old_open(cut: datetime) -> str:
    return f"{IS_OPEN} AND STARTED_AT < {timestamp(cut)}"
