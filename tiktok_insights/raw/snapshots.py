"""The raw stage's objects in the bucket: responses written once, manifests last. Makes no API requests."""

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tiktok_insights.clients.object_store import ObjectMissingError, ObjectStore, StoredObject
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.raw.damage import changed, without_metadata
from tiktok_insights.raw.manifest import RAW_PREFIX, Manifest, PageEntry, RawDataError, SnapshotKey, iso
from tiktok_insights.raw.removed_rows import Clean, unchanged
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.raw.stored_response import StoredResponse, stored_response
from tiktok_insights.tiktok.dialects import parse, read_page
from tiktok_insights.tiktok.follow_windows import FollowWindow
from tiktok_insights.tiktok.models import Page, Parsed, Response, Value

#: Notes of which account a handle or secUid stands for.
REFERENCES = "raw/accounts/"
#: All pages of a snapshot are one entry of a listing that is cut here, so a listing does not grow with the lists.
PAGES = "/page-"
#: The key of an answer about an account; the groups are its ID and when it was requested.
LOOK = re.compile(
    rf"{RAW_PREFIX}account=([0-9]+)/(?:snapshot=([0-9]{{8}}T[0-9]{{9}}Z)/account-info|look=([0-9]{{8}}T[0-9]{{9}}Z))\.json\.gz"
)
_GZIP = "application/gzip"
JSON = "application/json"

#: What may be wrong with the raw objects of one account while those of the others are fine.
RAW_OBJECT_ERRORS = (RawDataError, ObjectMissingError, ObjectUnavailableError)


class RawStore:
    """The raw stage's objects in the bucket. `clean` takes removed people out of each body that is stored."""

    def __init__(self, store: ObjectStore, clean: Clean = unchanged) -> None:
        self.store = store
        self._clean = clean

    def remembered_account(self, reference: str) -> str | None:
        """The account id that a handle or secUid last stood for, so that a fresh snapshot is found without a request.

        Handles move to other users, so this only finds snapshots; a new snapshot asks the API again.
        """
        try:
            return str(json.loads(self.store.get(f"{REFERENCES}{reference}.json").body)["account_id"])
        except (ObjectMissingError, ObjectUnavailableError, ValueError, KeyError, TypeError):
            return None  # a note that cannot be read saves no request, and is worth no more than that

    def remember_account(self, reference: str, account_id: str) -> None:
        """Note which account a handle or secUid stands for."""
        body = json.dumps({"account_id": account_id}).encode()
        self.store.put(f"{REFERENCES}{reference}.json", body, JSON)

    def accounts(self) -> Iterator[str]:
        """The ids of all accounts that have raw data."""
        for folder in self.store.folders(RAW_PREFIX):
            if folder.startswith("account="):
                yield folder.removeprefix("account=")

    def snapshots(self, account_id: str) -> list[SnapshotKey]:
        """All snapshots of an account, committed or open, oldest first."""
        folders = self.store.folders(f"{RAW_PREFIX}account={account_id}/")
        found = [
            SnapshotKey(account_id, name.removeprefix("snapshot=")) for name in folders if name.startswith("snapshot=")
        ]
        return sorted(snapshot for snapshot in found if snapshot.is_well_named)

    def looks(self) -> list[str]:
        """The keys of all answers about accounts: those that opened a snapshot, and those that were requested alone."""
        return [key for key in self.store.outline(RAW_PREFIX, PAGES) if LOOK.fullmatch(key)]

    def manifest(self, snapshot: SnapshotKey) -> Manifest | None:
        """What a committed snapshot's manifest says; None for an open snapshot. Raises RawDataError."""
        try:
            body = self.store.get(snapshot.manifest).body
        except ObjectMissingError:
            return None
        return Manifest.from_json(body, self.store.uri(snapshot.manifest))

    def facts(self, snapshot: SnapshotKey, csv_metadata: Mapping[str, str]) -> SnapshotFacts | None:
        """A snapshot's facts from the metadata of its CSV, or from the manifest where they are not there.

        A CSV that was copied over another one brings its metadata along, which is then another snapshot's.
        """
        facts = SnapshotFacts.from_metadata(csv_metadata)
        if facts and SnapshotKey(facts.account_id, facts.snapshot_id) == snapshot:
            return facts
        manifest = self.manifest(snapshot)
        return SnapshotFacts.of(manifest) if manifest else None

    def is_committed(self, snapshot: SnapshotKey) -> bool:
        """Whether the snapshot has its manifest, readable or not."""
        return self.store.exists(snapshot.manifest)

    def commit(self, manifest: Manifest) -> Manifest:
        """Write the manifest, last of all; when another run has committed first, its manifest holds."""
        key = manifest.snapshot.manifest
        if self.store.put_once(key, manifest.to_json(), JSON):
            return manifest
        return Manifest.from_json(self.store.get(key).body, self.store.uri(key))

    def note_attempt(self, manifest: Manifest) -> None:
        """Note how far an open snapshot was walked and why not further, over what the run before has noted."""
        self.store.put(manifest.snapshot.attempt, manifest.to_json(), JSON)

    def attempt(self, snapshot: SnapshotKey) -> Manifest | None:
        """What the last run has noted of an open snapshot; None when it was killed before, or the note is damaged.

        Raises ObjectUnavailableError.
        """
        try:
            return Manifest.from_json(self.store.get(snapshot.attempt).body, self.store.uri(snapshot.attempt))
        except (ObjectMissingError, RawDataError):
            return None

    def put_response(self, key: str, response: Response, walk_until: int | None = None) -> StoredResponse:
        """Store an answer without removed people, unless an earlier attempt has; either way, give what is stored."""
        content = self._clean(response.body)
        facts = {
            "fetched-at": iso(response.fetched_at),
            "path": response.path,
            "parameters": json.dumps(response.parameters),
            "requests": str(response.requests),
            "sha256": hashlib.sha256(content).hexdigest(),
            "quota-limit": str(response.quota.limit),
            "quota-remaining": str(response.quota.remaining),
            "quota-reset-seconds": str(response.quota.reset_seconds),
            "walk-until": str(walk_until),
        }
        # No time stamp in the gzip header: the same body gives the same bytes.
        if self.store.put_once(key, gzip.compress(content, mtime=0), _GZIP, facts):
            return stored_response(key, content, facts)
        return self.response(key)

    def put_parsed(
        self, key: str, parsed: Parsed[Response, Value], read: Callable[[Any], Value], walk_until: int | None = None
    ) -> Parsed[StoredResponse, Value]:
        """Store a parsed answer as `put_response` does. What is stored instead is parsed again."""
        stored = self.put_response(key, parsed.response, walk_until)
        if stored.body != parsed.response.body:
            return parse(stored, read)
        return Parsed(stored, parsed.document, parsed.value)

    def response(self, key: str) -> StoredResponse:
        """Read a stored answer. Raises ObjectMissingError, or RawDataError when a byte of it has changed."""
        return _unpack(key, self.store.get(key), self.store.uri(key))

    def pages(self, snapshot: SnapshotKey) -> Iterator[StoredResponse]:
        """The stored pages of a snapshot in order, up to the first gap."""
        number = 1
        while True:
            try:
                page = self.response(snapshot.page(number))
            except ObjectMissingError:
                return
            yield page
            number += 1

    def committed_page(self, entry: PageEntry) -> Page:
        """A page that a manifest names, parsed. Raises TikTokError, and what `committed_response` raises."""
        return parse(self.committed_response(entry), read_page).value

    def committed_response(self, entry: PageEntry) -> StoredResponse:
        """Read a page that a manifest names. Raises RawDataError when it is missing or is not what was committed."""
        try:
            page = self.response(entry.key)
        except ObjectMissingError:
            msg = f"{self.store.uri(entry.key)} is missing, but its manifest names it. Restore it from a backup."
            raise RawDataError(msg) from None
        if not entry.is_of(page.sha256):
            raise RawDataError(changed(self.store.uri(entry.key)))
        return page

    def release(self, snapshot: SnapshotKey) -> None:
        """Say that the snapshot's CSV is written; only an inventory keeps anything for it."""

    def look_again(self, account_id: str) -> bool:  # noqa: ARG002  # an inventory asks for it
        """Say whether the account's snapshots are others than this object knew; only an inventory knows any."""
        return False


def entry_of(stored: StoredResponse, page: Page, window: FollowWindow) -> PageEntry:
    """What a manifest says of a stored page."""
    return PageEntry(
        stored.key, stored.sha256, len(page.followers), iso(stored.fetched_at), window.after, window.before
    )


def _unpack(key: str, stored: StoredObject, uri: str) -> StoredResponse:
    try:
        body = gzip.decompress(stored.body)
    except (OSError, EOFError, zlib.error) as error:
        raise RawDataError(changed(uri)) from error
    if hashlib.sha256(body).hexdigest() != stored.metadata.get("sha256"):
        raise RawDataError(changed(uri) if "sha256" in stored.metadata else without_metadata(uri))
    return stored_response(key, body, stored.metadata)
