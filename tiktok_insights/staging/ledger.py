"""The ledger as staging uses it: which object versions are settled or on their way, and forgetting the refused ones."""

import secrets
from collections.abc import Sequence

from tiktok_insights.clients.snowflake_session import Session, placeholders, retry_conflicts
from tiktok_insights.staging.pending import Version
from tiktok_insights.tables.definitions import LOAD_BATCHES, LOAD_HISTORY, PUBLISH_LOCK, STAGED_OBJECTS
from tiktok_insights.tables.load_status import BatchVerdict, LoadStatus


def _newest(versions: str) -> str:
    """Of each object the newest among some versions: that of the latest batch.

    A batch is named after its listing and before it reads the first object, so the later of two versions has the later
    batch. LAST_MODIFIED does not order them: it has whole seconds, and for a multipart upload it is when that began.
    """
    return (
        "SELECT OBJECT_KEY, LATEST_ETAG AS ETAG FROM (SELECT OBJECT_KEY, LATEST_ETAG, ROW_NUMBER() OVER "
        f"(PARTITION BY OBJECT_KEY ORDER BY BATCH_ID DESC) AS PLACE FROM {versions}) AS versions WHERE PLACE = 1"
    )


#: Of each object the version that was settled last, by the ETag of its newest upload. An earlier version may come back,
#: as after a replay that restores an old CSV: then it waits to be loaded again.
SETTLED = _newest(LOAD_HISTORY.name)

#: The batches that have passed the audit and are not published.
WAITS_FOR_PUBLICATION = (
    f"SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE VERDICT = '{BatchVerdict.PASSED}' AND PUBLISHED_AT IS NULL"
)


def ledger_to_be(session: Session, columns: str, staged_columns: str) -> str:
    """The relation `known`: the ledger, and of the batches that have passed the audit what they will add to it."""
    return (
        f"(SELECT {columns} FROM {LOAD_HISTORY.name} UNION ALL "
        f"SELECT {staged_columns} FROM {session.namespace.name_of(STAGED_OBJECTS)} "
        f"WHERE BATCH_ID IN ({WAITS_FOR_PUBLICATION})) AS known"
    )


def take_lock(session: Session, holder: str) -> str:
    """Take the row that whoever changes the ledger takes first, so that of two transactions one waits or starts again.

    Call it first inside a transaction. `holder` is a batch, or what else changes the ledger. Gives what the row says
    then, which no transaction before had: the local warehouse does not lock a row that an update leaves as it is.
    """
    taken = f"{holder} {secrets.token_hex(8)}"
    session.execute(f"UPDATE {session.namespace.name_of(PUBLISH_LOCK)} SET BATCH_ID = ?", (taken,))
    return taken


def settled_versions(session: Session) -> set[Version]:
    """Of each object the version (key, ETag) that was loaded or refused last."""
    return {(key, etag) for key, etag in session.query(SETTLED)}


def settled_or_staged_versions(session: Session) -> set[Version]:
    """The same, when the batches that have passed the audit and wait for their publication count as settled."""
    versions = ledger_to_be(session, "OBJECT_KEY, LATEST_ETAG, BATCH_ID", "OBJECT_KEY, ETAG, BATCH_ID")
    return {(key, etag) for key, etag in session.query(_newest(versions))}


def judged_batches(session: Session, batch_ids: Sequence[str]) -> set[str]:
    """Which of these batches have the audit's verdict."""
    if not batch_ids:
        return set()
    sql = f"SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE BATCH_ID IN ({placeholders(batch_ids)})"
    return {batch_id for (batch_id,) in session.query(sql, batch_ids)}


@retry_conflicts
def forget_refused(session: Session, key: str | None = None) -> list[str]:
    """Forget the refused objects, or the one with the key, so that they are pending again. Gives their keys.

    An object is no longer refused once a later version of it is loaded. Of one that is, earlier refused versions are
    forgotten, too: none of them may seem to be the newest.
    """
    newest = f"STATUS = '{LoadStatus.REFUSED}' AND (OBJECT_KEY, ETAG) IN ({SETTLED})"
    values = [] if key is None else [key]
    if values:
        newest += " AND OBJECT_KEY = ?"
    refused = f"SELECT OBJECT_KEY FROM {LOAD_HISTORY.name} WHERE {newest}"
    with session.transaction():
        take_lock(session, "retry-refused")
        keys = session.query(f"{refused} ORDER BY OBJECT_KEY", values)
        session.execute(
            f"DELETE FROM {LOAD_HISTORY.name} WHERE STATUS = '{LoadStatus.REFUSED}' AND OBJECT_KEY IN ({refused})",
            values,
        )
    return [found for (found,) in keys]
