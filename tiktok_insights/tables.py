"""The warehouse's tables: names, columns, grain, and making them. Derived from the contract where they hold followers.

All of them lie in the session's schema (PUBLIC); people read through the views in MAIN.
"""

import stamina

from tiktok_insights.schema import WAREHOUSE_COLUMNS
from tiktok_insights.table_shape import Table, TableColumn, existing_columns, table_differences
from tiktok_insights.warehouse_session import Session, is_conflict

#: Raised by one with every change of a table below; the same change writes the migration.
SCHEMA_VERSION = 1


class TableDriftError(RuntimeError):
    """A table of our name is not the table that this version knows; it is left as it is."""


def _columns(*triples: tuple[str, str, str]) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(*triple) for triple in triples)


_FOLLOWER = tuple(TableColumn(c.warehouse or "", c.warehouse_type, c.meaning) for c in WAREHOUSE_COLUMNS)
_BATCH_ID = ("BATCH_ID", "VARCHAR NOT NULL", "The batch in which the object was staged.")
_ORIGIN = _columns(
    ("OBJECT_KEY", "VARCHAR NOT NULL", "Key of the CSV object that the row comes from."),
    ("ACCOUNT_ID", "VARCHAR NOT NULL", "The account whose follower the user is."),
    ("SNAPSHOT_ID", "VARCHAR NOT NULL", "The snapshot; for an object of another producer, the object's key."),
)
_OBJECT = _columns(
    ("OBJECT_KEY", "VARCHAR NOT NULL", "Key of the CSV object."),
    ("ETAG", "VARCHAR NOT NULL", "The object's version: with the key, the ledger's key."),
    ("STATUS", "VARCHAR NOT NULL", "loaded; set aside as a whole; or overtaken by a newer version of the object."),
    ("REASON", "VARCHAR", "Why the object was set aside."),
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
    ("OUTCOME", "VARCHAR", "How the walk ended, such as complete, partial or deferred; NULL when nobody said."),
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
    "The ledger: one row per object version that was loaded or set aside.",
    (*_OBJECT, *_columns(_BATCH_ID, ("LOADED_AT", "TIMESTAMP_NTZ NOT NULL", "When the ledger was written, UTC."))),
)
LOAD_BATCHES = Table(
    "LOAD_BATCHES",
    "One row per batch with the audit's verdict.",
    _columns(
        ("BATCH_ID", "VARCHAR NOT NULL", "Names the batch: when it was staged, and a random end."),
        ("STAGED_AT", "TIMESTAMP_NTZ NOT NULL", "When the audit gave its verdict, UTC."),
        ("VERDICT", "VARCHAR NOT NULL", "passed or failed."),
        ("CHECKS", "VARCHAR NOT NULL", "The audit's results as JSON."),
        ("OBJECTS", "NUMBER(38,0) NOT NULL", "Objects in the batch, set aside ones too."),
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


@stamina.retry(on=is_conflict, attempts=10, timeout=60.0, wait_initial=0.05, wait_max=2.0)
def ensure_tables(session: Session, view_schema: str) -> None:
    """Make the tables and the view that people read, when they are missing. May be run twice at once.

    Raises TableDriftError when a table has other columns than this version knows, or a newer version made them.
    """
    found = existing_columns(session)
    if PUBLISH_LOCK.name in found:
        _refuse_other_version(session)
    if missing := [table for table in ALL if table.name not in found]:
        for table in missing:
            session.execute(table.ddl)
        found = existing_columns(session)
    for table in ALL:
        if differences := table_differences(found[table.name], table):
            msg = (
                f"The table {table.name} is not the one that this version knows: {'; '.join(differences)}. It was left "
                "as it is. Rename it, or set SNOWFLAKE_DATABASE or SNOWFLAKE_SCHEMA to another place."
            )
            raise TableDriftError(msg)
    if _version(session) is None:
        session.execute(f"INSERT INTO {PUBLISH_LOCK.name} (SCHEMA_VERSION) VALUES (?)", (SCHEMA_VERSION,))
    _ensure_view(session, view_schema)


def _version(session: Session) -> int | None:
    ((found,),) = session.query(f"SELECT MAX(SCHEMA_VERSION) FROM {PUBLISH_LOCK.name}")
    return None if found is None else int(found)


def _refuse_other_version(session: Session) -> None:
    found = _version(session)
    if found not in (None, SCHEMA_VERSION):
        msg = (
            f"The warehouse's tables are of version {found}; this package knows version {SCHEMA_VERSION}. "
            "Use the package version that made them, or another SNOWFLAKE_DATABASE."
        )
        raise TableDriftError(msg)


def _ensure_view(session: Session, view_schema: str) -> None:
    present = session.query(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
        (view_schema.upper(), TIKTOK_DATA.name),
    )
    if present:
        return
    ((schema,),) = session.query("SELECT CURRENT_SCHEMA()")
    session.execute(f"CREATE SCHEMA IF NOT EXISTS {view_schema}")
    # Which has moved the session to the new schema.
    session.execute(f"USE SCHEMA {schema}")
    # A view looks for unqualified tables in its own schema.
    session.execute(
        f"CREATE VIEW IF NOT EXISTS {view_schema}.{TIKTOK_DATA.name} AS "
        f"SELECT {', '.join(TIKTOK_DATA.names)} FROM {schema}.{TIKTOK_DATA.name}"
    )
