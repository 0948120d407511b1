"""The end of a batch on Spark: the files that the workers have sent become the batch's rows, once.

Everything here is the driver's. How a file gets into the stage belongs in `tasks.py`.
"""

import logging
from dataclasses import dataclass

from tiktok_insights.clients.snowflake_session import Connect, Session, retry_conflicts, stage_of
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA

_logger = logging.getLogger(__name__)


class LostRowsError(RuntimeError):
    """The warehouse did not load the rows that the workers have sent; nothing was changed."""


@dataclass(frozen=True, slots=True)
class SentFiles:
    """The files of one run in the stage of the staging table: how their names begin, and how many rows they have."""

    prefix: str
    rows: int


def load(connect: Connect, batch_id: str, sent: SentFiles | None) -> None:
    """Load a batch's files in place of the rows that an earlier run of it has loaded, and then remove all its files.

    Raises LostRowsError.
    """
    with connect() as session:
        _replace_rows(session, batch_id, sent)
        table = session.namespace.name_of(STAGED_TIKTOK_DATA)
        session.query(f"REMOVE {stage_of(table)}/{batch_id}-")


@retry_conflicts
def _replace_rows(session: Session, batch_id: str, sent: SentFiles | None) -> None:
    table = session.namespace.name_of(STAGED_TIKTOK_DATA)
    with session.transaction():
        if replaced := session.execute(f"DELETE FROM {table} WHERE BATCH_ID = ?", (batch_id,)):
            _logger.info("Replacing %d rows of an earlier run.", replaced)
        if sent is None:
            return
        # FORCE, because a transaction that begins again meets its own files.
        rows = session.copy_staged(sent.prefix, table, "FORCE=TRUE")
        if rows != sent.rows:
            raise LostRowsError(
                f"The workers sent {sent.rows} rows of batch {batch_id}, but the warehouse loaded {rows}. Run again: "
                "nothing was changed, and the batch is staged from its beginning."
            )
        _logger.info("Loaded %d rows.", rows)
