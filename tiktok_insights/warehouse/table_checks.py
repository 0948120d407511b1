"""What must be true of TIKTOK_DATA after every publication, asked of the warehouse. Each check is a sentence."""

from datetime import UTC, datetime, timedelta

from tiktok_insights.checks import CheckOutcome
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.tables.comparison import existing_columns, table_differences
from tiktok_insights.tables.definitions import (
    ACCOUNT_SNAPSHOTS,
    FOLLOWER_SNAPSHOTS,
    LOAD_HISTORY,
    TIKTOK_DATA,
)
from tiktok_insights.tables.load_status import LoadStatus

#: How many offenders a check names; the facts say how many there are.
NAMED_OFFENDERS = 20
MAX_SNAPSHOT_AGE = timedelta(hours=48)


def step_7(role: str, warehouse: str, database: str, view_schema: str) -> tuple[str, ...]:
    """The statements of the tutorial's Step 7, in which people read the table for the first time."""
    return (
        f"USE ROLE {role}",
        f"USE WAREHOUSE {warehouse}",
        f"USE {database}",
        f"USE SCHEMA {view_schema}",
        "SELECT * FROM tiktok_data",
    )


def step_7_returns_every_user(session: Session, statements: tuple[str, ...]) -> CheckOutcome:
    """The tutorial's Step 7, word for word, gives the contract's columns and one row for each user of the history."""
    ((users,),) = session.query(f"SELECT COUNT(DISTINCT TIKTOK_ID) FROM {FOLLOWER_SNAPSHOTS.name}")
    # These change the session's schema.
    *settings, select = statements
    for statement in settings:
        session.query(statement)
    columns, rows = session.count_rows(select)
    offenders = []
    if tuple(columns) != WAREHOUSE_NAMES:
        offenders.append(f"the columns are {', '.join(columns)}")
    if rows != int(users):
        offenders.append(f"{rows} rows for {users} users")
    facts: dict[str, int | str] = {
        "statements": ";\n".join(statements) + ";",
        "rows": rows,
        "users in the history": int(users),
    }
    return CheckOutcome("step_7_returns_every_user", tuple(offenders), facts)


def every_user_has_one_row(session: Session) -> CheckOutcome:
    """No id stands twice in TIKTOK_DATA."""
    twice = session.query(
        f"SELECT TIKTOK_ID, COUNT(*) FROM {TIKTOK_DATA.name} GROUP BY TIKTOK_ID HAVING COUNT(*) > 1 "
        f"ORDER BY TIKTOK_ID LIMIT {NAMED_OFFENDERS}"
    )
    ((rows,),) = session.query(f"SELECT COUNT(*) FROM {TIKTOK_DATA.name}")
    return CheckOutcome("every_user_has_one_row", tuple(f"{i} has {n} rows" for i, n in twice), {"rows": int(rows)})


def table_equals_the_contract(session: Session, view_schema: str) -> CheckOutcome:
    """TIKTOK_DATA and the view on it have the contract's columns, no more and no less."""
    differences = table_differences(existing_columns(session).get(TIKTOK_DATA.name, {}), TIKTOK_DATA)
    columns, _ = session.table(f"SELECT * FROM {view_schema}.{TIKTOK_DATA.name} LIMIT 0")
    if tuple(columns) != WAREHOUSE_NAMES:
        differences.append(f"the view {view_schema}.{TIKTOK_DATA.name} has {', '.join(columns)}")
    return CheckOutcome("table_equals_the_contract", tuple(differences), {"columns": len(columns)})


def ledger_adds_up(session: Session) -> CheckOutcome:
    """Each loaded object has as many rows in the history as the ledger says, and each user of the history has a row."""
    wrong = session.query(
        "SELECT l.OBJECT_KEY, l.ROWS_IN, l.ROWS_STAGED, l.ROWS_DUPLICATE, l.ROWS_REJECTED, COALESCE(h.HISTORY_ROWS, 0) "
        f"FROM {LOAD_HISTORY.name} AS l LEFT JOIN (SELECT OBJECT_KEY, COUNT(*) AS HISTORY_ROWS "
        f"FROM {FOLLOWER_SNAPSHOTS.name} GROUP BY OBJECT_KEY) AS h ON h.OBJECT_KEY = l.OBJECT_KEY "
        "WHERE l.STATUS = ? AND (l.ROWS_IN <> l.ROWS_STAGED + l.ROWS_DUPLICATE + l.ROWS_REJECTED "
        f"OR l.ROWS_STAGED <> COALESCE(h.HISTORY_ROWS, 0)) ORDER BY l.OBJECT_KEY LIMIT {NAMED_OFFENDERS}",
        (LoadStatus.LOADED,),
    )
    offenders = [
        f"{key}: {rows_in} in, {staged} staged, {duplicate} duplicate, {rejected} rejected, {found} in the history"
        for key, rows_in, staged, duplicate, rejected, found in wrong
    ]
    missing = session.query(
        f"SELECT DISTINCT h.TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} AS h LEFT JOIN {TIKTOK_DATA.name} AS t "
        f"ON t.TIKTOK_ID = h.TIKTOK_ID WHERE t.TIKTOK_ID IS NULL ORDER BY h.TIKTOK_ID LIMIT {NAMED_OFFENDERS}"
    )
    offenders += [f"the user {tiktok_id} is in the history only" for (tiktok_id,) in missing]
    ((objects,),) = session.query(f"SELECT COUNT(*) FROM {LOAD_HISTORY.name} WHERE STATUS = ?", (LoadStatus.LOADED,))
    return CheckOutcome("ledger_adds_up", tuple(offenders), {"loaded objects": int(objects)})


def every_account_is_fresh(session: Session, now: datetime) -> CheckOutcome:
    """Every account's newest snapshot is younger than two days; a daily schedule may miss one run."""
    oldest_good = now.astimezone(UTC).replace(tzinfo=None) - MAX_SNAPSHOT_AGE
    newest = session.query(
        f"SELECT a.ACCOUNT_ID, MAX(a.HANDLE), MAX(h.EXTRACTED_AT) FROM {ACCOUNT_SNAPSHOTS.name} AS a "
        f"JOIN {FOLLOWER_SNAPSHOTS.name} AS h ON h.OBJECT_KEY = a.OBJECT_KEY "
        "GROUP BY a.ACCOUNT_ID ORDER BY a.ACCOUNT_ID"
    )
    stale = [f"{handle or account}: newest row of {at:%Y-%m-%d %H:%M} UTC" for account, handle, at in newest
             if at < oldest_good]  # fmt: skip
    return CheckOutcome("every_account_is_fresh", tuple(stale), {"accounts": len(newest)})


def no_object_is_refused(session: Session) -> CheckOutcome:
    """No object waits to be fixed; the offenders say why each was refused."""
    rows = session.query(
        f"SELECT OBJECT_KEY, REASON, COUNT(*) OVER () FROM {LOAD_HISTORY.name} AS s WHERE STATUS = ? "
        f"AND NOT EXISTS (SELECT 1 FROM {LOAD_HISTORY.name} AS n WHERE n.OBJECT_KEY = s.OBJECT_KEY "
        "AND n.STATUS = ? AND n.BATCH_ID > s.BATCH_ID) "
        f"ORDER BY LOADED_AT DESC, OBJECT_KEY LIMIT {NAMED_OFFENDERS}",
        (LoadStatus.REFUSED, LoadStatus.LOADED),
    )
    offenders = tuple(f"{key}: {reason}" for key, reason, _ in rows)
    return CheckOutcome("no_object_is_refused", offenders, {"objects refused": int(rows[0][2]) if rows else 0})
