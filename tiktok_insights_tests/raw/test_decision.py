"""Which snapshot a run uses, by age, state and what was asked for."""

from datetime import UTC, datetime, timedelta

import pytest

from tiktok_insights.raw.decision import SnapshotOrigin, SnapshotPolicy, decide
from tiktok_insights.raw.manifest import Manifest, PageEntry, SnapshotKey
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.models import Quota, Response

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC)
ACCOUNT = "6800000000000000001"
INFO = b'{"userInfo":{"user":{"id":"6800000000000000001","secUid":"MS4wLjABAAAA","uniqueId":"a.b"}},"statusCode":0}'


def answer(body: bytes) -> Response:
    """A good answer with this body."""
    return Response("/api", {}, body, NOW, 1, Quota(100, 50, None))


def begin(raw: RawStore, age: timedelta, *, until: int | None = None) -> SnapshotKey:
    """An open snapshot, begun so long ago."""
    snapshot = SnapshotKey.begun_at(ACCOUNT, NOW - age)
    raw.put_response(snapshot.account_info, answer(INFO), until)
    return snapshot


def commit(raw: RawStore, age: timedelta, outcome: str = "whole", cursor: int = 900, *, more: bool = True) -> None:
    """A committed snapshot with one page, whose cursor is in unix seconds."""
    snapshot = begin(raw, age)
    body = f'{{"userList":[],"hasMore":{str(more).lower()},"minCursor":{cursor},"total":60}}'.encode()
    page = raw.put_response(snapshot.page(1), answer(body))
    entry = PageEntry(page.key, page.sha256, 0, "2026-05-10T00:00:00.000Z")
    raw.commit(
        Manifest(
            account_id=ACCOUNT,
            handle="a.b",
            sec_uid="MS4wLjABAAAA",
            snapshot_id=snapshot.snapshot_id,
            started_at="2026-05-10T00:00:00.000Z",
            finished_at="2026-05-10T00:00:00.000Z",
            outcome=outcome,
            reason="",
            users_seen=0,
            users_claimed=60,
            is_whole=True,
            holes=(),
            rows=0,
            dummies=0,
            rejected=0,
            requests=2,
            pages=(entry,),
        )
    )


def test_an_unknown_account_gets_a_new_snapshot(raw: RawStore) -> None:
    """Nothing is stored of it."""
    assert decide(raw, ACCOUNT, SnapshotPolicy(), NOW).origin is SnapshotOrigin.NEW


@pytest.mark.parametrize(
    ("hours", "origin"), [(19, SnapshotOrigin.FRESH), (20, SnapshotOrigin.NEW), (50, SnapshotOrigin.NEW)]
)
def test_a_committed_snapshot_is_fresh_for_twenty_hours(raw: RawStore, hours: int, origin: SnapshotOrigin) -> None:
    """From then on a new one is begun."""
    commit(raw, timedelta(hours=hours))
    assert decide(raw, ACCOUNT, SnapshotPolicy(), NOW).origin is origin


@pytest.mark.parametrize(("days", "origin"), [(6, SnapshotOrigin.RESUMED), (8, SnapshotOrigin.NEW)])
def test_an_open_snapshot_is_carried_on_for_a_week(raw: RawStore, days: int, origin: SnapshotOrigin) -> None:
    """An older one would have pages of two epochs, and its secUid may be another by now."""
    begin(raw, timedelta(days=days))
    assert decide(raw, ACCOUNT, SnapshotPolicy(), NOW).origin is origin


def test_force_begins_anew_whatever_is_there(raw: RawStore) -> None:
    """A fresh one is left, but one that this very run has begun is used."""
    commit(raw, timedelta(hours=1))
    policy = SnapshotPolicy(force_new_snapshot=True)
    assert decide(raw, ACCOUNT, policy, NOW).origin is SnapshotOrigin.NEW
    assert decide(raw, ACCOUNT, policy, NOW, ours=True).origin is SnapshotOrigin.FRESH


def test_a_window_is_no_whole_list(raw: RawStore) -> None:
    """A run that wants a whole list neither uses a fresh window nor carries an open one on; an incremental run does."""
    commit(raw, timedelta(hours=2), "window")
    assert decide(raw, ACCOUNT, SnapshotPolicy(), NOW).origin is SnapshotOrigin.NEW
    assert decide(raw, ACCOUNT, SnapshotPolicy(incremental=True), NOW).origin is SnapshotOrigin.FRESH
    begin(raw, timedelta(hours=1), until=900)
    assert decide(raw, ACCOUNT, SnapshotPolicy(), NOW).origin is SnapshotOrigin.NEW
    assert decide(raw, ACCOUNT, SnapshotPolicy(incremental=True), NOW).origin is SnapshotOrigin.RESUMED
