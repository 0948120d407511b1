"""Erases removed people in the raw stage: pages and manifests, what came in the place of pages, probes, quarantine.

A row becomes the marker of `tiktok/page_rows.py`. While the pages of a snapshot are written, its manifest accepts both
the old and the new body of each, so it is readable whenever this is cut off, and repeating it finishes. Answers about
accounts have no rows of followers, so they stay.
"""

import gzip
import hashlib
import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, groupby
from pathlib import Path

from tiktok_insights.clients.object_store import Downloaded, ObjectInfo, ObjectMissingError, ObjectStore
from tiktok_insights.lake.followers_csv import RAW_QUARANTINE_PREFIX
from tiktok_insights.people.bucket_objects import OBJECT_ERRORS, each_object, why
from tiktok_insights.people.bucket_places import unpacked
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.json_lines import clean_json_lines
from tiktok_insights.people.finding import Unread
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.raw.manifest import RAW_PREFIX, Manifest, PageEntry, RawDataError
from tiktok_insights.raw.probe import PROBE_PREFIX
from tiktok_insights.raw.snapshots import JSON
from tiktok_insights.suppression.hashes import SuppressionList
from tiktok_insights.tiktok.page_rows import RowNames, without_mention, without_rows

PLACE = "responses"
_MANIFEST, _ATTEMPT = "_manifest.json", "_attempt.json"
#: They say how a snapshot was fetched, and have no rows.
MANIFESTS = (_MANIFEST, _ATTEMPT)
_PAGE = "page-"
#: How the name of an answer begins that came in the place of a page.
EVIDENCE = "not-a-page-"


@dataclass(frozen=True, slots=True)
class _Rewritten:
    """A page with rows to erase: the SHA-256 of its body now and without them, and how many they are."""

    info: ObjectInfo
    old: str
    new: str
    copies: int


def clean_raw(store: ObjectStore, suppression: SuppressionList, progress: ProgressReporter = SILENT) -> Cleaned:
    """Erase everyone on the list. What cannot be read or written is named, and stops nothing else."""
    if not suppression:
        return Cleaned(PLACE)
    return _Cleaning(store, suppression).run(progress)


class _Cleaning:
    """One run over all raw objects."""

    def __init__(self, store: ObjectStore, suppression: SuppressionList) -> None:
        self._store = store
        self._suppression = suppression
        self._unread: list[Unread] = []
        self._sources = 0
        self._copies = 0

    def run(self, progress: ProgressReporter) -> Cleaned:
        """Look at every object, and write those that have someone on the list."""
        infos = list(chain(self._store.list(RAW_PREFIX), self._store.list(PROBE_PREFIX)))
        pages: list[_Rewritten] = []
        unfinished: set[str] = set()
        with progress.track("cleaning responses", len(infos), "objects") as advance:
            for info, found in zip(infos, each_object(self._store, infos, self._look), strict=True):
                advance()
                match found:
                    case Unread():
                        self._unread.append(found)
                    case _Rewritten() if _name(info).startswith(_PAGE):
                        pages.append(found)
                    case _Rewritten():
                        self._count(found.copies)
                    case True:
                        unfinished.add(_folder(info.key))
        unread = {one.source for one in self._unread}
        in_folders = {folder: list(group) for folder, group in groupby(pages, lambda page: _folder(page.info.key))}
        for folder in sorted(unfinished | in_folders.keys()):
            self._clean_snapshot(folder, in_folders.get(folder, []), unread)
        quarantined = list(self._store.list(RAW_QUARANTINE_PREFIX))
        lines = clean_json_lines(self._store, "their quarantine", quarantined, self._suppression, progress)
        named = tuple(dict.fromkeys((*self._unread, *lines.unread)))
        return Cleaned(PLACE, self._sources + lines.sources, self._copies + lines.copies, named)

    def _look(self, info: ObjectInfo, path: Path, downloaded: Downloaded) -> _Rewritten | bool:
        """What is to be erased in an object. True is a manifest whose pages were not all written.

        An object that no manifest names is written at once.
        """
        name = _name(info)
        if name == _MANIFEST:
            manifest = Manifest.from_json(path.read_bytes(), self._store.uri(info.key))
            return any(entry.replaced_sha256 is not None for entry in manifest.pages)
        if name == _ATTEMPT:
            return False
        body = unpacked(path.read_bytes())
        cleaned, copies = self._without(name, body)
        if not copies:
            return False
        if not name.startswith(_PAGE):
            self._write(info, path, downloaded, cleaned)
        return _Rewritten(info, _sha256(body), _sha256(cleaned), copies)

    def _without(self, name: str, body: bytes) -> tuple[bytes, int]:
        """The body without people on the list. An answer in the place of a page may have them anywhere."""
        cleaned, copies = without_rows(body, self._covers)
        if not name.startswith(EVIDENCE):
            return cleaned, copies
        cleaned, mentions = without_mention(cleaned, self._covers)
        return cleaned, copies + mentions

    def _covers(self, row: RowNames) -> bool:
        return self._suppression.covers(row.tiktok_id, row.handle, row.sec_uid)

    def _clean_snapshot(self, folder: str, pages: list[_Rewritten], unread: set[str]) -> None:
        """Manifest with both hashes of each page, pages, manifest with the new hashes. An open snapshot has none."""
        changes = {page.info.key: page for page in pages}
        try:
            with suppress(RawDataError):  # a note that no one can read
                self._change_entries(
                    folder + _ATTEMPT, lambda entry: replace(_with_both(entry, changes), replaced_sha256=None)
                )
            self._change_entries(folder + _MANIFEST, lambda entry: _with_both(entry, changes))
        except OBJECT_ERRORS as error:
            # No page is written that its manifest could not accept.
            self._unread.append(Unread(folder + _MANIFEST, why(error)))
            return
        failed = set(unread)
        infos = [page.info for page in pages]
        for page, written in zip(pages, each_object(self._store, infos, self._write_page), strict=True):
            if isinstance(written, Unread):
                failed.add(page.info.key)
                self._unread.append(written)
            else:
                self._count(page.copies)
        try:
            self._change_entries(
                folder + _MANIFEST, lambda entry: entry if entry.key in failed else replace(entry, replaced_sha256=None)
            )
        except OBJECT_ERRORS as error:
            self._unread.append(Unread(folder + _MANIFEST, why(error)))

    def _change_entries(self, key: str, change: Callable[[PageEntry], PageEntry]) -> None:
        """Change what a manifest says of pages, if there is one."""
        try:
            stored = self._store.get(key)
        except ObjectMissingError:
            return
        manifest = Manifest.from_json(stored.body, self._store.uri(key))
        changed = replace(manifest, pages=tuple(map(change, manifest.pages)))
        if changed != manifest:
            info = ObjectInfo(key, stored.etag, len(stored.body), datetime.now(UTC))
            self._store.replace(info, io.BytesIO(changed.to_json()), JSON, stored.metadata)

    def _write_page(self, info: ObjectInfo, path: Path, downloaded: Downloaded) -> None:
        self._write(info, path, downloaded, self._without(_name(info), unpacked(path.read_bytes()))[0])

    def _write(self, info: ObjectInfo, path: Path, downloaded: Downloaded, cleaned: bytes) -> None:
        """Write a response over the one that was read. What was damaged before still differs from its checksum."""
        packed = path.read_bytes()
        body = unpacked(packed)
        metadata = dict(downloaded.metadata)
        if metadata.get("sha256") == _sha256(body):
            metadata["sha256"] = _sha256(cleaned)
        # No time stamp in the gzip header: the same body gives the same bytes.
        made = cleaned if body == packed else gzip.compress(cleaned, mtime=0)
        self._store.replace(info, io.BytesIO(made), downloaded.content_type, metadata)

    def _count(self, copies: int) -> None:
        self._sources += 1
        self._copies += copies


def _with_both(entry: PageEntry, changes: Mapping[str, _Rewritten]) -> PageEntry:
    """The entry of a page that has its old body or its new one. One that has another body stays damaged."""
    change = changes.get(entry.key)
    if change is None or not entry.is_of(change.old):
        return entry
    return replace(entry, sha256=change.new, replaced_sha256=change.old)


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _name(info: ObjectInfo) -> str:
    return info.key.rpartition("/")[2]


def _folder(key: str) -> str:
    return key[: key.rindex("/") + 1]
