"""Glue as a Dagster resource: the database that describes the CSVs."""

from pydantic import Field, PrivateAttr

from tiktok_insights.catalog.crawler import Crawler
from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.resources.aws import AwsResource
from tiktok_insights.resources.opening import open_catalog, open_crawler
from tiktok_insights.settings.client_settings import GlueSettings


class GlueResource(AwsResource):
    """The Glue database that describes the CSVs."""

    database: str = Field(description="The database's name. It is created if it is missing.")
    bucket: str = Field(description="The bucket whose CSVs the table describes.")
    crawler: str = Field(default="", description="The crawler that a run starts. If empty, there is none.")
    crawler_minutes: float = Field(default=15.0, gt=0, description="How long a run waits for the crawler.")
    _catalog: Catalog | None = PrivateAttr(default=None)
    _crawler: Crawler | None = PrivateAttr(default=None)

    def catalog(self) -> Catalog:
        """Open the catalog, once per run; nothing is made yet."""
        if self._catalog is None:
            self._catalog = open_catalog(self.settings_as(GlueSettings))
        return self._catalog

    def open_crawler(self) -> Crawler | None:
        """Open the crawler, once per run, since it remembers the run's crawl; None where none is configured."""
        if self._crawler is None:
            self._crawler = open_crawler(self.settings_as(GlueSettings))
        return self._crawler
