"""The audit of a batch: one pure function gives the verdict from what was measured. The checks: `audit_checks.py`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tiktok_insights.checks import Check, CheckOutcome, Finding, declared_in
from tiktok_insights.staging import audit_checks
from tiktok_insights.staging.audit_checks import ObjectCheck
from tiktok_insights.staging.measurement import BatchFacts, ObjectFacts
from tiktok_insights.tables.load_status import BatchVerdict

CHECKS: tuple[Check[BatchFacts], ...] = declared_in(audit_checks)


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What the audit says of a batch. `faults` says by their keys what is wrong with objects that are to blame."""

    batch_id: str
    outcomes: tuple[CheckOutcome, ...]
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether the batch may be published."""
        return all(outcome.passed for outcome in self.outcomes)

    @property
    def batch_verdict(self) -> BatchVerdict:
        """The verdict as LOAD_BATCHES has it."""
        return BatchVerdict.PASSED if self.passed else BatchVerdict.FAILED

    def to_json(self) -> str:
        """The results as text for LOAD_BATCHES."""
        return json.dumps({outcome.name: outcome.passed or list(outcome.offenders) for outcome in self.outcomes})


def audit(batch: BatchFacts) -> AuditVerdict:
    """Judge a batch by what was measured of it."""
    faults = {item.key: reason for item in batch.objects if (reason := _own_fault(item))}
    return AuditVerdict(batch.batch_id, tuple(check(batch) for check in CHECKS), faults)


def over_all(verdicts: Sequence[AuditVerdict]) -> tuple[CheckOutcome, ...]:
    """Give the outcome of each check over all batches; without a batch, each has passed."""
    return tuple(
        check.outcome(
            Finding(tuple(offender for verdict in verdicts for offender in verdict.outcomes[place].offenders))
        )
        for place, check in enumerate(CHECKS)
    )


def _own_fault(item: ObjectFacts) -> str:
    reasons = (check.fault(item) for check in CHECKS if isinstance(check, ObjectCheck) and check.blames_object)
    return "; ".join(filter(None, reasons))
