"""The audit of a batch: one pure function refuses the faulty objects, and judges the batch by what remains.

The faults of an object are in `object_faults.py`, the checks of a batch in `audit_checks.py`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tiktok_insights.checks import Check, CheckOutcome, Finding, Severity, declared_in
from tiktok_insights.staging import audit_checks
from tiktok_insights.staging.measurement import BatchFacts, ObjectFacts
from tiktok_insights.staging.object_faults import fault_of
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.tables.load_status import BatchVerdict, LoadStatus

CHECKS: tuple[Check[BatchFacts], ...] = declared_in(audit_checks)


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What the audit says of a batch: its objects, those at fault refused with their reasons, and the checks."""

    batch_id: str
    objects: tuple[StagedObject, ...]
    outcomes: tuple[CheckOutcome, ...]

    @property
    def passed(self) -> bool:
        """Whether the batch may be published."""
        return all(outcome.passed or outcome.severity is not Severity.BLOCKING for outcome in self.outcomes)

    @property
    def batch_verdict(self) -> BatchVerdict:
        """The verdict as LOAD_BATCHES has it."""
        return BatchVerdict.PASSED if self.passed else BatchVerdict.FAILED

    def to_json(self) -> str:
        """The results as text for LOAD_BATCHES."""
        return json.dumps({outcome.name: outcome.passed or list(outcome.offenders) for outcome in self.outcomes})


def audit(batch: BatchFacts) -> AuditVerdict:
    """Judge a batch by what was measured of it."""
    judged = [replace(item, staged=_refused_if_faulty(item)) for item in batch.objects]
    remaining = tuple(item for item in judged if item.staged.status is LoadStatus.LOADED)
    outcomes = tuple(check(replace(batch, objects=remaining)) for check in CHECKS)
    return AuditVerdict(batch.batch_id, tuple(item.staged for item in judged), outcomes)


def over_all(verdicts: Sequence[AuditVerdict]) -> tuple[CheckOutcome, ...]:
    """Give the outcome of each check over all batches; without a batch, each has passed."""
    return tuple(
        check.outcome(
            Finding(tuple(offender for verdict in verdicts for offender in verdict.outcomes[place].offenders))
        )
        for place, check in enumerate(CHECKS)
    )


def _refused_if_faulty(item: ObjectFacts) -> StagedObject:
    """The object as the ledger will know it; one that cannot be read has its reason already."""
    return item.staged if item.staged.reason else replace(item.staged, reason=fault_of(item))
