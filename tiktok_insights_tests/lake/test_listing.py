"""What lies under the CSV prefix: keys of our own, objects that can be loaded and others, and one listing for a run."""

from datetime import UTC, datetime

import pytest

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.lake.listing import CsvInventory, csv_key, list_csvs, no_csv_is_skipped, snapshot_of, sort_out
from tiktok_insights.raw.manifest import SnapshotKey
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.troubleshooting import told

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PLACE = "csv/followers/account=42/dt=2026-01-31"
SNAPSHOT = SnapshotKey("6800000000000000001", "20260131T235958987Z")


def info(key: str, *, size: int = 9) -> ObjectInfo:
    """One listed object."""
    return ObjectInfo(key, "e1", size, NOON)


def test_a_csv_lies_where_the_design_says() -> None:
    """`dt` is the UTC day of the snapshot; the key leads back to it."""
    key = "csv/followers/account=6800000000000000001/dt=2026-01-31/tiktok_user_data-20260131T235958987Z.csv"
    assert csv_key(SNAPSHOT) == key
    assert snapshot_of(key) == SNAPSHOT


@pytest.mark.parametrize(
    "key",
    [
        "csv/followers/account=1/dt=2026-01-31/other.csv",
        "csv/followers/account=1/dt=2026-02-01/tiktok_user_data-20260131T235958987Z.csv",
        "csv/followers/account=1/tiktok_user_data-20260131T235958987Z.csv",
        "csv/followers/account=1/dt=2026-01-31/tiktok_user_data-.csv",
        "csv/followers/dt=2026-01-31/tiktok_user_data-20260131T235958987Z.csv",
        "csv/followers/account=1/dt=2026-01-31/tiktok_user_data-20260131T235958987Z.csv.bak",
        "",
    ],
)
def test_the_object_of_another_producer_has_no_snapshot(key: str) -> None:
    """Its key is its own name."""
    assert snapshot_of(key) is None


@pytest.mark.parametrize(
    ("key", "size", "reason"),
    [
        pytest.param(f"{PLACE}/", 0, "a folder marker", id="folder marker"),
        pytest.param(f"{PLACE}/a.CSV", 9, "not a plain .csv file (in lower case)", id="upper-case extension"),
        pytest.param(f"{PLACE}/a.csv.gz", 9, "not a plain .csv file", id="compressed"),
        pytest.param(f"{PLACE}/a.csv", 0, "empty (0 bytes); upload the file", id="zero bytes"),
        pytest.param("csv/followers/a.csv", 9, "not directly under csv/followers/account=", id="at the top"),
        pytest.param("csv/followers/a.csv", 0, "not directly under csv/followers/account=", id="zero bytes at the top"),
        pytest.param("csv/followers/account=42/a.csv", 9, "not directly under csv/followers/account=", id="no day"),
        pytest.param("csv/followers/account=ann/dt=2026-01-31/a.csv", 9, "not directly under", id="a handle for an id"),
        pytest.param("csv/followers/account=42/dt=20260131/a.csv", 9, "not directly under", id="a day without dashes"),
        pytest.param(
            "csv/followers/account=42/dt=2026-31-01/a.csv", 9, "2026-31-01 is not a date", id="day before month"
        ),
        pytest.param("csv/followers/account=42/dt=2026-02-30/a.csv", 9, "2026-02-30 is not a date", id="30 February"),
        pytest.param(f"{PLACE}/deeper/a.csv", 9, "not directly under", id="a folder too deep"),
        pytest.param(
            f"{'csv/followers/account=' + '1' * 21}/dt=2026-01-31/a.csv", 9, "not directly under", id="21 digits"
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


def test_an_inventory_lists_once_and_then_looks_at_what_the_run_writes(store: ObjectStore) -> None:
    """New, replaced and deleted objects that are refreshed are in it as a new listing has them, in the same order."""
    for name in ("b", "replaced", "deleted"):
        store.put(f"{PLACE}/{name}.csv", b"1", "text/csv")
    with Requests().watched() as requests:
        csvs = CsvInventory(store)
        assert csvs.get(f"{PLACE}/a.csv") is None
        store.put(f"{PLACE}/a.csv", b"2", "text/csv")
        store.put(f"{PLACE}/replaced.csv", b"two", "text/csv")
        store._s3.delete_object(Bucket=store.bucket, Key=f"{PLACE}/deleted.csv")
        store.put(f"{PLACE}/another.csv", b"another producer's", "text/csv")
        for name in ("a", "replaced", "deleted"):
            csvs.refresh(f"{PLACE}/{name}.csv")
        known = csvs.listing()
    assert requests.names.count("S3 list csv/followers/") == 1
    now = list_csvs(store)
    assert known.objects == tuple(item for item in now.objects if item.info.key != f"{PLACE}/another.csv")
    assert [item.info.key.rpartition("/")[2] for item in known.objects] == ["a.csv", "b.csv", "replaced.csv"]
    assert csvs.get(f"{PLACE}/replaced.csv") == now.objects[-1].info


def test_what_is_written_before_the_first_look_is_in_the_listing(store: ObjectStore) -> None:
    """Once: there is nothing to keep up yet."""
    csvs = CsvInventory(store)
    store.put(f"{PLACE}/a.csv", b"1", "text/csv")
    csvs.refresh(f"{PLACE}/a.csv")
    assert csvs.listing() == list_csvs(store)
