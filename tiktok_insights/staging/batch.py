"""Batches: take the pending objects, transform and stage each, let the audit judge, write the verdict.

A batch ends when rows and verdict are in the warehouse, so that publishing needs nothing else. An object that is no
loadable CSV, or that the audit finds faulty, is refused with its reason; one that S3 does not return waits for the next
run; and the others continue.
"""

import logging
import secrets
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tiktok_insights.checks import CheckOutcome
from tiktok_insights.clients.object_store import ObjectChangedError, ObjectStore
from tiktok_insights.clients.snowflake_session import Session, placeholders, retry_conflicts
from tiktok_insights.lake.listing import CsvObject, Listing
from tiktok_insights.progress import SILENT, Advance, ProgressReporter
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging import audit
from tiktok_insights.staging.content import known_contents
from tiktok_insights.staging.engine import BegunBatch, Engine, ObjectOutcome
from tiktok_insights.staging.ledger import judged_batches, settled_or_staged_versions
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.staging.looks import record_looks
from tiktok_insights.staging.measurement import measure
from tiktok_insights.staging.open_snapshots import record_open_snapshots
from tiktok_insights.staging.pending import in_parts, pending
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Reading, Unreadable
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

    `raw` is what the run knows of the snapshots already; `engine` is this machine unless the run says otherwise.
    `reading` says which objects could not be read.
    """

    def __init__(
        self,
        store: ObjectStore,
        session: Session,
        max_rejected_share: float,
        log: logging.Logger,
        progress: ProgressReporter = SILENT,
        raw: RawStore | None = None,
        engine: Engine | None = None,
    ) -> None:
        self._store = store
        self._raw = raw or RawStore(store)
        self._session = session
        self._engine = engine or LocalEngine(store, session)
        self._max_rejected_share = max_rejected_share
        self._log = log
        self._progress = progress
        self.reading = Reading()

    def stage(self, listing: Listing) -> list[Batch]:
        """Stage and audit all pending objects, in batches; none when nothing is pending.

        Batches that an earlier run began come first, under their IDs.
        """
        self._note_unreadable(*record_open_snapshots(self._session, self._raw), *record_looks(self._session, self._raw))
        known = settled_or_staged_versions(self._session)
        waiting = pending(listing, known)
        self.reading.pending += len(waiting)
        if waiting:
            self._log.info("Pending objects: %d.", len(waiting))
        begun = self._begun(waiting)
        self._sweep([batch.batch_id for batch in begun])
        each = logging.INFO if len(waiting) <= _LOGGED_OBJECTS else logging.DEBUG
        known_keys = {key for key, _ in known}
        with self._progress.track("staging", len(waiting), "objects") as advance:
            batches = [
                self._stage_batch(batch, known_keys, each, advance) for batch in self._in_batches(begun, waiting)
            ]
        return [batch for batch in batches if batch is not None]

    def _begun(self, waiting: Sequence[CsvObject]) -> list[BegunBatch]:
        """The batches to continue. Of one that failed its audit, the objects belong in a new one."""
        begun = self._engine.begun(waiting)
        judged = judged_batches(self._session, [batch.batch_id for batch in begun])
        for batch_id in judged:
            self._engine.forget(batch_id)
        return [batch for batch in begun if batch.batch_id not in judged]

    def _in_batches(self, begun: Sequence[BegunBatch], waiting: Sequence[CsvObject]) -> Iterator[BegunBatch]:
        yield from begun
        taken = {item for batch in begun for item in batch.items}
        limits = self._engine.limits
        for items in in_parts([item for item in waiting if item not in taken], limits.objects, limits.bytes):
            # Named before the first object is read: of two versions of a key, the later one is in the later batch.
            yield BegunBatch(_new_batch_id(datetime.now(UTC)), tuple(items))

    @staticmethod
    def outcomes(batches: Sequence[Batch]) -> tuple[CheckOutcome, ...]:
        """The audit's results over all batches; with nothing pending, each check is true of nothing."""
        return audit.over_all([batch.verdict for batch in batches])

    @retry_conflicts
    def _sweep(self, begun: Sequence[str]) -> None:
        """Drop what will never be published: rows of failed batches, and of batches that were cut off a day ago."""
        day_ago = _new_batch_id(datetime.now(UTC) - _CUT_OFF_AFTER)
        spared = f" AND BATCH_ID NOT IN ({placeholders(begun)})" if begun else ""
        for table in (STAGED_TIKTOK_DATA, STAGED_OBJECTS):
            self._session.execute(
                f"DELETE FROM {self._session.namespace.name_of(table)} WHERE BATCH_ID IN "
                f"(SELECT BATCH_ID FROM {LOAD_BATCHES.name} WHERE VERDICT = ?) OR (BATCH_ID < ? AND BATCH_ID NOT IN "
                f"(SELECT BATCH_ID FROM {LOAD_BATCHES.name}){spared})",
                (BatchVerdict.FAILED, day_ago, *begun),
            )

    def _stage_batch(self, begun: BegunBatch, known_keys: Set[str], level: int, advance: Advance) -> Batch | None:
        batch_id = begun.batch_id
        contents = known_contents(self._session, {item.info.key for item in begun.items} & known_keys)
        outcomes = self._take_note(self._engine.stage(batch_id, begun.items, contents), level, advance)
        # In which order an engine gets done must not be seen in what the checks list.
        objects = tuple(sorted(outcomes, key=lambda outcome: outcome.item.info.key))
        batch = self._judge(batch_id, objects) if objects else None
        self._engine.forget(batch_id)
        return batch

    def _judge(self, batch_id: str, objects: tuple[StagedObject, ...]) -> Batch | None:
        """Write the verdict, unless another run that staged the same batch did."""
        verdict = audit.audit(measure(self._session, batch_id, objects, self._max_rejected_share))
        suppression = self._engine.suppression_of(batch_id)
        if not write_verdict(self._session, verdict, suppression, may_be_judged=self._engine.shares_batches):
            self._log.info("Batch %s was judged by another run at the same time.", batch_id)
            return None
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

    def _take_note(self, outcomes: Iterator[ObjectOutcome], level: int, advance: Advance) -> Iterator[StagedObject]:
        """Tell people of each object as it comes, and give those that belong to the batch."""
        for outcome in outcomes:
            advance()
            match outcome:
                case StagedObject():
                    uri = self._store.uri(outcome.item.info.key)
                    if outcome.status is LoadStatus.UNCHANGED:
                        self._log.log(level, "%s was uploaded again. Its content is loaded already.", uri)
                    elif not outcome.reason:
                        self._log.log(level, "%s: %s", uri, outcome.counts)
                    yield outcome
                case Unreadable():
                    self._note_unreadable(outcome)
                case ObjectChangedError():
                    # The others go on; the next run's listing has the new version.
                    self._log.warning("%s", outcome)

    def _note_unreadable(self, *unreadable: Unreadable) -> None:
        self.reading.unreadable += unreadable
        for item in unreadable:
            self._log.warning("%s. The next run tries again.", item.reason)


def _new_batch_id(moment: datetime) -> str:
    """Sorts by when the batch was begun."""
    return f"{moment:%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
