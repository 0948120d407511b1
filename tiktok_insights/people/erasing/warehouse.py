"""Erases removed people in the warehouse, in one transaction, and with it puts the CSVs without their rows in place.

Afterwards the tables are as if the objects had been loaded without these rows, and no sum is left that tells whose they
were: `ledger`. Who is still covered by the list is found in `warehouse_search`; texts that name someone are cleaned in
`texts`.
"""

from collections.abc import Collection, Sequence

from snowflake.connector.errors import Error

from tiktok_insights.clients.snowflake_session import Connect, Session, placeholders, retry_conflicts
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.ledger import (
    RewrittenCsv,
    count_again,
    drop_telling_sums,
    in_parts,
    rewrite,
    uncheck,
)
from tiktok_insights.people.erasing.texts import clean_texts
from tiktok_insights.staging.ledger import take_lock
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.definitions import (
    FOLLOWER_SNAPSHOTS,
    LOAD_BATCHES,
    PUBLISH_LOCK,
    STAGED_OBJECTS,
    STAGED_TIKTOK_DATA,
    TIKTOK_DATA,
    TOUCHED_USERS,
)
from tiktok_insights.tables.load_status import BatchVerdict
from tiktok_insights.tables.presence import PRESENCE_SPELLS, TOUCHED_SPELLS
from tiktok_insights.warehouse.publish import write_users

#: Every table whose rows are about a user.
_OF_USERS = (TIKTOK_DATA, FOLLOWER_SNAPSHOTS, PRESENCE_SPELLS, STAGED_TIKTOK_DATA, TOUCHED_USERS, TOUCHED_SPELLS)
_USERS = f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}"


@retry_conflicts
def erase_in_warehouse(
    connect: Connect, suppression: SuppressionList, person_ids: Collection[str], prepared: Sequence[RewrittenCsv]
) -> list[Cleaned]:
    """Erase these people in every table, and write the CSVs, all in one transaction under the lock of publications.

    May be cut off and repeated: a CSV that was written before the rollback is found written. Gives what was removed
    from each table, and no personal data.
    """
    ids = sorted(set(person_ids))
    with connect() as session:
        done: list[Cleaned] | None = None
        try:
            with session.transaction():
                # By which it is known whether a COMMIT without an answer has arrived.
                taken = take_lock(session, "forget")
                done = _erase(session, suppression, ids, prepared)
        except Error:
            if done is None or not _has_arrived(connect, taken):
                raise
    return done


def _erase(
    session: Session, suppression: SuppressionList, ids: Sequence[str], prepared: Sequence[RewrittenCsv]
) -> list[Cleaned]:
    lock = session.namespace.name_of(PUBLISH_LOCK)
    session.execute(f"UPDATE {lock} SET SUPPRESSION = ?", (suppression.fingerprint or None,))
    _take_back_batches(session)
    keys = _objects_with(session, ids)
    found = [_erase_rows(session, table, ids) for table in _OF_USERS]
    rewritten = {csv.key for csv in prepared if rewrite(session, csv)}
    count_again(session, keys - rewritten)
    drop_telling_sums(session, [csv.key for csv in prepared])
    uncheck(session, keys | rewritten)
    found += clean_texts(session, suppression, ids)
    ((users,),) = session.query(_USERS)
    write_users(session, int(users))
    return [item for item in found if item.copies]


def _take_back_batches(session: Session) -> None:
    """Take back the verdict of what is not published, so that the next run stages it again, with the list of now.

    Its rows and sums go at once. A batch without a verdict yet loses only the people's rows; its run sees that.
    """
    unpublished = f"SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE PUBLISHED_AT IS NULL"
    session.execute(
        f"UPDATE {LOAD_BATCHES.name} SET VERDICT = ? WHERE VERDICT = ? AND PUBLISHED_AT IS NULL",
        (BatchVerdict.FAILED, BatchVerdict.PASSED),
    )
    for table in (STAGED_TIKTOK_DATA, STAGED_OBJECTS):
        session.execute(f"DELETE FROM {session.namespace.name_of(table)} WHERE BATCH_ID IN ({unpublished})")


def _objects_with(session: Session, ids: Sequence[str]) -> set[str]:
    return {
        key
        for some in in_parts(ids)
        for (key,) in session.query(
            f"SELECT DISTINCT OBJECT_KEY FROM {FOLLOWER_SNAPSHOTS.name} WHERE TIKTOK_ID IN ({placeholders(some)})", some
        )
    }


def _erase_rows(session: Session, table: Table, ids: Sequence[str]) -> Cleaned:
    name = session.namespace.name_of(table)
    rows = 0
    for some in in_parts(ids):
        place = f"FROM {name} WHERE TIKTOK_ID IN ({placeholders(some)})"
        # Not what DELETE says: its answer may be lost, and then it runs again, on nothing.
        rows += int(session.query(f"SELECT COUNT(*) {place}", some)[0][0])
        session.execute(f"DELETE {place}", some)
    return Cleaned(name, min(rows, 1), rows)


def _has_arrived(connect: Connect, taken: str) -> bool:
    with connect() as session:
        lock = session.namespace.name_of(PUBLISH_LOCK)
        return session.query(f"SELECT BATCH_ID FROM {lock}") == [(taken,)]
