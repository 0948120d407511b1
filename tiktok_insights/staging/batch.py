"""One batch: take the pending objects, transform and stage each, let the audit judge, write the verdict.

Ends when rows and verdict are in the warehouse, so that publishing needs nothing else. An object that cannot be read is
set aside with its reason and the others go on.
"""

import logging
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tiktok_insights.check_outcome import CheckOutcome
from tiktok_insights.lake.followers_csv import PREFIX, snapshot_of
from tiktok_insights.object_store import ObjectChangedError, ObjectStore
from tiktok_insights.raw.manifest import Manifest, RawDataError
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging import audit, duckdb_transform
from tiktok_insights.staging.duckdb_transform import Origin, RowCounts
from tiktok_insights.staging.inspection import UnloadableError, inspect
from tiktok_insights.staging.ledger import settled_versions
from tiktok_insights.staging.open_snapshots import record_open_snapshots
from tiktok_insights.staging.pending import Listing, PendingObject, pending, sort_out
from tiktok_insights.staging.staged_object import SET_ASIDE, StagedObject, naive_utc, write_objects
from tiktok_insights.tables import LOAD_BATCHES, LOAD_HISTORY, STAGED_TIKTOK_DATA
from tiktok_insights.warehouse_session import Session

QUARANTINE = "quarantine/"
PASSED, FAILED = "passed", "failed"


@dataclass(frozen=True, slots=True)
class Batch:
    """A staged batch: its objects and the audit's verdict."""

    batch_id: str
    objects: tuple[StagedObject, ...]
    verdict: audit.Verdict

    @property
    def set_aside(self) -> tuple[StagedObject, ...]:
        """The objects that cannot be read."""
        return tuple(item for item in self.objects if item.status == SET_ASIDE)


class Staging:
    """Stages batches from one bucket into one warehouse. `log` tells people how it goes."""

    def __init__(self, store: ObjectStore, session: Session, max_rejected_share: float, log: logging.Logger) -> None:
        self._store = store
        self._raw = RawStore(store)
        self._session = session
        self._max_rejected_share = max_rejected_share
        self._log = log

    def listing(self) -> Listing:
        """Everything under the CSV prefix, sorted out."""
        return sort_out(self._store.list(PREFIX))

    def stage(self, listing: Listing) -> Batch | None:
        """Stage and audit all pending objects as one batch; None when nothing is pending."""
        record_open_snapshots(self._session, self._raw)
        self._sweep()
        waiting = pending(listing, settled_versions(self._session))
        if not waiting:
            return None
        batch_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self._log.info("Batch %s: %d objects are pending.", batch_id, len(waiting))
        objects = tuple(self._stage_all(batch_id, waiting))
        write_objects(self._session, batch_id, objects)
        verdict = audit.audit(audit.measure(self._session, batch_id, objects, self._max_rejected_share))
        batch = Batch(batch_id, objects, verdict)
        self._write_verdict(batch)
        return batch

    @staticmethod
    def outcomes(batch: Batch | None) -> tuple[CheckOutcome, ...]:
        """The audit's results; with nothing pending, each check is true of nothing."""
        return batch.verdict.checks if batch else tuple(CheckOutcome(name) for name in audit.CHECKS)

    def _sweep(self) -> None:
        """Drop staged rows that nobody will publish: of failed batches, and of ones that were cut off a day ago."""
        self._session.execute(
            f"DELETE FROM {STAGED_TIKTOK_DATA.name} WHERE BATCH_ID IN "
            f"(SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE VERDICT = ?) OR (BATCH_ID < ? AND BATCH_ID NOT IN "
            f"(SELECT BATCH_ID FROM {LOAD_BATCHES.name}))",
            (FAILED, _a_day_ago()),
        )

    def _stage_all(self, batch_id: str, waiting: list[PendingObject]) -> Iterator[StagedObject]:
        for item in waiting:
            try:
                yield self._stage_object(batch_id, item)
            except ObjectChangedError as error:
                # The others go on; the next run's listing has the new version.
                self._log.warning("%s", error)

    def _stage_object(self, batch_id: str, item: PendingObject) -> StagedObject:
        uri = self._store.uri(item.info.key)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            csv_path = folder / "object.csv"
            self._store.download(item.info, csv_path)
            origin = Origin(batch_id, item.info.key, item.account_id, item.snapshot_id, item.info.last_modified)
            try:
                manifest = self._manifest(item)
                result = duckdb_transform.run(csv_path, inspect(csv_path), origin, folder)
            except (UnloadableError, RawDataError) as error:
                self._log.warning("%s is set aside: %s.", uri, error)
                return StagedObject(item, RowCounts(), str(error))
            if result.rejected:
                self._quarantine(item, result.rejected)
            if result.staged:
                # A name of its own: the warehouse remembers the files that it has loaded.
                path = result.staged.rename(folder / f"{batch_id}-{secrets.token_hex(4)}.parquet")
                self._session.copy_parquet(path, STAGED_TIKTOK_DATA.name)
        self._log.info("%s: %s", uri, result.counts)
        return StagedObject(item, result.counts, manifest=manifest)

    def _manifest(self, item: PendingObject) -> Manifest | None:
        snapshot = snapshot_of(item.info.key)
        return self._raw.manifest(snapshot) if snapshot else None

    def _quarantine(self, item: PendingObject, rejected: Path) -> None:
        with rejected.open("rb") as body:
            self._store.put_once(f"{QUARANTINE}{item.info.key}.{item.info.etag}.jsonl", body, "application/jsonl")

    def _write_verdict(self, batch: Batch) -> None:
        now = naive_utc(datetime.now(UTC))
        if not batch.verdict.passed:
            self._set_aside_offenders(batch, now)
        staged = sum(item.counts.staged for item in batch.objects)
        verdict = PASSED if batch.verdict.passed else FAILED
        row = (batch.batch_id, now, verdict, batch.verdict.to_json(), len(batch.objects), staged, None)
        self._session.insert(LOAD_BATCHES.name, LOAD_BATCHES.names, [row])

    def _set_aside_offenders(self, batch: Batch, now: datetime) -> None:
        """Note in the ledger the objects by whose fault the audit failed, so that the next run loads the others."""
        reasons = {
            key: f"the audit's check {check.name} failed; its rejected rows are in {QUARANTINE}"
            for check in batch.verdict.checks
            if check.name in audit.FAULT_OF_THE_OBJECT
            for key in check.offenders
        }
        objects = [item for item in batch.objects if item.item.info.key in reasons]
        rows = [
            (key, info.etag, SET_ASIDE, reasons[key], c.rows_in, c.staged, c.duplicate, c.rejected, c.negative_counts,
             info.size, naive_utc(info.last_modified), batch.batch_id, now)
            for key, info, c in ((item.item.info.key, item.item.info, item.counts) for item in objects)
        ]  # fmt: skip  # in the order of LOAD_HISTORY's columns
        self._session.insert(LOAD_HISTORY.name, LOAD_HISTORY.names, rows)


def _a_day_ago() -> str:
    """The smallest id of a batch that is younger than a day."""
    return datetime.fromtimestamp(datetime.now(UTC).timestamp() - 86_400, UTC).strftime("%Y%m%dT%H%M%SZ")
