"""Brings a batch's objects to this machine: several downloads side by side, each inspected.

The next group of them comes while the engine works on the last one.

What is loadable comes as a file; of everything else, this is where its way through the load ends.
"""

import shutil
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.lake.listing import CsvObject, snapshot_of
from tiktok_insights.raw.manifest import RawDataError
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.content import Content, KnownContents
from tiktok_insights.staging.csv_file import CsvFile, RowOrigin
from tiktok_insights.staging.groups import GROUP_BYTES, GROUP_OBJECTS
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.inspection import header_of, inspect
from tiktok_insights.staging.pending import in_parts
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class LoadableObject:
    """An object whose file is here and was inspected; `facts` is None for another producer's object."""

    item: CsvObject
    content: Content
    facts: SnapshotFacts | None
    file: CsvFile


#: A file for the engine; an object that is settled without one; or why it could not be read.
Fetched = LoadableObject | StagedObject | Unreadable | ObjectChangedError


class Fetching:
    """Fetches the objects of one batch with the threads of a pool.

    Files are in `folder`, which outlives the threads: they may still write when fetching ends early.
    """

    def __init__(
        self, store: ObjectStore, batch_id: str, contents: KnownContents, pool: ThreadPoolExecutor, folder: Path
    ) -> None:
        self._store = store
        self._raw = RawStore(store)
        self._batch_id = batch_id
        self._contents = contents
        self._pool = pool
        self._folder = folder

    def groups(self, items: Sequence[CsvObject]) -> Iterator[tuple[list[Fetched], Path]]:
        """Each group of objects, in order, with the folder of its files, which is deleted before the next one."""
        waiting: deque[_Group] = deque()
        for number, part in enumerate(in_parts(items, GROUP_OBJECTS, GROUP_BYTES)):
            # The disk has room for one large object at a time.
            while waiting and (len(waiting) > 1 or part[0].info.size > GROUP_BYTES):
                yield from waiting.popleft().results()
            waiting.append(self._begin(part, self._folder / str(number)))
        while waiting:
            yield from waiting.popleft().results()

    def _begin(self, part: Sequence[CsvObject], folder: Path) -> "_Group":
        folder.mkdir()
        return _Group(
            folder, [self._pool.submit(self._fetch, item, folder / f"{number}.csv") for number, item in enumerate(part)]
        )

    def _fetch(self, item: CsvObject, path: Path) -> Fetched:
        try:
            downloaded = self._store.download(item.info, path)
            content = self._contents.recognize(item.info, downloaded.sha256)
            if content.is_loaded:
                return StagedObject(item, content)
            return self._loadable(item, content, path, downloaded.metadata)
        except ObjectChangedError as error:
            return error
        except ObjectUnavailableError as error:
            return Unreadable.because(error, item.info.key, item)

    def _loadable(self, item: CsvObject, content: Content, path: Path, metadata: Mapping[str, str]) -> Fetched:
        try:
            origin = RowOrigin.of(self._batch_id, item, content.first_modified)
            file = self._inspected(path, origin, is_large=item.info.size > GROUP_BYTES)
            return LoadableObject(item, content, self._facts(item, metadata), file)
        except UnloadableError as error:
            return StagedObject(item, content, reason=str(error))
        except RawDataError as error:
            # What is fixed then is another object: this one has no new version.
            again = f"Then run tiktok-insights retry-refused {item.info.key}"
            return StagedObject(item, content, reason=f"{error} {again}")

    def _inspected(self, path: Path, origin: RowOrigin, *, is_large: bool) -> CsvFile:
        if is_large:
            # It is alone in its group: the engine reads it at the same time.
            return CsvFile(path, header_of(path), origin, self._pool.submit(inspect, path).result)
        inspection = inspect(path)
        return CsvFile(path, inspection.header, origin, lambda: inspection)

    def _facts(self, item: CsvObject, metadata: Mapping[str, str]) -> SnapshotFacts | None:
        snapshot = snapshot_of(item.info.key)
        return self._raw.facts(snapshot, metadata) if snapshot else None


@dataclass(frozen=True, slots=True)
class _Group:
    """A group that is being fetched."""

    folder: Path
    fetched: Sequence["Future[Fetched]"]

    def results(self) -> Iterator[tuple[list[Fetched], Path]]:
        """The group, once all of it is here."""
        yield [future.result() for future in self.fetched], self.folder
        shutil.rmtree(self.folder)
