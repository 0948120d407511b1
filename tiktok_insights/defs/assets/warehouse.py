"""Stage warehouse: the table that people read."""

import dagster as dg
from pydantic import Field

from tiktok_insights.defs.column_schemas import warehouse_columns, warehouse_lineage
from tiktok_insights.defs.presentation import OWNERS, sql, table_if_any
from tiktok_insights.defs.typed_metadata import TypedMetadata
from tiktok_insights.defs.versions import CONTRACT, DAILY, data_version
from tiktok_insights.progress import ProgressReporter
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.tables.definitions import TIKTOK_DATA
from tiktok_insights.warehouse.overview import overview
from tiktok_insights.warehouse.publish import LoadResult, Publication, publish_passed
from tiktok_insights.warehouse.rebuild import rebuild

#: How many objects a run has loaded.
OBJECTS_LOADED = "objects_loaded"
LOAD_RESULT = TypedMetadata("load_result", LoadResult)


class TiktokDataConfig(dg.Config):
    """What a person may change in the Launchpad."""

    rebuild: bool = Field(
        default=False,
        description="After publishing new data, rebuild every row from the history. Use this if someone has changed or "
        "dropped the table.",
    )


@dg.asset(
    group_name="warehouse",
    deps=["staged_tiktok_data"],
    kinds={"snowflake", "table"},
    owners=OWNERS,
    metadata={"dagster/column_schema": warehouse_columns()},
    freshness_policy=DAILY,
    code_version=CONTRACT,
)
def tiktok_data(
    context: dg.AssetExecutionContext,
    config: TiktokDataConfig,
    snowflake: SnowflakeResource,
    progress: dg.ResourceParam[ProgressReporter],
) -> dg.MaterializeResult:
    """One row per user: the user's newest known data, as a function of the loaded history.

    Publishes every batch that passed the audit, each in one transaction. A failed batch is never published, no matter
    how this asset is launched.
    """
    publications = publish_passed(snowflake.session, context.log, progress)
    if config.rebuild:
        made = rebuild(snowflake.session)
        context.log.info(
            "TIKTOK_DATA was rebuilt from the history. Rows before: %d, now: %d.", made.rows_before, made.rows
        )
    with snowflake.session() as session:
        seen = overview(session)
    result = LoadResult(seen.users, tuple(publications))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": result.users,
            "dagster/table_name": snowflake.full_name(TIKTOK_DATA),
            "dagster/column_lineage": warehouse_lineage(),
            OBJECTS_LOADED: result.objects_loaded,
            **LOAD_RESULT.entry(result),
            **table_if_any("published", _HEADER, [_row(publication) for publication in publications]),
            **({"newest_row": dg.MetadataValue.text(f"{seen.newest:%Y-%m-%d %H:%M} UTC")} if seen.newest else {}),
            "step_7": sql(*snowflake.step_7),
        },
        data_version=data_version(seen.newest_batch),
    )


_HEADER = ("batch", "objects loaded", "rows in the history", "users")


def _row(publication: Publication) -> tuple[object, ...]:
    return publication.batch_id, publication.loaded, publication.history_rows, publication.users
