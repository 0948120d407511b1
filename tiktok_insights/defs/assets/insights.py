"""Stage insights: an asset for each mart, a view in MAIN whose first rows are a typed frame."""

from collections.abc import Iterator

import dagster as dg

from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.frames import column_schema, frame_type, to_frame
from tiktok_insights.defs.presentation import OWNERS, statistics, table
from tiktok_insights.insights.mart import Mart
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts, reconciles
from tiktok_insights.resources.snowflake import SnowflakeResource

#: So many rows of a frame are shown in the asset's metadata.
_SHOWN_ROWS = 20


def _out(mart: Mart) -> dg.AssetOut:
    return dg.AssetOut(
        description=mart.description,
        group_name="insights",
        kinds={"snowflake", "view", "pandas"},
        owners=OWNERS,
        dagster_type=frame_type(mart),
        # The view is what lasts; the frame is for the eyes, and would be one more copy of people's data on a disk.
        io_manager_key="frames",
        metadata={"dagster/column_schema": column_schema(mart)},
        is_required=False,
    )


# One step for all, in one session: each further one costs a run more than the mart itself.
@dg.multi_asset(
    outs={mart.name: _out(mart) for mart in all_marts()},
    check_specs=[spec for mart in all_marts() for spec in check_specs(mart.name, [reconciles(mart)])],
    deps=["tiktok_data"],
    can_subset=True,
)
def marts(
    context: dg.AssetExecutionContext, snowflake: SnowflakeResource
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Create the selected marts, and compare them with the tables."""
    names = {key.to_user_string() for key in context.selected_asset_keys}
    checks = {key.name for key in context.selected_asset_check_keys}
    with snowflake.session() as session:
        made = Marts(session)
        for mart in all_marts():
            if mart.name in names:
                yield _materialize(made, mart)
            if (check := reconciles(mart)).name in checks:
                yield check_result(check(made), asset=mart.name)


def _materialize(made: Marts, mart: Mart) -> dg.MaterializeResult:
    names, rows = made.make(mart)
    frame = to_frame(mart, names, rows)
    return dg.MaterializeResult(
        asset_key=mart.name,
        value=frame,
        metadata={
            "dagster/table_name": made.full_name(mart),
            "first_rows": table(names, rows[:_SHOWN_ROWS]),
            **statistics(frame),
            "query": dg.MetadataValue.md(f"```sql\n{mart.query(mart.view)};\n```"),
        },
    )
