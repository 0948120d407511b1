"""A manifest of version 1 gets its windows from the pages: the same as if it had been written today."""

import csv
import io
import json

import pytest

from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory, csv_key
from tiktok_insights.lake.replay import Replay, Replayed, ReplayVerdict
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.manifest_upgrade import upgraded, write_over
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.raw.snapshots import JSON, RawStore
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import extract, manifest_of, requests_served

#: What version 2 has added, of a manifest and of its pages.
_NEW, _NEW_OF_PAGES = ("covered_from", "covered_to", "coverage"), ("followed_after", "followed_before")


def loaded(raw: RawStore, api: Api, handle: str) -> Manifest:
    """Extract an account, write its CSV, and give its manifest."""
    (result,) = extract(raw, api.address, handle)
    list(write_missing_csvs(raw, CsvInventory(raw.store), 0.01))
    return manifest_of(raw, result)


def put_version_1(raw: RawStore, manifest: Manifest) -> Manifest:
    """Put the manifest as version 1 wrote it: without windows; its holes are found again."""
    fields = json.loads(manifest.to_json())
    old = {name: value for name, value in fields.items() if name not in _NEW} | {"version": 1, "holes": []}
    old["pages"] = [{name: value for name, value in page.items() if name not in _NEW_OF_PAGES} for page in old["pages"]]
    raw.store.put(manifest.snapshot.manifest, json.dumps(old).encode(), JSON)
    found = raw.manifest(manifest.snapshot)
    assert found
    return found


def replay(raw: RawStore, *, write: bool = True) -> list[Replayed]:
    """Replay as one run does."""
    return list(Replay(raw, CsvInventory(raw.store), 0.01, write=write).run())


def pages(raw: RawStore) -> list[tuple[str, str, object]]:
    """Every object but the manifests, with its version and when it was written."""
    found = [(info.key, info.etag, info.last_modified) for info in raw.store.list("")]
    return [item for item in found if not item[0].endswith("_manifest.json")]


@pytest.mark.parametrize("handle", ["fake.95", "fake.95.app", "fake.95.mix", "fake.0"])
def test_replay_fills_a_manifest_of_version_1_without_a_request(raw: RawStore, api: Api, handle: str) -> None:
    """Pages, CSV and everything else stay; a second replay writes nothing."""
    today = loaded(raw, api, handle)
    put_version_1(raw, today)
    before, asked = pages(raw), requests_served(api)
    assert [item.verdict for item in replay(raw)] == [ReplayVerdict.UNCHANGED]
    assert raw.manifest(today.snapshot) == today
    assert (pages(raw), requests_served(api)) == (before, asked)
    first = raw.store.info(today.snapshot.manifest)
    replay(raw)
    assert raw.store.info(today.snapshot.manifest) == first


def test_the_csv_of_that_time_gets_the_windows_too(raw: RawStore, api: Api) -> None:
    """It ended after extracted_at; a replay with a manifest of version 1 makes the CSV that is written today."""
    manifest = loaded(raw, api, "fake.95")
    key = csv_key(manifest.snapshot)
    today = raw.store.get(key).body
    rows = list(csv.reader(io.StringIO(today.decode(), newline="")))
    assert all(rows[1][16:])
    of_that_time = io.StringIO(newline="")
    csv.writer(of_that_time, lineterminator="\r\n").writerows(row[:16] for row in rows)
    raw.store.put(key, of_that_time.getvalue().encode(), "text/csv")
    put_version_1(raw, manifest)
    assert [item.verdict for item in replay(raw, write=False)] == [ReplayVerdict.CHANGED]
    (replayed,) = replay(raw)
    assert replayed.verdict is ReplayVerdict.CHANGED
    stored = raw.store.get(key)
    assert stored.body == today
    facts = SnapshotFacts.from_metadata(stored.metadata)
    assert facts == SnapshotFacts.of(manifest)


def test_the_profile_is_not_needed(raw: RawStore, api: Api) -> None:
    """The response that opened the snapshot cannot be read any more; the pages say all there is to say."""
    today = loaded(raw, api, "fake.40")
    put_version_1(raw, today)
    raw.store.put(today.snapshot.account_info, b"damaged", JSON)
    assert [item.verdict for item in replay(raw)] == [ReplayVerdict.UNCHANGED]
    assert raw.manifest(today.snapshot) == today


def test_a_dry_run_fills_nothing(raw: RawStore, api: Api) -> None:
    """The manifest stays as it was."""
    old = put_version_1(raw, loaded(raw, api, "fake.40"))
    before = raw.store.info(old.snapshot.manifest)
    replay(raw, write=False)
    assert raw.store.info(old.snapshot.manifest) == before


def test_a_manifest_that_another_run_has_replaced_stays(raw: RawStore, api: Api) -> None:
    """What this run has read is no longer there."""
    today = loaded(raw, api, "fake.40")
    old = put_version_1(raw, today)
    raw.store.put(today.snapshot.manifest, today.to_json(), JSON)
    before = raw.store.info(today.snapshot.manifest)
    write_over(raw, old, upgraded(raw, old))
    assert raw.store.info(today.snapshot.manifest) == before


def test_the_windows_of_the_pages_meet(raw: RawStore, api: Api) -> None:
    """From the newest to the oldest; where they are dense, they overlap by a second."""
    manifest = loaded(raw, api, "fake.95")
    assert len(manifest.pages) > 2
    for newer, older in zip(manifest.pages, manifest.pages[1:], strict=False):
        assert newer.followed_after is not None
        assert older.followed_before in (newer.followed_after, newer.followed_after + 1)
    bounds = [page.followed_after for page in manifest.pages if page.followed_after is not None]
    assert manifest.covered_from == bounds[-1]
    assert manifest.covered_to is not None
    assert manifest.pages[0].followed_before == manifest.covered_to + 1
    assert manifest.coverage == manifest.users_seen / (manifest.users_claimed or 0)
