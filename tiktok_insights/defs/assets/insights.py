"""Stage insights: one asset for each mart, a view in MAIN whose first rows are a typed frame."""

from collections.abc import Iterator

import dagster as dg

from tiktok_insights.defs.frames import frame_type, to_frame
from tiktok_insights.defs.presentation import OWNERS, check_result, mart_columns, table
from tiktok_insights.insights.marts import MARTS, Mart, Marts, check_name
from tiktok_insights.resources.snowflake import WarehouseResource

#: So many rows of a frame are shown in the asset's metadata.
_SHOWN_ROWS = 20


def _asset(mart: Mart) -> dg.AssetsDefinition:
    @dg.asset(
        name=mart.name,
        description=mart.description,
        group_name="insights",
        deps=["tiktok_data"],
        kinds={"snowflake", "view", "pandas"},
        owners=OWNERS,
        dagster_type=frame_type(mart),
        # The view is what lasts; the frame is for the eyes, and would be one more copy of people's data on a disk.
        io_manager_key="frames",
        metadata={"dagster/column_schema": mart_columns(mart)},
        check_specs=[
            dg.AssetCheckSpec(
                check_name(mart),
                asset=mart.name,
                blocking=True,
                description=f"Its {', '.join(total.meaning for total in mart.sums)} come to what the tables have.",
            )
        ],
    )
    def insight(warehouse: WarehouseResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
        with warehouse.session() as session:
            marts = Marts(session, warehouse.schema_name, warehouse.view_schema)
            names, rows = marts.make(mart)
            outcome = marts.adds_up(mart)
        return dg.MaterializeResult(
            value=to_frame(mart, names, rows),
            metadata={
                "dagster/table_name": f"{warehouse.database}.{warehouse.view_schema}.{mart.view}",
                "first_rows": table(names, rows[:_SHOWN_ROWS]),
                "query": dg.MetadataValue.md(f"```sql\nSELECT * FROM {mart.view} ORDER BY {mart.order};\n```"),
            },
            check_results=[check_result(outcome)],
        )

    return insight


def insights_assets() -> Iterator[dg.AssetsDefinition]:
    """One asset for each mart."""
    return map(_asset, MARTS)
