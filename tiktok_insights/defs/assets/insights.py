"""Stage insights: an asset for each mart, a view in MAIN whose first rows are a typed frame."""

from collections.abc import Iterator, Sequence

import dagster as dg

from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.column_schemas import mart_columns
from tiktok_insights.defs.frames import frame_type, to_frame
from tiktok_insights.defs.presentation import OWNERS, first_rows, sql, statistics
from tiktok_insights.defs.versions import digest
from tiktok_insights.insights.mart import Mart
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts, reconciles
from tiktok_insights.resources.snowflake import SnowflakeResource


def _out(mart: Mart) -> dg.AssetOut:
    return dg.AssetOut(
        description=mart.description,
        group_name="insights",
        kinds={"snowflake", "view", "pandas"},
        owners=OWNERS,
        dagster_type=frame_type(mart),
        # The view is what lasts. On disk, the frame would be one more copy of people's data.
        io_manager_key="frames",
        metadata={"dagster/column_schema": mart_columns(mart)},
        # With it, the data's version follows from the tables': a run with nothing new leaves the mart in sync.
        code_version=digest(mart.sql),
        is_required=False,
    )


# One step for all, in one session: a step for each mart would cost more time than the marts themselves.
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
    selected = [mart for mart in all_marts() if mart.name in names]
    checked = [mart for mart in all_marts() if reconciles(mart).name in checks]
    with snowflake.session() as session:
        made = Marts(session)
        first = {mart.name: made.make(mart) for mart in selected}
        measured = made.measure([mart for mart in all_marts() if mart in selected or mart in checked])
        for mart in selected:
            yield _materialize(made, mart, *first[mart.name], measured[mart.name].rows)
        for mart in checked:
            yield check_result(reconciles(mart)(measured[mart.name]), asset=mart.name)


def _materialize(
    made: Marts, mart: Mart, names: Sequence[str], rows: Sequence[Row], row_count: int
) -> dg.MaterializeResult:
    frame = to_frame(mart, names, rows)
    return dg.MaterializeResult(
        asset_key=mart.name,
        value=frame,
        metadata={
            "dagster/table_name": (full_name := made.full_name(mart)),
            "dagster/row_count": row_count,
            **first_rows(mart, rows),
            **(statistics(mart, frame) if row_count == len(frame) else {}),
            "query": sql(mart.query(full_name)),
        },
    )
