"""What one run knows of the raw objects: the same as the bucket says, with fewer requests, and nothing is lost."""

from dataclasses import replace
from datetime import UTC, datetime

from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.decision import SnapshotOrigin
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.raw.manifest import SnapshotKey
from tiktok_insights.raw.pages_in_hand import PagesInHand
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok import strict_json
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.call_counter import CallCounter
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import extract, manifest_of
from tiktok_insights_tests.support.troubleshooting import told

_NAMES = ("corner.bakery", "fake.31", "fake.100")


def test_an_inventory_says_what_the_bucket_says(raw: RawStore) -> None:
    """Committed and open snapshots, folders that people left, and an account that has none; one listing for all."""
    for account, day, names in [
        ("42", 1, ("_manifest.json", "account-info.json.gz", "page-000001.json.gz", "page-000002.json.gz")),
        ("42", 2, ("account-info.json.gz", "not-a-page-000001.json.gz")),
        ("43", 3, ("page-000001.json.gz",)),
        ("44", 4, ("_manifest.json",)),
    ]:
        snapshot = SnapshotKey.begun_at(account, datetime(2026, 1, day, tzinfo=UTC))
        for name in names:
            raw.store.put(snapshot.prefix + name, b"{}", "application/json")
    for key in ("account=42/snapshot=old/_manifest.json", "account=45/notes.txt", "account=42/x/y", "readme.txt"):
        raw.store.put(f"raw/followers/{key}", b"", "text/plain")
    inventory, requests = RawInventory(raw.store), Requests()
    with requests.watched():
        seen = {account: inventory.snapshots(account) for account in inventory.accounts()}
        committed = [item for account in seen for item in seen[account] if inventory.is_listed_as_committed(item)]
    assert requests.names == ["S3 list raw/followers/"]
    assert seen == {account: raw.snapshots(account) for account in raw.accounts()}
    assert list(seen) == ["42", "43", "44", "45"]
    everything = [item for account in seen for item in seen[account]]
    assert committed == [item for item in everything if raw.is_committed(item)]
    assert [inventory.is_committed(item) for item in everything] == [raw.is_committed(item) for item in everything]
    assert inventory.snapshots("46") == []


def test_what_another_run_does_meanwhile_is_seen_by_the_next(raw: RawStore, api: Api) -> None:
    """A snapshot that is committed under the inventory is open to it, until it looks again or asks for just that."""
    with scripted(Reply(status=500), info=Reply(body=encoded(user_info()))) as script:
        (left_open,) = extract(raw, script.address, "some.shop")
    assert left_open.snapshot is not None
    ours = RawInventory(raw.store)
    assert ours.manifest(left_open.snapshot) is None
    page = Reply(body=encoded(web_page(web_row("11"), total=1)))
    with scripted(page, info=Reply(body=encoded(user_info()))) as script:
        (theirs,) = extract(raw, script.address, "some.shop")
    assert theirs.snapshot == left_open.snapshot
    assert list(write_missing_csvs(ours, CsvInventory(raw.store), 0.01)) == []
    assert ours.is_committed(theirs.snapshot)
    assert ours.look_again(theirs.snapshot.account_id)
    assert not ours.look_again(theirs.snapshot.account_id)
    assert ours.manifest(theirs.snapshot) == raw.manifest(theirs.snapshot)
    (written,) = write_missing_csvs(RawInventory(raw.store), CsvInventory(raw.store), 0.01)
    assert (written.snapshot, written.rows) == (theirs.snapshot, 1)


def test_a_snapshot_that_another_machine_has_begun_is_not_paid_for_again(raw: RawStore, api: Api) -> None:
    """Before a run spends requests on an account, it looks at the bucket again."""
    ours = RawInventory(raw.store)
    assert list(ours.accounts()) == []
    (theirs,) = extract(raw, api.address, "fake.31")
    (result,) = extract(ours, api.address, "fake.31")
    assert (result.snapshot, result.requests) == (theirs.snapshot, 0)


def test_pages_in_hand_give_the_same_csvs_without_reading_or_parsing_them_again(raw: RawStore, api: Api) -> None:
    """Neither a page nor a manifest is asked for; another process, which has nothing in hand, writes the same bytes."""
    ours, requests = RawInventory(raw.store), Requests()
    results = extract(ours, api.address, *_NAMES)
    with requests.watched(), CallCounter(strict_json.loads).counting() as parsed:
        written = list(write_missing_csvs(ours, CsvInventory(raw.store), 0.01))
    assert parsed.calls == 0
    assert not [name for name in requests.names if name.startswith("S3 GET")]
    assert len(written) == len(results)
    before = {item.key: raw.store.get(item.key) for item in written}
    for key in before:
        raw.store._s3.delete_object(Bucket=raw.store.bucket, Key=key)
    again = list(write_missing_csvs(RawInventory(raw.store), CsvInventory(raw.store), 0.01))
    assert again == written
    assert {key: raw.store.get(key) for key in before} == before
    accounts = [item.snapshot.account_id for item in written]
    assert accounts == sorted(accounts)


def test_a_page_that_is_not_what_was_committed_is_not_taken_from_hand(raw: RawStore, api: Api) -> None:
    """The checksum of the manifest counts either way."""
    ours = RawInventory(raw.store)
    (result,) = extract(ours, api.address, "fake.31")
    entry = manifest_of(ours, result).pages[0]
    with told("<object> differs from what was stored.", entry.key):
        ours.committed_page(replace(entry, sha256="0" * 64))
    assert ours.committed_page(entry) == raw.committed_page(entry)


def test_what_is_kept_in_hand_has_a_limit(raw: RawStore, api: Api) -> None:
    """A page beyond it is not kept, and one that is given away makes room; it is given once."""
    (result,) = extract(raw, api.address, "fake.100")
    first, second, *_ = manifest_of(raw, result).pages
    pages = [raw.committed_page(entry) for entry in (first, second)]
    size = max(len(PagesInHand.packed(page)) for page in pages)
    hand = PagesInHand(max_bytes=size)
    hand.keep(first.key, first.sha256, pages[0])
    hand.keep(second.key, second.sha256, pages[1])
    assert hand.take(second.key, second.sha256) is None
    assert hand.take(first.key, first.sha256) == pages[0]
    assert hand.take(first.key, first.sha256) is None
    hand.keep(second.key, second.sha256, pages[1])
    assert hand.take(second.key, "0" * 64) is None
    assert size < 10_000


def test_a_newest_snapshot_is_reused_without_another_look(raw: RawStore, api: Api) -> None:
    """Where nothing is spent, the account's note and its newest manifest are all that is read."""
    extract(raw, api.address, *_NAMES)
    ours, requests = RawInventory(raw.store), Requests()
    with requests.watched():
        results = extract(ours, "http://127.0.0.1:9", *_NAMES)
    assert [result.origin for result in results] == [SnapshotOrigin.FRESH] * 3
    asked = [name for name in requests.names if "HEAD" not in name]
    assert len(asked) == 1 + 2 * len(_NAMES)
