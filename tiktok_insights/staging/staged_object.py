"""What is known of one object of a batch: its row in STAGED_OBJECTS, from which the ledger is written."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tiktok_insights.clients.snowflake_session import NamedRow
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.staging.content import Content
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights.staging.row_counts import IdSums, RowCounts
from tiktok_insights.tables.load_status import LoadStatus


@dataclass(frozen=True, slots=True)
class StagedObject:
    """One object of a batch. `reason` says why it is refused; `facts` is None for another producer's object."""

    item: CsvObject
    content: Content
    counts: RowCounts = field(default_factory=RowCounts)
    id_sums: IdSums = field(default_factory=IdSums)
    reason: str = ""
    facts: SnapshotFacts | None = None
    ids: IdFindings = field(default_factory=IdFindings)

    @property
    def status(self) -> LoadStatus:
        """What the ledger will say of the object once the batch is published."""
        if self.content.is_loaded:
            return LoadStatus.UNCHANGED
        return LoadStatus.REFUSED if self.reason else LoadStatus.LOADED

    def ledger_facts(self) -> NamedRow:
        """What the ledger, too, says of the object: the columns that its table shares with STAGED_OBJECTS."""
        info = self.item.info
        return {
            "OBJECT_KEY": info.key,
            "ETAG": info.etag,
            "STATUS": self.status,
            "REASON": self.reason or None,
            **counted_columns(self.counts, self.id_sums),
            "SIZE_BYTES": info.size,
            "CONTENT_SHA256": self.content.sha256,
            "FIRST_MODIFIED": naive_utc(self.content.first_modified),
            "LAST_MODIFIED": naive_utc(info.last_modified),
        }

    def row(self, batch_id: str) -> NamedRow:
        """The object as a row of STAGED_OBJECTS."""
        return {
            "BATCH_ID": batch_id,
            **self.ledger_facts(),
            "ACCOUNT_ID": self.item.account_id,
            "SNAPSHOT_ID": self.item.snapshot_id,
            **snapshot_facts(self.facts, self.counts.staged),
        }


def counted_columns(counts: RowCounts, sums: IdSums) -> NamedRow:
    """The counts and sums of an object's records, by their columns."""
    return {
        "ROWS_IN": counts.rows_in,
        "ROWS_STAGED": counts.staged,
        "ROWS_DUPLICATE": counts.duplicate,
        "ROWS_REJECTED": counts.rejected,
        "ROWS_SUPPRESSED": counts.suppressed,
        "ID_SUM_IN": sums.rows_in,
        "ID_SUM_STAGED": sums.staged,
        "ID_SUM_DUPLICATE": sums.duplicate,
        "ID_SUM_REJECTED": sums.rejected,
        "NEGATIVE_COUNTS": counts.negative_counts,
    }


def snapshot_facts(facts: SnapshotFacts | None, users_seen: int) -> NamedRow:
    """What ACCOUNT_SNAPSHOTS says of a snapshot, besides its names; without its facts only who was seen."""
    return {
        "HANDLE": facts and facts.handle,
        "STARTED_AT": facts and naive_utc(datetime.fromisoformat(facts.started_at)),
        "FINISHED_AT": facts and naive_utc(datetime.fromisoformat(facts.finished_at)),
        "OUTCOME": facts and facts.outcome,
        "OUTCOME_REASON": facts and facts.reason,
        "USERS_SEEN": facts.users_seen if facts else users_seen,
        "USERS_CLAIMED": facts and facts.users_claimed,
        "REQUESTS": facts and facts.requests,
        "QUOTA_LEFT": facts and facts.quota_left,
        "COVERED_FROM": facts and _second(facts.covered_from),
        "COVERED_TO": facts and _second(facts.covered_to),
        "HOLES": facts and json.dumps([[str(_second(second)) for second in hole] for hole in facts.holes]),
        "IS_WHOLE": facts and facts.is_whole,
        "COVERAGE": facts and facts.coverage,
    }


def _second(seconds: int | None) -> datetime | None:
    """Unix seconds as the warehouse holds a moment."""
    return None if seconds is None else naive_utc(datetime.fromtimestamp(seconds, UTC))


def naive_utc(moment: datetime) -> datetime:
    """A moment as the warehouse's TIMESTAMP_NTZ columns hold it: UTC, without the zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
