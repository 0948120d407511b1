"""Prepares the CSVs of the bucket without the rows of removed people, and cleans what was rejected of them.

Each is measured by the local engine as if it had been loaded like this. When it is written, and what the ledger says
then, belongs in `warehouse`; which lines are cut, in `csv_lines`.
"""

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from tiktok_insights.clients.object_store import Downloaded, ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights.lake.followers_csv import RAW_QUARANTINE_PREFIX
from tiktok_insights.lake.listing import CSV_PREFIX, sort_out
from tiktok_insights.people.bucket_objects import OBJECT_ERRORS, each_object, why
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.csv_lines import CutLines, cut_lines
from tiktok_insights.people.erasing.json_lines import clean_json_lines
from tiktok_insights.people.finding import Unread
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.staging.content import KnownContents, replaced_contents, with_replaced
from tiktok_insights.staging.csv_file import CsvFile, RowOrigin
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.local import duckdb_transform
from tiktok_insights.staging.local.csv_group import Transformed
from tiktok_insights.staging.quarantine import JSON_LINES, QUARANTINE_PREFIX, quarantine_key
from tiktok_insights.staging.row_counts import IdSums, RowCounts
from tiktok_insights.suppression.hashes import SuppressionList

PLACE = "csv"
_NOTHING_KNOWN = KnownContents({}, {})


@dataclass(frozen=True, slots=True)
class PreparedCsv:
    """A CSV without the rows of removed people, in a file of this machine, and the version that it replaces.

    `counts` and `id_sums` are what a load makes of it; zeros where it is not loadable. `removed` is how many rows were
    cut, 0 for a version that was written before. `old_sha256` is of the content that the ledger has, if that is known.
    """

    store: ObjectStore
    old: ObjectInfo
    old_sha256: str
    new_sha256: str
    size: int
    removed: int
    path: Path
    content_type: str
    metadata: Mapping[str, str]
    counts: RowCounts = field(default_factory=RowCounts)
    id_sums: IdSums = field(default_factory=IdSums)
    rejected: Path | None = None

    @property
    def key(self) -> str:
        """The object's key."""
        return self.old.key

    def put(self) -> ObjectInfo:
        """Write it over exactly the old version, unless that was done before, and its rejected rows to the quarantine.

        Gives what is in the bucket then. Raises ObjectChangedError for anything else, and ObjectNotWritableError.
        """
        info = self._put() if self.removed else self.old
        if self.rejected:
            with self.rejected.open("rb") as body:
                self.store.put(quarantine_key(self.key, info.etag), body, JSON_LINES)
        return info

    def _put(self) -> ObjectInfo:
        try:
            with self.path.open("rb") as body:
                etag = self.store.replace(self.old, body, self.content_type, dict(self.metadata))
        except ObjectChangedError:
            if (info := self.store.info(self.key)) and self._is_written(info):
                return info
            raise
        info = self.store.info(self.key)
        if info is None or info.etag != etag:
            raise ObjectChangedError(
                f"{self.store.uri(self.key)} was replaced or deleted after it was listed. Run again."
            )
        return info

    def _is_written(self, info: ObjectInfo) -> bool:
        copy = self.path.with_suffix(".copy")
        try:
            return self.store.download(info, copy).sha256 == self.new_sha256
        finally:
            copy.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Prepared:
    """All CSVs that are to be written, and what could not be read."""

    csvs: tuple[PreparedCsv, ...]
    unread: tuple[Unread, ...]

    @property
    def cleaned(self) -> Cleaned:
        """What is erased once all are written."""
        return Cleaned(
            PLACE, sum(csv.removed > 0 for csv in self.csvs), sum(csv.removed for csv in self.csvs), self.unread
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """An object that was cut, before it is measured; its new file has its own folder."""

    info: ObjectInfo
    path: Path
    downloaded: Downloaded
    lines: CutLines


def prepare_csvs(
    store: ObjectStore,
    suppression: SuppressionList,
    folder: Path,
    progress: ProgressReporter = SILENT,
    contents: KnownContents = _NOTHING_KNOWN,
) -> Prepared:
    """Cut everyone on the list out of every CSV, into files in `folder`. Nothing is written to the bucket.

    `contents` are what the ledger knows of the keys. An object that was written before, by a run that was cut off, is
    given again unless the ledger has it.
    """
    if not suppression:
        return Prepared((), ())
    csvs: list[PreparedCsv] = []
    unread: list[Unread] = []
    numbers = count()

    def cut(info: ObjectInfo, path: Path, downloaded: Downloaded) -> _Cut | None:
        rest = path.with_name("rest")
        lines = cut_lines(path, rest, suppression)
        was_written = replaced_contents(downloaded.metadata) and contents.loaded.get(info.key) != downloaded.sha256
        if not lines.records and not was_written:
            return None
        (own := folder / str(next(numbers))).mkdir(parents=True)
        return _Cut(info, Path(shutil.move(rest if lines.records else path, own / "0.csv")), downloaded, lines)

    infos = list(store.list(CSV_PREFIX))
    with progress.track("cutting CSVs", len(infos), "objects") as advance:
        for info, found in zip(infos, each_object(store, infos, cut), strict=True):
            advance()
            try:
                if isinstance(found, Unread):
                    unread.append(found)
                elif found:
                    csvs.append(_prepared(store, found, contents))
            except (*OBJECT_ERRORS, UnloadableError) as error:
                unread.append(Unread(info.key, why(error)))
    return Prepared(tuple(csvs), tuple(unread))


def clean_csv_quarantine(
    store: ObjectStore, suppression: SuppressionList, progress: ProgressReporter = SILENT
) -> Cleaned:
    """Erase everyone on the list in the rejected rows of CSVs."""
    if not suppression:
        return Cleaned("quarantine")

    infos = [info for info in store.list(QUARANTINE_PREFIX) if not info.key.startswith(RAW_QUARANTINE_PREFIX)]
    return clean_json_lines(store, "quarantine", infos, suppression, progress)


def _prepared(store: ObjectStore, cut: _Cut, contents: KnownContents) -> PreparedCsv:
    """Measure a file that was cut. Raises UnloadableError if it is not the ledger's object without these rows."""
    key, sha256, metadata = cut.info.key, cut.downloaded.sha256, cut.downloaded.metadata
    if cut.lines.records:
        metadata = with_replaced(metadata, sha256)
    replaced = replaced_contents(metadata)
    loaded = contents.loaded.get(key, "")
    first_modified = contents.recognize(cut.info, sha256, replaced).first_modified
    made = _measured(cut, first_modified, is_loaded=loaded in replaced)
    with cut.path.open("rb") as file:
        new_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return PreparedCsv(
        store,
        cut.info,
        loaded if loaded in replaced else replaced[0],
        new_sha256,
        cut.path.stat().st_size,
        cut.lines.records,
        cut.path,
        cut.downloaded.content_type,
        metadata,
        made.counts if made else RowCounts(),
        made.id_sums if made else IdSums(),
        made.rejected if made else None,
    )


def _measured(cut: _Cut, first_modified: datetime, *, is_loaded: bool) -> Transformed | None:
    """What a load makes of the new file; None where it would refuse it. Raises UnloadableError."""
    items = sort_out([cut.info]).objects
    if not items:
        return None
    try:
        file = CsvFile.inspected(cut.path, RowOrigin.of("forget", items[0], first_modified))
    except UnloadableError:
        if is_loaded or cut.lines.before:
            raise
        return None
    cut.lines.require(file.inspect())
    (group,) = duckdb_transform.run([file], cut.path.parent)
    if group.staged:
        group.staged.unlink()
    result = group.results[file.number]
    if isinstance(result, Transformed):
        return result
    if is_loaded:
        raise UnloadableError(str(result))
    return None
