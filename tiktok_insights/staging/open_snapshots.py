"""Open snapshots in ACCOUNT_SNAPSHOTS: how far each was walked and why it stopped, until it is committed and loaded.

Their rows are what the bucket says now, rebuilt whenever it says something else; their pages are not loaded.
"""

from collections.abc import Sequence

from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.clients.snowflake_session import NamedRow, Row, Session, placeholders, retry_conflicts
from tiktok_insights.raw.manifest import RAW_PREFIX
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.staged_object import snapshot_facts
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS

#: Rows of loaded snapshots have the key of a CSV.
IS_OPEN = f"OBJECT_KEY LIKE '{RAW_PREFIX}%'"


class OpenSnapshotsError(RuntimeError):
    """The rows of open snapshots are not those that were sent; they were rolled back."""


@retry_conflicts
def record_open_snapshots(session: Session, raw: RawStore) -> list[Unreadable]:
    """Make the table's rows of open snapshots equal to the bucket's; each account has one at the most, its newest.

    Gives the notes that S3 refuses; their rows stay as they are. Raises OpenSnapshotsError when a statement whose
    answer was lost was sent again, and has run twice.
    """
    rows, unreadable = _rows(raw)
    kept = [item.key for item in unreadable]
    wanted = sorted((row["OBJECT_KEY"], row["FINISHED_AT"]) for row in rows)
    if _known(session, kept) == wanted:
        return unreadable
    with session.transaction():
        session.execute(f"DELETE FROM {ACCOUNT_SNAPSHOTS.name} WHERE {_open_but(kept)}", kept)
        session.insert(ACCOUNT_SNAPSHOTS, rows)
        if (found := _known(session, kept)) != wanted:
            msg = (
                f"{ACCOUNT_SNAPSHOTS.name} got {len(found)} rows for {len(wanted)} open snapshots and was rolled back."
            )
            raise OpenSnapshotsError(f"{msg} Run again.")
    return unreadable


def _open_but(kept: Sequence[str]) -> str:
    return IS_OPEN + (f" AND OBJECT_KEY NOT IN ({placeholders(kept)})" if kept else "")


def _known(session: Session, kept: Sequence[str]) -> list[Row]:
    sql = f"SELECT OBJECT_KEY, FINISHED_AT FROM {ACCOUNT_SNAPSHOTS.name} WHERE {_open_but(kept)}"
    return sorted(session.query(sql, kept))


def _rows(raw: RawStore) -> tuple[list[NamedRow], list[Unreadable]]:
    rows, unreadable = list[NamedRow](), list[Unreadable]()
    for account_id in raw.accounts():
        snapshots = raw.snapshots(account_id)
        if not snapshots or raw.is_committed(snapshots[-1]):
            continue
        try:
            attempt = raw.attempt(snapshots[-1])
        except ObjectUnavailableError as error:
            unreadable.append(Unreadable.because(error, snapshots[-1].attempt))
            continue
        if attempt is not None:
            key = {"OBJECT_KEY": attempt.snapshot.attempt, "ACCOUNT_ID": account_id, "SNAPSHOT_ID": attempt.snapshot_id}
            facts = snapshot_facts(SnapshotFacts.of(attempt), attempt.users_seen)
            rows.append({**key, **facts, "LOOKED_AT": None})
    return rows, unreadable
