"""What expires of batches that were not published, and of what the audit found: both may hold rows of old snapshots.

A batch that waits for its publication keeps its other objects. What was loaded belongs in `warehouse`.
"""

from datetime import datetime

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.staging.ledger import WAITS_FOR_PUBLICATION
from tiktok_insights.tables.columns import timestamp
from tiktok_insights.tables.definitions import LOAD_BATCHES, LOAD_HISTORY, STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights.tables.load_status import BatchVerdict, LoadStatus
from tiktok_insights.warehouse.own_csvs import day_of_ours

#: Without reasons and sums, as in the ledger.
EXPIRED = (
    f"STATUS = '{LoadStatus.EXPIRED}', REASON = NULL, "
    "ID_SUM_IN = 0, ID_SUM_STAGED = 0, ID_SUM_DUPLICATE = 0, ID_SUM_REJECTED = 0"
)
#: What a check found may name a user; that it passed does not.
_NO_FINDINGS = "{}"


def expiring_staged_rows(session: Session, cut: datetime) -> int:
    """Count the staged rows that expire."""
    _, rows = _staged(session)
    ((number,),) = session.query(
        f"SELECT COUNT(*) FROM {rows} WHERE (BATCH_ID, OBJECT_KEY) IN ({_old_objects(session, cut)}) "
        f"OR {_is_left_over(cut)}"
    )
    return int(number)


def expiring_findings(session: Session, cut: datetime) -> int:
    """Count the batches of which what the audit found expires."""
    ((number,),) = session.query(f"SELECT COUNT(*) FROM {LOAD_BATCHES.name} WHERE {_is_told(cut)}")
    return int(number)


def expire_staged(session: Session, cut: datetime) -> None:
    """Delete both, inside a transaction that holds the publish lock and has marked what has expired in the ledger."""
    objects, rows = _staged(session)
    session.execute(
        f"UPDATE {objects} SET {EXPIRED} WHERE STATUS <> '{LoadStatus.UNCHANGED}' "
        f"AND (BATCH_ID, OBJECT_KEY) IN ({_old_objects(session, cut)})"
    )
    session.execute(
        f"DELETE FROM {rows} WHERE (BATCH_ID, OBJECT_KEY) IN "
        f"(SELECT BATCH_ID, OBJECT_KEY FROM {objects} WHERE STATUS = '{LoadStatus.EXPIRED}')"
    )
    for table in (rows, objects):
        session.execute(f"DELETE FROM {table} WHERE {_is_left_over(cut)}")
    session.execute(f"UPDATE {LOAD_BATCHES.name} SET CHECKS = '{_NO_FINDINGS}' WHERE {_is_told(cut)}")


def _staged(session: Session) -> tuple[str, str]:
    return session.namespace.name_of(STAGED_OBJECTS), session.namespace.name_of(STAGED_TIKTOK_DATA)


def _old_objects(session: Session, cut: datetime) -> str:
    """The query for the objects of batches that wait whose rows a publication would no longer load."""
    objects, rows = _staged(session)
    newest = (
        "SELECT BATCH_ID AS BATCH_OF_ROWS, OBJECT_KEY AS KEY_OF_ROWS, MAX(EXTRACTED_AT) AS NEWEST_ROW "
        f"FROM {rows} GROUP BY BATCH_ID, OBJECT_KEY"
    )
    return (
        f"SELECT o.BATCH_ID, o.OBJECT_KEY FROM {objects} AS o LEFT JOIN ({newest}) AS newest "
        "ON newest.BATCH_OF_ROWS = o.BATCH_ID AND newest.KEY_OF_ROWS = o.OBJECT_KEY "
        f"WHERE o.BATCH_ID IN ({WAITS_FOR_PUBLICATION}) AND o.STATUS <> '{LoadStatus.EXPIRED}' "
        f"AND (COALESCE({day_of_ours('o.OBJECT_KEY')} < {timestamp(cut)}, FALSE) "
        f"OR COALESCE(o.STARTED_AT, newest.NEWEST_ROW, o.FIRST_MODIFIED) < {timestamp(cut)})"
    )


def _is_left_over(cut: datetime) -> str:
    """Whether a batch is never published: it has failed, or was cut off before the cut. Its ID begins with when."""
    return (
        f"(BATCH_ID IN (SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE VERDICT = '{BatchVerdict.FAILED}') "
        f"OR (BATCH_ID < '{cut:%Y%m%d}' AND BATCH_ID NOT IN (SELECT BATCH_ID FROM {LOAD_BATCHES.name})))"
    )


def _is_told(cut: datetime) -> str:
    """Whether a check of a batch found something, and the batch is old, or had an object that has expired."""
    return (
        f"CHECKS LIKE '%[%' AND (STAGED_AT < {timestamp(cut)} OR BATCH_ID IN "
        f"(SELECT BATCH_ID FROM {LOAD_HISTORY.name} WHERE STATUS = '{LoadStatus.EXPIRED}'))"
    )
