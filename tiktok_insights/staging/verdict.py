"""Writes down what the audit says of a batch: its objects, the verdict, and in the ledger those that are refused.

One transaction, with its own counts: an answer that gets lost makes the connector send a statement again, and then an
INSERT may have run twice.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import NamedRow, Session, retry_conflicts
from tiktok_insights.staging import audit
from tiktok_insights.staging.ledger import SETTLED, take_lock
from tiktok_insights.staging.staged_object import StagedObject, naive_utc
from tiktok_insights.tables.definitions import LOAD_BATCHES, LOAD_HISTORY, STAGED_OBJECTS
from tiktok_insights.tables.load_status import LoadStatus

_TABLES = (STAGED_OBJECTS, LOAD_BATCHES, LOAD_HISTORY)


class VerdictError(RuntimeError):
    """The rows written for a batch are not those that were sent; they were rolled back."""


@retry_conflicts
def write_verdict(session: Session, objects: Sequence[StagedObject], verdict: audit.AuditVerdict) -> None:
    """Write one batch's rows, all or none. Raises VerdictError; the objects are then staged again by the next run."""
    now = naive_utc(datetime.now(UTC))
    batch_id = verdict.batch_id
    batch = {
        "BATCH_ID": batch_id,
        "STAGED_AT": now,
        "VERDICT": verdict.batch_verdict,
        "CHECKS": verdict.to_json(),
        "OBJECTS": len(objects),
        "ROWS_STAGED": sum(item.counts.staged for item in objects),
        "PUBLISHED_AT": None,
    }
    with session.transaction():
        if not verdict.passed:
            # Only then the ledger is written. Rows that are merely added need not queue behind a publication.
            take_lock(session, batch_id)
        offenders = _ledger_rows(session, objects, verdict, now)
        session.insert(STAGED_OBJECTS, [item.row(batch_id) for item in objects])
        session.insert(LOAD_BATCHES, [batch])
        session.insert(LOAD_HISTORY, offenders)
        actual = _own_rows(session, batch_id)
        if actual != (expected := [len(objects), 1, len(offenders)]):
            counts = zip(actual, expected, _TABLES, strict=True)
            rows = ", ".join(f"{there} of {sent} rows in {table.name}" for there, sent, table in counts)
            raise VerdictError(f"Batch {batch_id} was rolled back: {rows}. Run again.")


def _own_rows(session: Session, batch_id: str) -> list[int]:
    """How many rows of the batch each table has."""
    counts = (f"SELECT COUNT(*) FROM {session.namespace.name_of(table)} WHERE BATCH_ID = ?" for table in _TABLES)
    return [int(count) for (count,) in session.query(" UNION ALL ".join(counts), (batch_id,) * len(_TABLES))]


def _ledger_rows(
    session: Session, objects: Sequence[StagedObject], verdict: audit.AuditVerdict, now: datetime
) -> list[NamedRow]:
    """Rows of the objects by whose fault the audit failed, so that the next run loads the others."""
    # Two runs at once may have staged the same objects.
    settled = set(session.query(SETTLED)) if verdict.faults else set()
    ours = {"STATUS": LoadStatus.REFUSED, "BATCH_ID": verdict.batch_id, "LOADED_AT": now}
    return [
        {**item.ledger_facts(), "REASON": verdict.faults[info.key], **ours}
        for item, info in ((item, item.item.info) for item in objects)
        if info.key in verdict.faults and (info.key, info.etag) not in settled
    ]
