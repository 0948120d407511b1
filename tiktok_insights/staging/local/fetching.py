"""Brings a batch's objects to this machine: several downloads side by side, each inspected.

The next group of them comes while the engine works on the last one. What one object is once it is read belongs in
`object_reading.py`.
"""

import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging import inspection
from tiktok_insights.staging.csv_file import CsvFile, RowOrigin
from tiktok_insights.staging.local.groups import GROUP_BYTES, GROUP_OBJECTS
from tiktok_insights.staging.object_reading import Fetched, ObjectReader
from tiktok_insights.staging.pending import in_parts


class Fetching:
    """Fetches the objects of one batch, by its reader, with the threads of a pool.

    Files are in `folder`, which outlives the threads: they may still write when fetching ends early.
    """

    def __init__(self, reader: ObjectReader, pool: ThreadPoolExecutor, folder: Path) -> None:
        self._reader = reader
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
        is_large = item.info.size > GROUP_BYTES
        return self._reader.read(item, path, self._inspected_later if is_large else CsvFile.inspected)

    def _inspected_later(self, path: Path, origin: RowOrigin) -> CsvFile:
        """A large file is alone in its group: the engine reads it at the same time."""
        return CsvFile(path, inspection.header_of(path), origin, self._pool.submit(inspection.inspect, path).result)


@dataclass(frozen=True, slots=True)
class _Group:
    """A group that is being fetched."""

    folder: Path
    fetched: Sequence["Future[Fetched]"]

    def results(self) -> Iterator[tuple[list[Fetched], Path]]:
        """The group, once all of it is here."""
        yield [future.result() for future in self.fetched], self.folder
        shutil.rmtree(self.folder)
