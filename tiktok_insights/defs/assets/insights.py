"""Stage insights: an asset for each mart, a view in MAIN whose first rows are a typed frame."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg

from tiktok_insights.checks import Finding
from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.defs.checks import check_result, check_specs
from tiktok_insights.defs.column_schemas import mart_columns
from tiktok_insights.defs.frames import frame_type, to_frame
from tiktok_insights.defs.last_made import STATE, metadata_before, state_of
from tiktok_insights.defs.presentation import OWNERS, first_rows, sql, statistics
from tiktok_insights.defs.versions import data_version, digest
from tiktok_insights.insights.mart import Mart
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts, Measured, reconciles
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
    """Create the selected marts, and compare them with the tables. What has not changed is not read again."""
    names = {key.to_user_string() for key in context.selected_asset_keys}
    checks = {key.name for key in context.selected_asset_check_keys}
    selected = [mart for mart in all_marts() if mart.name in names]
    with snowflake.session() as session:
        made = Marts(session)
        # Asked before the marts are: what is published meanwhile belongs to the next run.
        data = made.data()
        states = made.states(data)
        before = {mart.name: metadata_before(context.instance, mart.name) for mart in selected}
        unchanged = {name: last for name, last in before.items() if state_of(last) == states[name]}
        wanted = [mart for mart in selected if mart.name not in unchanged]
        first = {mart.name: made.make(mart) for mart in wanted}
        checked = [mart for mart in all_marts() if reconciles(mart).name in checks and mart.name not in unchanged]
        measured = made.measure([mart for mart in all_marts() if mart in wanted or mart in checked])
        states = made.states(data) if wanted else states
        for mart in selected:
            if mart.name in unchanged:
                yield _left_as_it_is(mart, unchanged[mart.name])
            else:
                yield _materialize(made, mart, *first[mart.name], measured[mart.name], states[mart.name])
        for mart in all_marts():
            if reconciles(mart).name in checks:
                found = measured.get(mart.name)
                finding = found.finding if found else Finding(facts=_NOTHING_CHANGED)
                yield check_result(reconciles(mart).outcome(finding), asset=mart.name)


_MADE_AT = "made_at"
_NOTHING_CHANGED = {"unchanged": "Neither the view nor its tables have changed since the totals were last compared."}


def _left_as_it_is(mart: Mart, metadata: Mapping[str, dg.MetadataValue]) -> dg.MaterializeResult:
    """What the mart's page shows is what it showed before; no frame was read."""
    return dg.MaterializeResult(
        asset_key=mart.name, value=None, metadata=metadata, data_version=data_version(state_of(metadata))
    )


def _materialize(
    made: Marts, mart: Mart, names: Sequence[str], rows: Sequence[Row], measured: Measured, state: str
) -> dg.MaterializeResult:
    frame = to_frame(mart, names, rows)
    # What does not reconcile has no state, so the next run makes and compares it again.
    state = "" if measured.finding.offenders else state
    return dg.MaterializeResult(
        asset_key=mart.name,
        value=frame,
        metadata={
            "dagster/table_name": (full_name := made.full_name(mart)),
            "dagster/row_count": measured.rows,
            **first_rows(mart, rows),
            **(statistics(mart, frame) if measured.rows == len(frame) else {}),
            "query": sql(mart.query(full_name)),
            "view_for_readers": made.readers.full_name(mart) or "none: there is no schema for readers",
            _MADE_AT: dg.MetadataValue.timestamp(datetime.now(UTC)),
            STATE: dg.MetadataValue.text(state),
        },
        data_version=data_version(state),
    )
