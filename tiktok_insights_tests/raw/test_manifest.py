"""A snapshot's name: where its objects lie, in whatever zone it was begun."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tiktok_insights.raw.manifest import SnapshotKey, iso

MOMENT = datetime(2026, 1, 31, 23, 59, 58, 987_654, tzinfo=UTC)
SNAPSHOT = SnapshotKey("6800000000000000001", "20260131T235958987Z")
FOLDER = "raw/followers/account=6800000000000000001/snapshot=20260131T235958987Z/"


def test_objects_lie_where_the_design_says() -> None:
    """Account by id, snapshot by moment, pages counted from 1."""
    assert SnapshotKey.begun_at("6800000000000000001", MOMENT) == SNAPSHOT
    assert SNAPSHOT.page(1) == FOLDER + "page-000001.json.gz"
    assert SNAPSHOT.manifest == FOLDER + "_manifest.json"
    assert SNAPSHOT.account_info == FOLDER + "account-info.json.gz"
    assert SNAPSHOT.evidence(12) == FOLDER + "not-a-page-000012.json.gz"


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-8))])
def test_a_snapshot_is_named_in_utc_wherever_it_was_begun(zone: timezone) -> None:
    """At the edge of a day too; the name gives the moment back."""
    key = SnapshotKey.begun_at("1", MOMENT.astimezone(zone))
    assert key.snapshot_id == "20260131T235958987Z"
    assert key.moment == MOMENT.replace(microsecond=987_000)
    assert iso(MOMENT.astimezone(zone)) == "2026-01-31T23:59:58.987Z"
