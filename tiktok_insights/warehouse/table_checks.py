"""What must be true of TIKTOK_DATA after every publication, asked of the warehouse.

What must be true before a publication belongs in `staging/audit_checks.py`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tiktok_insights.checks import Finding, Severity, check, pseudonym
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import END_OF_DAY, CsvInventory
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.tables.comparison import column_differences
from tiktok_insights.tables.definitions import (
    ACCOUNT_SNAPSHOTS,
    FOLLOWER_SNAPSHOTS,
    LOAD_HISTORY,
    TIKTOK_DATA,
)
from tiktok_insights.tables.inventory import read_columns
from tiktok_insights.tables.load_status import LoadStatus

#: How many offenders a check names; the facts say how many there are.
NAMED_OFFENDERS = 20
MAX_SNAPSHOT_AGE = timedelta(hours=48)
MAX_LOST_USERS_SHARE, MAX_LOST_COUNTS_SHARE = 0.2, 0.05


@dataclass(frozen=True, slots=True)
class TableCheckInput:
    """What the checks on TIKTOK_DATA read: a session, the bucket, Step 7, the time, and how much worse it may get.

    `max_lost_users_share` is a share of the users, `max_lost_counts_share` a difference of shares; both from 0 to 1.
    `csvs` is the run's own listing of the bucket; without one, a check that needs it lists the bucket.
    """

    session: Session
    store: ObjectStore
    step_7: tuple[str, ...]
    now: datetime
    max_lost_users_share: float = MAX_LOST_USERS_SHARE
    max_lost_counts_share: float = MAX_LOST_COUNTS_SHARE
    csvs: CsvInventory | None = None


def step_7(role: str, warehouse: str, database: str, view_schema: str) -> tuple[str, ...]:
    """The statements of Step 7 of the tutorial that this project automates, with the deployment's names."""
    return (
        f"USE ROLE {role}",
        f"USE WAREHOUSE {warehouse}",
        f"USE {database}",
        f"USE SCHEMA {view_schema}",
        "SELECT * FROM tiktok_data",
    )


@check(Severity.BLOCKING)
def every_user_has_one_row(given: TableCheckInput) -> Finding:
    """No ID appears twice in TIKTOK_DATA."""
    twice = given.session.query(
        f"SELECT TIKTOK_ID, COUNT(*) FROM {TIKTOK_DATA.name} GROUP BY TIKTOK_ID HAVING COUNT(*) > 1 "
        f"ORDER BY TIKTOK_ID LIMIT {NAMED_OFFENDERS}"
    )
    ((rows,),) = given.session.query(f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}")
    return Finding(
        tuple(f"{pseudonym(tiktok_id)} has {number} rows" for tiktok_id, number in twice), {"rows": int(rows)}
    )


@check(Severity.BLOCKING)
def table_matches_the_contract(given: TableCheckInput) -> Finding:
    """TIKTOK_DATA and its view have exactly the contract's columns."""
    differences = column_differences(read_columns(given.session, TIKTOK_DATA), TIKTOK_DATA)
    view = f"{given.session.namespace.view_schema}.{TIKTOK_DATA.name}"
    columns, _ = given.session.table(f"SELECT * FROM {view} LIMIT 0")
    if tuple(columns) != WAREHOUSE_NAMES:
        differences.append(f"the view {view} has {', '.join(columns)}")
    return Finding(tuple(differences), {"columns": len(columns)})


@check(Severity.BLOCKING)
def ledger_reconciles(given: TableCheckInput) -> Finding:
    """Each loaded object has as many history rows as the ledger says, and every user in the history is in TIKTOK_DATA.

    The ledger is the table LOAD_HISTORY.
    """
    wrong = given.session.records(
        "SELECT l.OBJECT_KEY, l.ROWS_IN, l.ROWS_STAGED, l.ROWS_DUPLICATE, l.ROWS_REJECTED, "
        "COALESCE(h.HISTORY_ROWS, 0) AS HISTORY_ROWS "
        f"FROM {LOAD_HISTORY.name} AS l LEFT JOIN (SELECT OBJECT_KEY, COUNT(*) AS HISTORY_ROWS "
        f"FROM {FOLLOWER_SNAPSHOTS.name} GROUP BY OBJECT_KEY) AS h ON h.OBJECT_KEY = l.OBJECT_KEY "
        "WHERE l.STATUS = ? AND (l.ROWS_IN <> l.ROWS_STAGED + l.ROWS_DUPLICATE + l.ROWS_REJECTED "
        f"OR l.ROWS_STAGED <> COALESCE(h.HISTORY_ROWS, 0)) ORDER BY l.OBJECT_KEY LIMIT {NAMED_OFFENDERS}",
        (LoadStatus.LOADED,),
    )
    offenders = [
        "{OBJECT_KEY}: {ROWS_IN} in, {ROWS_STAGED} staged, {ROWS_DUPLICATE} duplicate, {ROWS_REJECTED} rejected, "
        "{HISTORY_ROWS} in the history".format_map(row)
        for row in wrong
    ]
    missing = given.session.query(
        f"SELECT DISTINCT h.TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} AS h LEFT JOIN {TIKTOK_DATA.name} AS t "
        f"ON t.TIKTOK_ID = h.TIKTOK_ID WHERE t.TIKTOK_ID IS NULL ORDER BY h.TIKTOK_ID LIMIT {NAMED_OFFENDERS}"
    )
    offenders += [f"user {pseudonym(tiktok_id)} is in the history but not in TIKTOK_DATA" for (tiktok_id,) in missing]
    loaded = f"SELECT COUNT(*) FROM {LOAD_HISTORY.name} WHERE STATUS = ?"
    ((objects,),) = given.session.query(loaded, (LoadStatus.LOADED,))
    return Finding(tuple(offenders), {"loaded objects": int(objects)})


@check(Severity.BLOCKING)
def step_7_returns_every_user(given: TableCheckInput) -> Finding:
    """Step 7 of the tutorial that this project automates returns one row per user in the history.

    Its statements run unchanged, with this deployment's names, and must return the contract's columns.
    """
    ((users,),) = given.session.query(f"SELECT COUNT(DISTINCT TIKTOK_ID) FROM {FOLLOWER_SNAPSHOTS.name}")
    *settings, select = given.step_7
    for statement in settings:
        given.session.query(statement)
    columns, rows = given.session.count_rows(select)
    # The settings have moved the session to the view's schema.
    given.session.query(f"USE SCHEMA {given.session.namespace}")
    offenders = []
    if tuple(columns) != WAREHOUSE_NAMES:
        offenders.append(f"the columns are {', '.join(columns)}")
    if rows != int(users):
        offenders.append(f"{rows} rows for {users} users")
    facts: dict[str, int | str] = {
        "statements": ";\n".join(given.step_7) + ";",
        "rows": rows,
        "users in the history": int(users),
    }
    return Finding(tuple(offenders), facts)


@check(Severity.WARNING)
def every_account_is_fresh(given: TableCheckInput) -> Finding:
    """Every account's newest snapshot is less than two days old, so a daily schedule may miss one run.

    A list that does not say when it was taken counts from its upload.
    """
    oldest_good = given.now.astimezone(UTC).replace(tzinfo=None) - MAX_SNAPSHOT_AGE
    newest = given.session.query(
        f"SELECT a.ACCOUNT_ID, MAX(a.HANDLE), MAX(CASE WHEN CAST(h.EXTRACTED_AT AS TIME) = '{END_OF_DAY}'::TIME "
        f"THEN h.FIRST_MODIFIED ELSE h.EXTRACTED_AT END) FROM {ACCOUNT_SNAPSHOTS.name} AS a "
        f"JOIN {FOLLOWER_SNAPSHOTS.name} AS h ON h.OBJECT_KEY = a.OBJECT_KEY "
        "GROUP BY a.ACCOUNT_ID ORDER BY a.ACCOUNT_ID"
    )
    stale = [f"{handle or account}: newest row of {at:%Y-%m-%d %H:%M} UTC" for account, handle, at in newest
             if at < oldest_good]  # fmt: skip
    return Finding(tuple(stale), {"accounts": len(newest)})


@check(Severity.WARNING)
def no_object_is_refused(given: TableCheckInput) -> Finding:
    """No object is refused and waiting for a fix. The offenders say why each was refused.

    One that was deleted from the bucket, or loaded in a newer version, is settled. Of several refused versions, the
    newest counts.
    """
    rows = given.session.query(
        f"SELECT OBJECT_KEY, REASON FROM {LOAD_HISTORY.name} AS s WHERE STATUS = ? "
        f"AND NOT EXISTS (SELECT 1 FROM {LOAD_HISTORY.name} AS n WHERE n.OBJECT_KEY = s.OBJECT_KEY "
        "AND n.BATCH_ID > s.BATCH_ID) ORDER BY LOADED_AT DESC, OBJECT_KEY",
        (LoadStatus.REFUSED,),
    )
    csvs = given.csvs or CsvInventory(given.store)
    offenders = [f"{key}: {reason}" for key, reason in rows if csvs.get(key)]
    return Finding(tuple(offenders[:NAMED_OFFENDERS]), {"objects refused": len(offenders)})
