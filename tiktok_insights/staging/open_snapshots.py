"""Open snapshots in ACCOUNT_SNAPSHOTS: how far each was walked and why it stopped, until it is committed and loaded.

Their rows are what the bucket says now, rebuilt whenever it says something else; their pages are not loaded.
"""

from collections.abc import Iterator

from tiktok_insights.clients.snowflake_session import NamedRow, Row, Session, retry_conflicts
from tiktok_insights.raw.manifest import RAW_PREFIX
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.staged_object import snapshot_facts
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS

#: Rows of loaded snapshots have the key of a CSV.
_OPEN = f"OBJECT_KEY LIKE '{RAW_PREFIX}%'"


class OpenSnapshotsError(RuntimeError):
    """The rows of open snapshots are not those that were sent; they were rolled back."""


@retry_conflicts
def record_open_snapshots(session: Session, raw: RawStore) -> None:
    """Make the table's rows of open snapshots equal to the bucket's; each account has one at the most, its newest.

    Raises OpenSnapshotsError when a statement whose answer was lost was sent again, and has run twice.
    """
    rows = list(_rows(raw))
    wanted = sorted((row["OBJECT_KEY"], row["FINISHED_AT"]) for row in rows)
    if _known(session) == wanted:
        return
    with session.transaction():
        session.execute(f"DELETE FROM {ACCOUNT_SNAPSHOTS.name} WHERE {_OPEN}")
        session.insert(ACCOUNT_SNAPSHOTS, rows)
        if (found := _known(session)) != wanted:
            msg = (
                f"{ACCOUNT_SNAPSHOTS.name} got {len(found)} rows for {len(wanted)} open snapshots and was rolled back."
            )
            raise OpenSnapshotsError(f"{msg} Run again.")


def _known(session: Session) -> list[Row]:
    return sorted(session.query(f"SELECT OBJECT_KEY, FINISHED_AT FROM {ACCOUNT_SNAPSHOTS.name} WHERE {_OPEN}"))


def _rows(raw: RawStore) -> Iterator[NamedRow]:
    for account_id in raw.accounts():
        snapshots = raw.snapshots(account_id)
        if not snapshots or raw.is_committed(snapshots[-1]):
            continue
        if (attempt := raw.attempt(snapshots[-1])) is not None:
            yield {
                "OBJECT_KEY": attempt.snapshot.attempt,
                "ACCOUNT_ID": account_id,
                "SNAPSHOT_ID": attempt.snapshot_id,
                **snapshot_facts(attempt, attempt.users_seen),
            }
