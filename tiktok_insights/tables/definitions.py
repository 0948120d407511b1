"""The warehouse's tables: names, grain and columns. Derived from the contract where they hold followers.

Add a table here. People query those that are not internal, and read the newest row of each user through a view.
"""

from tiktok_insights.schema import HISTORY_COLUMNS, WAREHOUSE_COLUMNS, Column
from tiktok_insights.tables.account_looks import ACCOUNT_LOOKS
from tiktok_insights.tables.columns import Table, TableColumn
from tiktok_insights.tables.daily_totals import DAILY_TOTALS
from tiktok_insights.tables.id_sums import ID_SUM_TYPE
from tiktok_insights.tables.load_status import BatchVerdict, LoadStatus, NewestRow
from tiktok_insights.tables.presence import PRESENCE_SPELLS, TOUCHED_SPELLS
from tiktok_insights.tables.readers import READER_KEY
from tiktok_insights.tables.run_costs import RUN_COSTS


def _columns(*triples: tuple[str, str, str]) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(*triple) for triple in triples)


def _of_contract(columns: tuple[Column, ...]) -> tuple[TableColumn, ...]:
    return tuple(TableColumn(c.warehouse or "", c.warehouse_type, c.meaning) for c in columns)


_HISTORY_ROW = _of_contract(HISTORY_COLUMNS)
_BATCH_ID = ("BATCH_ID", "VARCHAR NOT NULL", "The batch in which the object was staged.")
_FIRST_MODIFIED = (
    "FIRST_MODIFIED",
    "TIMESTAMP_NTZ NOT NULL",
    "When the object was first written with this content, UTC.",
)
_ORIGIN = _columns(
    ("OBJECT_KEY", "VARCHAR NOT NULL", "Key of the CSV object the row came from."),
    ("ACCOUNT_ID", "VARCHAR NOT NULL", "The account that the user follows."),
    ("SNAPSHOT_ID", "VARCHAR NOT NULL", "The snapshot; for an object from another source, the object's key."),
    _FIRST_MODIFIED,
)
_STATUS = (
    f"{LoadStatus.LOADED}, {LoadStatus.REFUSED}, {LoadStatus.SUPERSEDED} by a newer version of the object, or "
    f"{LoadStatus.EXPIRED} by retention."
)
_OBJECT = _columns(
    ("OBJECT_KEY", "VARCHAR NOT NULL", "Key of the CSV object."),
    ("ETAG", "VARCHAR NOT NULL", "The object's version. Together with the key, it identifies a row of the ledger."),
    ("STATUS", "VARCHAR NOT NULL", _STATUS),
    ("REASON", "VARCHAR", "Why the object was refused."),
    ("ROWS_IN", "NUMBER(38,0) NOT NULL", "Physical records after the header, counted without a CSV parser."),
    ("ROWS_STAGED", "NUMBER(38,0) NOT NULL", "Rows sent to the warehouse's staging table."),
    ("ROWS_DUPLICATE", "NUMBER(38,0) NOT NULL", "Rows dropped because the object already has the user."),
    ("ROWS_REJECTED", "NUMBER(38,0) NOT NULL", "Rows in the quarantine."),
    ("ROWS_SUPPRESSED", "NUMBER(38,0) NOT NULL", "Rows dropped because the user was removed."),
    (
        "ID_SUM_IN",
        f"{ID_SUM_TYPE} NOT NULL",
        "Sum over the IDs of the ROWS_IN records less the suppressed ones, from the object's bytes.",
    ),
    ("ID_SUM_STAGED", f"{ID_SUM_TYPE} NOT NULL", "Sum over the IDs of the ROWS_STAGED rows."),
    ("ID_SUM_DUPLICATE", f"{ID_SUM_TYPE} NOT NULL", "Sum over the IDs of the ROWS_DUPLICATE rows."),
    ("ID_SUM_REJECTED", f"{ID_SUM_TYPE} NOT NULL", "Sum over the IDs of the ROWS_REJECTED rows."),
    ("NEGATIVE_COUNTS", "NUMBER(38,0) NOT NULL", "Counts that were negative and became NULL."),
    ("SIZE_BYTES", "NUMBER(38,0) NOT NULL", "Size of the object."),
    ("CONTENT_SHA256", "VARCHAR NOT NULL", "SHA-256 of the object's bytes, in hexadecimal."),
    _FIRST_MODIFIED,
    ("LAST_MODIFIED", "TIMESTAMP_NTZ NOT NULL", "When the object was last written with this content, UTC."),
)
_ACCOUNT_SNAPSHOT = _columns(
    ("ACCOUNT_ID", "VARCHAR NOT NULL", "The account."),
    ("SNAPSHOT_ID", "VARCHAR NOT NULL", "The snapshot; for an object from another source, the object's key."),
    ("HANDLE", "VARCHAR", "The account's handle when the snapshot was taken."),
    ("STARTED_AT", "TIMESTAMP_NTZ", "When the extraction began, UTC."),
    ("FINISHED_AT", "TIMESTAMP_NTZ", "When the snapshot was committed; if it is open, when the last run ended, UTC."),
    ("OUTCOME", "VARCHAR", "How the snapshot ended, such as whole, partial or deferred; NULL if unknown."),
    ("OUTCOME_REASON", "VARCHAR", "Why it ended that way."),
    ("USERS_SEEN", "NUMBER(38,0)", "Distinct users in the snapshot."),
    ("USERS_CLAIMED", "NUMBER(38,0)", "The account's follower count as reported by the API."),
    ("REQUESTS", "NUMBER(38,0)", "Requests made for the snapshot."),
    ("QUOTA_LEFT", "NUMBER(38,0)", "Requests left in the plan after the snapshot's last response."),
    (
        "COVERED_FROM",
        "TIMESTAMP_NTZ",
        "The snapshot lists who followed at or after this time, UTC: the last cursor of its pages. NULL if unknown.",
    ),
    ("COVERED_TO", "TIMESTAMP_NTZ", "When the newest page was fetched, UTC; nobody who followed later is listed."),
    (
        "HOLES",
        "VARCHAR",
        "Follow times in between that could not be read: a JSON list of first and last second, UTC; [] without any.",
    ),
    ("IS_WHOLE", "BOOLEAN", "True if nobody on the account's list was missed; a list that the API cuts is not whole."),
    ("COVERAGE", "FLOAT", "Users seen divided by users claimed; NULL if unknown."),
)
#: Not in STAGED_OBJECTS: known only with the rows.
_LOOKED_AT = _columns(
    (
        "LOOKED_AT",
        "TIMESTAMP_NTZ",
        "When the snapshot counts, UTC: STARTED_AT, or the time of its newest row if that is NULL. NULL if it is open.",
    ),
)

TIKTOK_DATA = Table("TIKTOK_DATA", "One row per user: the user's newest known data.", _of_contract(WAREHOUSE_COLUMNS))
FOLLOWER_SNAPSHOTS = Table(
    "FOLLOWER_SNAPSHOTS", "One row per account, user and snapshot: the history.", _ORIGIN + _HISTORY_ROW
)
ACCOUNT_SNAPSHOTS = Table(
    "ACCOUNT_SNAPSHOTS",
    "One row per loaded or open snapshot of an account: users seen and claimed, outcome, and cost.",
    (_ORIGIN[0], *_ACCOUNT_SNAPSHOT, *_LOOKED_AT),
)
LOAD_HISTORY = Table(
    "LOAD_HISTORY",
    "The ledger: one row per object version that was loaded, was refused, was superseded or has expired.",
    (
        *_OBJECT,
        *_columns(
            (
                "LATEST_ETAG",
                "VARCHAR NOT NULL",
                "ETag of the newest upload with this content; usually the same as ETAG.",
            ),
            ("BATCH_ID", "VARCHAR NOT NULL", "The newest batch that had the object with this content."),
            ("LOADED_AT", "TIMESTAMP_NTZ NOT NULL", "When the ledger was written, UTC."),
            (
                "NEWEST_ROW_AT",
                "TIMESTAMP_NTZ",
                "When the newest row was fetched, UTC; if the list does not say, when the object was first written.",
            ),
        ),
    ),
)
LOAD_BATCHES = Table(
    "LOAD_BATCHES",
    "One row per batch with the audit's verdict.",
    _columns(
        ("BATCH_ID", "VARCHAR NOT NULL", "The batch's name: the time it was staged, and a random suffix."),
        ("STAGED_AT", "TIMESTAMP_NTZ NOT NULL", "When the audit gave its verdict, UTC."),
        ("VERDICT", "VARCHAR NOT NULL", f"{BatchVerdict.PASSED} or {BatchVerdict.FAILED}."),
        ("CHECKS", "VARCHAR NOT NULL", "The audit's results as JSON."),
        ("OBJECTS", "NUMBER(38,0) NOT NULL", "Objects in the batch, including refused ones."),
        ("ROWS_STAGED", "NUMBER(38,0) NOT NULL", "Rows of the batch in the staging table."),
        ("PUBLISHED_AT", "TIMESTAMP_NTZ", "When the batch was published to TIKTOK_DATA, UTC; NULL before that."),
        ("CHECKED_AT", "TIMESTAMP_NTZ", "When the checks on TIKTOK_DATA passed after that, UTC; NULL before that."),
        ("SUPPRESSION", "VARCHAR", "State of the suppression list when the batch was staged; NULL if it was empty."),
    ),
)
STAGED_TIKTOK_DATA = Table(
    "STAGED_TIKTOK_DATA",
    "One row per object and user waiting to be published.",
    (TableColumn(*_BATCH_ID), *_ORIGIN, *_HISTORY_ROW),
    is_internal=True,
)
STAGED_OBJECTS = Table(
    "STAGED_OBJECTS",
    "One row per batch and object: counts for the ledger, and snapshot facts from the manifest.",
    (TableColumn(*_BATCH_ID), *_OBJECT, *_ACCOUNT_SNAPSHOT),
    is_internal=True,
)
TOUCHED_USERS = Table(
    "TOUCHED_USERS",
    "Users whose rows the current publication recomputes; empty between publications.",
    _columns(
        _BATCH_ID,
        ("TIKTOK_ID", "VARCHAR(20) NOT NULL", "The user."),
        ("NEWEST", "VARCHAR NOT NULL", f"Where the newest row is: {', '.join(NewestRow)}."),
    ),
    is_internal=True,
)
PUBLISH_LOCK = Table(
    "PUBLISH_LOCK",
    "The lock row: each publication updates it first, so only one runs at a time.",
    _columns(
        ("SCHEMA_VERSION", "NUMBER(38,0) NOT NULL", "The version of these tables."),
        ("BATCH_ID", "VARCHAR", "The batch, or what else, that last held the lock, and random digits."),
        ("USERS", "NUMBER(38,0)", "Users in the history, as publications have counted them; NULL before the first."),
        ("SUPPRESSION", "VARCHAR", "State of the suppression list that these tables were cleaned by; NULL if never."),
        (
            "RETAINED_FROM",
            "TIMESTAMP_NTZ",
            "Snapshots before it have expired and are not loaded, UTC; NULL before the first expiry.",
        ),
    ),
    is_internal=True,
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
    PRESENCE_SPELLS,
    TOUCHED_SPELLS,
    ACCOUNT_LOOKS,
    RUN_COSTS,
    DAILY_TOTALS,
    READER_KEY,
)
#: The tables that people read through a view of the same name.
VIEWED: tuple[Table, ...] = (TIKTOK_DATA, RUN_COSTS)

#: The version of the tables above. `versions/` has a record of each, which may change until the first release.
SCHEMA_VERSION = 1
