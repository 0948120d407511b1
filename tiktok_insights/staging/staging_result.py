"""The result of one run's staging, object by object, with the status that the ledger will have; and the check on it.

What a batch must hold to belongs in `audit_checks.py`. How a result is shown belongs in `defs/`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tiktok_insights.checks import Finding, Severity, check
from tiktok_insights.clients.snowflake_session import Session, placeholders
from tiktok_insights.staging.batch import Batch
from tiktok_insights.staging.row_counts import RowCounts
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.tables.definitions import LOAD_HISTORY
from tiktok_insights.tables.load_status import LoadStatus

#: How many objects are listed; the ledger has all of them.
LISTED_OBJECTS = 1_000
#: The status of an object whose batch failed: the ledger says nothing of it.
PENDING = "pending"
_TOO_OLD = "it is older than the retained history, so its rows are not loaded"
_NEXT_RUN = "its batch failed the audit; the next run stages it again"


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """One object: the status that the ledger will have (or `pending`), its rows, and why it is not loaded."""

    key: str
    status: str
    counts: RowCounts
    reason: str


@dataclass(frozen=True, slots=True)
class StagingResult:
    """The objects of a run's batches. `objects` lists a thousand, those first that a person has to look at."""

    batches: tuple[str, ...]
    objects: tuple[ObjectResult, ...]
    objects_loaded: int
    objects_refused: int
    rows: RowCounts

    @property
    def refused(self) -> tuple[ObjectResult, ...]:
        """The listed objects that are refused."""
        return tuple(item for item in self.objects if item.status == LoadStatus.REFUSED)


def result_of(batches: Sequence[Batch]) -> StagingResult:
    """Sum up a run's batches. `rows` are those of the objects that will be loaded."""
    objects = [_result(item, passed=batch.verdict.passed) for batch in batches for item in batch.objects]
    objects.sort(key=lambda item: (item.status != LoadStatus.REFUSED, not item.reason, not item.counts.rejected))
    loaded = [item for item in objects if item.status == LoadStatus.LOADED]
    return StagingResult(
        tuple(batch.batch_id for batch in batches),
        tuple(objects[:LISTED_OBJECTS]),
        len(loaded),
        sum(item.status == LoadStatus.REFUSED for item in objects),
        _total(item.counts for item in loaded),
    )


def as_published(session: Session, result: StagingResult) -> StagingResult:
    """The result once its batches are published: objects that are older than the retained history were not loaded."""
    if not result.batches:
        return result
    rows = session.query(
        f"SELECT OBJECT_KEY FROM {LOAD_HISTORY.name} WHERE STATUS = ? AND BATCH_ID IN ({placeholders(result.batches)})",
        (LoadStatus.EXPIRED, *result.batches),
    )
    expired = {key for (key,) in rows}
    objects = tuple(
        replace(item, status=LoadStatus.EXPIRED, reason=_TOO_OLD) if item.key in expired else item
        for item in result.objects
    )
    return replace(result, objects=objects, objects_loaded=result.objects_loaded - len(expired))


@check(Severity.BLOCKING)
def every_new_object_was_loaded(result: StagingResult) -> Finding:
    """No object was refused by this run. A run that refuses one fails here, after the others are published.

    The offenders say why each was refused, and what to do. Only the run that refused an object fails.
    """
    facts = {"objects loaded": result.objects_loaded, "objects refused": result.objects_refused}
    return Finding(tuple(f"{item.key}: {item.reason}" for item in result.refused), facts)


def _result(item: StagedObject, *, passed: bool) -> ObjectResult:
    if passed:
        return ObjectResult(item.item.info.key, item.status, item.counts, item.reason)
    return ObjectResult(item.item.info.key, PENDING, item.counts, _NEXT_RUN)


def _total(counts: Iterable[RowCounts]) -> RowCounts:
    rows = [(c.rows_in, c.staged, c.duplicate, c.rejected, c.suppressed, c.negative_counts) for c in counts]
    return RowCounts(*map(sum, zip(*rows, strict=True)))
