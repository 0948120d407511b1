"""A statement whose answer was lost is sent again, and may have run twice: the counts before a commit find it."""

import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.raw.manifest import Manifest, SnapshotKey
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.open_snapshots import record_open_snapshots
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.warehouse_contents import DoublingSession

_ATTEMPT = Manifest(
    account_id="42",
    handle="some.shop",
    sec_uid="MS4wLjABAAAA",
    snapshot_id=SnapshotKey("42", "20260131T120000000Z").snapshot_id,
    started_at="2026-01-31T12:00:00.000Z",
    finished_at="2026-01-31T12:00:01.000Z",
    outcome="deferred",
    reason="the quota is spent",
    users_seen=1,
    users_claimed=9,
    is_whole=True,
    holes=(),
    rows=1,
    dummies=0,
    rejected=0,
    requests=1,
    pages=(),
)


@pytest.fixture
def sends_twice(session: Session) -> DoublingSession:
    """The test's session, with such a connection."""
    return DoublingSession(session._connection, session.namespace)


@pytest.mark.parametrize("table", ["STAGED_OBJECTS", "LOAD_BATCHES"])
def test_a_verdict_that_stands_twice_is_rolled_back(loader: Loader, sends_twice: DoublingSession, table: str) -> None:
    """The batch is not to be published twice as large; the next run stages its object again."""
    loader.put("a", csv_file(row("1")))
    sends_twice.doubled = rf"INSERT INTO (\w+\.)?{table} "
    doubtful = Loader(loader.store, sends_twice, loader.connect)
    with told("Batch <batch> was rolled back: <number> of <number> rows in <table>", f"2 of 1 rows in {table}"):
        doubtful.stage()
    assert loader.rows("SELECT COUNT(*) FROM LOAD_BATCHES") == [(0,)]
    loader.load()
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [("1",)]


def test_an_open_snapshot_that_stands_twice_is_rolled_back(raw: RawStore, sends_twice: DoublingSession) -> None:
    """The next look writes it once."""
    raw.note_attempt(_ATTEMPT)
    sends_twice.doubled = r"INSERT INTO (\w+\.)?ACCOUNT_SNAPSHOTS "
    with told("<table> got <number> rows for <number> open snapshots", "2 rows for 1 open"):
        record_open_snapshots(sends_twice, raw)
    record_open_snapshots(Session(sends_twice._connection, sends_twice.namespace), raw)
    assert sends_twice.query("SELECT HANDLE, OUTCOME FROM ACCOUNT_SNAPSHOTS") == [("some.shop", "deferred")]
