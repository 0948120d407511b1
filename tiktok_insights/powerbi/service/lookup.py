"""Finds the semantic model that the settings name, by ID or by name, in the workspace."""

from tiktok_insights.powerbi.service.api import Api
from tiktok_insights.powerbi.service.errors import ModelNotFoundError, ServiceRefusedError
from tiktok_insights.powerbi.service.models import Model, read_list, read_model
from tiktok_insights.settings.power_bi_names import is_guid
from tiktok_insights.text.printable import printable

_SHOWN_NAMES = 10


def find_model(api: Api, workspace: str, wanted: str) -> Model:
    """Find the model by its ID or its name. Raises ModelNotFoundError, and what `Api.get` raises."""
    model = _by_id(api, workspace, wanted) if is_guid(wanted) else _by_name(api, workspace, wanted)
    if not model.is_refreshable:
        raise ModelNotFoundError(
            f"The semantic model {wanted} cannot be refreshed: it imports nothing. Set AZURE_POWERBI_SEMANTIC_MODEL to "
            "the model that was published from powerbi/."
        )
    return model


def _by_id(api: Api, workspace: str, wanted: str) -> Model:
    try:
        return read_model(api.get(f"groups/{workspace}/datasets/{wanted}"))
    except ServiceRefusedError as error:
        if error.status != 404:
            raise
        raise _not_there(wanted, "") from error


def _by_name(api: Api, workspace: str, wanted: str) -> Model:
    models = [read_model(item) for item in read_list(api.get(f"groups/{workspace}/datasets"))]
    found = [model for model in models if model.name == wanted]
    if len(found) > 1:
        ids = ", ".join(sorted(model.model_id for model in found))
        raise ModelNotFoundError(
            f"The workspace has {len(found)} semantic models named {wanted}. Set AZURE_POWERBI_SEMANTIC_MODEL to the "
            f"ID of one of them: {ids}"
        )
    if not found:
        names = sorted({model.name for model in models})
        raise _not_there(wanted, printable(", ".join(names[:_SHOWN_NAMES])) or "none")
    return found[0]


def _not_there(wanted: str, names: str) -> ModelNotFoundError:
    listed = f" Its semantic models: {names}." if names else ""
    return ModelNotFoundError(
        f"The workspace has no semantic model {wanted} that the service principal can see.{listed} Publish it there, "
        "or set AZURE_POWERBI_SEMANTIC_MODEL and AZURE_POWERBI_WORKSPACE_ID."
    )
