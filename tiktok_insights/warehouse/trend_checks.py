"""What should not get much worse from one snapshot of an account to the next: users seen, and counts returned.

Both read small tables, and of the history only what was published and not checked, and what came just before it. What
must be true of the table as it is belongs in `table_checks.py`.
"""

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.schema import WAREHOUSE_COLUMNS, ColumnKind
from tiktok_insights.tables.definitions import ACCOUNT_SNAPSHOTS, FOLLOWER_SNAPSHOTS, LOAD_HISTORY
from tiktok_insights.tables.load_status import LoadStatus
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.warehouse.table_checks import NAMED_OFFENDERS, TableCheckInput, of_the_scope

_COUNTS = [column.warehouse or "" for column in WAREHOUSE_COLUMNS if column.kind is ColumnKind.COUNT]
#: The columns are equal in both: which rows of an account come one after the other. A key has the day and the time.
_ORDER = "PARTITION BY s.ACCOUNT_ID ORDER BY s.OBJECT_KEY"
_LISTS = f"""
SELECT ACCOUNT_ID, HANDLE, USERS_SEEN, USERS_BEFORE FROM (
  SELECT s.ACCOUNT_ID, s.HANDLE, s.USERS_SEEN, LAG(s.USERS_SEEN) OVER ({_ORDER}) AS USERS_BEFORE,
    LEAD(s.OBJECT_KEY) OVER ({_ORDER}) AS NEXT_KEY
  FROM {ACCOUNT_SNAPSHOTS.name} AS s WHERE s.OUTCOME IN (?, ?)
) AS lists WHERE NEXT_KEY IS NULL AND USERS_BEFORE > 0 ORDER BY ACCOUNT_ID
"""
_SERVED = f"""
WITH loaded AS (
  SELECT s.OBJECT_KEY, LAG(s.OBJECT_KEY) OVER ({_ORDER}) AS KEY_BEFORE, LEAD(s.OBJECT_KEY) OVER ({_ORDER}) AS NEXT_KEY
  FROM {ACCOUNT_SNAPSHOTS.name} AS s JOIN {LOAD_HISTORY.name} AS l ON l.OBJECT_KEY = s.OBJECT_KEY
  WHERE l.STATUS = ? AND s.OUTCOME IS NOT NULL
), pairs AS (
  SELECT OBJECT_KEY, KEY_BEFORE FROM loaded
  WHERE KEY_BEFORE IS NOT NULL AND NEXT_KEY IS NULL AND OBJECT_KEY IN ({{in_scope}})
), shares AS (
  SELECT OBJECT_KEY, 1 - ({" + ".join(f"COUNT({name})" for name in _COUNTS)}) / ({len(_COUNTS)} * COUNT(*)) AS SHARE
  FROM {FOLLOWER_SNAPSHOTS.name}
  WHERE OBJECT_KEY IN (SELECT OBJECT_KEY FROM pairs UNION SELECT KEY_BEFORE FROM pairs)
  GROUP BY OBJECT_KEY
)
SELECT pairs.OBJECT_KEY, now.SHARE AS SHARE_NOW, before.SHARE AS SHARE_BEFORE
FROM pairs JOIN shares AS now ON now.OBJECT_KEY = pairs.OBJECT_KEY
JOIN shares AS before ON before.OBJECT_KEY = pairs.KEY_BEFORE
ORDER BY pairs.OBJECT_KEY
"""


@check(Severity.WARNING)
def no_list_lost_many_users(given: TableCheckInput) -> Finding:
    """No account's newest list has far fewer users than its previous one; by default, at most 20% fewer.

    Only lists that were read to their end, or to the API's limit, are compared.
    """
    lists = given.session.records(_LISTS, (Outcome.WHOLE.value, Outcome.CUT.value))
    fallen = [row for row in lists if _fall(row) > given.max_lost_users_share]
    offenders = [
        f"{row['HANDLE'] or row['ACCOUNT_ID']}: {int(row['USERS_SEEN']):,} users seen, {int(row['USERS_BEFORE']):,} in "
        f"the previous list ({_fall(row):.0%} fewer)"
        for row in fallen[:NAMED_OFFENDERS]
    ]
    return Finding(tuple(offenders), {"lists compared": len(lists), "lists with far fewer users": len(fallen)})


@check(Severity.WARNING)
@of_the_scope
def no_snapshot_lost_many_counts(given: TableCheckInput) -> Finding:
    """No snapshot lacks far more counts than the account's previous one; by default, at most 5 percentage points more.

    A negative count also counts as missing. A run compares an account's newest snapshot after its publication, but no
    files from other sources: several of them may be parts of one list.
    """
    sql = _SERVED.format(in_scope=given.scope.keys)
    pairs = given.session.records(sql, (LoadStatus.LOADED, *given.scope.values))
    risen = [row for row in pairs if row["SHARE_NOW"] - row["SHARE_BEFORE"] > given.max_lost_counts_share]
    offenders = [
        f"{row['OBJECT_KEY']}: {float(row['SHARE_NOW']):.1%} of the counts are missing, "
        f"{float(row['SHARE_BEFORE']):.1%} in the previous one"
        for row in risen[:NAMED_OFFENDERS]
    ]
    return Finding(tuple(offenders), {"snapshots compared": len(pairs), "snapshots with more missing": len(risen)})


def _fall(row: NamedRow) -> float:
    """By what share of the list before the newest one is shorter."""
    return 1 - int(row["USERS_SEEN"]) / int(row["USERS_BEFORE"])
