"""What must be true of TIKTOK_DATA after every publication, asked of the warehouse about what is in the scope.

A check reads the table or the history only where something is in its scope. What must be true before a publication
belongs in `staging/audit_checks.py`, what only `verify` asks in `full_checks.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps

from tiktok_insights.checks import Finding, Severity, check, pseudonym
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import NamedRow, Session
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.schema import WAREHOUSE_NAMES
from tiktok_insights.tables.comparison import column_differences
from tiktok_insights.tables.definitions import (
    ACCOUNT_SNAPSHOTS,
    FOLLOWER_SNAPSHOTS,
    LOAD_HISTORY,
    TIKTOK_DATA,
)
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql
from tiktok_insights.tables.inventory import read_tables
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.warehouse.scope import Scope

#: How many offenders a check names; the facts say how many there are.
NAMED_OFFENDERS = 20
MAX_SNAPSHOT_AGE = timedelta(hours=48)
MAX_LOST_USERS_SHARE, MAX_LOST_COUNTS_SHARE = 0.2, 0.05
MAX_STEP_7_ROWS = 1_000_000


class LimitError(ValueError):
    """A setting of the checks is out of its bounds."""


@dataclass(frozen=True, slots=True)
class TableCheckInput:
    """What the checks on TIKTOK_DATA read: a session, the bucket, Step 7, the time, the scope, and the limits.

    `max_lost_users_share` is a share of the users, `max_lost_counts_share` a difference of shares; both from 0 to 1.
    Step 7 is run word for word for up to `max_step_7_rows` users, and always where the scope is everything. `csvs` is
    the run's own listing of the bucket; without one, a check that needs it lists the bucket.
    """

    session: Session
    store: ObjectStore
    step_7: tuple[str, ...]
    now: datetime
    max_lost_users_share: float = MAX_LOST_USERS_SHARE
    max_lost_counts_share: float = MAX_LOST_COUNTS_SHARE
    csvs: CsvInventory | None = None
    scope: Scope = field(default_factory=Scope)
    max_step_7_rows: int = MAX_STEP_7_ROWS

    def __post_init__(self) -> None:
        """Raise LimitError for a limit that no table could keep."""
        for name, highest in (("max_lost_users_share", 1), ("max_lost_counts_share", 1), ("max_step_7_rows", None)):
            limit = getattr(self, name)
            if limit < 0 or (highest is not None and limit > highest):
                bounds = "0 or more" if highest is None else f"from 0 to {highest}"
                raise LimitError(f"{name} is {limit}, but must be {bounds}. Change it in the run config.")


def step_7(role: str, warehouse: str, database: str, view_schema: str) -> tuple[str, ...]:
    """The statements of Step 7 of the tutorial that this project automates, with the deployment's names."""
    return (
        f"USE ROLE {role}",
        f"USE WAREHOUSE {warehouse}",
        f"USE {database}",
        f"USE SCHEMA {view_schema}",
        "SELECT * FROM tiktok_data",
    )


_Find = Callable[[TableCheckInput], Finding]


def of_the_scope(find: _Find) -> _Find:
    """For a check that reads the table or the history: with nothing in the scope it reads nothing, and says so."""

    @wraps(find)
    def ask(given: TableCheckInput) -> Finding:
        compared = {"objects compared": given.scope.objects}
        if not given.scope.objects:
            return Finding((), {**compared, "note": "Nothing was published since these checks last passed."})
        found = find(given)
        return Finding(found.offenders, {**compared, **found.facts}, found.severity)

    return ask


@check(Severity.BLOCKING)
@of_the_scope
def every_user_has_one_row(given: TableCheckInput) -> Finding:
    """Every user in the published objects has exactly one row in TIKTOK_DATA.

    A run compares what it published, and what earlier runs published without checking it. `verify` compares all users.
    """
    wrong = given.session.query(
        "SELECT h.TIKTOK_ID, COUNT(t.TIKTOK_ID) FROM "
        f"(SELECT DISTINCT TIKTOK_ID FROM {FOLLOWER_SNAPSHOTS.name} WHERE OBJECT_KEY IN ({given.scope.keys})) AS h "
        f"LEFT JOIN {TIKTOK_DATA.name} AS t ON t.TIKTOK_ID = h.TIKTOK_ID "
        f"GROUP BY h.TIKTOK_ID HAVING COUNT(t.TIKTOK_ID) <> 1 ORDER BY h.TIKTOK_ID LIMIT {NAMED_OFFENDERS}",
        given.scope.values,
    )
    return Finding(tuple(f"{pseudonym(tiktok_id)} has {number} rows" for tiktok_id, number in wrong))


@check(Severity.BLOCKING)
def table_matches_the_contract(given: TableCheckInput) -> Finding:
    """TIKTOK_DATA and its view have exactly the contract's columns."""
    namespace = given.session.namespace
    schema, view_schema = namespace.schema_of(TIKTOK_DATA), namespace.view_schema
    actual = read_tables(given.session, (schema, view_schema), (TIKTOK_DATA.name,))
    table, view = actual[schema].get(TIKTOK_DATA.name), actual[view_schema].get(TIKTOK_DATA.name)
    differences = column_differences(table.columns if table else {}, TIKTOK_DATA)
    columns = tuple(view.columns) if view else ()
    if columns != WAREHOUSE_NAMES:
        differences.append(f"the view {view_schema}.{TIKTOK_DATA.name} has {', '.join(columns) or 'no columns'}")
    return Finding(tuple(differences), {"columns": len(columns)})


@check(Severity.BLOCKING)
@of_the_scope
def ledger_reconciles(given: TableCheckInput) -> Finding:
    """Each published object has as many rows in the history as the ledger says, and the sum over their IDs is equal.

    The ledger is the table LOAD_HISTORY. Its counts and sums must also add up: in = staged + duplicate + rejected +
    suppressed. A run compares what it published, and what earlier runs published without checking it. `verify`
    compares all objects.
    """
    in_scope = "" if given.scope.is_everything else f"WHERE OBJECT_KEY IN ({given.scope.keys}) "
    wrong = given.session.records(
        "SELECT COALESCE(l.OBJECT_KEY, h.HISTORY_KEY) AS OBJECT_KEY, l.OBJECT_KEY AS LEDGER_KEY, l.ROWS_IN, "
        "l.ROWS_STAGED, l.ROWS_DUPLICATE, l.ROWS_REJECTED, l.ROWS_SUPPRESSED, "
        "l.ID_SUM_IN, l.ID_SUM_STAGED, l.ID_SUM_DUPLICATE, l.ID_SUM_REJECTED, "
        "COALESCE(h.HISTORY_ROWS, 0) AS HISTORY_ROWS, COALESCE(h.HISTORY_SUM, 0) AS HISTORY_SUM "
        f"FROM (SELECT * FROM {LOAD_HISTORY.name} WHERE STATUS = ? AND OBJECT_KEY IN ({given.scope.keys})) AS l "
        "FULL JOIN (SELECT OBJECT_KEY AS HISTORY_KEY, COUNT(*) AS HISTORY_ROWS, "
        f"{id_sum_sql('TIKTOK_ID', SqlEngine.SNOWFLAKE)} AS HISTORY_SUM FROM {FOLLOWER_SNAPSHOTS.name} "
        f"{in_scope}GROUP BY OBJECT_KEY) AS h ON h.HISTORY_KEY = l.OBJECT_KEY WHERE l.OBJECT_KEY IS NULL "
        "OR l.ROWS_IN <> l.ROWS_STAGED + l.ROWS_DUPLICATE + l.ROWS_REJECTED + l.ROWS_SUPPRESSED "
        "OR l.ID_SUM_IN <> l.ID_SUM_STAGED + l.ID_SUM_DUPLICATE + l.ID_SUM_REJECTED "
        "OR l.ROWS_STAGED <> COALESCE(h.HISTORY_ROWS, 0) OR l.ID_SUM_STAGED <> COALESCE(h.HISTORY_SUM, 0) "
        f"ORDER BY 1 LIMIT {NAMED_OFFENDERS}",
        (LoadStatus.LOADED, *given.scope.values, *(given.scope.values if in_scope else ())),
    )
    return Finding(tuple(map(_unreconciled, wrong)))


def _unreconciled(row: NamedRow) -> str:
    if row["LEDGER_KEY"] is None:
        return "{OBJECT_KEY}: not in the ledger, {HISTORY_ROWS} in the history".format_map(row)
    # The sum of one row's ID would be a trace of one person, which no one could delete from Dagster's events.
    sums = [int(row[f"ID_SUM_{part}"]) for part in ("IN", "STAGED", "DUPLICATE", "REJECTED")]
    agree = "agree" if sums[0] == sum(sums[1:]) and sums[1] == int(row["HISTORY_SUM"]) else "differ"
    return (
        "{OBJECT_KEY}: {ROWS_IN} in, {ROWS_STAGED} staged, {ROWS_DUPLICATE} duplicate, {ROWS_REJECTED} rejected, "
        "{ROWS_SUPPRESSED} suppressed, {HISTORY_ROWS} in the history; the sums of their IDs "
    ).format_map(row) + agree


@check(Severity.WARNING)
def every_account_is_fresh(given: TableCheckInput) -> Finding:
    """Every account's newest snapshot is less than two days old, so a daily schedule may miss one run.

    A list that does not say when it was taken counts from its upload. One that has expired counts, too.
    """
    oldest_good = given.now.astimezone(UTC).replace(tzinfo=None) - MAX_SNAPSHOT_AGE
    newest = given.session.query(
        f"SELECT a.ACCOUNT_ID, MAX(a.HANDLE), MAX(l.NEWEST_ROW_AT) FROM {ACCOUNT_SNAPSHOTS.name} AS a "
        f"JOIN {LOAD_HISTORY.name} AS l ON l.OBJECT_KEY = a.OBJECT_KEY WHERE l.STATUS IN (?, ?) "
        "AND l.NEWEST_ROW_AT IS NOT NULL GROUP BY a.ACCOUNT_ID ORDER BY a.ACCOUNT_ID",
        (LoadStatus.LOADED, LoadStatus.EXPIRED),
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


@check(Severity.WARNING)
def no_object_has_removed_people(given: TableCheckInput) -> Finding:
    """No loaded object in the bucket has rows of people who were removed; `tiktok-insights forget` takes them out.

    Nobody is loaded from such rows. An old file that is uploaded again brings them back into the bucket.
    """
    rows = given.session.query(
        f"SELECT OBJECT_KEY, ROWS_SUPPRESSED FROM {LOAD_HISTORY.name} WHERE STATUS = ? AND ROWS_SUPPRESSED > 0 "
        "ORDER BY LOADED_AT DESC, OBJECT_KEY",
        (LoadStatus.LOADED,),
    )
    csvs = given.csvs or CsvInventory(given.store)
    offenders = [f"{key}: rows of removed people: {number}" for key, number in rows if csvs.get(key)]
    return Finding(tuple(offenders[:NAMED_OFFENDERS]), {"objects with removed people": len(offenders)})
