"""Any course of loads: objects come in versions, runs stage them side by side, anyone publishes, objects go.

Beside what is tested goes the oracle: whatever is done to the one is done to the other. Hypothesis chooses the steps
and, when they fail, looks for the fewest that do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar, Protocol, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.history import Loads, Tables, Upload, lines
from tiktok_insights_tests.support.random_objects import FILES, FIRST, KEYS, File, Key

_Item = TypeVar("_Item")
_RowsByKey = dict[str, list[tuple[Any, ...]]]

#: Chooses among as many things as there are.
_CHOICE = st.integers(0, 19)


class Warehouse(Protocol):
    """A bucket, and the warehouse that is loaded from it."""

    def clear(self) -> None:
        """Empty both."""

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

    def users_counted(self) -> int:
        """How many users the history has, as the publications have counted them."""

    def unchecked(self) -> tuple[set[str], set[str]]:
        """What no checks have passed: the batches, and the keys of the objects that the next checks compare."""

    def mark_checked(self) -> None:
        """Note that the checks of that have passed."""

    def rebuild(self) -> None:
        """Rebuild the table from the history."""


class LoadStateMachine(RuleBasedStateMachine):
    """Loads into one warehouse; of the runs, `side_by_side` may have begun and not ended."""

    warehouse: ClassVar[Warehouse]
    side_by_side: ClassVar[int] = 1

    def __init__(self) -> None:
        super().__init__()
        self.warehouse.clear()
        self._loads = Loads()
        #: All versions of each key, also of one that has gone.
        self._versions: dict[str, list[Upload]] = {}
        self._begun: dict[str, list[Upload]] = {}
        #: The published batches that were checked, and the rows that each object had then.
        self._checked: set[str] = set()
        self._rows_checked: _RowsByKey = {}

    @rule(objects=st.lists(st.tuples(KEYS, FILES, st.integers(0, 1)), min_size=1, max_size=4))
    def put(self, objects: list[tuple[Key, File, int]]) -> None:
        """Objects come, or new versions of them, perhaps within the same second."""
        for key, file, seconds in objects:
            self._put(key, file, seconds)

    def _staged_keys(self) -> list[str]:
        waiting = {upload.key for upload in self._loads.waiting()}
        reading = {upload.key for upload in self._reading()}
        return sorted(self._loads.bucket.keys() - waiting - reading)

    @precondition(lambda self: self._staged_keys())
    @rule(choice=_CHOICE)
    def delete(self, choice: int) -> None:
        """An object goes that is staged."""
        key = _chosen(self._staged_keys(), choice)
        self.warehouse.delete(key)
        del self._loads.bucket[key]

    @precondition(lambda self: len(self._begun) < self.side_by_side and self._loads.waiting())
    @rule(some=st.none() | st.sets(_CHOICE, min_size=1, max_size=3))
    def begin(self, some: set[int] | None) -> None:
        """A run lists the bucket and takes what waits, or some of it; what others have only begun, it takes too."""
        waiting = self._waiting()
        chosen = {_chosen(waiting, choice) for choice in some or ()}
        batch_id = f"{len(self._begun) + len(self._loads.batches):04}"
        self._begun[batch_id] = [upload for upload in waiting if upload in chosen or some is None]
        if self.side_by_side == 1:
            self._end(batch_id)

    @precondition(lambda self: self._begun)
    @rule(choice=_CHOICE)
    def end(self, choice: int) -> None:
        """A run that has begun writes its verdict."""
        self._end(_chosen(sorted(self._begun), choice))

    @precondition(lambda self: self._unpublished())
    @rule(choice=_CHOICE)
    def publish(self, choice: int) -> None:
        """A batch is published, in whatever order; what readers see are the oracle's tables."""
        self._publish(_chosen(self._unpublished(), choice))

    @precondition(lambda self: self._loads.published)
    @rule(choice=_CHOICE)
    def publish_again(self, choice: int) -> None:
        """A batch is published for the second time, and brings nothing."""
        assert self.warehouse.publish(_chosen(sorted(self._loads.published), choice)) == 0

    @precondition(lambda self: self._loads.published)
    @rule()
    def check(self) -> None:
        """The checks pass on what was published since the last ones; after that, there is nothing to compare."""
        rows = _rows_by_key(self._loads.tables())
        self._assert_unchecked(rows)
        self.warehouse.mark_checked()
        self._checked, self._rows_checked = set(self._loads.published), rows
        assert self.warehouse.unchecked() == (set(), set())

    @precondition(lambda self: self._loads.published)
    @rule()
    def rebuild(self) -> None:
        """The table is rebuilt: it is the same, and everything is to be checked again."""
        self.warehouse.rebuild()
        self._checked, self._rows_checked = set(), {}
        self._assert_oracles_tables()

    @precondition(lambda self: self._begun or self._unpublished() or self._loads.waiting())
    @rule()
    def load(self) -> None:
        """All runs end, the last one stages what waits, and all is published: what came before leaves no trace."""
        for batch_id in sorted(self._begun):
            self._end(batch_id)
        if waiting := self._waiting():
            batch_id = f"{len(self._loads.batches):04}"
            self._begun[batch_id] = waiting
            self._end(batch_id)
        for batch_id in self._unpublished():
            self._publish(batch_id)
        newest = history.tables(self._newest())
        actual = self._loads.tables()
        for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS", "ACCOUNT_SNAPSHOTS", "PRESENCE_SPELLS"):
            assert actual[table] == newest[table]

    def _put(self, key: Key, file: File, seconds: int) -> None:
        versions = self._versions.setdefault(str(key), [])
        moment = versions[-1].written + timedelta(seconds=seconds) if versions else FIRST
        upload = file.written_as(key, moment)
        if key.is_ours and upload.rows is None:
            return  # nobody but us writes there
        if earlier := [version for version in versions if version.etag == upload.etag]:
            # What a run still reads has no first time yet, that others could know.
            if upload.etag == versions[-1].etag or any(version in self._reading() for version in earlier):
                return
            # Within one second it could not be told from what was there before.
            upload = file.written_as(key, max(moment, earlier[-1].written + timedelta(seconds=1)))
            seen = [version.first_written for version in earlier if version in self._staged()]
            upload = replace(upload, first=min(seen, default=None))
        versions.append(self.warehouse.put(upload))
        self._loads.bucket[str(key)] = versions[-1]

    def _newest(self) -> Iterator[Upload]:
        """Of each key the last version that can be read, among those that a run has found."""
        staged = self._staged()
        for versions in self._versions.values():
            yield from [version for version in versions if version in staged and version.rows is not None][-1:]

    def _staged(self) -> set[Upload]:
        """What runs that have ended have seen."""
        return {upload for uploads in self._loads.batches.values() for upload in uploads}

    def _reading(self) -> set[Upload]:
        """What runs that have not ended have found."""
        return {upload for uploads in self._begun.values() for upload in uploads}

    def _waiting(self) -> list[Upload]:
        """What a run finds to stage."""
        waiting = self._loads.waiting()
        actual = self.warehouse.waiting(self._loads.bucket.values())
        assert sorted(actual) == sorted((upload.key, upload.etag) for upload in waiting)
        return waiting

    def _unpublished(self) -> list[str]:
        return sorted(self._loads.batches.keys() - self._loads.published)

    def _end(self, batch_id: str) -> None:
        uploads = self._begun.pop(batch_id)
        self.warehouse.stage(batch_id, uploads)
        self._loads.batches[batch_id] = tuple(uploads)

    def _publish(self, batch_id: str) -> None:
        self.warehouse.publish(batch_id)
        self._loads.published.add(batch_id)
        self._assert_oracles_tables()

    def _assert_oracles_tables(self) -> None:
        expected = self._loads.tables()
        assert lines(self.warehouse.tables()) == lines(expected)
        assert self.warehouse.users_counted() == len(expected["TIKTOK_DATA"])
        self._assert_unchecked(_rows_by_key(expected))

    def _assert_unchecked(self, rows: _RowsByKey) -> None:
        """Every object with other rows than at the last checks is compared, and only what was published since."""
        batches, keys = self.warehouse.unchecked()
        assert batches == self._loads.published - self._checked
        assert keys <= {upload.key for batch in batches for upload in self._loads.batches[batch]}
        assert keys >= {key for key, found in rows.items() if found != self._rows_checked.get(key)}


def _rows_by_key(tables: Tables) -> _RowsByKey:
    """The rows of each object in the history."""
    return {key: list(rows) for key, rows in groupby(tables["FOLLOWER_SNAPSHOTS"], key=itemgetter(0))}


def _chosen(items: list[_Item], choice: int) -> _Item:
    return items[choice % len(items)]
