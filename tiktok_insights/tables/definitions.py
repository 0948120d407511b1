"""The warehouse's tables: names, columns, grain, and making them. Derived from the contract where they hold followers.

All of them lie in the session's schema (PUBLIC); people read through the views in MAIN.
"""

from tiktok_insights.clients.snowflake_session import Session, retry_conflicts
from tiktok_insights.schema import WAREHOUSE_COLUMNS
from tiktok_insights.tables.comparison import Table, TableColumn
from tiktok_insights.tables.creation import TableSetup
from tiktok_insights.tables.load_status import BatchVerdict, LoadStatus
from tiktok_insights.tables.migrations import MIGRATIONS, TableVersions
from tiktok_insights.tables.namespace import Namespace


def _columns(*triples: tuple[str, str, str]) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(*triple) for triple in triples)


_FOLLOWER = tuple(TableColumn(c.warehouse or "", c.warehouse_type, c.meaning) for c in WAREHOUSE_COLUMNS)
_BATCH_ID = ("BATCH_ID", "VARCHAR NOT NULL", "The batch in which the object was staged.")
_ORIGIN = _columns(
    ("OBJECT_KEY", "VARCHAR NOT NULL", "Key of the CSV object that the row comes from."),
    ("ACCOUNT_ID", "VARCHAR NOT NULL", "The account whose follower the user is."),
    ("SNAPSHOT_ID", "VARCHAR NOT NULL", "The snapshot; for an object of another producer, the object's key."),
)
_STATUS = f"{LoadStatus.LOADED}; {LoadStatus.REFUSED} as a whole; or {LoadStatus.SUPERSEDED} by a newer version."
_OBJECT = _columns(
    ("OBJECT_KEY", "VARCHAR NOT NULL", "Key of the CSV object."),
    ("ETAG", "VARCHAR NOT NULL", "The object's version: with the key, the ledger's key."),
    ("STATUS", "VARCHAR NOT NULL", _STATUS),
    ("REASON", "VARCHAR", "Why the object was refused."),
    ("ROWS_IN", "NUMBER(38,0) NOT NULL", "Physical records after the header, counted without a CSV parser."),
    ("ROWS_STAGED", "NUMBER(38,0) NOT NULL", "Rows that went to the warehouse's staging table."),
    ("ROWS_DUPLICATE", "NUMBER(38,0) NOT NULL", "Rows left out because the object has the user already."),
    ("ROWS_REJECTED", "NUMBER(38,0) NOT NULL", "Rows in the quarantine."),
    ("NEGATIVE_COUNTS", "NUMBER(38,0) NOT NULL", "Counts that were negative and became NULL."),
    ("SIZE_BYTES", "NUMBER(38,0) NOT NULL", "Size of the object."),
    ("LAST_MODIFIED", "TIMESTAMP_NTZ NOT NULL", "When the object was written, UTC."),
)
_ACCOUNT_SNAPSHOT = _columns(
    ("ACCOUNT_ID", "VARCHAR NOT NULL", "The account."),
    ("SNAPSHOT_ID", "VARCHAR NOT NULL", "The snapshot; for an object of another producer, the object's key."),
    ("HANDLE", "VARCHAR", "The account's handle when the snapshot was taken."),
    ("STARTED_AT", "TIMESTAMP_NTZ", "When the extraction began, UTC."),
    ("FINISHED_AT", "TIMESTAMP_NTZ", "When the snapshot was committed; of an open one, when the last run ended. UTC."),
    ("OUTCOME", "VARCHAR", "How the walk ended, such as whole, partial or deferred; NULL when nobody said."),
    ("OUTCOME_REASON", "VARCHAR", "Why the walk ended there."),
    ("USERS_SEEN", "NUMBER(38,0)", "Different users in the snapshot."),
    ("USERS_CLAIMED", "NUMBER(38,0)", "Followers that the account has by the API's own count."),
    ("REQUESTS", "NUMBER(38,0)", "Requests that the snapshot has cost."),
    ("QUOTA_LEFT", "NUMBER(38,0)", "Requests that the plan had left after the snapshot's last answer."),
)

TIKTOK_DATA = Table("TIKTOK_DATA", "One row per user: the newest that is known of the user.", _FOLLOWER)
FOLLOWER_SNAPSHOTS = Table(
    "FOLLOWER_SNAPSHOTS", "One row per account, user and snapshot: the history.", _ORIGIN + _FOLLOWER
)
ACCOUNT_SNAPSHOTS = Table(
    "ACCOUNT_SNAPSHOTS",
    "One row per snapshot of an account that is loaded or still open: seen N of M, how it ended, what it cost.",
    (_ORIGIN[0], *_ACCOUNT_SNAPSHOT),
)
LOAD_HISTORY = Table(
    "LOAD_HISTORY",
    "The ledger: one row per object version that was loaded or refused.",
    (*_OBJECT, *_columns(_BATCH_ID, ("LOADED_AT", "TIMESTAMP_NTZ NOT NULL", "When the ledger was written, UTC."))),
)
LOAD_BATCHES = Table(
    "LOAD_BATCHES",
    "One row per batch with the audit's verdict.",
    _columns(
        ("BATCH_ID", "VARCHAR NOT NULL", "Names the batch: when it was staged, and a random end."),
        ("STAGED_AT", "TIMESTAMP_NTZ NOT NULL", "When the audit gave its verdict, UTC."),
        ("VERDICT", "VARCHAR NOT NULL", f"{BatchVerdict.PASSED} or {BatchVerdict.FAILED}."),
        ("CHECKS", "VARCHAR NOT NULL", "The audit's results as JSON."),
        ("OBJECTS", "NUMBER(38,0) NOT NULL", "Objects in the batch, refused ones too."),
        ("ROWS_STAGED", "NUMBER(38,0) NOT NULL", "Rows that the batch has in staging."),
        ("PUBLISHED_AT", "TIMESTAMP_NTZ", "When TIKTOK_DATA got the batch, UTC; NULL until then."),
    ),
)
STAGED_TIKTOK_DATA = Table(
    "STAGED_TIKTOK_DATA",
    "One row per object and user that waits for its publication.",
    (TableColumn(*_BATCH_ID), *_ORIGIN, *_FOLLOWER),
)
STAGED_OBJECTS = Table(
    "STAGED_OBJECTS",
    "One row per batch and object: the counts for the ledger, and what the manifest says of the snapshot.",
    (TableColumn(*_BATCH_ID), *_OBJECT, *_ACCOUNT_SNAPSHOT),
)
TOUCHED_USERS = Table(
    "TOUCHED_USERS",
    "The users whose row a publication makes anew; empty between publications.",
    _columns(_BATCH_ID, ("TIKTOK_ID", "VARCHAR(20) NOT NULL", "The user.")),
)
PUBLISH_LOCK = Table(
    "PUBLISH_LOCK",
    "Which each publication updates first, so that only one goes on at a time.",
    _columns(
        ("SCHEMA_VERSION", "NUMBER(38,0) NOT NULL", "The version of these tables."),
        ("BATCH_ID", "VARCHAR", "The batch for which the lock was taken last."),
    ),
)

ALL: tuple[Table, ...] = (
    TIKTOK_DATA,
    FOLLOWER_SNAPSHOTS,
    ACCOUNT_SNAPSHOTS,
    LOAD_HISTORY,
    LOAD_BATCHES,
    STAGED_TIKTOK_DATA,
    STAGED_OBJECTS,
    TOUCHED_USERS,
    PUBLISH_LOCK,
)


#: The tables by version. A change of a table above goes with a migration, which raises the version.
VERSIONS = TableVersions(ALL, PUBLISH_LOCK.name, TIKTOK_DATA.name, MIGRATIONS)
SCHEMA_VERSION = VERSIONS.newest


@retry_conflicts
def ensure_tables(session: Session, namespace: Namespace, versions: TableVersions = VERSIONS) -> None:
    """Make the tables and the view that people read when they are missing, and bring older ones to the newest version.

    May be run by several processes at once, and waits for a publication that holds the lock row. Raises
    DatabaseMissingError, and TableDriftError for tables of a newer version or of none; nothing is changed then.
    """
    TableSetup(session, namespace, versions).run()
