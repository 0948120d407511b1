"""Ids and counts keep every digit from the API's JSON to the last column, through every layer at once."""

import json
import logging
import uuid
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.followers_csv import write_csv
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.manifest import Manifest, PageEntry, SnapshotKey
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.batch import Staging
from tiktok_insights.tiktok.models import Quota, Response
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights_tests.support.campaigns import examples

pytestmark = pytest.mark.batches

_LOG = logging.getLogger(__name__)
_COUNTS = ("followerCount", "followingCount", "videoCount", "heartCount", "friendCount", "diggCount")
_NAMES = ("FOLLOWERS_COUNT", "FOLLOWING_COUNT", "VIDEO_COUNT", "HEART_COUNT", "FRIENDS_COUNT", "DIGG_COUNT")

#: Round the numbers at which a float, an int32 and an int64 begin to bend.
_EDGES = [2**31 - 1, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 10**19 - 1]
_ids = st.one_of(st.sampled_from(_EDGES), st.integers(1, 10**20 - 1))
_counts = st.one_of(st.sampled_from(_EDGES[:5]), st.integers(-(2**31), 10**18 - 1))
_rows = st.lists(
    st.tuples(_ids, st.booleans(), st.tuples(*[_counts] * 6)), min_size=1, max_size=20, unique_by=lambda r: r[0]
)


def page_of(rows: list[tuple[int, bool, tuple[int, ...]]]) -> bytes:
    """A WEB page with these users; an id is a JSON string or a JSON integer, counts are exact (statsV2)."""
    users = [
        {
            "user": {"id": number if as_integer else str(number), "uniqueId": f"u{place}", "nickname": ""},
            "stats": dict.fromkeys(_COUNTS, 0),
            "statsV2": dict(zip(_COUNTS, map(str, counts), strict=True)),
        }
        for place, (number, as_integer, counts) in enumerate(rows)
    ]
    return json.dumps({"userList": users, "hasMore": False, "minCursor": -1, "total": len(rows)}).encode()


def commit_snapshot(raw: RawStore, account_id: str, body: bytes, users: int) -> Manifest:
    """A committed snapshot with this one page."""
    snapshot = SnapshotKey.begun_at(account_id, datetime.now(UTC))
    page = raw.put_response(snapshot.page(1), Response("/", {}, body, datetime.now(UTC), 1, Quota(None, None, None)))
    moment = "2026-01-31T12:00:00.000Z"
    return raw.commit(
        Manifest(
            account_id=account_id,
            handle="a.b",
            sec_uid="MS4wLjABAAAA",
            snapshot_id=snapshot.snapshot_id,
            started_at=moment,
            finished_at=moment,
            outcome="whole",
            reason="",
            users_seen=users,
            users_claimed=users,
            is_whole=True,
            holes=(),
            rows=users,
            dummies=0,
            rejected=0,
            requests=1,
            pages=(PageEntry(page.key, page.sha256, users, moment),),
        )
    )


@settings(max_examples=examples(0.12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_rows)
def test_every_digit_arrives(
    rows: list[tuple[int, bool, tuple[int, ...]]], raw: RawStore, store: ObjectStore, session: Session
) -> None:
    """JSON, raw page, CSV, Parquet, warehouse: ids as text, counts as numbers, negative ones NULL and counted."""
    account_id = str(uuid.uuid4().int % 10**18 + 1)
    manifest = commit_snapshot(raw, account_id, page_of(rows), len(rows))
    csvs = CsvInventory(store)
    write_csv(raw, csvs, manifest, 0.0)
    (batch,) = Staging(store, session, 0.0, _LOG).stage(csvs.listing())
    assert batch.verdict.passed, batch.verdict
    publish_passed(lambda: nullcontext(session), _LOG)
    found = session.query(
        f"SELECT TIKTOK_ID, {', '.join(_NAMES)} FROM FOLLOWER_SNAPSHOTS WHERE ACCOUNT_ID = ?", (account_id,)
    )
    expected = {str(number): tuple(None if n < 0 else n for n in counts) for number, _, counts in rows}
    assert {tiktok_id: tuple(counts) for tiktok_id, *counts in found} == expected
    assert batch.objects[0].counts.negative_counts == sum(n < 0 for _, _, counts in rows for n in counts)
