"""What is known of one object of a batch: its row in STAGED_OBJECTS, from which the ledger is written."""

from dataclasses import dataclass
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.staging.duckdb_transform import RowCounts
from tiktok_insights.tables.load_status import LoadStatus


@dataclass(frozen=True, slots=True)
class StagedObject:
    """One object of a batch. `reason` says why it is refused; `manifest` is None for another producer's object."""

    item: CsvObject
    counts: RowCounts
    reason: str = ""
    manifest: Manifest | None = None

    @property
    def status(self) -> LoadStatus:
        """What the ledger will say of the object once the batch is published."""
        return LoadStatus.REFUSED if self.reason else LoadStatus.LOADED

    def row(self, batch_id: str) -> Row:
        """The object as a row of STAGED_OBJECTS."""
        info, counts = self.item.info, self.counts
        return (
            batch_id,
            info.key,
            info.etag,
            self.status,
            self.reason or None,
            counts.rows_in,
            counts.staged,
            counts.duplicate,
            counts.rejected,
            counts.negative_counts,
            info.size,
            naive_utc(info.last_modified),
            self.item.account_id,
            self.item.snapshot_id,
            *snapshot_facts(self.manifest, counts.staged),
        )


def snapshot_facts(manifest: Manifest | None, users_seen: int) -> Row:
    """What ACCOUNT_SNAPSHOTS says of a snapshot, after its names; without a manifest only who was seen."""
    if manifest is None:
        return (None, None, None, None, None, users_seen, None, None, None)
    return (
        manifest.handle,
        naive_utc(datetime.fromisoformat(manifest.started_at)),
        naive_utc(datetime.fromisoformat(manifest.finished_at)),
        manifest.outcome,
        manifest.reason,
        manifest.users_seen,
        manifest.users_claimed,
        manifest.requests,
        manifest.quota_left,
    )


def naive_utc(moment: datetime) -> datetime:
    """A moment as the warehouse's TIMESTAMP_NTZ columns hold it: UTC, without the zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
