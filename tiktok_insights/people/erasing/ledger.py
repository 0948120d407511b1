"""The ledger's rows of objects that lost rows of removed people: as if the objects had been loaded without them.

No sum is left from which a person's ID follows. The rows of people, and the transaction, belong in `warehouse`.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.clients.snowflake_session import Session, placeholders
from tiktok_insights.lake.listing import END_OF_DAY
from tiktok_insights.staging.ledger import SETTLED
from tiktok_insights.staging.row_counts import IdSums, RowCounts
from tiktok_insights.staging.staged_object import counted_columns, naive_utc
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, FOLLOWER_SNAPSHOTS, LOAD_BATCHES, LOAD_HISTORY
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql
from tiktok_insights.tables.load_status import LoadStatus

#: In the place of an ETag and a hash of a version that is not in the bucket any more: uploaded again, it is new.
UNKNOWN = "removed"
#: Values in one statement; Snowflake takes 16,384.
_MOST_VALUES = 10_000
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


def rewrite(session: Session, csv: RewrittenCsv) -> bool:
    """Write a CSV, and let the ledger know it; says whether the content that it replaces is loaded."""
    info = csv.put()
    values = {
        "ETAG": info.etag,
        "LATEST_ETAG": info.etag,
        "CONTENT_SHA256": csv.new_sha256,
        "SIZE_BYTES": csv.size,
        "LAST_MODIFIED": naive_utc(info.last_modified),
        **counted_columns(csv.counts, csv.id_sums),
    }
    settings = ", ".join(f"{name} = ?" for name in values)
    place = "OBJECT_KEY = ? AND CONTENT_SHA256 IN (?, ?) AND STATUS = ?"
    known = (csv.key, csv.old_sha256, csv.new_sha256, LoadStatus.LOADED)
    session.execute(
        f"UPDATE {LOAD_HISTORY.name} SET {settings}, NEWEST_ROW_AT = (SELECT {_NEWEST_ROW_AT} "
        f"FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY = ?) WHERE {place}",
        (*values.values(), csv.key, *known),
    )
    is_loaded = bool(session.query(f"SELECT COUNT(*) FROM {LOAD_HISTORY.name} WHERE {place}", known)[0][0])
    if is_loaded:
        _see(session, csv.key, csv.counts.staged)
    return is_loaded


def count_again(session: Session, keys: Collection[str]) -> None:
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
        _see(session, key, int(rows))


def _see(session: Session, key: str, users: int) -> None:
    """Say how many users a list from another source has: a load that comes in between says the same of what is left.

    A snapshot of ours keeps the number of its extraction.
    """
    session.execute(
        f"UPDATE {ACCOUNT_SNAPSHOTS.name} SET USERS_SEEN = ? WHERE OBJECT_KEY = ? AND STARTED_AT IS NULL", (users, key)
    )


def drop_telling_sums(session: Session, keys: Sequence[str]) -> None:
    """Drop the ledger's rows of contents that are in no table: less the sum of another version, theirs is a person's.

    A refused object that was written without the rows is pending again; one that never had them stays refused.
    """
    session.execute(
        f"DELETE FROM {LOAD_HISTORY.name} WHERE STATUS = ? "
        f"OR (STATUS = ? AND (OBJECT_KEY, LATEST_ETAG) NOT IN ({SETTLED}))",
        (LoadStatus.SUPERSEDED, LoadStatus.REFUSED),
    )
    for some in in_parts(keys):
        session.execute(
            f"DELETE FROM {LOAD_HISTORY.name} WHERE STATUS = ? AND OBJECT_KEY IN ({placeholders(some)})",
            (LoadStatus.REFUSED, *some),
        )


def uncheck(session: Session, keys: Collection[str]) -> None:
    """Let the next run check the publications of these objects again, and make what shows them."""
    for some in in_parts(sorted(keys)):
        session.execute(
            f"UPDATE {LOAD_BATCHES.name} SET CHECKED_AT = NULL WHERE PUBLISHED_AT IN "
            f"(SELECT LOADED_AT FROM {LOAD_HISTORY.name} WHERE OBJECT_KEY IN ({placeholders(some)}))",
            some,
        )


def in_parts(values: Sequence[str]) -> list[Sequence[str]]:
    """Values in lists that a statement can take."""
    return [values[start : start + _MOST_VALUES] for start in range(0, len(values), _MOST_VALUES)]
