"""Replay: recreates the CSVs of committed snapshots from the raw pages with today's code, and says how they differ.

Makes no API requests, and only reads raw pages. A CSV is written only where its bytes differ. A manifest that has no
windows of follow times yet gets them.
"""

import filecmp
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectInfo, ObjectMissingError, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.lake.csv_diff import CsvDiff, diff
from tiktok_insights.lake.followers_csv import (
    CSV,
    JSON_LINES,
    SNAPSHOT_ERRORS,
    CsvResult,
    has_expired,
    quarantine_key,
)
from tiktok_insights.lake.listing import CsvInventory, csv_key
from tiktok_insights.lake.rendering import Rendering, render
from tiktok_insights.raw.manifest import Manifest, SnapshotKey
from tiktok_insights.raw.manifest_upgrade import upgraded, write_over
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.scratch import scratch_folder
from tiktok_insights.tiktok.errors import TikTokError


class UnknownAccountError(LookupError):
    """The account has no raw data; the message names those that have."""


class ReplayVerdict(Enum):
    """What today's code makes of a snapshot's CSV; the value is what people read."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    SAME_ROWS = "same rows, different bytes"
    MISSING = "CSV was missing"
    BLOCKED = "blocked"

    @property
    def differs(self) -> bool:
        """Whether today's CSV is to take the place of what is there."""
        return self not in (ReplayVerdict.UNCHANGED, ReplayVerdict.BLOCKED)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One snapshot's replay: its CSV as of today, and how it differs from the one that was there."""

    csv: CsvResult
    verdict: ReplayVerdict
    diff: CsvDiff = field(default_factory=CsvDiff)


class Replay:
    """Replays snapshots of one bucket. With `write` the CSVs that differ are written; without, nothing is.

    `max_rejected_share` (0 to 1) blocks a snapshot as it does when its CSV is first made; a blocked one keeps the CSV
    that it has. Of each CSV the first `keep` changes are told one by one. A snapshot that was begun before
    `retained_from` has expired, and is not replayed.
    """

    def __init__(
        self,
        raw: RawStore,
        csvs: CsvInventory,
        max_rejected_share: float,
        *,
        write: bool,
        keep: int = 100,
        retained_from: datetime | None = None,
    ) -> None:
        self._raw = raw
        self._csvs = csvs
        self._store: ObjectStore = raw.store
        self._max_rejected_share = max_rejected_share
        self._write = write
        self._keep = keep
        self._retained_from = retained_from

    def run(self, accounts: Sequence[str] = ()) -> Iterator[Replayed]:
        """Replay every committed snapshot, or those of the accounts (id, handle or secUid), oldest first for each.

        A snapshot whose objects are damaged, cannot be read, or change meanwhile is blocked, and the others go on.
        Raises UnknownAccountError before anything is read.
        """
        chosen = [account_id(self._raw, name) for name in accounts] or list(self._raw.accounts())
        for account in dict.fromkeys(chosen):
            for snapshot in self._raw.snapshots(account):
                if has_expired(snapshot, self._retained_from):
                    continue
                if (replayed := self._replay_or_block(snapshot)) is not None:
                    yield replayed

    def _replay_or_block(self, snapshot: SnapshotKey) -> Replayed | None:
        manifest: Manifest | None = None
        try:
            if (manifest := self._raw.manifest(snapshot)) is None:
                return None
            return self._replay(manifest, self._csvs.get(csv_key(snapshot)))
        except SNAPSHOT_ERRORS as error:
            return Replayed(CsvResult.blocked_by(error, snapshot, manifest), ReplayVerdict.BLOCKED)

    def _replay(self, manifest: Manifest, present: ObjectInfo | None) -> Replayed:
        today = manifest
        with suppress(TikTokError):  # a page that cannot be read is named by the rendering
            today = upgraded(self._raw, manifest)
        with scratch_folder() as name:
            path = Path(name) / "today.csv"
            rendering = render(self._raw, today, path, self._max_rejected_share)
            replayed = self._compare(CsvResult.of(today, rendering), path, present)
            if self._write and replayed.verdict is not ReplayVerdict.BLOCKED and today is not manifest:
                write_over(self._raw, manifest, today)
            if self._write and replayed.verdict is not ReplayVerdict.UNCHANGED:
                self._settle_quarantine(manifest, rendering)
            if self._write and replayed.verdict.differs:
                self._put(today, path, present)
        return replayed

    def _compare(self, csv: CsvResult, today: Path, present: ObjectInfo | None) -> Replayed:
        if csv.blocked:
            return Replayed(csv, ReplayVerdict.BLOCKED)
        before = today.with_name("before.csv")
        if present is None:
            before.touch()
            return Replayed(csv, ReplayVerdict.MISSING, diff(before, today, self._keep))
        if _is_etag_of(present, today):
            return Replayed(csv, ReplayVerdict.UNCHANGED)
        self._store.download(present, before)
        if filecmp.cmp(before, today, shallow=False):
            return Replayed(csv, ReplayVerdict.UNCHANGED)
        found = diff(before, today, self._keep)
        return Replayed(csv, ReplayVerdict.CHANGED if found.lines else ReplayVerdict.SAME_ROWS, found)

    def _put(self, manifest: Manifest, path: Path, present: ObjectInfo | None) -> None:
        key, facts = csv_key(manifest.snapshot), SnapshotFacts.of(manifest).to_metadata()
        with path.open("rb") as body:
            if present is None:
                self._store.put_once(key, body, CSV, facts)
            else:
                self._store.replace(present, body, CSV, facts)
        self._csvs.refresh(key)

    def _settle_quarantine(self, manifest: Manifest, rendering: Rendering) -> None:
        """Let the quarantine have the rows that today's code rejects, and no longer those that it takes."""
        key = quarantine_key(manifest.snapshot)
        try:
            there = self._store.get(key).body
        except ObjectMissingError:
            there = b""
        except ObjectUnavailableError:
            there = None  # such as an archived one, which can be written over
        if there != rendering.quarantine:
            self._store.put(key, rendering.quarantine, JSON_LINES)


def account_id(raw: RawStore, name: str) -> str:
    """The id of an account that has raw data, by its id, its handle or its secUid. Raises UnknownAccountError."""
    known = set(raw.accounts())
    reference = name.removeprefix("@")
    found = reference if reference in known else raw.remembered_account(reference)
    if found not in known:
        ids = ", ".join(sorted(known)) or "none"
        msg = (
            f"The account {name!r} has no raw pages. Accounts with raw pages: {ids}. Use one of them, or extract this "
            "account first."
        )
        raise UnknownAccountError(msg)
    return str(found)


def _is_etag_of(info: ObjectInfo, path: Path) -> bool:
    """Whether the file's MD5 is the object's ETag; an ETag may be something else, then the bytes decide."""
    if info.size != path.stat().st_size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest() == info.etag
