"""A bucket with a removed person in every kind of raw object and CSV, and others beside her, with hostile names."""

import gzip
import io
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.lake.followers_csv import write_csv
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.manifest import Manifest, PageEntry, SnapshotKey, iso
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.suppression.hashes import Kind, SuppressionList
from tiktok_insights.tiktok.models import Quota, Response
from tiktok_insights_tests.support.bodies import JSON, app_page, app_row, encoded, user_info, web_page, web_row

ANN = "7423456789012345149"
OLD_HANDLE, HANDLE, SEC_UID = "ann.old", "ann.lee", "MS4wLjABAAAAann"
REMOVED = SuppressionList(b"k" * 32).with_names(
    [(Kind.ID, ANN), (Kind.HANDLE, HANDLE), (Kind.HANDLE, OLD_HANDLE), (Kind.SEC_UID, SEC_UID)]
)
#: IDs that are parts of hers, or nearly hers.
OTHERS = ("742345678901234514", "7423456789012345150", "17423456789012345149", "149")
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
COMMITTED = SnapshotKey("42", "20260131T093000125Z")
OPEN = SnapshotKey("43", "20260131T080000000Z")
_HOSTILE = f'"{ANN}" }}], \\ {{ \U0001f9c1 \u202e "userList":[ ,\n'


def ann_web(**user: object) -> JSON:
    """Her row in the WEB dialect."""
    return web_row(ANN, **{"uniqueId": HANDLE, "secUid": SEC_UID, "nickname": f"Ann {_HOSTILE}", **user})


def other_web(tiktok_id: str, **user: object) -> JSON:
    """The row of someone else, whose name and counts have her ID in them."""
    row = web_row(tiktok_id, uniqueId=f"h.{tiktok_id}", secUid=f"MS4{tiktok_id}", nickname=_HOSTILE, **user)
    row["stats"]["videoCount"] = int(ANN)
    return row


def ann_app() -> JSON:
    """Her row in the APP dialect, under her old handle, and with a number for an ID."""
    return app_row(int(ANN), unique_id=OLD_HANDLE, sec_uid=SEC_UID)


def other_app(tiktok_id: str) -> JSON:
    """The row of someone else, in the APP dialect, under a handle that was hers."""
    return app_row(tiktok_id, unique_id=OLD_HANDLE, sec_uid=f"MS4{tiktok_id}")


#: The pages of the committed snapshot, each as its rows and whether she is in it; a malformed row of hers is rejected.
PAGES = (
    web_page(other_web(OTHERS[0]), ann_web(), other_web(OTHERS[1]), more=True, cursor=3),
    app_page(ann_app(), other_app(OTHERS[2]), more=True, cursor=2),
    web_page(other_web(OTHERS[3]), more=True, cursor=1),
    {"data": web_page(ann_web(id=7.4e18), {"user": {"id": "no ID"}}, other_web("7"))},
)
HERS = (1, 1, 0, 1)
MARKER = b'{"forgotten":true}'


def without_her(body: bytes) -> bytes:
    """A page's body with a marker in the place of each of her rows, made by replacing texts."""
    for row in (ann_web(), ann_app()):
        body = body.replace(encoded(row), MARKER)
    return body.replace(encoded(ann_web(id=7.4e18)), b'{"forgotten":true,"rejected":true}')


def put_page(store: ObjectStore, raw: RawStore, key: str, document: object, level: int = 9) -> PageEntry:
    """Store a page as the raw stage does, but packed otherwise; give its entry."""
    body = encoded(document)
    raw.put_response(key, Response("/list", {"minCursor": "0"}, body, NOON, 1, Quota(None, None, None)))
    info = store.info(key)
    assert info
    stored = raw.response(key)
    metadata = store.get(key).metadata
    store.replace(info, io.BytesIO(gzip.compress(body, level, mtime=0)), "application/gzip", metadata)
    return PageEntry(key, stored.sha256, 3, iso(NOON), 5, 6)


def manifest(snapshot: SnapshotKey, *pages: PageEntry) -> Manifest:
    """What a run says of a snapshot."""
    return Manifest(
        snapshot.account_id, HANDLE, SEC_UID, snapshot.snapshot_id, iso(NOON), iso(NOON + timedelta(minutes=1)),
        "whole", "", 5, 9, True, (), 5, 0, 1, 4, pages,
    )  # fmt: skip


def plant(store: ObjectStore) -> None:
    """Fill the bucket. The CSV of the committed snapshot is rendered from its pages."""
    raw = RawStore(store)
    entries = [put_page(store, raw, COMMITTED.page(n), page, level=n) for n, page in enumerate(PAGES, 1)]
    put_page(store, raw, COMMITTED.evidence(9), {"users": [{"who": ANN}]})
    put_page(store, raw, COMMITTED.account_info, user_info(account_id=ANN, secUid=SEC_UID))
    write_csv(raw, CsvInventory(store), raw.commit(manifest(COMMITTED, *entries)), 1)
    raw.note_attempt(manifest(OPEN, put_page(store, raw, OPEN.page(1), PAGES[0])))
    put_page(store, raw, OPEN.evidence(2), {"users": [{"who": OTHERS[1]}]})
    put_page(store, raw, OPEN.look, user_info(account_id="43"))
    put_page(store, raw, "probe/x/followers.json.gz", PAGES[1])
    raw.remember_account(HANDLE, ANN)


@dataclass(frozen=True)
class Held:
    """An object as it is in the bucket."""

    body: bytes
    metadata: tuple[tuple[str, str], ...]
    content_type: str


def held(store: ObjectStore) -> dict[str, Held]:
    """All objects, those that are packed unpacked."""
    found = {info.key: store.get(info.key) for info in store.list("")}
    types = {info.key: _type_of(store, info) for info in store.list("")}
    return {
        key: Held(
            gzip.decompress(one.body) if key.endswith(".gz") else one.body,
            tuple(sorted(one.metadata.items())),
            types[key],
        )
        for key, one in found.items()
    }


def _type_of(store: ObjectStore, info: ObjectInfo) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return store.download(info, Path(folder) / "object").content_type


def restore(store: ObjectStore, objects: dict[str, Held]) -> None:
    """Let the bucket have exactly these objects."""
    for info in list(store.list("")):
        store.delete(info.key)
    for key, one in objects.items():
        body = gzip.compress(one.body, mtime=0) if key.endswith(".gz") else one.body
        store.put_once(key, body, one.content_type, dict(one.metadata))


class KilledError(Exception):
    """The end of the process, as far as one test can have it."""


class DyingStore(ObjectStore):
    """A store whose user dies at the write with a number, from 0, before or after it is done."""

    writes = 0
    dies_at: int | None = None
    dies_after = False

    def replace(
        self, info: ObjectInfo, body: IO[bytes], content_type: str, metadata: dict[str, str] | None = None
    ) -> str:
        """Write over a version, unless it is the write to die before."""
        number, self.writes = self.writes, self.writes + 1
        if number == self.dies_at and not self.dies_after:
            raise KilledError
        etag = super().replace(info, body, content_type, metadata)
        if number == self.dies_at:
            raise KilledError
        return etag
