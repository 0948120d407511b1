"""Writes down what the audit says of a batch: its objects, of which some are refused, and the verdict.

One transaction, with its own counts: a response that gets lost makes the connector send a statement again, and then an
INSERT may have run twice. The ledger is written by the publication.
"""

from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import Session, retry_conflicts
from tiktok_insights.staging import audit
from tiktok_insights.staging.ledger import judged_batches, take_lock
from tiktok_insights.staging.staged_object import naive_utc
from tiktok_insights.tables.definitions import LOAD_BATCHES, STAGED_OBJECTS

_TABLES = (STAGED_OBJECTS, LOAD_BATCHES)


class VerdictError(RuntimeError):
    """The rows written for a batch are not those that were sent; they were rolled back."""


@retry_conflicts
def write_verdict(
    session: Session, verdict: audit.AuditVerdict, suppression: str = "", *, may_be_judged: bool = False
) -> bool:
    """Write one batch's rows, all or none. Raises VerdictError; the objects are then staged again by the next run.

    `suppression` is the fingerprint of the suppression list that the batch was staged with.

    Where several runs may have staged the same batch (`may_be_judged`), the first one writes; False for the others.
    """
    batch_id, objects = verdict.batch_id, verdict.objects
    batch = {
        "BATCH_ID": batch_id,
        "STAGED_AT": naive_utc(datetime.now(UTC)),
        "VERDICT": verdict.batch_verdict,
        "CHECKS": verdict.to_json(),
        "OBJECTS": len(objects),
        "ROWS_STAGED": sum(item.counts.staged for item in objects),
        "PUBLISHED_AT": None,
        "CHECKED_AT": None,
        "SUPPRESSION": suppression or None,
    }
    with session.transaction():
        if may_be_judged:
            take_lock(session, batch_id)
            if judged_batches(session, [batch_id]):
                return False
        session.insert(STAGED_OBJECTS, [item.row(batch_id) for item in objects])
        session.insert(LOAD_BATCHES, [batch])
        actual = _own_rows(session, batch_id)
        if actual != (expected := [len(objects), 1]):
            counts = zip(actual, expected, _TABLES, strict=True)
            rows = ", ".join(f"{there} of {sent} rows in {table.name}" for there, sent, table in counts)
            raise VerdictError(f"Batch {batch_id} was rolled back: {rows}. Run again.")
    return True


def _own_rows(session: Session, batch_id: str) -> list[int]:
    """How many rows of the batch each table has."""
    counts = (f"SELECT COUNT(*) FROM {session.namespace.name_of(table)} WHERE BATCH_ID = ?" for table in _TABLES)
    return [int(count) for (count,) in session.query(" UNION ALL ".join(counts), (batch_id,) * len(_TABLES))]
