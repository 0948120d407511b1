"""S3 as a Dagster resource: the bucket that holds raw pages, CSVs and the quarantine."""

from datetime import UTC, datetime

from pydantic import Field, PrivateAttr

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.raw.removed_rows import cleaning
from tiktok_insights.resources.aws import AwsResource
from tiktok_insights.resources.opening import open_bucket
from tiktok_insights.resources.suppression_opening import open_suppression
from tiktok_insights.retention.cut import cut
from tiktok_insights.settings.client_settings import S3Settings
from tiktok_insights.suppression.hashes import SuppressionList


class S3Resource(AwsResource):
    """The bucket that holds raw pages, CSVs and the quarantine."""

    bucket: str = Field(description="The bucket's name. It is created if it is missing.")
    retention_days: int | None = Field(
        default=None, description="For how many days snapshots are kept. If empty, nothing expires."
    )
    _store: ObjectStore | None = PrivateAttr(default=None)
    _raw: RawInventory | None = PrivateAttr(default=None)
    _csvs: CsvInventory | None = PrivateAttr(default=None)
    _suppression: SuppressionList | None = PrivateAttr(default=None)

    def store(self) -> ObjectStore:
        """Open the bucket, which is made when it is missing; once per run, as a client takes its time."""
        if self._store is None:
            self._store = open_bucket(self.settings_as(S3Settings))
        return self._store

    def raw_store(self) -> RawInventory:
        """The raw stage's objects in the bucket, listed once per run."""
        if self._raw is None:
            self._raw = RawInventory(self.store(), cleaning(self.suppression))
        return self._raw

    def suppression(self) -> SuppressionList:
        """Who was removed, read once per run. Raises SuppressionError: without the list, nobody may be loaded."""
        if self._suppression is None:
            self._suppression = open_suppression(self.settings_as(S3Settings), self.store()).read()
        return self._suppression

    def retained_from(self) -> datetime | None:
        """The moment before which snapshots have expired by the settings; None where nothing expires."""
        return None if self.retention_days is None else cut(self.retention_days, datetime.now(UTC))

    def csvs(self) -> CsvInventory:
        """The bucket's CSVs, listed once per run: a run has one resource for all of its steps."""
        if self._csvs is None:
            self._csvs = CsvInventory(self.store())
        return self._csvs
