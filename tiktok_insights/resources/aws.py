"""S3 and Glue as Dagster resources, with boto3's clients for the deployment."""

import dagster as dg
from pydantic import Field, PrivateAttr

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.connections import connect
from tiktok_insights.settings.environment import read_settings


class S3LakeResource(dg.ConfigurableResource):
    """The bucket that holds raw pages, CSVs and the quarantine."""

    bucket: str = Field(description="The bucket's name; it is made when it is missing.")
    _store: ObjectStore | None = PrivateAttr(default=None)
    _csvs: CsvInventory | None = PrivateAttr(default=None)

    def store(self) -> ObjectStore:
        """Open the bucket, which is made when it is missing; once a run, as a client takes its time."""
        if self._store is None:
            # Imported here: it takes seconds, and loading the definitions needs it not.
            from dagster_aws.s3 import S3Resource

            self._store = ObjectStore(S3Resource(**connect(read_settings()).aws).get_client(), self.bucket)
            self._store.ensure_bucket()
        return self._store

    def raw_store(self) -> RawStore:
        """Open the raw stage's objects in the bucket."""
        return RawStore(self.store())

    def csvs(self) -> CsvInventory:
        """The bucket's CSVs, listed once per run: a run has one resource for all of its steps."""
        if self._csvs is None:
            self._csvs = CsvInventory(self.store())
        return self._csvs


class GlueCatalogResource(dg.ConfigurableResource):
    """The Glue database that describes the CSVs."""

    database: str = Field(description="The database's name; it is made when it is missing.")
    bucket: str = Field(description="The bucket whose CSVs the table describes.")
    _catalog: Catalog | None = PrivateAttr(default=None)

    def catalog(self) -> Catalog:
        """Open the catalog, once a run; nothing is made yet."""
        if self._catalog is None:
            import boto3

            self._catalog = Catalog(boto3.client("glue", **connect(read_settings()).aws), self.database, self.bucket)
        return self._catalog
