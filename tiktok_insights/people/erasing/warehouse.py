"""Erases removed people in the warehouse, in one transaction, and with it puts the CSVs without their rows in place.

Afterwards the tables are as if the objects had been loaded without these rows, and no sum is left that tells whose they
were. Who is still covered by the list is found in `warehouse_search`; texts that name someone are cleaned in `texts`.
"""

import secrets
from collections.abc import Collection, Sequence
from typing import Protocol

from snowflake.connector.errors import Error

from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.clients.snowflake_session import Connect, Session, placeholders, retry_conflicts
from tiktok_insights.lake.listing import END_OF_DAY
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.texts import clean_texts
from tiktok_insights.staging.ledger import SETTLED, take_lock
from tiktok_insights.staging.row_counts import IdSums, RowCounts
from tiktok_insights.staging.staged_object import naive_utc
from tiktok_insights.suppression import SuppressionList
from tiktok_insights.tables.columns import Table
from tiktok_insights.tables.definitions import (
    FOLLOWER_SNAPSHOTS,
    LOAD_BATCHES,
    LOAD_HISTORY,
    PUBLISH_LOCK,
    STAGED_OBJECTS,
    STAGED_TIKTOK_DATA,
    TIKTOK_DATA,
    TOUCHED_USERS,
)
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql
from tiktok_insights.tables.load_status import BatchVerdict, LoadStatus
from tiktok_insights.tables.presence import PRESENCE_SPELLS, TOUCHED_SPELLS
from tiktok_insights.warehouse.publish import write_users

#: Every table whose rows are about a user.
_OF_USERS = (TIKTOK_DATA, FOLLOWER_SNAPSHOTS, PRESENCE_SPELLS, STAGED_TIKTOK_DATA, TOUCHED_USERS, TOUCHED_SPELLS)
#: In the place of an ETag and a hash of a version that is not in the bucket any more: uploaded again, it is new.
UNKNOWN = "removed"
#: Values in one statement; Snowflake takes 16,384.
_MOST_VALUES = 10_000
_USERS = f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}"
#: As the publication writes it: a list that does not say when it was taken counts from its upload.
_NEWEST_ROW_AT = (
    f"MAX(CASE WHEN CAST(EXTRACTED_AT AS TIME) = '{END_OF_DAY}'::TIME THEN FIRST_MODIFIED ELSE EXTRACTED_AT END)"
)


class RewrittenCsv(Protocol):
    """A CSV that is ready to be written without the rows of removed people."""

    @property
    def key(self) -> str:
        """The object's key."""

    @property
    def old_sha256(self) -> str:
        """The SHA-256 of the content that it replaces."""

    @property
    def new_sha256(self) -> str:
        """The SHA-256 of the new content."""

    @property
    def size(self) -> int:
        """The size of the new content in bytes."""

    @property
    def counts(self) -> RowCounts:
        """What a load makes of the new content's records."""

    @property
    def id_sums(self) -> IdSums:
        """The sums over their IDs."""

    def put(self) -> ObjectInfo:
        """Write it over the version that it replaces, unless that was done before; give what is in the bucket then.

        The quarantine is named after the ETag: that of the new one gets the rejected rows that are left.
        """


@retry_conflicts
def erase_in_warehouse(
    connect: Connect, suppression: SuppressionList, person_ids: Collection[str], prepared: Sequence[RewrittenCsv]
) -> list[Cleaned]:
    """Erase these people in every table, and write the CSVs, all in one transaction under the lock of publications.

    May be cut off and repeated: a CSV that was written before the rollback is found written. Gives what was removed
    from each table, and no personal data.
    """
    # Names this transaction in the lock's row, by which it is known whether a COMMIT without an answer has arrived.
    token = f"forget-{secrets.token_hex(8)}"
    ids = sorted(set(person_ids))
    with connect() as session:
        done: list[Cleaned] | None = None
        try:
            with session.transaction():
                take_lock(session, token)
                done = _erase(session, suppression, ids, prepared)
        except Error:
            if done is None or not _has_arrived(connect, token):
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
    rewritten = {csv.key for csv in prepared if _rewrite(session, csv)}
    _count_again(session, keys - rewritten)
    _drop_telling_sums(session, [csv.key for csv in prepared])
    _uncheck(session, keys | rewritten)
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
        for some in _parts(ids)
        for (key,) in session.query(
            f"SELECT DISTINCT OBJECT_KEY FROM {FOLLOWER_SNAPSHOTS.name} WHERE TIKTOK_ID IN ({placeholders(some)})", some
        )
    }


def _erase_rows(session: Session, table: Table, ids: Sequence[str]) -> Cleaned:
    name = session.namespace.name_of(table)
    rows = 0
    for some in _parts(ids):
        place = f"FROM {name} WHERE TIKTOK_ID IN ({placeholders(some)})"
        # Not what DELETE says: its answer may be lost, and then it runs again, on nothing.
        rows += int(session.query(f"SELECT COUNT(*) {place}", some)[0][0])
        session.execute(f"DELETE {place}", some)
    return Cleaned(name, min(rows, 1), rows)


def _rewrite(session: Session, csv: RewrittenCsv) -> bool:
    """Write a CSV, and let the ledger know it; says whether the content that it replaces is loaded."""
    info = csv.put()
    counts, sums = csv.counts, csv.id_sums
    values = {
        "ETAG": info.etag,
        "LATEST_ETAG": info.etag,
        "CONTENT_SHA256": csv.new_sha256,
        "SIZE_BYTES": csv.size,
        "LAST_MODIFIED": naive_utc(info.last_modified),
        "ROWS_IN": counts.rows_in,
        "ROWS_STAGED": counts.staged,
        "ROWS_DUPLICATE": counts.duplicate,
        "ROWS_REJECTED": counts.rejected,
        "ROWS_SUPPRESSED": counts.suppressed,
        "ID_SUM_IN": sums.rows_in,
        "ID_SUM_STAGED": sums.staged,
        "ID_SUM_DUPLICATE": sums.duplicate,
        "ID_SUM_REJECTED": sums.rejected,
        "NEGATIVE_COUNTS": counts.negative_counts,
    }
    settings = ", ".join(f"{name} = ?" for name in values)
    place = "OBJECT_KEY = ? AND CONTENT_SHA256 IN (?, ?) AND STATUS = ?"
    known = (csv.key, csv.old_sha256, csv.new_sha256, LoadStatus.LOADED)
    session.execute(
        f"UPDATE {LOAD_HISTORY.name} SET {settings}, NEWEST_ROW_AT = (SELECT {_NEWEST_ROW_AT} "
        f"FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY = ?) WHERE {place}",
        (*values.values(), csv.key, *known),
    )
    return bool(session.query(f"SELECT COUNT(*) FROM {LOAD_HISTORY.name} WHERE {place}", known)[0][0])


def _count_again(session: Session, keys: Collection[str]) -> None:
    """Let the ledger's rows of objects that lost rows, and have no new content, say what is left in the tables.

    The bucket does not have the loaded version any more, so nothing else is known of it.
    """
    for key in sorted(keys):
        ((rows, id_sum, newest),) = session.query(
            f"SELECT COUNT(*), {id_sum_sql('TIKTOK_ID', SqlEngine.SNOWFLAKE)}, {_NEWEST_ROW_AT} "
            f"FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY = ?",
            (key,),
        )
        session.execute(
            f"UPDATE {LOAD_HISTORY.name} SET ETAG = ?, LATEST_ETAG = ?, CONTENT_SHA256 = ?, ROWS_IN = ?, "
            "ROWS_STAGED = ?, ID_SUM_IN = ?, ID_SUM_STAGED = ?, ROWS_DUPLICATE = 0, ROWS_REJECTED = 0, "
            "ROWS_SUPPRESSED = 0, ID_SUM_DUPLICATE = 0, ID_SUM_REJECTED = 0, NEWEST_ROW_AT = ? "
            "WHERE OBJECT_KEY = ? AND STATUS = ?",
            (UNKNOWN, UNKNOWN, UNKNOWN, rows, rows, id_sum, id_sum, newest, key, LoadStatus.LOADED),
        )


def _drop_telling_sums(session: Session, keys: Sequence[str]) -> None:
    """Drop the ledger's rows of contents that are in no table: less the sum of another version, theirs is a person's.

    A refused object that was written without the rows is pending again; one that never had them stays refused.
    """
    session.execute(
        f"DELETE FROM {LOAD_HISTORY.name} WHERE STATUS = ? "
        f"OR (STATUS = ? AND (OBJECT_KEY, LATEST_ETAG) NOT IN ({SETTLED}))",
        (LoadStatus.SUPERSEDED, LoadStatus.REFUSED),
    )
    for some in _parts(keys):
        session.execute(
            f"DELETE FROM {LOAD_HISTORY.name} WHERE STATUS = ? AND OBJECT_KEY IN ({placeholders(some)})",
            (LoadStatus.REFUSED, *some),
        )


def _uncheck(session: Session, keys: Collection[str]) -> None:
    """Let the next run check the publications of these objects again, and make what shows them."""
    for some in _parts(sorted(keys)):
        session.execute(
            f"UPDATE {LOAD_BATCHES.name} SET CHECKED_AT = NULL WHERE PUBLISHED_AT IN "
            f"(SELECT LOADED_AT FROM {LOAD_HISTORY.name} WHERE OBJECT_KEY IN ({placeholders(some)}))",
            some,
        )


def _parts(values: Sequence[str]) -> list[Sequence[str]]:
    return [values[start : start + _MOST_VALUES] for start in range(0, len(values), _MOST_VALUES)]


def _has_arrived(connect: Connect, token: str) -> bool:
    with connect() as session:
        lock = session.namespace.name_of(PUBLISH_LOCK)
        return session.query(f"SELECT BATCH_ID FROM {lock}") == [(token,)]
