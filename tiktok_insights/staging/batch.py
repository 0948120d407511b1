"""Batches: take the pending objects, transform and stage each, let the audit judge, write the verdict.

A batch ends when rows and verdict are in the warehouse, so that publishing needs nothing else. An object that is no
loadable CSV, or that the audit finds faulty, is refused with its reason; one that S3 does not return waits for the next
run; and the others continue.
"""

import logging
import secrets
import tempfile
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tiktok_insights.checks import CheckOutcome
from tiktok_insights.clients.object_store import ObjectChangedError, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError, ObjectUnavailableError
from tiktok_insights.clients.snowflake_session import Session, retry_conflicts
from tiktok_insights.lake.listing import CsvObject, Listing, snapshot_of
from tiktok_insights.progress import SILENT, Advance, ProgressReporter
from tiktok_insights.raw.manifest import Manifest, RawDataError
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging import audit, duckdb_transform, quarantine
from tiktok_insights.staging.content import KnownContents, known_contents
from tiktok_insights.staging.duckdb_transform import RowOrigin
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.inspection import inspect
from tiktok_insights.staging.ledger import settled_or_staged_versions
from tiktok_insights.staging.measurement import measure
from tiktok_insights.staging.open_snapshots import record_open_snapshots
from tiktok_insights.staging.pending import in_batches, pending
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Reading, Unreadable
from tiktok_insights.staging.upload import Upload
from tiktok_insights.staging.verdict import write_verdict
from tiktok_insights.tables.definitions import LOAD_BATCHES, STAGED_OBJECTS, STAGED_TIKTOK_DATA
from tiktok_insights.tables.load_status import BatchVerdict, LoadStatus

#: How long the rows of a batch without a verdict may belong to a run that is still going.
_CUT_OFF_AFTER = timedelta(days=1)
#: A person reads about so many objects one by one; of more, the batches are logged.
_LOGGED_OBJECTS = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """A staged batch, with the audit's verdict on it and its objects."""

    verdict: audit.AuditVerdict

    @property
    def batch_id(self) -> str:
        """The batch's ID."""
        return self.verdict.batch_id

    @property
    def objects(self) -> tuple[StagedObject, ...]:
        """All objects of the batch."""
        return self.verdict.objects

    @property
    def refused(self) -> tuple[StagedObject, ...]:
        """The objects that cannot be read, or are faulty."""
        return tuple(item for item in self.objects if item.status is LoadStatus.REFUSED)


class Staging:
    """Stages batches from one bucket into one warehouse. `log` tells people how it goes, `progress` how far.

    `reading` says which objects could not be read.
    """

    def __init__(
        self,
        store: ObjectStore,
        session: Session,
        max_rejected_share: float,
        log: logging.Logger,
        progress: ProgressReporter = SILENT,
    ) -> None:
        self._store = store
        self._raw = RawStore(store)
        self._session = session
        self._max_rejected_share = max_rejected_share
        self._log = log
        self._progress = progress
        self.reading = Reading()

    def stage(self, listing: Listing) -> list[Batch]:
        """Stage and audit all pending objects, in batches; none when nothing is pending."""
        self._note_unreadable(*record_open_snapshots(self._session, self._raw))
        self._sweep()
        known = settled_or_staged_versions(self._session)
        waiting = pending(listing, known)
        self.reading.pending += len(waiting)
        if waiting:
            self._log.info("Pending objects: %d.", len(waiting))
        each = logging.INFO if len(waiting) <= _LOGGED_OBJECTS else logging.DEBUG
        known_keys = {key for key, _ in known}
        with self._progress.track("staging", len(waiting), "objects") as advance:
            batches = [self._stage_batch(items, known_keys, each, advance) for items in in_batches(waiting)]
        return [batch for batch in batches if batch is not None]

    @staticmethod
    def outcomes(batches: Sequence[Batch]) -> tuple[CheckOutcome, ...]:
        """The audit's results over all batches; with nothing pending, each check is true of nothing."""
        return audit.over_all([batch.verdict for batch in batches])

    @retry_conflicts
    def _sweep(self) -> None:
        """Drop what will never be published: rows of failed batches, and of batches that were cut off a day ago."""
        day_ago = _new_batch_id(datetime.now(UTC) - _CUT_OFF_AFTER)
        for table in (STAGED_TIKTOK_DATA, STAGED_OBJECTS):
            self._session.execute(
                f"DELETE FROM {self._session.namespace.name_of(table)} WHERE BATCH_ID IN "
                f"(SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE VERDICT = ?) OR (BATCH_ID < ? AND BATCH_ID NOT IN "
                f"(SELECT BATCH_ID FROM {LOAD_BATCHES.name}))",
                (BatchVerdict.FAILED, day_ago),
            )

    def _stage_batch(
        self, items: Sequence[CsvObject], known_keys: Set[str], level: int, advance: Advance
    ) -> Batch | None:
        # Named before the first object is read: of two versions of a key, the later one is in the later batch.
        batch_id = _new_batch_id(datetime.now(UTC))
        contents = known_contents(self._session, {item.info.key for item in items} & known_keys)
        with tempfile.TemporaryDirectory() as name:
            upload = Upload(self._session, batch_id, Path(name))
            objects = tuple(self._stage_all(batch_id, items, contents, upload, level, advance))
            upload.flush()
        if not objects:
            return None
        verdict = audit.audit(measure(self._session, batch_id, objects, self._max_rejected_share))
        write_verdict(self._session, verdict)
        batch = Batch(verdict)
        self._say(batch)
        return batch

    def _say(self, batch: Batch) -> None:
        """Tell people the verdict, and what is refused and why. A failed batch refuses nothing: it is staged again."""
        for item in batch.refused if batch.verdict.passed else ():
            self._log.error("%s is refused: %s.", self._store.uri(item.item.info.key), item.reason)
        self._log.info(
            "Batch %s %s the audit. Objects: %d (refused: %d), rows staged: %s.",
            batch.batch_id,
            batch.verdict.batch_verdict,
            len(batch.objects),
            len(batch.refused),
            f"{sum(item.counts.staged for item in batch.objects):,}",
        )

    def _stage_all(
        self,
        batch_id: str,
        items: Sequence[CsvObject],
        contents: KnownContents,
        upload: Upload,
        level: int,
        advance: Advance,
    ) -> Iterator[StagedObject]:
        for item in items:
            advance()
            try:
                staged = self._stage_object(batch_id, item, contents, upload)
            except ObjectChangedError as error:
                # The others go on; the next run's listing has the new version.
                self._log.warning("%s", error)
                continue
            except (ObjectUnavailableError, ObjectNotWritableError) as error:
                self._note_unreadable(Unreadable.because(error, item.info.key, item))
                continue
            uri = self._store.uri(item.info.key)
            if staged.status is LoadStatus.UNCHANGED:
                self._log.log(level, "%s was uploaded again. Its content is loaded already.", uri)
            elif not staged.reason:
                self._log.log(level, "%s: %s", uri, staged.counts)
            yield staged

    def _note_unreadable(self, *unreadable: Unreadable) -> None:
        self.reading.unreadable += unreadable
        for item in unreadable:
            self._log.warning("%s. The next run tries again.", item.reason)

    def _stage_object(self, batch_id: str, item: CsvObject, contents: KnownContents, upload: Upload) -> StagedObject:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            csv_path = folder / "object.csv"
            content = contents.recognize(item.info, self._store.download(item.info, csv_path))
            if content.is_loaded:
                return StagedObject(item, content)
            origin = RowOrigin.of(batch_id, item, content.first_modified)
            try:
                manifest = self._manifest(item)
                result = duckdb_transform.run(csv_path, inspect(csv_path), origin, folder)
            except UnloadableError as error:
                return StagedObject(item, content, reason=str(error))
            except RawDataError as error:
                # What is fixed then is another object: this one has no new version.
                again = f"Then run tiktok-insights retry-refused {item.info.key}"
                return StagedObject(item, content, reason=f"{error} {again}")
            if result.rejected:
                self._quarantine(item, result.rejected)
            if result.staged:
                upload.add(result.staged)
        return StagedObject(item, content, result.counts, result.id_sums, manifest=manifest, ids=result.ids)

    def _manifest(self, item: CsvObject) -> Manifest | None:
        snapshot = snapshot_of(item.info.key)
        return self._raw.manifest(snapshot) if snapshot else None

    def _quarantine(self, item: CsvObject, rejected: Path) -> None:
        with rejected.open("rb") as body:
            # Over an older one of the same version, whose rows an older transform may have rejected.
            self._store.put(quarantine.quarantine_key(item.info.key, item.info.etag), body, quarantine.JSON_LINES)


def _new_batch_id(moment: datetime) -> str:
    """Sorts by when the batch was begun."""
    return f"{moment:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
