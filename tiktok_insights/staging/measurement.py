"""What the warehouse really holds of a batch, as facts for the audit. What the facts must be: `audit_checks.py`."""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.clients.snowflake_session import NamedRow, Session
from tiktok_insights.schema import WAREHOUSE_COLUMNS, ColumnKind
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.tables.comparison import column_differences
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA
from tiktok_insights.tables.id_sums import SqlEngine, id_sum_sql
from tiktok_insights.tables.inventory import read_columns

#: An id that slipped into a column of counts has 18 digits or more; no count of TikTok's comes near.
COUNT_LIMIT = 10**18


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What the warehouse's staging table holds of one object, beside what was sent there.

    `malformed_ids` and `counts_out_of_range` are numbers of rows; `user_out_of_range` is the user of one of the latter.
    `max_rejected_share` is what the object is held to.
    """

    staged: StagedObject
    max_rejected_share: float
    rows_found: int = 0
    users_found: int = 0
    id_sum_found: int = 0
    malformed_ids: int = 0
    counts_out_of_range: int = 0
    user_out_of_range: str | None = None

    @property
    def key(self) -> str:
        """The object's key."""
        return self.staged.item.info.key


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch as measured. `differences` are between the staging table and the contract."""

    batch_id: str
    objects: tuple[ObjectFacts, ...]
    differences: tuple[str, ...]


def measure(session: Session, batch_id: str, objects: Sequence[StagedObject], max_rejected_share: float) -> BatchFacts:
    """Ask the warehouse what its staging table holds of each object of the batch."""
    counts = [column.warehouse for column in WAREHOUSE_COLUMNS if column.kind is ColumnKind.COUNT]
    out_of_range = " OR ".join(f"{name} < 0 OR {name} >= {COUNT_LIMIT}" for name in counts)
    rows = session.records(
        "SELECT OBJECT_KEY, COUNT(*) AS ROWS_FOUND, COUNT(DISTINCT TIKTOK_ID) AS USERS_FOUND, "
        f"{id_sum_sql('TIKTOK_ID', SqlEngine.SNOWFLAKE)} AS ID_SUM_FOUND, "
        "SUM(CASE WHEN LENGTH(TIKTOK_ID) BETWEEN 1 AND 20 "
        "AND TRANSLATE(CAST(TIKTOK_ID AS VARCHAR), '0123456789', '') = '' THEN 0 ELSE 1 END) AS MALFORMED_IDS, "
        f"SUM(CASE WHEN {out_of_range} THEN 1 ELSE 0 END) AS COUNTS_OUT_OF_RANGE, "
        f"MIN(CASE WHEN {out_of_range} THEN TIKTOK_ID END) AS USER_OUT_OF_RANGE "
        f"FROM {session.namespace.name_of(STAGED_TIKTOK_DATA)} WHERE BATCH_ID = ? GROUP BY OBJECT_KEY",
        (batch_id,),
    )
    found = {row["OBJECT_KEY"]: row for row in rows}
    differences = column_differences(read_columns(session, STAGED_TIKTOK_DATA), STAGED_TIKTOK_DATA)
    return BatchFacts(
        batch_id,
        tuple(_facts(item, max_rejected_share, found.get(item.item.info.key)) for item in objects),
        tuple(differences),
    )


def _facts(staged: StagedObject, max_rejected_share: float, found: NamedRow | None) -> ObjectFacts:
    """The facts of one object; one of which the table has nothing has no row in the answer."""
    if found is None:
        return ObjectFacts(staged, max_rejected_share)
    return ObjectFacts(
        staged,
        max_rejected_share,
        rows_found=int(found["ROWS_FOUND"]),
        users_found=int(found["USERS_FOUND"]),
        id_sum_found=int(found["ID_SUM_FOUND"]),
        malformed_ids=int(found["MALFORMED_IDS"]),
        counts_out_of_range=int(found["COUNTS_OUT_OF_RANGE"]),
        user_out_of_range=found["USER_OUT_OF_RANGE"],
    )
