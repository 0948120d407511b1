"""Groups of objects with bad ones among them: each object comes to what it comes to alone, and none is mixed up.

The bucket and the warehouse are those of the local stack. What one object comes to is tested in the modules beside.
"""

import tempfile
from pathlib import Path

import pytest

from tiktok_insights.clients import duckdb_engine
from tiktok_insights.lake.listing import Listing
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.local import csv_group, duckdb_transform, fetching
from tiktok_insights.staging.local.csv_group import TransformedGroup
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.fail_points import FailPoint, InterruptedInThreadError, Manner, Moment, Requests
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.refused_objects import archive, deny
from tiktok_insights_tests.support.staged_outcomes import items_of, staged
from tiktok_insights_tests.support.third_party_csvs import CASES, SKIPPED

pytestmark = pytest.mark.batches

#: Of many lines that are no rows, three such objects are more than the engine reads at once.
_SHORT_LINES = ["2,ann"] * 4_000


def fill_with_everything(loader: Loader) -> None:
    """Each kind of object that anyone may put, good ones between them, and several that are hardly rows."""
    for place, case in enumerate(case for case in CASES if case.result != SKIPPED):
        loader.store.put(case.key, case.body, "text/csv")
        if place % 8:
            continue
        narrow = csv_file(row_of_14(f"{place}1"), row_of_14("0"), row_of_14(f"{place}1"), header=HEADER_14)
        loader.put(f"between {place}", narrow if place % 16 else csv_file(row(f"{place}2"), row("x"), row("8")))
    for place in range(4):
        header = {"header": HEADER_14} if place == 3 else {}
        good = row_of_14("1") if header else row(f"{place}1")
        loader.put(f"short lines {place}", csv_file(*_SHORT_LINES, good, row("x"), *_SHORT_LINES[place:], **header))


def test_each_object_of_a_mixed_group_is_what_it_is_alone(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts, sums, reason, rows and quarantine of each, in one group, from the first to the last file."""
    fill_with_everything(loader)
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "GROUP_OBJECTS", 1)
        alone = staged(loader)
    assert len(alone.objects) > 120
    assert sum(bool(facts["ROWS_REJECTED"]) for facts in alone.objects.values()) > 60
    together = staged(loader)
    for key, facts in alone.objects.items():
        assert together.objects[key] == facts
    assert together.rows == alone.rows
    assert together.quarantine == alone.quarantine


def mixed(loader: Loader, number: int) -> list[Upload]:
    """Objects of both headers, each with a user of its own, a duplicate, a row to reject, and one too short."""
    found = []
    for place in range(number):
        lines = [(row_of_14 if place % 3 == 0 else row)(text) for text in (f"{place + 100}", "7", "7", "no id")]
        header = {"header": HEADER_14} if place % 3 == 0 else {}
        key = loader.put(f"{place:03}", csv_file(*lines[: place % 4 + 1], **header))
        (info,) = loader.store.list(key)
        found.append(Upload(key, loader.store.get(key).body, info.last_modified.replace(tzinfo=None)))
    return found


class Runs:
    """The sizes of the groups that the engine was given, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        transform = csv_group.CsvGroup.transform

        def noted(group: csv_group.CsvGroup) -> TransformedGroup:
            self.sizes.append(len(group._files))
            return transform(group)

        monkeypatch.setattr(csv_group.CsvGroup, "transform", noted)


def test_an_object_that_the_engine_has_no_memory_for_is_found_by_halving(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It alone waits, with what to do; the others are loaded, each once, and the oracle's tables are there."""
    for module in (duckdb_engine, duckdb_transform):
        monkeypatch.setattr(module, "MEMORY_LIMIT", "20MB")
    good = mixed(loader, 24)
    # Between the others, in the order of keys.
    loader.put("011 long", csv_file(*[row(str(n), nickname="x" * 900_000) for n in range(1, 40)]))
    runs = Runs(monkeypatch)
    staging = loader.staging()
    staging.stage(loader.listing())
    loader.publish()
    (waiting,) = staging.reading.unreadable
    assert waiting.key.endswith("011 long.csv")
    assert "needs more memory than 20MB for its rows; split the file" in waiting.offender
    # 8 objects of one header, and 17 of the other; of these, each half that fails is read again in halves.
    assert {8, 17, 1} < set(runs.sizes)
    assert len(runs.sizes) <= 12
    expected = history.tables(good)
    found = loader.tables()
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS"):
        assert found[table] == expected[table]
    assert [line for line in found["LOAD_HISTORY"] if line[2] == "loaded"] == expected["LOAD_HISTORY"]


def test_an_object_that_changes_or_is_refused_affects_only_itself(loader: Loader) -> None:
    """One is replaced and one deleted after the listing, one archived, one denied, one has no quarantine."""
    uploads = mixed(loader, 30)
    keys = {place: uploads[place].key for place in (3, 7, 11, 12, 19)}
    items = items_of(loader)
    loader.store.put(keys[3], csv_file(row("999")), "text/csv")
    loader.store._s3.delete_object(Bucket=loader.store.bucket, Key=keys[7])
    archive(loader.store, keys[11])
    deny(loader.store, keys[12])
    (info,) = [item.info for item in items if item.info.key == keys[19]]
    quarantined = quarantine_key(info.key, info.etag)
    loader.store.put(quarantined, b"", "text/csv")
    archive(loader.store, quarantined)
    staging = loader.staging()
    (batch,) = staging.stage(Listing(tuple(items), ()))
    assert {item.key for item in staging.reading.unreadable} == {keys[11], keys[12]}
    assert {item.item.info.key for item in batch.objects} == {upload.key for upload in uploads} - {
        keys[place] for place in (3, 7, 11, 12)
    }
    loader.publish()
    staying = [upload for upload in uploads if upload.key not in (keys[3], keys[7], keys[11], keys[12])]
    assert history.lines(loader.tables()) == history.lines(history.tables(staying))


def test_an_object_without_its_quarantine_stays_out_of_its_group(loader: Loader) -> None:
    """Its rows were written beside the others'; no one publishes them, and the next run takes it again."""
    uploads = mixed(loader, 12)
    (info,) = [item.info for item in items_of(loader) if item.info.key == uploads[7].key]
    deny(loader.store, quarantine_key(info.key, info.etag), action="s3:PutObject")
    loader.load()
    others = [upload for upload in uploads if upload.key != info.key]
    assert history.lines(loader.tables()) == history.lines(history.tables(others))
    deny(loader.store)
    loader.load()
    assert history.lines(loader.tables()) == history.lines(history.tables(uploads))


@pytest.mark.parametrize("name", ["it's [0]*", "a=1, {x}", '7.csv"%41 é😀', "a\nb\td;--"])
def test_a_temporary_folder_of_any_name_does(
    loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The path of a file never reaches the engine as a pattern, and its number is read from the name alone."""
    (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / name))
    uploads = mixed(loader, 12)
    loader.load()
    assert history.lines(loader.tables()) == history.lines(history.tables(uploads))
    assert list((tmp_path / name).iterdir()) == []


@pytest.mark.parametrize("number", [0, 5, 19])
def test_a_download_that_fails_ends_the_run_and_leaves_no_file(
    loader: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """The error is that of the download, whatever others were on their way; what was fetched ahead goes, too."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(fetching, "GROUP_OBJECTS", 10)
    body = csv_file(*[row(str(place)) for place in range(1, 5_000)])
    for place in range(30):
        loader.put(f"{place}", body)
    items = items_of(loader)
    with (
        Requests(FailPoint(number, Moment.BEFORE, Manner.RAISE)).watched(),
        pytest.raises(InterruptedInThreadError),
    ):
        list(LocalEngine(loader.store, loader.session).stage("batch", items, KnownContents({}, {})))
    assert list(tmp_path.iterdir()) == []
