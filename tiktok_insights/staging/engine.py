"""What an engine is: it brings the objects of a batch into the staging table, and says what became of each.

Engines differ in how much they can take and how fast, never in what becomes of an object. So what decides that belongs
beside this module, where each engine uses it: `object_reading.py`, `inspection.py`, `transform.py`, `quarantine.py`,
`row_counts.py`. How one engine moves bytes and runs the SQL belongs in its own package.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tiktok_insights.clients.object_store import ObjectChangedError
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable

#: An object of the batch; or why an object could not be read, or its rejected rows not be kept.
ObjectOutcome = StagedObject | Unreadable | ObjectChangedError


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """The most that one batch takes: a batch is judged and published as a whole, and what it has done is done."""

    objects: int
    bytes: int


@dataclass(frozen=True, slots=True)
class BegunBatch:
    """A batch that an earlier run began, and of which no verdict was written."""

    batch_id: str
    items: tuple[CsvObject, ...]


class Engine(Protocol):
    """Stages the objects of a batch: their good rows in the staging table, the others in the quarantine.

    What is not said otherwise here holds for an engine whose work ends with its process.
    """

    limits: BatchLimits = BatchLimits(5_000, 2_000_000_000)
    #: Whether two runs may stage the same batch: the one that follows a batch may not be the one that began it.
    shares_batches: bool = False

    def stage(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> Iterator[ObjectOutcome]:
        """Stage the objects. Each has one outcome, in any order, and none has an effect on another's."""

    def begun(self, waiting: Sequence[CsvObject]) -> Sequence[BegunBatch]:  # noqa: ARG002 - for engines that keep some
        """The batches that were begun and whose objects all wait still. Asked once, before anything is staged."""
        return ()

    def forget(self, batch_id: str) -> None:  # noqa: ARG002 - the same
        """Keep nothing of a batch any more: it was judged."""
        return

    def suppression_of(self, batch_id: str) -> str:  # noqa: ARG002 - the same
        """The fingerprint of the suppression list that a staged batch was staged with; '' if nobody was on it."""
        return ""


class ChosenEngine(Engine):
    """An engine that is chosen when it is known what waits; of a run with nothing to do, none is."""

    def __init__(self, choose: Callable[[Sequence[CsvObject]], Engine]) -> None:
        self._choose = choose
        self.chosen: Engine | None = None

    def begun(self, waiting: Sequence[CsvObject]) -> Sequence[BegunBatch]:
        """Choose the engine, and give the batches that it has begun."""
        if not waiting:
            return ()
        self.chosen = self._choose(waiting)
        self.limits, self.shares_batches = self.chosen.limits, self.chosen.shares_batches
        return self.chosen.begun(waiting)

    def stage(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> Iterator[ObjectOutcome]:
        """Stage the objects with the engine that was chosen."""
        assert self.chosen, "begun is asked first"  # noqa: S101 - a fault of the caller, not of data
        return self.chosen.stage(batch_id, items, contents)

    def forget(self, batch_id: str) -> None:
        """Keep nothing of a batch any more."""
        if self.chosen:
            self.chosen.forget(batch_id)

    def suppression_of(self, batch_id: str) -> str:
        """The fingerprint of the list with which the chosen engine staged a batch."""
        return self.chosen.suppression_of(batch_id) if self.chosen else ""
