"""The stages' checks as Dagster shows them: specs, results, and the steps that check an asset after it is made.

A check itself belongs in its stage's package; none is named here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from tiktok_insights.catalog import checks as catalog_checks
from tiktok_insights.catalog.checks import CatalogCheckInput
from tiktok_insights.checks import Check, CheckOutcome, Input, Severity, declared_in
from tiktok_insights.defs.check_limits import TABLE_CHECK_LIMITS
from tiktok_insights.defs.presentation import bullets, table
from tiktok_insights.resources.glue import GlueResource
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.warehouse import lost_ids, table_checks, trend_checks
from tiktok_insights.warehouse.table_checks import TableCheckInput

_OFFENDERS, _OFFENDER = "offenders", "offender"
_Limits = Mapping[str, float]
_Open = Callable[[S3Resource, GlueResource, SnowflakeResource, _Limits], AbstractContextManager[Input]]


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


def _step(
    asset: str, checks: Sequence[Check[Input]], open_input: _Open[Input], limits: Mapping[str, dg.Field] | None = None
) -> dg.AssetChecksDefinition:
    """Make the step that asks an asset's checks of one input; `limits` are its settings."""

    @dg.multi_asset_check(
        name=f"{asset}_checks",
        specs=check_specs(asset, checks),
        can_subset=True,
        config_schema=dict(limits) if limits else None,
    )
    def step(
        context: dg.AssetCheckExecutionContext,
        s3: S3Resource,
        glue: GlueResource,
        snowflake: SnowflakeResource,
    ) -> Iterator[dg.AssetCheckResult]:
        selected = {key.name for key in context.selected_asset_check_keys}
        with open_input(s3, glue, snowflake, context.op_execution_context.op_config or {}) as given:
            for check in checks:
                if check.name in selected:
                    yield check_result(check(given))

    return step


@contextmanager
def _catalog_input(
    s3: S3Resource, glue: GlueResource, _: SnowflakeResource, _limits: _Limits
) -> Iterator[CatalogCheckInput]:
    yield CatalogCheckInput(glue.catalog(), s3.csvs().listing().partitions)


@contextmanager
def _table_input(
    s3: S3Resource, _: GlueResource, snowflake: SnowflakeResource, limits: _Limits
) -> Iterator[TableCheckInput]:
    with snowflake.session() as session:
        yield TableCheckInput(session, s3.store(), snowflake.step_7, datetime.now(UTC), csvs=s3.csvs(), **limits)


ASSET_CHECKS = (
    _step("tiktok_user_data", declared_in(catalog_checks), _catalog_input),
    _step("tiktok_data", declared_in(table_checks, trend_checks, lost_ids), _table_input, TABLE_CHECK_LIMITS),
)
