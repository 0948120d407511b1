"""Open snapshots in ACCOUNT_SNAPSHOTS, from the quota's end to the load of the whole list."""

import logging
from pathlib import Path

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights_tests.support.sources import extract, fake_api

_LOG = logging.getLogger(__name__)


def load(store: ObjectStore, connect: Connect) -> list[Row]:
    """Load what is pending, and give what the table then says of every snapshot."""
    raw = RawStore(store)
    csvs = CsvInventory(store)
    list(write_missing_csvs(raw, csvs, 0.01))
    with connect() as opened:
        staging = Staging(store, opened, 0.01, _LOG)
        staging.stage(csvs.listing())
    publish_passed(connect, _LOG)
    with connect() as reader:
        return reader.query(
            "SELECT HANDLE, OUTCOME, USERS_SEEN, USERS_CLAIMED, REQUESTS, QUOTA_LEFT FROM ACCOUNT_SNAPSHOTS ORDER BY 1"
        )


def test_a_deferred_account_is_there_until_its_snapshot_is_loaded(
    store: ObjectStore, raw: RawStore, connect_warehouse: Connect, session: Session, tmp_path: Path
) -> None:
    """Seen 270 of 350 with the quota spent, twice the same; then the whole list in one row, and no row is left over."""
    with fake_api(tmp_path, monthly_quota=10) as api:
        (first,) = extract(raw, api.address, "fake.350.full")
        assert first.outcome is Outcome.DEFERRED
        deferred = [("fake.350.full", "deferred", first.users_seen, 350, 10, 0)]
        assert load(store, connect_warehouse) == deferred
        assert load(store, connect_warehouse) == deferred
        assert session.query("SELECT COUNT(*) FROM TIKTOK_DATA") == [(0,)]
        api.control("settings", monthly_quota=100)
        extract(raw, api.address, "fake.350.full")
    assert load(store, connect_warehouse) == [("fake.350.full", "whole", 350, 350, 13, 87)]


@pytest.mark.parametrize("fault", ["fault-code-10000-p2", "fault-503-p2", "fault-cursor-text-p2"])
def test_the_reason_of_an_open_snapshot_is_in_the_table(
    store: ObjectStore, raw: RawStore, connect_warehouse: Connect, session: Session, tmp_path: Path, fault: str
) -> None:
    """Blocked requests, trouble upstream and schema drift are named with the page."""
    with fake_api(tmp_path) as api:
        (result,) = extract(raw, api.address, f"fake.100.full.{fault}")
    assert not result.outcome.is_final
    load(store, connect_warehouse)
    ((outcome, reason),) = session.query("SELECT OUTCOME, OUTCOME_REASON FROM ACCOUNT_SNAPSHOTS")
    assert (outcome, reason) == (result.outcome.value, result.reason)
    assert reason.startswith("page 2: ")
