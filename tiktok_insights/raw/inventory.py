"""The raw stage's objects as one run knows them: listed once, and kept up with what the run itself writes.

It answers as the bucket does, with fewer requests. What it trusts is what never changes: a committed snapshot stays
committed, and a page stays as it is. What another run writes meanwhile is the next run's.
"""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.raw.manifest import RAW_PREFIX, Manifest, PageEntry, SnapshotKey
from tiktok_insights.raw.pages_in_hand import PagesInHand
from tiktok_insights.raw.removed_rows import Clean, unchanged
from tiktok_insights.raw.snapshots import LOOK, PAGES, RawStore
from tiktok_insights.raw.stored_response import StoredResponse
from tiktok_insights.tiktok.models import Page, Parsed, Response, Value

_OBJECT = re.compile(re.escape(RAW_PREFIX) + r"account=([^/]+)/(?:snapshot=([^/]+)/)?(.*)")


class RawInventory(RawStore):
    """The raw stage's objects in the bucket, for one run. Safe for many threads."""

    def __init__(self, store: ObjectStore, clean: Clean = unchanged) -> None:
        super().__init__(store, clean)
        #: For each account the IDs of its snapshots, and whether each is committed.
        self._accounts: dict[str, dict[str, bool]] | None = None
        self._looks: set[str] = set()
        self._committed_here: dict[SnapshotKey, Manifest] = {}
        self._pages = PagesInHand()
        self._changing = threading.RLock()

    def accounts(self) -> Iterator[str]:
        """The ids of all accounts that have raw data."""
        with self._changing:
            return iter(sorted(self._listed()))

    def snapshots(self, account_id: str) -> list[SnapshotKey]:
        """All snapshots of an account, committed or open, oldest first."""
        with self._changing:
            found = [SnapshotKey(account_id, snapshot_id) for snapshot_id in self._listed().get(account_id, {})]
        return sorted(snapshot for snapshot in found if snapshot.is_well_named)

    def looks(self) -> list[str]:
        """The keys of all answers about accounts."""
        with self._changing:
            self._listed()
            return sorted(self._looks)

    def look_again(self, account_id: str) -> bool:
        """List one account's snapshots again, and say whether another run has changed them meanwhile."""
        found = self._list(f"{RAW_PREFIX}account={account_id}/").get(account_id, {})
        with self._changing:
            known = self._listed().get(account_id, {})
            self._listed()[account_id] = {**known, **found}
        return known != {**known, **found}

    def manifest(self, snapshot: SnapshotKey) -> Manifest | None:
        """What a committed snapshot's manifest says; None for a snapshot that was open when it was listed."""
        if not self.is_listed_as_committed(snapshot):
            return None
        with self._changing:
            here = self._committed_here.get(snapshot)
        return here or super().manifest(snapshot)

    def is_listed_as_committed(self, snapshot: SnapshotKey) -> bool:
        """Whether the snapshot had its manifest when it was listed, or this run has committed it."""
        with self._changing:
            return self._listed().get(snapshot.account_id, {}).get(snapshot.snapshot_id, False)

    def is_committed(self, snapshot: SnapshotKey) -> bool:
        """Whether the snapshot has its manifest; asks the bucket where it had none before."""
        return self.is_listed_as_committed(snapshot) or super().is_committed(snapshot)

    def commit(self, manifest: Manifest) -> Manifest:
        """Commit a snapshot, and keep its manifest until it is released."""
        committed = super().commit(manifest)
        with self._changing:
            self._note(committed.snapshot, committed=True)
            self._committed_here[committed.snapshot] = committed
        return committed

    def put_response(self, key: str, response: Response, walk_until: int | None = None) -> StoredResponse:
        """Store an answer; the one that opens a snapshot makes it known."""
        stored = super().put_response(key, response, walk_until)
        if LOOK.fullmatch(key):
            with self._changing:
                self._looks.add(key)
        if (snapshot := _snapshot_of(key)) is not None:
            with self._changing:
                self._note(snapshot, committed=False)
        return stored

    def put_parsed(
        self, key: str, parsed: Parsed[Response, Value], read: Callable[[Any], Value], walk_until: int | None = None
    ) -> Parsed[StoredResponse, Value]:
        """Store a parsed answer, and keep a page in hand for whoever renders it."""
        stored = super().put_parsed(key, parsed, read, walk_until)
        if isinstance(stored.value, Page):
            self._pages.keep(key, stored.response.sha256, stored.value)
        return stored

    def committed_page(self, entry: PageEntry) -> Page:
        """A page that a manifest names: from hand if it is what was committed, or from the bucket."""
        return self._pages.take(entry.key, entry.sha256) or super().committed_page(entry)

    def release(self, snapshot: SnapshotKey) -> None:
        """Keep the snapshot's manifest no longer: its CSV is written."""
        with self._changing:
            self._committed_here.pop(snapshot, None)

    def _note(self, snapshot: SnapshotKey, *, committed: bool) -> None:
        known = self._listed().setdefault(snapshot.account_id, {})
        known[snapshot.snapshot_id] = committed or known.get(snapshot.snapshot_id, False)

    def _listed(self) -> dict[str, dict[str, bool]]:
        """Call it with the lock."""
        if self._accounts is None:
            self._accounts = self._list(RAW_PREFIX)
        return self._accounts

    def _list(self, prefix: str) -> dict[str, dict[str, bool]]:
        accounts: dict[str, dict[str, bool]] = {}
        for key in self.store.outline(prefix, PAGES):
            if (found := _OBJECT.fullmatch(key)) is None:
                continue
            if LOOK.fullmatch(key):
                self._looks.add(key)
            account_id, snapshot_id, name = found.groups()
            snapshots = accounts.setdefault(account_id, {})
            if snapshot_id:
                snapshots[snapshot_id] = snapshots.get(snapshot_id, False) or name == "_manifest.json"
        return accounts


def _snapshot_of(key: str) -> SnapshotKey | None:
    found = _OBJECT.fullmatch(key)
    return SnapshotKey(found[1], found[2]) if found and found[2] else None
