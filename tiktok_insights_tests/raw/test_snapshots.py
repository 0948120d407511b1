"""Where raw pages lie, what a manifest says, and that nothing changed goes unnoticed; on a real bucket."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.raw.manifest import Manifest, PageEntry, RawDataError, SnapshotKey, iso
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.models import Quota, Response
from tiktok_insights_tests.support.sources import committed_pages
from tiktok_insights_tests.support.troubleshooting import told

MOMENT = datetime(2026, 1, 31, 23, 59, 58, 987_654, tzinfo=UTC)
SNAPSHOT = SnapshotKey("6800000000000000001", "20260131T235958987Z")
FOLDER = "raw/followers/account=6800000000000000001/snapshot=20260131T235958987Z/"


def answer(body: bytes = b'{"a": 1}') -> Response:
    """Return an answer of the API."""
    return Response("/api/user/followers", {"minCursor": "7"}, body, MOMENT, 2, Quota(100, 41, None))


def manifest_with(*pages: PageEntry, outcome: str = "whole") -> Manifest:
    """Return the snapshot's manifest with these pages."""
    return Manifest(
        account_id=SNAPSHOT.account_id, handle="some.shop", sec_uid="MS4", snapshot_id=SNAPSHOT.snapshot_id,
        started_at="2026-01-31T23:59:58.987Z", finished_at="2026-02-01T00:00:01.000Z", outcome=outcome, reason="é",
        users_seen=3, users_claimed=None, is_whole=False, holes=(), rows=3, dummies=0, rejected=0, requests=4,
        pages=pages,
    )  # fmt: skip


def test_an_answer_comes_back_as_it_was_stored(raw: RawStore, store: ObjectStore) -> None:
    """The exact body, gzipped without a time stamp, and the facts as metadata."""
    stored = raw.put_response(SNAPSHOT.page(1), answer())
    assert raw.response(SNAPSHOT.page(1)) == stored
    assert (stored.body, stored.requests, iso(stored.fetched_at)) == (b'{"a": 1}', 2, "2026-01-31T23:59:58.987Z")
    there = store.get(SNAPSHOT.page(1))
    assert gzip.decompress(there.body) == b'{"a": 1}'
    assert there.body[4:8] == b"\x00\x00\x00\x00"
    assert there.metadata["quota-remaining"] == "41"
    assert json.loads(there.metadata["parameters"]) == {"minCursor": "7"}


def test_a_stored_page_is_adopted_and_never_overwritten(raw: RawStore) -> None:
    """A second attempt gets what the first one stored."""
    first = raw.put_response(SNAPSHOT.page(1), answer(b'{"first": 1}'))
    second = raw.put_response(SNAPSHOT.page(1), replace(answer(b'{"second": 2}'), requests=7))
    assert second == first
    assert raw.response(SNAPSHOT.page(1)).body == b'{"first": 1}'


@pytest.mark.parametrize(
    "edited",
    [gzip.compress(b'{"a": 2}', mtime=0), gzip.compress(b'{"a": 1}', mtime=0)[:-5], b"not gzip", b""],
    ids=["another byte", "cut", "not gzip", "empty"],
)
def test_a_changed_page_is_refused_and_named(raw: RawStore, store: ObjectStore, edited: bytes) -> None:
    """Also before its snapshot is committed."""
    raw.put_response(SNAPSHOT.page(1), answer())
    metadata = store.get(SNAPSHOT.page(1)).metadata
    store._s3.put_object(Bucket=store.bucket, Key=SNAPSHOT.page(1), Body=edited, Metadata=metadata)
    with told("<object> differs from what was stored", f"s3://{store.bucket}/{FOLDER}page-000001.json.gz"):
        list(raw.pages(SNAPSHOT))


def test_a_page_without_its_checksum_is_refused(raw: RawStore, store: ObjectStore) -> None:
    """The bucket was copied through a disk, or somebody has put it there by hand."""
    raw.put_response(SNAPSHOT.page(1), answer())
    store.put(SNAPSHOT.page(1), store.get(SNAPSHOT.page(1)).body, "application/gzip")
    with told("<object> has lost its metadata", "page-000001.json.gz"):
        raw.response(SNAPSHOT.page(1))


def test_a_manifest_of_a_newer_version_is_refused(raw: RawStore, store: ObjectStore) -> None:
    """Whatever else it has: an update was taken back."""
    body = json.dumps({"version": 3, "something": "new"}).encode()
    store.put(SNAPSHOT.manifest, body, "application/json")
    with told("<object> has version <number>, but this package reads", "_manifest.json", "version 3", "version 2"):
        raw.manifest(SNAPSHOT)


def test_stored_pages_come_in_order_up_to_the_first_gap(raw: RawStore) -> None:
    """Beyond page 9 too, which sorts before page 10."""
    for number in [*range(1, 12), 13]:
        raw.put_response(SNAPSHOT.page(number), answer(b"%d" % number))
    assert [int(page.body) for page in raw.pages(SNAPSHOT)] == list(range(1, 12))


def test_a_committed_page_must_be_the_one_that_was_committed(raw: RawStore, store: ObjectStore) -> None:
    """Page and checksum may have been replaced together."""
    page = raw.put_response(SNAPSHOT.page(1), answer())
    entry = PageEntry(page.key, page.sha256, 1, iso(page.fetched_at))
    assert [page.body for page in committed_pages(raw, manifest_with(entry))] == [b'{"a": 1}']
    with pytest.raises(RawDataError, match=r"page-000001\.json\.gz differs from what was stored"):
        list(committed_pages(raw, manifest_with(replace(entry, sha256="0" * 64))))


def test_a_missing_page_of_a_committed_snapshot_is_named(raw: RawStore, store: ObjectStore) -> None:
    """With the remedy."""
    entry = PageEntry(SNAPSHOT.page(3), "0" * 64, 1, "2026-01-31T23:59:58.987Z")
    with told("<object> is missing, but its manifest names it", f"{FOLDER}page-000003.json.gz"):
        list(committed_pages(raw, manifest_with(entry)))


def test_a_snapshot_is_committed_once(raw: RawStore) -> None:
    """When two runs commit, the first one's manifest holds for both."""
    assert raw.manifest(SNAPSHOT) is None
    first = manifest_with(PageEntry(SNAPSHOT.page(1), "0" * 64, 1, "2026-01-31T23:59:58.987Z"))
    assert raw.commit(first) == first
    assert raw.commit(manifest_with(outcome="partial")) == first
    assert raw.manifest(SNAPSHOT) == first


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"pages":[{}]}', b'{"pages":[],"new":1}', b"\xff"])
def test_an_unreadable_manifest_is_named(raw: RawStore, store: ObjectStore, body: bytes) -> None:
    """It is never taken for a snapshot that is still open."""
    store.put(SNAPSHOT.manifest, body, "application/json")
    with told("<object> is not a readable manifest", f"s3://{store.bucket}/{FOLDER}_manifest.json"):
        raw.manifest(SNAPSHOT)
    with pytest.raises(RawDataError, match=f"s3://{store.bucket}/{FOLDER}_manifest.json"):
        raw.commit(manifest_with())


def test_accounts_and_snapshots_are_listed_oldest_first(raw: RawStore) -> None:
    """Open ones too."""
    for snapshot_id in ("20260201T000000000Z", "20260131T235958987Z"):
        raw.put_response(SnapshotKey("42", snapshot_id).account_info, answer())
    raw.put_response(SnapshotKey("43", "20250101T000000000Z").page(1), answer())
    assert list(raw.accounts()) == ["42", "43"]
    assert [key.snapshot_id for key in raw.snapshots("42")] == ["20260131T235958987Z", "20260201T000000000Z"]
    assert raw.snapshots("44") == []


@pytest.mark.parametrize("folder", ["snapshot=backup", "snapshot=20260231T000000000Z", "old", "snapshot=2026"])
def test_a_foreign_folder_is_no_snapshot(raw: RawStore, store: ObjectStore, folder: str) -> None:
    """Whatever people leave beside the snapshots must not block the account."""
    raw.put_response(SNAPSHOT.account_info, answer())
    store.put(f"raw/followers/account={SNAPSHOT.account_id}/{folder}/notes.txt", b"x", "text/plain")
    assert raw.snapshots(SNAPSHOT.account_id) == [SNAPSHOT]


def test_a_foreign_folder_is_no_account(raw: RawStore, store: ObjectStore) -> None:
    """Only account=<id> is one."""
    raw.put_response(SNAPSHOT.account_info, answer())
    store.put("raw/followers/_tmp/notes.txt", b"x", "text/plain")
    assert list(raw.accounts()) == [SNAPSHOT.account_id]


def test_a_reference_remembers_its_account(raw: RawStore) -> None:
    """The newest meaning of a handle holds, because handles move to other users."""
    assert raw.remembered_account("some.shop") is None
    raw.remember_account("some.shop", "42")
    raw.remember_account("some.shop", "43")
    assert raw.remembered_account("some.shop") == "43"


def test_a_damaged_note_of_an_account_is_only_forgotten(raw: RawStore, store: ObjectStore) -> None:
    """It saves a request and is worth no more: the API is asked again."""
    for body in (b"", b"[]", b"{}", b"\xff"):
        store.put("raw/accounts/some.shop.json", body, "application/json")
        assert raw.remembered_account("some.shop") is None
