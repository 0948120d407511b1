"""The dashboard's settings as a Dagster resource: where its file is on this machine, and whose names it shows."""

from pydantic import Field

from tiktok_insights.resources.client_resource import ClientResource
from tiktok_insights.settings.client_settings import DashboardSettings


class DashboardResource(ClientResource):
    """Where the dashboard's file is on this machine, and whose names it shows."""

    home: str = Field(description="The folder of this machine's state; the file is in its folder dashboard.")
    pseudonyms: bool = Field(description="Whether made-up names take the place of every name, handle and ID.")
    pseudonym_key: str = Field(description="The secret from which they are computed. If empty, one is kept in home.")

    @property
    def settings(self) -> DashboardSettings:
        """The fields as settings."""
        return self.settings_as(DashboardSettings)
