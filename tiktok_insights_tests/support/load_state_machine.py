"""A random course of loads: objects come in versions, runs stage them side by side, anybody publishes, objects go.

Beside what is tested goes the oracle: whatever is done to the one is done to the other.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from tiktok_insights_tests.support.history import Loads, Tables, Upload, lines

_Item = TypeVar("_Item")


class Warehouse(Protocol):
    """A bucket, and the warehouse that is loaded from it."""

    def put(self, upload: Upload) -> Upload:
        """Write an object; give it with the time that the bucket says."""

    def delete(self, key: str) -> None:
        """Delete an object."""

    def waiting(self, bucket: Iterable[Upload]) -> list[tuple[str, str]]:
        """Key and ETag of what a run would stage of this bucket."""

    def stage(self, batch_id: str, uploads: list[Upload]) -> None:
        """Make a batch of these objects, with its verdict."""

    def publish(self, batch_id: str) -> int:
        """Publish a batch; say how many objects it has brought to the ledger."""

    def tables(self) -> Tables:
        """What readers see."""


class Course:
    """One random course over objects with their versions; `side_by_side` runs may have begun and not ended."""

    def __init__(
        self, source: random.Random, warehouse: Warehouse, versions: dict[str, list[Upload]], side_by_side: int
    ) -> None:
        self.loads = Loads()
        #: What came last of each key, also of one that has gone.
        self.last: dict[str, Upload] = {}
        self._source = source
        self._warehouse = warehouse
        self._to_come = {key: list(uploads) for key, uploads in versions.items()}
        self._side_by_side = side_by_side
        self._begun: dict[str, list[Upload]] = {}
        # Objects in a batch, and coming at once: one, a few, or as many as there are.
        (self._together,) = source.choices((1, 5, len(versions)), weights=(1, 4, 10))

    def run(self) -> None:
        """Go on until all has come and is published; now and then look at the tables."""
        while steps := [step for step, possible in self._steps() if possible]:
            self._source.choice(steps)()
            if self._source.random() < 0.05:
                self.compare()

    def compare(self) -> None:
        """Hold the tables against the oracle's."""
        assert lines(self._warehouse.tables()) == lines(self.loads.tables())

    def _steps(self) -> Iterator[tuple[Callable[[], None], bool]]:
        yield self._put, bool(self._to_come)
        yield self._begin, len(self._begun) < self._side_by_side and bool(self.loads.waiting())
        yield self._end, bool(self._begun)
        yield self._publish, bool(self._unpublished())

    def _put(self) -> None:
        """New objects come, and new versions of old ones; now and then one goes that is staged."""
        for key in self._some(sorted(self._to_come)):
            self.loads.bucket[key] = self.last[key] = self._warehouse.put(self._to_come[key].pop(0))
            if not self._to_come[key]:
                del self._to_come[key]
        waiting = {upload.key for upload in self.loads.waiting()}
        staged = self.loads.bucket.keys() - self._to_come.keys() - waiting - _keys(self._begun.values())
        if staged and self._source.random() < 0.3:
            gone = self._source.choice(sorted(staged))
            self._warehouse.delete(gone)
            del self.loads.bucket[gone]

    def _unpublished(self) -> list[str]:
        return sorted(self.loads.batches.keys() - self.loads.published)

    def _begin(self) -> None:
        """A run lists the bucket and takes what waits, or a part of it; what others have only begun, it takes too."""
        waiting = self.loads.waiting()
        found = self._warehouse.waiting(self.loads.bucket.values())
        assert sorted(found) == sorted((upload.key, upload.etag) for upload in waiting)
        self._begun[f"{len(self._begun) + len(self.loads.batches):04}"] = self._some(waiting)
        if self._side_by_side == 1:
            self._end()

    def _end(self) -> None:
        """A run that has begun writes its verdict."""
        batch_id = self._source.choice(sorted(self._begun))
        uploads = self._begun.pop(batch_id)
        self._warehouse.stage(batch_id, uploads)
        self.loads.batches[batch_id] = tuple(uploads)

    def _publish(self) -> None:
        """Somebody publishes a batch, in whatever order, and perhaps one for the second time."""
        batch_id = self._source.choice(self._unpublished())
        self._warehouse.publish(batch_id)
        self.loads.published.add(batch_id)
        again = self._source.choice(sorted(self.loads.published))
        assert self._warehouse.publish(again) == 0

    def _some(self, items: list[_Item]) -> list[_Item]:
        return self._source.sample(items, min(len(items), self._together))


def _keys(batches: Iterable[Iterable[Upload]]) -> set[str]:
    return {upload.key for uploads in batches for upload in uploads}
