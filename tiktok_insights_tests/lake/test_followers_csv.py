"""From committed snapshots to CSV objects, on a real bucket; expectations come from the fake API's generator."""

import csv
import io
import json

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.followers_csv import (
    CsvResult,
    no_snapshot_is_blocked,
    write_csv,
    write_missing_csvs,
)
from tiktok_insights.lake.listing import CsvInventory, csv_key
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import JSON, encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.refused_objects import archive, deny
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import extract, manifest_of, requests_served
from tiktok_insights_tests.support.troubleshooting import told


def write_missing(raw: RawStore, max_rejected_share: float = 0.01) -> list[CsvResult]:
    """Write every CSV that is missing."""
    return list(write_missing_csvs(raw, CsvInventory(raw.store), max_rejected_share))


def committed(raw: RawStore, written: CsvResult) -> Manifest:
    """Read the manifest of a CSV's snapshot."""
    manifest = raw.manifest(written.snapshot)
    assert manifest is not None
    return manifest


def rows_of(store: ObjectStore, key: str) -> list[list[str]]:
    """Return the rows of a CSV object without its header."""
    return list(csv.reader(io.StringIO(store.get(key).body.decode("utf-8"), newline=""), strict=True))[1:]


def snapshot_from(raw: RawStore, *pages: JSON) -> CsvResult:
    """Extract some.shop from these pages and write its CSV."""
    replies = [Reply(body=encoded(page)) for page in pages]
    with scripted(*replies, info=Reply(body=encoded(user_info(followers=None)))) as script:
        (result,) = extract(raw, script.address, "some.shop")
    return write_csv(raw, CsvInventory(raw.store), manifest_of(raw, result), 0.01)


@pytest.mark.parametrize("handle", ["city.museum", "fake.300.app", "fake.300.mix.data", "fake.300.rounded", "fake.0"])
def test_a_csv_has_everybody_who_is_listed_with_their_true_facts(raw: RawStore, api: Api, handle: str) -> None:
    """Row by row against the generator; counts exact only where statsV2 was; dummies dropped and counted."""
    (result,) = extract(raw, api.address, handle)
    (written,) = write_missing(raw)
    pages = {"city.museum": 34, "fake.0": 1}.get(handle, 10)
    assert (result.outcome, result.pages, result.requests, requests_served(api)) == (
        Outcome.WHOLE,
        pages,
        pages + 1,
        pages + 1,
    )
    world = World()
    account = world.account(handle)
    rows = rows_of(raw.store, written.key)
    expected = []
    for person in world.listed(account, VIRTUAL_START):
        counts = world.served_counts(account, person)
        flags = [str(person.verified).lower(), str(person.private).lower()]
        numbers = [str(count) for count in (counts.followers, counts.following, counts.videos, counts.hearts)]
        nickname = person.nickname.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
        expected.append([person.tiktok_id, person.unique_id, nickname, *flags, *numbers, str(counts.diggs)])
    once = {row[0]: [*row[:3], *row[6:12], row[13]] for row in rows}
    assert list(once.values()) == expected
    assert len(rows) == sum(page.rows for page in manifest_of(raw, result).pages) == written.rows
    exact = {row[14] for row in rows}
    if ".app" not in handle and ".mix" not in handle and rows:
        assert exact == {"false" if "rounded" in handle else "true"}
    assert (manifest_of(raw, result).dummies, written.rejected) == (1 if handle == "city.museum" else 0, 0)


def test_rows_repeated_at_a_boundary_are_kept(raw: RawStore) -> None:
    """The CSV is the pages as they came, with the facts of the manifest; duplicates are staging's to remove."""
    first = web_page(web_row("11"), web_row("0", uniqueId=""), web_row("12"), more=True, cursor=900, total=3)
    written = snapshot_from(raw, first, web_page(web_row("12"), web_row("13"), total=3))
    assert [row[0] for row in rows_of(raw.store, written.key)] == ["11", "12", "12", "13"]
    assert (written.rows, committed(raw, written).dummies) == (4, 1)
    facts = SnapshotFacts.from_metadata(raw.store.get(written.key).metadata)
    assert facts == SnapshotFacts.of(committed(raw, written))


def test_every_row_has_the_time_of_its_page(raw: RawStore) -> None:
    """As the manifest has it."""
    first = web_page(web_row("11"), more=True, cursor=900, total=2)
    written = snapshot_from(raw, first, web_page(web_row("12"), total=2))
    times = [row[15] for row in rows_of(raw.store, written.key)]
    assert times == [page.fetched_at for page in committed(raw, written).pages]
    assert all(time.endswith("Z") and len(time) == len("2026-01-31T12:00:00.000Z") for time in times)


def test_the_same_pages_give_the_same_bytes(raw: RawStore, store: ObjectStore) -> None:
    """A CSV that was deleted comes back as it was."""
    nickname = 'a,"b"\r\nc\u2028=1 👩\u200d👧 \ud800'
    written = snapshot_from(raw, web_page(web_row("11", nickname=nickname), web_row("12"), total=2))
    before = store.get(written.key).body
    store._s3.delete_object(Bucket=store.bucket, Key=written.key)
    assert [again.key for again in write_missing(raw)] == [written.key]
    assert store.get(written.key).body == before
    assert 'a,""b"" c\u2028=1 👩\u200d👧 \ufffd'.encode() in before
    assert (written.repairs.line_breaks, written.repairs.lone_surrogates) == (1, 1)


def test_only_committed_snapshots_without_a_csv_are_written(raw: RawStore, api: Api) -> None:
    """Each once; an open snapshot does not exist yet."""
    extract(raw, api.address, "corner.bakery", "fake.31")
    with scripted(Reply(status=500), info=Reply(body=encoded(user_info()))) as script:
        extract(raw, script.address, "some.shop")
    assert {written.handle for written in write_missing(raw)} == {"corner.bakery", "fake.31"}
    assert write_missing(raw) == []


def test_a_csv_that_is_there_is_never_overwritten(raw: RawStore, store: ObjectStore) -> None:
    """Another run has written it first; what the load has seen must not change under it."""
    written = snapshot_from(raw, web_page(web_row("11"), total=1))
    store.put(written.key, b"written by another run", "text/csv")
    assert write_csv(raw, CsvInventory(store), committed(raw, written), 0.01).key == written.key
    assert store.get(written.key).body == b"written by another run"


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_a_damaged_page_stops_its_own_csv_only_and_is_named(raw: RawStore, api: Api, damage: str) -> None:
    """No CSV at all is better than one that lacks a page."""
    (result,) = extract(raw, api.address, "fake.100")
    manifest = manifest_of(raw, result)
    page = manifest.pages[2].key
    if damage == "changed":
        stored = raw.store.get(page)
        body = stored.body[:40] + bytes([stored.body[40] ^ 1]) + stored.body[41:]
        raw.store._s3.put_object(Bucket=raw.store.bucket, Key=page, Body=body, Metadata=stored.metadata)
    else:
        raw.store._s3.delete_object(Bucket=raw.store.bucket, Key=page)
    extract(raw, api.address, "fake.31")
    written = {item.handle: item for item in write_missing(raw)}
    assert f"s3://{raw.store.bucket}/{page}" in written["fake.100"].blocked
    assert [info.key for info in raw.store.list("csv/")] == [written["fake.31"].key]
    told("no_snapshot_is_blocked: <account>", "fake.100: ").says_check(no_snapshot_is_blocked([*written.values()]))


@pytest.mark.parametrize("kind", ["manifest", "page", "csv"])
def test_a_snapshot_whose_object_is_refused_is_blocked_alone(raw: RawStore, api: Api, kind: str) -> None:
    """Archived or denied, to be read or written: it is named with the account, and the other CSV is written."""
    refused, _ = extract(raw, api.address, "fake.100", "fake.31")
    snapshot = manifest_of(raw, refused).snapshot
    key = {"manifest": snapshot.manifest, "page": snapshot.page(2), "csv": csv_key(snapshot)}[kind]
    if kind == "csv":
        deny(raw.store, key, action="s3:PutObject")
    else:
        archive(raw.store, key)
    blocked = [item for item in write_missing(raw) if item.blocked]
    assert [(item.snapshot, key in item.blocked) for item in blocked] == [(snapshot, True)]
    entry = told("<object> cannot be written") if kind == "csv" else told("<object> cannot be read")
    entry.says(blocked[0].blocked)
    assert blocked[0].handle == (snapshot.account_id if kind == "manifest" else "fake.100")
    assert len(list(raw.store.list("csv/"))) == 1
    assert not no_snapshot_is_blocked(blocked).passed


def test_rows_of_an_unknown_shape_go_to_the_quarantine(raw: RawStore, store: ObjectStore) -> None:
    """Below the threshold the others are loaded; object, row and reason say which one it was."""
    good = [web_row(str(identifier)) for identifier in range(100, 200)]
    page = web_page(*good, web_row("13", uniqueId=None), total=101)
    written = snapshot_from(raw, page)
    assert (written.rows, written.rejected, written.blocked) == (100, 1, "")
    snapshot = written.snapshot
    key = f"quarantine/raw/followers/account={snapshot.account_id}/snapshot={snapshot.snapshot_id}.jsonl"
    (line,) = store.get(key).body.decode().splitlines()
    fields = json.loads(line)
    assert (fields["object"], fields["row"]) == (snapshot.page(1), 100)
    assert fields["reason"] == "user.uniqueId is missing"
    assert json.loads(fields["raw"])["user"]["id"] == "13"
    assert no_snapshot_is_blocked([written]).passed


def test_too_many_rows_of_an_unknown_shape_block_the_csv(raw: RawStore, store: ObjectStore) -> None:
    """The API has probably changed; raw and quarantine are kept, and a newer parser can write it later."""
    good = [web_row(str(identifier)) for identifier in range(100, 198)]
    written = snapshot_from(raw, web_page(*good, "odd", "odd", total=100))
    assert "2 of 100 rows have an unknown structure (more than 1.0%)" in written.blocked
    assert list(store.list("csv/")) == []
    assert len(list(store.list("quarantine/"))) == 1
    check = no_snapshot_is_blocked([written])
    assert not check.passed
    told("no_snapshot_is_blocked: <account>", "some.shop: 2 of 100 rows").says_check(check)
    (again,) = write_missing(raw, max_rejected_share=0.02)
    assert (again.blocked, len(rows_of(store, again.key))) == ("", 98)
