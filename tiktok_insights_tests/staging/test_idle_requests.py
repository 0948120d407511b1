"""What a run with nothing to do costs in requests to S3: a few for each account, whatever the account's past."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory, csv_key
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.raw.manifest import Manifest, SnapshotKey
from tiktok_insights.staging.batch import Batch, Staging
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.sources import LOG, client_for

pytestmark = pytest.mark.commands

#: Accounts by how many old snapshots they have; every third of those is open, and left behind.
_PASTS = {str(1000 + number): 30 if number % 2 else 3 for number in range(10)}
_FRESH = datetime.now(UTC) - timedelta(hours=1)


def past(account_id: str) -> Iterator[tuple[str, bytes]]:
    """The objects of an account with a fresh snapshot and its old ones: raw ones, CSVs, and the note of its name."""
    yield f"raw/accounts/shop.{account_id}.json", json.dumps({"account_id": account_id}).encode()
    for age in range(_PASTS[account_id] + 1):
        snapshot = SnapshotKey.begun_at(account_id, _FRESH - timedelta(days=age))
        yield snapshot.page(1), b"never read"
        if age % 3 == 1:
            yield snapshot.page(2), b"never read"
            continue
        manifest = replace(_MANIFEST, account_id=account_id, snapshot_id=snapshot.snapshot_id)
        yield snapshot.manifest, manifest.to_json()
        yield csv_key(snapshot), csv_file(row(f"{account_id}{age}"))


def run(store: ObjectStore, loader: Loader, catalog: Catalog) -> tuple[list[AccountResult], list[Batch]]:
    """Extraction, CSVs, catalog and staging as one run does them; an API that nobody may ask."""
    raw, csvs = RawInventory(store), CsvInventory(store)
    client = client_for("http://127.0.0.1:9")
    results = Extractor(raw, client, SnapshotPolicy(), LOG).extract([f"shop.{account_id}" for account_id in _PASTS])
    assert list(write_missing_csvs(raw, csvs, 0.01)) == []
    state = catalog.register(csvs.listing().partitions)
    assert {*state.partitions} == csvs.listing().partitions
    return results, Staging(store, loader.session, 1.0, LOG, raw=raw).stage(csvs.listing())


def test_an_idle_run_costs_two_requests_an_account_whatever_its_past(loader: Loader, catalog: Catalog) -> None:
    """The note of its name and its newest manifest; an account with 30 old snapshots costs the same as one with 3."""
    store = loader.store
    with ThreadPoolExecutor(8) as pool:
        objects = [item for account_id in _PASTS for item in past(account_id)]
        list(pool.map(lambda item: store.put(item[0], item[1], "text/plain"), objects))
    _, loaded = run(store, loader, catalog)
    assert sum(len(batch.objects) for batch in loaded) == sum(key.endswith(".csv") for key, _ in objects)
    loader.publish()
    requests = Requests()
    with requests.watched():
        results, batches = run(store, loader, catalog)
    assert batches == []
    assert [(result.requests, result.outcome.value) for result in results] == [(0, "whole")] * len(_PASTS)
    names = Counter(name for name in requests.names if name.startswith("S3 "))
    for account_id in _PASTS:
        newest = SnapshotKey.begun_at(account_id, _FRESH)
        # A snapshot's name is a time, which may have the same digits.
        places = (f"account={account_id}/", f"shop.{account_id}.")
        ours = {name: count for name, count in names.items() if any(place in name for place in places)}
        assert ours == {f"S3 GET raw/accounts/shop.{account_id}.json": 1, f"S3 GET {newest.manifest}": 1}
    assert {name for name in names if name.startswith("S3 list")} == {
        "S3 list raw/followers/",
        "S3 list csv/followers/",
    }
    assert names.total() <= 2 * len(_PASTS) + 4


_MANIFEST = Manifest(
    account_id="",
    handle="shop",
    sec_uid="MS4wLjABAAAA",
    snapshot_id="",
    started_at="2026-01-31T09:30:00.125Z",
    finished_at="2026-01-31T09:31:00.000Z",
    outcome="whole",
    reason="",
    users_seen=1,
    users_claimed=1,
    is_whole=True,
    holes=(),
    rows=1,
    dummies=0,
    rejected=0,
    requests=2,
    pages=(),
)
