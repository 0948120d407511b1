"""People who were removed stay out of the tables: uploaded again in any way, replayed, or staged before the removal."""

import logging
from collections import Counter
from collections.abc import Iterator

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.lake.replay import Replay
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.batch import Batch, Staging
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.suppression.hashes import NOBODY, Kind, SuppressionList
from tiktok_insights.tables.definitions import ALL
from tiktok_insights.warehouse.table_checks import (
    TableCheckInput,
    ledger_reconciles,
    no_object_has_removed_people,
)
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader, put_in_parts
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import extract
from tiktok_insights_tests.support.suppressed_files import ANN, LIST
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.people

LOG = logging.getLogger("loader")
OTHERS = ("7423456789012345150", "742345678901234514")
FILE = csv_file(row(OTHERS[0]), row(ANN, uniqueId="ann.lee"), row(OTHERS[1]))


def stage(loader: Loader, suppression: SuppressionList = LIST) -> list[Batch]:
    """Stage what is pending as a run does that has read this list."""
    engine = LocalEngine(loader.store, loader.session, suppression)
    return Staging(loader.store, loader.session, 1.0, LOG, engine=engine).stage(loader.listing())


def cleaned_by(loader: Loader, suppression: SuppressionList) -> None:
    """Note that the tables were cleaned by this list, as whoever removes people does."""
    loader.session.execute("UPDATE TIKTOK_INTERNAL.PUBLISH_LOCK SET SUPPRESSION = ?", (suppression.fingerprint,))


@pytest.fixture(autouse=True)
def never_cleaned(loader: Loader) -> Iterator[None]:
    """The lock's row is there for all tests of a worker."""
    yield
    loader.session.execute("UPDATE TIKTOK_INTERNAL.PUBLISH_LOCK SET SUPPRESSION = NULL")


def tables_with(loader: Loader, text: str) -> list[str]:
    """The tables in which some cell has a text, wherever they are."""
    names = {table.name: loader.session.namespace.name_of(table) for table in ALL}
    return [name for name, place in names.items() if text in repr(loader.rows(f"SELECT * FROM {place}"))]


def test_an_old_file_that_comes_back_brings_nobody_back(loader: Loader, given: TableCheckInput) -> None:
    """Under its key, under another one, and in parts: others are loaded, counts add up, a check names the objects."""
    first = loader.put("a", FILE)
    stage(loader)
    loader.publish()
    second = loader.put("again", FILE)
    stage(loader)
    loader.publish()
    put_in_parts(loader.store, first)
    stage(loader)
    loader.publish()
    assert tables_with(loader, ANN) == []
    assert {tiktok_id for (tiktok_id,) in loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA")} == set(OTHERS)
    counts = "ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED, ROWS_SUPPRESSED"
    assert loader.ledger(counts) == dict.fromkeys(("a", "again"), (3, 2, 0, 0, 1))
    assert ledger_reconciles(given).passed
    outcome = no_object_has_removed_people(given)
    assert sorted(outcome.offenders) == [f"{key}: rows of removed people: 1" for key in sorted((first, second))]
    told("no_object_has_removed_people: <object>", first, second).says_check(outcome)
    loader.store.put(first, FILE.replace(ANN.encode(), b"7"), "text/csv")
    loader.store.delete(second)
    stage(loader)
    loader.publish()
    assert no_object_has_removed_people(given).passed


def test_a_batch_that_was_staged_before_the_removal_is_not_published(loader: Loader) -> None:
    """It is discarded with its rows; the next run stages its objects again, without the person."""
    loader.put("a", FILE)
    (before,) = stage(loader, NOBODY)
    cleaned_by(loader, LIST)
    with told("Batch <batch> was discarded", before.batch_id):
        loader.publish()
    assert tables_with(loader, ANN) == []
    (after,) = stage(loader)
    assert [done.batch_id for done in loader.publish()] == [after.batch_id]
    assert tables_with(loader, ANN) == []
    states = loader.rows("SELECT VERDICT, SUPPRESSION FROM LOAD_BATCHES ORDER BY BATCH_ID")
    assert states == [("failed", None), ("passed", LIST.fingerprint)]


@pytest.mark.parametrize("is_newer", [True, False])
def test_only_a_list_that_lacks_somebody_holds_up_a_batch(loader: Loader, *, is_newer: bool) -> None:
    """Someone was put on the list and the tables are not cleaned yet: such a batch is published."""
    more = LIST.with_names([(Kind.ID, "8")])
    loader.put("a", FILE)
    stage(loader, more if is_newer else LIST)
    cleaned_by(loader, LIST if is_newer else more)
    if is_newer:
        assert len(loader.publish()) == 1
        return
    with told("Batch <batch> was discarded"):
        loader.publish()


def test_a_replay_of_an_old_snapshot_brings_nobody_back(loader: Loader, raw: RawStore, api: Api) -> None:
    """Its pages have the person, whom a new CSV shows again; the load drops the row."""
    extract(raw, api.address, "fake.30")
    (csv,) = write_missing_csvs(RawInventory(raw.store), CsvInventory(raw.store), 0.01)
    (person, *others) = ids_in(raw.store, csv.key)
    removed = SuppressionList(b"k" * 32).with_names([(Kind.ID, person)])
    stage(loader, removed)
    loader.publish()
    raw.store.delete(csv.key)
    replayed = list(Replay(raw, CsvInventory(raw.store), 0.01, write=True).run([]))
    assert [item.csv.key for item in replayed] == [csv.key]
    assert ids_in(raw.store, csv.key) == [person, *others]
    stage(loader, removed)
    loader.publish()
    assert tables_with(loader, person) == []
    found = Counter(tiktok_id for (tiktok_id,) in loader.rows("SELECT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS"))
    assert found == Counter(others)


def ids_in(store: ObjectStore, key: str) -> list[str]:
    """The IDs in a CSV of ours, line by line."""
    header, *lines = store.get(key).body.decode().splitlines()
    place = header.split(",").index("Tiktok_id")
    return [line.split(",")[place] for line in lines]
