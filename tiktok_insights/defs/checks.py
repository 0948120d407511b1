"""The stages' checks as Dagster shows them: specs and results.

A check itself belongs in its stage's package; none is named here. The steps of checks are in check_steps.py.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from tiktok_insights.checks import Check, CheckOutcome, Severity
from tiktok_insights.defs.presentation import bullets, table

_OFFENDERS, _OFFENDER = "offenders", "offender"


def check_specs(asset: str, checks: Sequence[Check[Any]]) -> list[dg.AssetCheckSpec]:
    """Describe the checks of an asset."""
    return [
        dg.AssetCheckSpec(
            check.name, asset=asset, description=check.description, blocking=check.severity is Severity.BLOCKING
        )
        for check in checks
    ]


def check_result(outcome: CheckOutcome, asset: str | None = None) -> dg.AssetCheckResult:
    """Give a check's result with its offenders in the metadata; `asset` where the step has several."""
    metadata: dict[str, dg.MetadataValue] = {
        name: dg.MetadataValue.int(fact) if isinstance(fact, int) else dg.MetadataValue.text(fact)
        for name, fact in outcome.facts.items()
    }
    if outcome.offenders:
        metadata[_OFFENDERS] = table([_OFFENDER], [[offender] for offender in outcome.offenders])
    is_warning = outcome.severity is Severity.WARNING
    return dg.AssetCheckResult(
        passed=outcome.passed,
        check_name=outcome.name,
        asset_key=asset,
        severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
        description=None if outcome.passed else bullets(outcome.offenders),
        metadata=metadata,
    )


def offenders_of(evaluation: dg.AssetCheckEvaluation) -> list[str]:
    """Give the offenders of a check's result as they are, without Markdown's escapes."""
    offenders = evaluation.metadata.get(_OFFENDERS)
    if not isinstance(offenders, dg.TableMetadataValue):
        return []
    return [str(record.data[_OFFENDER]) for record in offenders.records]
