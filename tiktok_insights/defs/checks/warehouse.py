"""Checks on `tiktok_data`: Step 7 of the tutorial, and what makes the table worth trusting."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from tiktok_insights.defs.presentation import check_result, sentence
from tiktok_insights.resources.aws import S3LakeResource
from tiktok_insights.resources.snowflake import WarehouseResource
from tiktok_insights.warehouse import table_checks
from tiktok_insights.warehouse.lost_ids import no_id_is_lost

_BLOCKING = (
    "step_7_returns_every_user",
    "every_user_has_one_row",
    "no_id_is_lost",
    "table_equals_the_contract",
    "ledger_adds_up",
)
_WARNING = ("every_account_is_fresh", "no_object_is_set_aside")


@dg.multi_asset_check(
    name="tiktok_data_checks",
    specs=[
        dg.AssetCheckSpec(name, asset="tiktok_data", description=sentence(name), blocking=name in _BLOCKING)
        for name in (*_BLOCKING, *_WARNING)
    ],
)
def tiktok_data_checks(warehouse: WarehouseResource, s3: S3LakeResource) -> Iterator[dg.AssetCheckResult]:
    """Run Step 7 word for word, and hold the table against contract, ledger, history and the objects themselves."""
    with warehouse.session() as session:
        yield check_result(table_checks.every_user_has_one_row(session))
        yield check_result(no_id_is_lost(session, s3.store()))
        yield check_result(table_checks.table_equals_the_contract(session, warehouse.view_schema))
        yield check_result(table_checks.ledger_adds_up(session))
        fresh = table_checks.every_account_is_fresh(session, datetime.now(UTC))
        yield check_result(fresh, dg.AssetCheckSeverity.WARN)
        yield check_result(table_checks.no_object_is_set_aside(session), dg.AssetCheckSeverity.WARN)
        # Last, because it moves the session to another schema.
        yield check_result(table_checks.step_7_returns_every_user(session, warehouse.step_7))
