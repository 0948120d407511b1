"""The steps that check an asset after it is made, each with one input for all of its checks.

How a check looks in Dagster belongs in checks.py, and a check itself in its stage's package; none is named here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from tiktok_insights.catalog import checks as catalog_checks
from tiktok_insights.catalog import crawler_checks
from tiktok_insights.catalog.checks import CatalogCheckInput
from tiktok_insights.checks import Check, Input, Severity, declared_in
from tiktok_insights.defs.check_limits import TABLE_CHECK_LIMITS
from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.resources.glue import GlueResource
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.warehouse import step_7_check, table_checks, trend_checks
from tiktok_insights.warehouse.scope import mark_checked, unchecked
from tiktok_insights.warehouse.table_checks import TableCheckInput

_Limits = Mapping[str, Any]
_Open = Callable[[S3Resource, GlueResource, SnowflakeResource, _Limits], AbstractContextManager[Input]]


def _step(
    asset: str,
    checks: Sequence[Check[Input]],
    open_input: _Open[Input],
    limits: Mapping[str, dg.Field] | None = None,
    when_passed: Callable[[Input], None] = lambda _: None,
) -> dg.AssetChecksDefinition:
    """Make the step that asks an asset's checks of one input; `limits` are its settings.

    `when_passed` is called if all of the blocking checks were asked and have passed.
    """

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
            passed = set[str]()
            for check in checks:
                if check.name in selected:
                    outcome = check(given)
                    passed.update([check.name] if outcome.passed else ())
                    yield check_result(outcome)
            if passed >= {check.name for check in checks if check.severity is Severity.BLOCKING}:
                when_passed(given)

    return step


@contextmanager
def _catalog_input(
    s3: S3Resource, glue: GlueResource, _: SnowflakeResource, _limits: _Limits
) -> Iterator[CatalogCheckInput]:
    yield CatalogCheckInput(glue.catalog(), s3.csvs().listing().partitions, glue.open_crawler())


@contextmanager
def _table_input(
    s3: S3Resource, _: GlueResource, snowflake: SnowflakeResource, limits: _Limits
) -> Iterator[TableCheckInput]:
    with snowflake.session() as session:
        now, scope = datetime.now(UTC), unchecked(session)
        yield TableCheckInput(session, s3.store(), snowflake.step_7, now, csvs=s3.csvs(), scope=scope, **limits)


def _mark_checked(given: TableCheckInput) -> None:
    mark_checked(given.session, given.scope, given.now)


_TABLE_CHECKS = _step(
    "tiktok_data",
    declared_in(table_checks, step_7_check, trend_checks),
    _table_input,
    TABLE_CHECK_LIMITS,
    _mark_checked,
)


def asset_checks(*, with_crawler: bool) -> tuple[dg.AssetChecksDefinition, ...]:
    """Give the steps of a deployment; without a crawler, there is nothing to check about it."""
    modules = (catalog_checks, crawler_checks) if with_crawler else (catalog_checks,)
    return _step("tiktok_user_data", declared_in(*modules), _catalog_input), _TABLE_CHECKS
