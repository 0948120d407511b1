"""Glue as a Dagster resource: the database that describes the CSVs."""

from pydantic import Field, PrivateAttr

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.resources.aws import AwsResource
from tiktok_insights.resources.opening import open_catalog
from tiktok_insights.settings.client_settings import GlueSettings


class GlueResource(AwsResource):
    """The Glue database that describes the CSVs."""

    database: str = Field(description="The database's name. It is created if it is missing.")
    bucket: str = Field(description="The bucket whose CSVs the table describes.")
    _catalog: Catalog | None = PrivateAttr(default=None)

    def catalog(self) -> Catalog:
        """Open the catalog, once per run; nothing is made yet."""
        if self._catalog is None:
            self._catalog = open_catalog(self.settings_as(GlueSettings))
        return self._catalog
