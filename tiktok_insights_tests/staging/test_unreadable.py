"""Pending objects that S3 refuses: they are named and tried again by every run, and the others are loaded."""

import logging

import pytest

from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.staging.open_snapshots import record_open_snapshots
from tiktok_insights.staging.unreadable import Reading, Unreadable, every_pending_object_is_readable
from tiktok_insights_tests.staging.test_batch import MANIFEST, OURS
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.refused_objects import archive, deny, restore
from tiktok_insights_tests.support.troubleshooting import told

_STAGED = "SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_OBJECTS"


def stage(loader: Loader) -> Reading:
    """Stage and publish what is pending; say how the reading went."""
    staging = loader.staging()
    staging.stage(loader.listing())
    loader.publish()
    return staging.reading


def test_refused_objects_wait_and_the_others_are_loaded(loader: Loader, caplog: pytest.LogCaptureFixture) -> None:
    """Each is named with the remedy in log and check; the ledger knows nothing of it until S3 hands it over."""
    archived, denied = (loader.put(name, csv_file(row(str(number)))) for number, name in enumerate(("a", "d"), 1))
    loader.put("good", csv_file(row("3")))
    archive(loader.store, archived)
    deny(loader.store, denied)
    for number in range(2):
        with caplog.at_level(logging.WARNING):
            outcome = every_pending_object_is_readable(stage(loader))
        assert loader.ledger("STATUS") == {"good": ("loaded",)}
        assert loader.rows(_STAGED) == [(0,)]
        # By their times in whole seconds, so in either order.
        assert {offender.partition(":")[0] for offender in outcome.offenders} == {archived, denied}
        assert outcome.facts == {"objects pending": 3 - number, "objects not read": 2}
        told("every_pending_object_is_readable: <object>", "is archived", "access is denied").says_check(outcome)
    assert f"{denied} cannot be read: access is denied." in caplog.text
    restore(loader.store, archived)
    deny(loader.store)
    assert every_pending_object_is_readable(stage(loader)).passed
    assert loader.ledger("STATUS") == dict.fromkeys(("a", "d", "good"), ("loaded",))


def test_several_objects_of_which_none_can_be_read_are_an_error(loader: Loader) -> None:
    """Then the permission on the bucket may be missing; one alone, or one of several, is a warning."""
    keys = [loader.put(name, csv_file(row("1"))) for name in ("a", "b")]
    deny(loader.store, "csv/*")
    assert every_pending_object_is_readable(stage(loader)).severity.value == "error"
    deny(loader.store, keys[0])
    assert every_pending_object_is_readable(stage(loader)).severity.value == "warning"
    assert every_pending_object_is_readable(stage(loader)).severity.value == "warning"


def test_a_csv_whose_manifest_is_refused_waits_for_it(loader: Loader) -> None:
    """Loaded without, its snapshot would have no facts forever."""
    loader.store.put(MANIFEST.snapshot.manifest, MANIFEST.to_json(), "application/json")
    key = loader.put(OURS, csv_file(row("1")))
    archive(loader.store, MANIFEST.snapshot.manifest)
    (offender,) = every_pending_object_is_readable(stage(loader)).offenders
    assert offender.startswith(f"{key}: s3://")
    assert MANIFEST.snapshot.manifest in offender
    assert loader.ledger("STATUS") == {}
    restore(loader.store, MANIFEST.snapshot.manifest)
    stage(loader)
    assert loader.rows("SELECT HANDLE FROM ACCOUNT_SNAPSHOTS") == [("ann",)]


def test_a_quarantine_that_cannot_be_written_leaves_its_object_for_the_next_run(loader: Loader) -> None:
    """Rejected rows that are nowhere would be lost."""
    loader.put("bad", csv_file(row("1"), row("x")))
    loader.put("good", csv_file(row("2")))
    deny(loader.store, "quarantine/*", action="s3:PutObject")
    (offender,) = every_pending_object_is_readable(stage(loader)).offenders
    assert "cannot be written" in offender
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA") == [("2",)]
    deny(loader.store)
    stage(loader)
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA ORDER BY 1") == [("1",), ("2",)]


def test_a_refused_note_of_an_open_snapshot_keeps_its_row(loader: Loader) -> None:
    """The others' rows follow the bucket; nothing is loaded or lost by it."""
    raw = RawStore(loader.store)
    loader.store.put(MANIFEST.snapshot.attempt, MANIFEST.to_json(), "application/json")
    assert record_open_snapshots(loader.session, raw) == []
    archive(loader.store, MANIFEST.snapshot.attempt)
    for _ in range(2):
        (refused,) = record_open_snapshots(loader.session, raw)
        assert (refused.key, refused.waiting) == (MANIFEST.snapshot.attempt, None)
        assert loader.rows("SELECT HANDLE FROM ACCOUNT_SNAPSHOTS") == [("ann",)]
    assert stage(loader).refused_fingerprint == ""
    loader.store._s3.delete_object(Bucket=loader.store.bucket, Key=MANIFEST.snapshot.attempt)
    assert record_open_snapshots(loader.session, raw) == []
    assert loader.rows("SELECT HANDLE FROM ACCOUNT_SNAPSHOTS") == []


def test_a_read_that_broke_off_is_not_among_the_refused(loader: Loader) -> None:
    """The sensor tries it again soon."""
    (item,) = (loader.put("a", csv_file(row("1"))), loader.listing().objects)[1]
    assert Reading(1, [Unreadable("a", "cut off", item, is_transient=True)]).refused_fingerprint == ""
    assert Reading(1, [Unreadable("a", "denied", item)]).refused_fingerprint == loader.listing().fingerprint
