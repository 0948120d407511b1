"""What an engine is: it brings the objects of a batch into the staging table, and says what became of each.

Engines differ in how much they can take and how fast, never in what becomes of an object. So what decides that belongs
beside this module, where each engine uses it: `object_reading.py`, `inspection.py`, `transform.py`, `quarantine.py`,
`row_counts.py`. How one engine moves bytes and runs the SQL belongs in its own package.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from tiktok_insights.clients.object_store import ObjectChangedError
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable

#: An object of the batch; or why an object could not be read, or its rejected rows not be kept.
ObjectOutcome = StagedObject | Unreadable | ObjectChangedError


class Engine(Protocol):
    """Stages the objects of a batch: their good rows in the staging table, the others in the quarantine."""

    def stage(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> Iterator[ObjectOutcome]:
        """Stage the objects. Each has one outcome, in any order, and none has an effect on another's."""
