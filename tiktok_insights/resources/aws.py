"""S3 and Glue as Dagster resources, with boto3's clients for the deployment."""

import dagster as dg
from pydantic import Field

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.object_store import ObjectStore
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.connections import connect
from tiktok_insights.resources.deployments import read_settings


class S3LakeResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The bucket that holds raw pages, CSVs and the quarantine."""

    bucket: str = Field(description="The bucket's name; it is made when it is missing.")

    def store(self) -> ObjectStore:
        """Open the bucket, which is made when it is missing."""
        # Imported here: it takes seconds, and loading the definitions needs it not.
        from dagster_aws.s3 import S3Resource

        store = ObjectStore(S3Resource(**connect(read_settings()).aws).get_client(), self.bucket)
        store.ensure_bucket()
        return store

    def raw_store(self) -> RawStore:
        """Open the raw stage's objects in the bucket."""
        return RawStore(self.store())


class GlueCatalogResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The Glue database that describes the CSVs."""

    database: str = Field(description="The database's name; it is made when it is missing.")
    bucket: str = Field(description="The bucket whose CSVs the table describes.")

    def catalog(self) -> Catalog:
        """Open the catalog; nothing is made yet."""
        import boto3

        return Catalog(boto3.client("glue", **connect(read_settings()).aws), self.database, self.bucket)
