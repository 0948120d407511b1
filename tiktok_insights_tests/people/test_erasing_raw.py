"""Raw objects after someone is erased: her rows are markers, and every other byte is as it was."""

import gzip
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import boto3
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.followers_csv import quarantine_key
from tiktok_insights.lake.listing import csv_key
from tiktok_insights.lake.rendering import render
from tiktok_insights.people.erasing.bucket_csv import prepare_csvs
from tiktok_insights.people.erasing.bucket_raw import clean_raw
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.suppression.hashes import NOBODY
from tiktok_insights_tests.support.bodies import encoded
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.removed_people import (
    COMMITTED,
    HERS,
    MARKER,
    OPEN,
    PAGES,
    REMOVED,
    DyingStore,
    Held,
    KilledError,
    held,
    plant,
    restore,
    without_her,
)

pytestmark = pytest.mark.people


@pytest.fixture
def planted(store: ObjectStore) -> ObjectStore:
    """The bucket with her in it."""
    plant(store)
    return store


@pytest.fixture
def dying(planted: ObjectStore, connections: Connections) -> DyingStore:
    """The same bucket, for a run that dies."""
    return DyingStore(boto3.client("s3", **connections.aws), planted.bucket)


def hers(store: ObjectStore) -> set[str]:
    """The keys of what must change."""
    pages = {COMMITTED.page(number) for number, count in enumerate(HERS, 1) if count}
    lines = {quarantine_key(COMMITTED)}
    return pages | lines | {OPEN.page(1), COMMITTED.evidence(9), "probe/x/followers.json.gz"}


def test_only_her_bytes_change(planted: ObjectStore) -> None:
    """In both dialects, committed, open and probed; accounts, notes and CSVs stay, and so do their versions."""
    before, etags = held(planted), {info.key: info.etag for info in planted.list("")}
    cleaned = clean_raw(planted, REMOVED)
    after = held(planted)
    assert (cleaned.sources, cleaned.copies, cleaned.unread) == (7, 7, ())
    manifests = {COMMITTED.manifest, OPEN.attempt}
    changed = {info.key for info in planted.list("") if info.etag != etags[info.key]}
    assert changed == hers(planted) | manifests
    for number, page in enumerate(PAGES, 1):
        assert after[COMMITTED.page(number)].body == without_her(encoded(page))
    assert after[OPEN.page(1)].body == without_her(encoded(PAGES[0]))
    assert after["probe/x/followers.json.gz"].body == without_her(encoded(PAGES[1]))
    assert after[COMMITTED.evidence(9)].body == MARKER
    raws = [json.loads(line)["raw"] for line in after[quarantine_key(COMMITTED)].body.splitlines()]
    assert raws == [json.dumps({"user": {"id": "no ID"}})]
    of_body = {"sha256"}
    for key in before.keys() - manifests:
        assert after[key].content_type == before[key].content_type
        assert dict(after[key].metadata).items() >= {
            (name, text) for name, text in before[key].metadata if name not in of_body
        }


def test_the_manifest_knows_the_new_pages(planted: ObjectStore) -> None:
    """It differs from the old one in checksums only, and a second run changes nothing."""
    raw = RawStore(planted)
    old = json.loads(planted.get(COMMITTED.manifest).body)
    clean_raw(planted, REMOVED)
    new = json.loads(planted.get(COMMITTED.manifest).body)
    manifest = raw.manifest(COMMITTED)
    assert manifest
    for entry, count in zip(manifest.pages, HERS, strict=True):
        assert (entry.sha256 != raw.committed_response(entry).sha256) is False
        assert (entry.sha256 in json.dumps(old)) is not bool(count)
    for document in (old, new):
        for entry in document["pages"]:
            entry["sha256"] = ""
    assert old == new
    etags = [info.etag for info in planted.list("")]
    assert clean_raw(planted, REMOVED).sources == 0
    assert [info.etag for info in planted.list("")] == etags


def test_the_cleaned_pages_give_the_cut_csv(planted: ObjectStore, tmp_path: Path) -> None:
    """Byte for byte, positions included; and the same quarantine."""
    raw = RawStore(planted)
    clean_raw(planted, REMOVED)
    (csv,) = prepare_csvs(planted, REMOVED, tmp_path / "csvs").csvs
    csv.put()
    manifest = raw.manifest(COMMITTED)
    assert manifest
    rendering = render(raw, manifest, tmp_path / "again.csv", 1)
    assert planted.get(csv_key(COMMITTED)).body == (tmp_path / "again.csv").read_bytes()
    assert planted.get(quarantine_key(COMMITTED)).body == rendering.quarantine
    positions = [line.rpartition(",")[2] for line in (tmp_path / "again.csv").read_text("utf-8").splitlines()[1:]]
    assert positions == ["1", "3", "5", "6", "7"]


def deaths(dying: DyingStore, objects: dict[str, Held]) -> Iterator[tuple[DyingStore, str]]:
    """Runs that die at each write in turn, by turns before or after it, each on the whole bucket again."""
    writes = dying.writes
    assert writes > 6
    for number in range(writes):
        restore(dying, objects)
        dying.writes, dying.dies_at, dying.dies_after = 0, number, number % 2 == 1
        yield dying, f"write {number}"


def test_a_run_that_dies_anywhere_is_finished_by_the_next(dying: DyingStore) -> None:
    """The end is that of an undisturbed run; until then, every page is one that the manifest accepts."""
    objects = held(dying)
    clean_raw(dying, REMOVED)
    expected = held(dying)
    raw = RawStore(dying)
    for run, when in deaths(dying, objects):
        with pytest.raises(KilledError):
            clean_raw(run, REMOVED)
        run.dies_at = None
        manifest = raw.manifest(COMMITTED)
        assert manifest
        for entry in manifest.pages:
            raw.committed_response(entry)
        assert clean_raw(run, REMOVED).unread == ()
        assert held(run) == expected, when


def test_what_cannot_be_read_is_named_and_stops_nothing(planted: ObjectStore) -> None:
    """A broken page stays as it is; one with other bytes than its checksum says is cleaned, and stays damaged."""
    raw = RawStore(planted)
    planted.put(OPEN.page(2), b"\x1f\x8bbroken", "application/gzip")
    info = planted.info(COMMITTED.page(1))
    assert info
    other = encoded(PAGES[0]).replace(b"hasMore", b"hasmore")
    with_old_sum = planted.get(info.key).metadata
    planted.replace(info, BytesIO(gzip.compress(other)), "application/gzip", with_old_sum)
    cleaned = clean_raw(planted, REMOVED)
    assert [one.source for one in cleaned.unread] == [OPEN.page(2)]
    assert gzip.decompress(planted.get(info.key).body) == without_her(other)
    assert planted.get(info.key).metadata == with_old_sum
    manifest = raw.manifest(COMMITTED)
    assert manifest
    assert manifest.pages[0].sha256 == with_old_sum["sha256"]
    assert raw.committed_response(manifest.pages[1]).body == without_her(encoded(PAGES[1]))


def test_pages_wait_for_a_manifest_that_can_be_read(planted: ObjectStore) -> None:
    """Else no manifest from a backup would accept them; the manifest is named."""
    body = planted.get(COMMITTED.page(1)).body
    manifest = planted.get(COMMITTED.manifest).body
    planted.put(COMMITTED.manifest, b"{", "application/json")
    assert [one.source for one in clean_raw(planted, REMOVED).unread] == [COMMITTED.manifest]
    assert planted.get(COMMITTED.page(1)).body == body
    planted.put(COMMITTED.manifest, manifest, "application/json")
    assert clean_raw(planted, REMOVED).copies == sum(HERS)


def test_an_empty_list_costs_nothing(planted: ObjectStore) -> None:
    """Nothing is read."""
    planted.put(OPEN.page(2), b"\x1f\x8bbroken", "application/gzip")
    assert clean_raw(planted, NOBODY).unread == ()
