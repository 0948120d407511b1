"""Where the cut is and what is on its other side: when nothing expires, and of batches and versions on their way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest

from tiktok_insights.retention.expiry import Renewing, expire
from tiktok_insights.tables.definitions import PUBLISH_LOCK, STAGED_TIKTOK_DATA
from tiktok_insights_tests.retention.test_expiry import keys, people_in, reach, run
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader, put_upload
from tiktok_insights_tests.support.planted_snapshots import CUT, DAYS, NOW, ours

pytestmark = pytest.mark.people

OLD, NEW = "2026-01-30T12:00:00Z", "2026-02-03T12:00:00Z"
REFUSED = csv_file("Ann,1", header="name,number")
LEDGER = "SELECT STATUS, REASON IS NULL, ID_SUM_IN = 0 FROM LOAD_HISTORY WHERE OBJECT_KEY = ? ORDER BY BATCH_ID"


def cut_of(loader: Loader) -> datetime | None:
    """The cut that the tables remember."""
    ((cut,),) = loader.rows(f"SELECT RETAINED_FROM FROM {loader.session.namespace.name_of(PUBLISH_LOCK)}")
    found: datetime | None = cut
    return found


def test_the_cut_moves_also_when_nothing_expires(loader: Loader) -> None:
    """Then an older file is not loaded, and everyone's first sighting stays; with more days nothing comes back."""
    new = put_upload(loader.store, ours("42", "2026-02-01T00", ("1", "2")))
    loader.load()
    people = people_in(loader)
    assert run(loader).total == 0
    assert cut_of(loader) == CUT.replace(tzinfo=None)
    key = loader.put("old", csv_file(row("3", extracted_at=OLD), row("1", extracted_at=OLD)), day="2026-01-30")
    restored = put_upload(loader.store, ours("42", "2026-01-31T12", ("1", "8")))
    loader.load()
    assert people_in(loader) == people
    assert loader.tables()["PRESENCE_SPELLS"] == history.tables([new])["PRESENCE_SPELLS"]
    assert {key, restored.key} <= keys(loader.store)
    assert run(loader, 1000).retained_from == CUT
    assert people_in(loader) == people
    assert not {key, restored.key} & keys(loader.store)
    assert new.key in keys(loader.store)


def test_what_waits_for_its_publication_expires_too(loader: Loader) -> None:
    """Its old rows are gone at once, and what is published then is the rest; so is what checks found in old batches."""
    put_upload(loader.store, ours("42", "2026-01-31T12", ("1", "2")))
    new = put_upload(loader.store, ours("43", "2026-02-05T12", ("1", "5")))
    loader.put("old", csv_file(row("6", extracted_at=OLD), row("no ID", extracted_at=OLD)), day="2026-01-30")
    batch = loader.stage()
    loader.session.execute("UPDATE LOAD_BATCHES SET CHECKS = ?", ('{"no_id_is_lost": ["csv: 6"]}',))
    found = dict(run(loader).places)
    assert (found["STAGED_TIKTOK_DATA"], found["FOLLOWER_SNAPSHOTS"]) == (3, 0)
    staged = loader.session.namespace.name_of(STAGED_TIKTOK_DATA)
    assert loader.rows(f"SELECT TIKTOK_ID FROM {staged} ORDER BY 1") == [("1",), ("5",)]
    assert [(done.batch_id, done.objects, done.loaded) for done in loader.publish()] == [(batch.batch_id, 3, 1)]
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS", "PRESENCE_SPELLS"):
        assert loader.tables()[table] == history.tables([new])[table], table
    sums = loader.rows("SELECT STATUS, ID_SUM_IN = 0 FROM LOAD_HISTORY ORDER BY 1")
    assert sums == [("expired", True), ("expired", True), ("loaded", False)]
    assert dict(run(loader).places)["LOAD_BATCHES, what checks found"] == 1
    assert loader.rows("SELECT CHECKS FROM LOAD_BATCHES") == [("{}",)]
    assert run(loader).total == 0


def test_each_version_of_an_object_expires_by_itself(loader: Loader) -> None:
    """Of a file that is written again and again, sums of old versions go; a newer one that is refused stays."""
    old, new = (csv_file(row(user, extracted_at=at)) for user, at in (("6", OLD), ("7", NEW)))
    for body in (old, new):
        latest = loader.put("latest", body, day="2026-02-03")
        loader.load()
    for body in (old, REFUSED):
        broken = loader.put("broken", body, day="2026-01-30")
        loader.load()
    run(loader)
    assert loader.rows(LEDGER, [latest]) == [("expired", True, True), ("loaded", True, False)]
    assert loader.rows(LEDGER, [broken]) == [("expired", True, True), ("refused", False, True)]
    assert keys(loader.store) == {latest, broken}
    assert loader.rows("SELECT TIKTOK_ID FROM FOLLOWER_SNAPSHOTS") == [("7",)]
    assert run(loader).total == 0


def test_a_list_that_was_begun_before_the_cut_and_ended_after_it_has_expired(loader: Loader) -> None:
    """Also when its CSV is uploaded again with other bytes, and no manifest says any more when it was begun."""
    upload = put_upload(loader.store, ours("42", "2026-01-31T23", ("1", "8")))
    loader.load()
    assert loader.rows("SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS") == [(2,)]
    run(loader)
    loader.store.put(upload.key, csv_file(row("8", extracted_at="2026-02-01T00:10:00Z")), "text/csv")
    loader.load()
    assert loader.rows("SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS") == [(0,)]
    run(loader)
    assert keys(loader.store) == set()
    # Old rows under a key that says it is new, on the other hand, are known by the rows.
    renamed = ours("42", "2026-02-05T12", ())
    loader.store.put(renamed.key, csv_file(row("8", extracted_at=OLD)), "text/csv")
    loader.load()
    assert loader.rows("SELECT COUNT(*) FROM FOLLOWER_SNAPSHOTS") == [(0,)]
    run(loader)
    assert keys(loader.store) == set()


def test_what_is_uploaded_while_objects_are_deleted_stays(loader: Loader) -> None:
    """A file that replaces an expired one after the run has listed it is loaded by the next load."""
    old = loader.put("list", csv_file(row("3", extracted_at=OLD)), day="2026-01-30")
    gone = loader.put("gone", csv_file(row("4", extracted_at=OLD)), day="2026-01-30")
    loader.load()

    @contextmanager
    def replaced() -> Iterator[None]:
        """What is noted before anything is deleted."""
        loader.store.put(old, csv_file(row("5", extracted_at=NEW)), "text/csv")
        yield

    expire(replace(reach(loader), renewing=Renewing(lambda: False, replaced)), DAYS, NOW)
    assert keys(loader.store) & {old, gone} == {old}
    assert people_in(loader)["FOLLOWER_SNAPSHOTS"] == []
    loader.load()
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [("5",)]
    assert run(loader).total == 0
