"""Checks on `tiktok_data`: Step 7 of the tutorial, and what makes the table worth trusting."""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import dagster as dg

from tiktok_insights.checks import CheckOutcome
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.defs.presentation import check_result
from tiktok_insights.resources.aws import S3LakeResource
from tiktok_insights.resources.snowflake import WarehouseResource
from tiktok_insights.warehouse import table_checks
from tiktok_insights.warehouse.lost_ids import no_id_is_lost

_Check = Callable[[Session, WarehouseResource, S3LakeResource], CheckOutcome]

#: A red one of these stops what is downstream and fails the run.
_BLOCKING: dict[str, _Check] = {
    "every_user_has_one_row": lambda session, *_: table_checks.every_user_has_one_row(session),
    "no_id_is_lost": lambda session, _, s3: no_id_is_lost(session, s3.store()),
    "table_equals_the_contract": lambda session, warehouse, _: table_checks.table_equals_the_contract(
        session, warehouse.view_schema
    ),
    "ledger_adds_up": lambda session, *_: table_checks.ledger_adds_up(session),
    "step_7_returns_every_user": lambda _, warehouse, __: _step_7_returns_every_user(warehouse),
}
_WARNING: dict[str, _Check] = {
    "every_account_is_fresh": lambda session, *_: table_checks.every_account_is_fresh(session, datetime.now(UTC)),
    "no_object_is_refused": lambda session, *_: table_checks.no_object_is_refused(session),
}


def _step_7_returns_every_user(warehouse: WarehouseResource) -> CheckOutcome:
    """In a session of its own, because it moves the session to another schema."""
    with warehouse.session() as session:
        return table_checks.step_7_returns_every_user(session, warehouse.step_7)


def _description(name: str) -> str | None:
    """What the check's function says of itself."""
    return inspect.getdoc(no_id_is_lost if name == no_id_is_lost.__name__ else getattr(table_checks, name))


@dg.multi_asset_check(
    name="tiktok_data_checks",
    specs=[
        dg.AssetCheckSpec(name, asset="tiktok_data", description=_description(name), blocking=name in _BLOCKING)
        for name in _BLOCKING | _WARNING
    ],
    can_subset=True,
)
def tiktok_data_checks(
    context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, s3: S3LakeResource
) -> Iterator[dg.AssetCheckResult]:
    """Run Step 7 word for word, and hold the table against contract, ledger, history and the objects themselves."""
    with warehouse.session() as session:
        for key in sorted(context.selected_asset_check_keys):
            check = _BLOCKING.get(key.name)
            severity = dg.AssetCheckSeverity.ERROR if check else dg.AssetCheckSeverity.WARN
            yield check_result((check or _WARNING[key.name])(session, warehouse, s3), severity)
