"""Reads one object of a batch, and says whether it is loadable: the same on this machine and on a worker of Spark.

Of everything that is not loadable, this is where its way through the load ends. Which objects are read at once, and
where, belongs to the engines.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectChangedError, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.lake.listing import CsvObject, snapshot_of
from tiktok_insights.raw.manifest import RawDataError
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.content import Content, KnownContents, replaced_contents
from tiktok_insights.staging.csv_file import CsvFile, RowOrigin
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.suppressed_rows import take_out
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.suppression.hashes import SuppressionList


@dataclass(frozen=True, slots=True)
class LoadableObject:
    """An object whose file is here and was inspected; `facts` is None for another producer's object."""

    item: CsvObject
    content: Content
    facts: SnapshotFacts | None
    file: CsvFile


#: A file for the engine; an object that is settled without one; or why it could not be read.
Fetched = LoadableObject | StagedObject | Unreadable | ObjectChangedError


class ObjectReader:
    """Reads the objects of one batch. Safe for many threads."""

    def __init__(
        self, store: ObjectStore, batch_id: str, contents: KnownContents, suppression: SuppressionList
    ) -> None:
        self._store = store
        self._raw = RawStore(store)
        self._batch_id = batch_id
        self._contents = contents
        self._suppression = suppression

    def read(self, item: CsvObject, path: Path, inspected: Callable[[Path, RowOrigin], CsvFile]) -> Fetched:
        """Copy exactly the listed version to `path`, recognize its content, and have it inspected."""
        try:
            downloaded = self._store.download(item.info, path)
            replaced = replaced_contents(downloaded.metadata)
            content = self._contents.recognize(item.info, downloaded.sha256, replaced)
            if content.is_loaded:
                return StagedObject(item, content)
            read = partial(self._inspected, path, inspected)
            return self._loadable(item, content, downloaded.metadata, read)
        except ObjectChangedError as error:
            return error
        except ObjectUnavailableError as error:
            return Unreadable.because(error, item.info.key, item)

    def _inspected(self, path: Path, inspected: Callable[[Path, RowOrigin], CsvFile], origin: RowOrigin) -> CsvFile:
        suppressed = take_out(path, self._suppression)
        return inspected(path, origin).with_suppressed(suppressed)

    def _loadable(
        self,
        item: CsvObject,
        content: Content,
        metadata: Mapping[str, str],
        inspected: Callable[[RowOrigin], CsvFile],
    ) -> Fetched:
        try:
            file = inspected(RowOrigin.of(self._batch_id, item, content.first_modified))
            return LoadableObject(item, content, self._facts(item, metadata), file)
        except UnloadableError as error:
            return StagedObject(item, content, reason=str(error))
        except RawDataError as error:
            # What is fixed then is another object: this one has no new version.
            again = f"Then run tiktok-insights retry-refused {item.info.key}"
            return StagedObject(item, content, reason=f"{error} {again}")

    def _facts(self, item: CsvObject, metadata: Mapping[str, str]) -> SnapshotFacts | None:
        snapshot = snapshot_of(item.info.key)
        return self._raw.facts(snapshot, metadata) if snapshot else None
