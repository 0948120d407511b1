"""The Power BI service as a Dagster resource: the semantic model, and its refresh."""

import logging
from collections.abc import Callable

from pydantic import Field

from tiktok_insights.powerbi.service.models import Model, Refresh
from tiktok_insights.resources.client_resource import ClientResource
from tiktok_insights.resources.opening import open_power_bi
from tiktok_insights.settings.power_bi_settings import PowerBISettings


class PowerBIResource(ClientResource):
    """The Power BI service. Without credentials nothing is refreshed there."""

    api_url: str = Field(default="", description="The URL of the REST API. If empty, there is no service.")
    login_url: str = Field(description="The URL of the service where the principal signs in.")
    tenant_id: str = Field(default="", description="The directory (tenant) ID, or the tenant's domain.")
    client_id: str = Field(default="", description="The application (client) ID of the service principal.")
    client_secret: str = Field(
        default="", repr=False, description="The client secret's value, from an environment variable."
    )
    workspace_id: str = Field(default="", description="The ID of the workspace.")
    semantic_model: str = Field(description="The name or the ID of the semantic model.")
    refresh_minutes: float = Field(gt=0, description="How long a run waits for the refresh before it cancels it.")

    def refresh(self, begun_before: str, began: Callable[[str], None], log: logging.Logger) -> tuple[Model, Refresh]:
        """Refresh the semantic model as `Refresher.refresh` does, and give both."""
        from tiktok_insights.powerbi.service.lookup import find_model
        from tiktok_insights.powerbi.service.refreshing import Refresher

        settings = self.settings_as(PowerBISettings)
        api = open_power_bi(settings)
        model = find_model(api, settings.workspace_id, settings.semantic_model)
        path = f"groups/{settings.workspace_id}/datasets/{model.model_id}"
        return model, Refresher(api, path, settings.refresh_minutes, log).refresh(begun_before, began)
