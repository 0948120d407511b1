"""Stage insights: the semantic model and the report in Power BI, the last step of the lineage.

The keys are those that dagster-powerbi gives. Whether a run refreshes the model depends on the settings: without
credentials both are external assets, which say what is missing, and no run has them (docs/decisions/0029).
"""

from collections.abc import Sequence

import dagster as dg

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.defs.last_made import STATE, metadata_before, state_of
from tiktok_insights.defs.presentation import OWNERS
from tiktok_insights.defs.versions import data_version, digest
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.powerbi.names import PROJECT
from tiktok_insights.powerbi.service.models import Model, Refresh
from tiktok_insights.resources.power_bi import PowerBIResource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.settings.power_bi_settings import PowerBISettings

MODEL = dg.AssetKey(["semantic_model", PROJECT])
REPORT = dg.AssetKey(["report", PROJECT])
_GUIDE = "docs/how_to/refresh_power_bi.md"
_REQUEST = "refresh"
_MODEL_IS = "One semantic model in Power BI: TIKTOK_DATA and the marts as tables, with relationships and measures."
_MODEL_SPEC = dg.AssetSpec(
    MODEL,
    deps=["tiktok_data", *(mart.name for mart in all_marts())],
    description=f"{_MODEL_IS} A run refreshes it after the checks of its tables, if their data have changed.",
    group_name="insights",
    kinds={"powerbi", "semantic_model"},
    owners=OWNERS,
    code_version="1",
    metadata={"files": f"powerbi/{PROJECT}.SemanticModel"},
)
_REPORT_SPEC = dg.AssetSpec(
    REPORT,
    deps=[MODEL],
    description="One report in Power BI. It has no data of its own: it shows those of its semantic model.",
    group_name="insights",
    kinds={"powerbi", "report"},
    owners=OWNERS,
    code_version="1",
    metadata={"files": f"powerbi/{PROJECT}.Report"},
)


def power_bi_assets(settings: PowerBISettings) -> Sequence[dg.AssetsDefinition | dg.AssetSpec]:
    """Give the semantic model, which a run refreshes if the settings let it, and the report."""
    if not settings.is_configured:
        return _MODEL_SPEC.replace_attributes(description=f"{_MODEL_IS} {_what_is_missing(settings)}"), _REPORT_SPEC
    url = f"https://app.powerbi.com/groups/{settings.workspace_id}/list"
    metadata = {"workspace": dg.MetadataValue.url(url)}
    return dg.map_asset_specs(lambda spec: spec.merge_attributes(metadata=metadata), [_refreshed_model, _REPORT_SPEC])


@dg.multi_asset(name="semantic_model", specs=[_MODEL_SPEC])
def _refreshed_model(
    context: dg.AssetExecutionContext, snowflake: SnowflakeResource, power_bi: PowerBIResource
) -> dg.MaterializeResult:
    """Refresh the semantic model in Power BI, unless it has the data already, and follow the refresh to its end."""
    before = metadata_before(context.instance, MODEL.to_user_string())
    with snowflake.session() as session:
        # Asked before the refresh is begun: what is published meanwhile belongs to the next one.
        state = _state(session, power_bi)
    if state_of(before) == state:
        context.log.info("The data have not changed since the last refresh.")
        return dg.MaterializeResult(metadata=before, data_version=data_version(state))

    def began(request_id: str) -> None:
        """Leave a note for the next run, should this one not live to see the end."""
        metadata = {_REQUEST: dg.MetadataValue.text(request_id), STATE: dg.MetadataValue.text(state)}
        context.log_event(dg.AssetObservation(MODEL, description="A refresh has begun.", metadata=metadata))

    model, refresh = power_bi.refresh(_begun_before(context.instance, state), began, context.log)
    return dg.MaterializeResult(metadata=_metadata(model, refresh, state), data_version=data_version(state))


def _state(session: Session, power_bi: PowerBIResource) -> str:
    """Name the data that the model reads, and which model that is."""
    marts = Marts(session)
    states = sorted(marts.states(marts.data()).items())
    return digest(power_bi.api_url, power_bi.workspace_id, power_bi.semantic_model, repr(states))


def _begun_before(instance: dg.DagsterInstance, state: str) -> str:
    """The refresh that an earlier run began for the same data, or nothing."""
    for record in instance.fetch_observations(MODEL, limit=1).records:
        if (noted := record.asset_observation) and state_of(noted.metadata) == state:
            return str(noted.metadata[_REQUEST].value)
    return ""


def _metadata(model: Model, refresh: Refresh, state: str) -> dict[str, str | dg.MetadataValue]:
    found: dict[str, str | dg.MetadataValue] = {
        "dagster-powerbi/id": model.model_id,
        "dagster-powerbi/name": model.name,
        _REQUEST: refresh.request_id,
        STATE: dg.MetadataValue.text(state),
    }
    if model.web_url:
        found["dagster-powerbi/web_url"] = dg.MetadataValue.url(model.web_url)
    for name, moment in (("started", refresh.started), ("ended", refresh.ended)):
        if moment:
            found[name] = dg.MetadataValue.timestamp(moment)
    return found


def _what_is_missing(settings: PowerBISettings) -> str:
    if not settings.api_url:
        return f"The local warehouse is on this machine, where Power BI cannot read it: see {_GUIDE}."
    return f"No run refreshes it. Not set: {', '.join(settings.missing)}. See {_GUIDE}."
