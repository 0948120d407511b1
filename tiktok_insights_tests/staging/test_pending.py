"""Which objects under the prefix wait to be loaded, which never will, and in what order."""

from datetime import UTC, datetime

import pytest

from tiktok_insights.clients.object_store import ObjectInfo
from tiktok_insights.staging.pending import Listing, no_csv_is_skipped, pending, sort_out
from tiktok_insights_tests.support.troubleshooting import told

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PLACE = "csv/followers/account=42/dt=2026-01-31"


def info(key: str, *, etag: str = "e1", size: int = 9, last_modified: datetime = NOON) -> ObjectInfo:
    """One listed object."""
    return ObjectInfo(key, etag, size, last_modified)


@pytest.mark.parametrize(
    ("key", "size", "reason"),
    [
        pytest.param(f"{PLACE}/", 0, "a folder marker", id="folder marker"),
        pytest.param(f"{PLACE}/a.CSV", 9, "not a plain .csv file (in lower case)", id="upper-case extension"),
        pytest.param(f"{PLACE}/a.csv.gz", 9, "not a plain .csv file", id="compressed"),
        pytest.param(f"{PLACE}/a.csv", 0, "empty (0 bytes); put the file", id="zero bytes"),
        pytest.param("csv/followers/a.csv", 9, "not right under csv/followers/account=", id="at the top"),
        pytest.param("csv/followers/a.csv", 0, "not right under csv/followers/account=", id="zero bytes at the top"),
        pytest.param("csv/followers/account=42/a.csv", 9, "not right under csv/followers/account=", id="no day"),
        pytest.param("csv/followers/account=ann/dt=2026-01-31/a.csv", 9, "not right under", id="a handle for an id"),
        pytest.param("csv/followers/account=42/dt=20260131/a.csv", 9, "not right under", id="a day without dashes"),
        pytest.param("csv/followers/account=42/dt=2026-31-01/a.csv", 9, "2026-31-01 is no day", id="day before month"),
        pytest.param("csv/followers/account=42/dt=2026-02-30/a.csv", 9, "2026-02-30 is no day", id="30 February"),
        pytest.param(f"{PLACE}/deeper/a.csv", 9, "not right under", id="a folder too deep"),
        pytest.param(
            f"{'csv/followers/account=' + '1' * 21}/dt=2026-01-31/a.csv", 9, "not right under", id="21 digits"
        ),
    ],
)
def test_what_is_no_csv_in_its_place_is_skipped_with_a_reason(key: str, size: int, reason: str) -> None:
    """Markers, other extensions, empty and misplaced objects are named and told apart."""
    listing = sort_out([info(key, size=size)])
    assert listing.objects == ()
    ((skipped),) = listing.skipped
    assert skipped.key == key
    assert skipped.reason.startswith(reason)


def test_a_csv_that_is_skipped_is_told_apart_from_what_nobody_meant_to_load() -> None:
    """Misplaced, renamed, compressed and empty CSVs are offenders with their reasons; other objects are not."""
    skipped = [f"{PLACE}/", f"{PLACE}/_SUCCESS", f"{PLACE}/readme.txt"]
    missed = ["csv/followers/a.csv", f"{PLACE}/b.CSV", f"{PLACE}/c.csv.gz"]
    listing = sort_out([info(key) for key in (*skipped, *missed, f"{PLACE}/good.csv")])
    outcome = no_csv_is_skipped(listing)
    assert [offender.partition(": ")[0] for offender in outcome.offenders] == missed
    assert outcome.offenders[0].endswith("account=<account id>/dt=<YYYY-MM-DD>/; move it there")
    assert outcome.facts == {"objects skipped": 6}
    told("no_csv_is_skipped: <object>: <reason>").says_check(outcome)
    assert no_csv_is_skipped(sort_out([info(f"{PLACE}/good.csv")])).passed


def test_account_and_day_come_from_the_place() -> None:
    """An object's account, day and partition are what its folders say, whatever its name."""
    listing = sort_out([info(f"{PLACE}/it's a\nname%.csv")])
    ((item),) = listing.objects
    assert (item.account_id, item.dt) == ("42", "2026-01-31")
    assert listing.partitions == {("42", "2026-01-31")}
    assert listing.skipped == ()


@pytest.mark.parametrize(
    ("name", "snapshot_id"),
    [
        pytest.param("tiktok_user_data-20260131T093000125Z.csv", "20260131T093000125Z", id="ours"),
        pytest.param("followers.csv", f"{PLACE}/followers.csv", id="another producer's"),
        pytest.param("tiktok_user_data-20260201T093000125Z.csv", None, id="ours on another day's place"),
        pytest.param("tiktok_user_data-now.csv", None, id="looks like ours"),
    ],
)
def test_a_snapshot_is_named_by_our_id_or_the_objects_key(name: str, snapshot_id: str | None) -> None:
    """Only a key that we would have written stands for our snapshot."""
    ((item),) = sort_out([info(f"{PLACE}/{name}")]).objects
    assert item.snapshot_id == (snapshot_id or f"{PLACE}/{name}")


def test_pending_is_what_the_ledger_lacks_oldest_first() -> None:
    """A settled version waits no more, a new ETag of its key does; equal times are told apart by the key."""
    earlier = datetime(2026, 1, 31, 11, tzinfo=UTC)
    listing = sort_out(
        [
            info(f"{PLACE}/a.csv", etag="new"),
            info(f"{PLACE}/b.csv"),
            info(f"{PLACE}/d.csv"),
            info(f"{PLACE}/c.csv", last_modified=earlier),
        ]
    )
    waiting = pending(listing, {(f"{PLACE}/a.csv", "old"), (f"{PLACE}/b.csv", "e1")})
    assert [item.info.key for item in waiting] == [f"{PLACE}/c.csv", f"{PLACE}/a.csv", f"{PLACE}/d.csv"]


def test_nothing_is_pending_in_an_empty_bucket() -> None:
    """No objects, nothing to do."""
    assert pending(Listing((), ()), set()) == []
