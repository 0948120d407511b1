"""What a run loaded, refused and cost: the last asset, and the one check that fails a run for a refused object."""

from datetime import UTC, datetime

import dagster as dg

from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.presentation import OWNERS, table_if_any
from tiktok_insights.defs.run_costs import cost_entries, runs_to_record
from tiktok_insights.defs.staging_entries import OBJECT_COLUMNS, STAGING_RESULT, object_rows
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.observability.run_costs import record_costs
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.staging.staging_result import (
    StagingResult,
    as_published,
    every_new_object_was_loaded,
    result_of,
)

_SCHEMA = dg.TableSchema([dg.TableColumn(name, kind, meaning) for name, kind, meaning in OBJECT_COLUMNS])


# Downstream of everything, so that what is good is published before the run fails.
@dg.asset(
    group_name="insights",
    deps=[mart.name for mart in all_marts()],
    kinds={"python"},
    owners=OWNERS,
    metadata={"dagster/column_schema": _SCHEMA},
    code_version="1",
    check_specs=check_specs("load_report", [every_new_object_was_loaded]),
)
def load_report(context: dg.AssetExecutionContext, snowflake: SnowflakeResource) -> dg.MaterializeResult:
    """What this run loaded, refused and cost: one row per object. Its check fails a run that refused an object.

    All objects of all runs are in the ledger, `LOAD_HISTORY`; what all runs cost, failed ones too, is in `RUN_COSTS`.
    """
    result = _staged_by(context.instance, context.run.run_id)
    runs = runs_to_record(context.instance, context.run.run_id, "load_report")
    with snowflake.session() as session:
        result = as_published(session, result)
        costs = record_costs(session, runs, datetime.now(UTC), is_local=bool(snowflake.local_stack))
    return dg.MaterializeResult(
        metadata={
            **table_if_any("objects", [name for name, _, _ in OBJECT_COLUMNS], object_rows(result)),
            "objects_loaded": result.objects_loaded,
            "objects_refused": result.objects_refused,
            "dagster/row_count": result.objects_loaded + result.objects_refused,
            **cost_entries(costs, context.run.run_id),
        },
        check_results=[check_result(every_new_object_was_loaded(result))],
    )


def _staged_by(instance: dg.DagsterInstance, run_id: str) -> StagingResult:
    """Read the result of the run's own staging: other runs may load at the same time."""
    found = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
    for record in found.records:
        event = record.event_log_entry
        if event.asset_materialization and event.asset_materialization.asset_key == dg.AssetKey("staged_tiktok_data"):
            return STAGING_RESULT.read(event.asset_materialization.metadata)
    return result_of([])
