"""A batch from the bucket to the staging table: what each kind of object comes to, the quarantine and the verdict."""

import json
import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tiktok_insights.clients.object_store import ObjectMissingError
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshot_facts import SnapshotFacts
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.ledger import forget_refused
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights.staging.row_counts import RowCounts
from tiktok_insights.staging.staging_result import every_new_object_was_loaded, result_of
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.troubleshooting import told

SNAPSHOT_ID = "20260131T093000125Z"
OURS = f"tiktok_user_data-{SNAPSHOT_ID}"
MANIFEST = Manifest(
    account_id="42",
    handle="ann",
    sec_uid="sec",
    snapshot_id=SNAPSHOT_ID,
    started_at="2026-01-31T09:30:00.125Z",
    finished_at="2026-01-31T09:31:00.000Z",
    outcome="partial",
    reason="the budget is spent",
    users_seen=2,
    users_claimed=5,
    is_whole=True,
    holes=(),
    rows=3,
    dummies=0,
    rejected=0,
    requests=7,
    pages=(),
)


def quarantine(loader: Loader, key: str) -> list[dict[str, Any]]:
    """The quarantine's lines of the object as it is now."""
    ((info),) = loader.store.list(key)
    body = loader.store.get(quarantine_key(key, info.etag)).body
    return [json.loads(line) for line in body.splitlines()]


def test_every_kind_of_object_has_its_result_and_the_others_load(loader: Loader) -> None:
    """Good, odd, broken and foreign objects in one batch: each is loaded, refused or skipped, with its reason."""
    good = {
        "bom": b"\xef\xbb\xbf" + csv_file(row("1"), row("1"), row("2", nickname="BAD")).replace(b"BAD", b"\xff"),
        "fourteen": csv_file(row_of_14("3"), "4,short", header=HEADER_14, end="\n").removesuffix(b"\n"),
        "header": csv_file(),
        "it's": csv_file(row("5", nickname='"a, ""b"" 😀"'), row("0"), row("6", heartCount="12k")),
    }
    broken = {
        "binary": bytes(range(256)) * 9,
        "columns": csv_file("1,2", header="id,name"),
        "linebreak": csv_file(row("7", nickname='"a\nb"')),
        "quote": csv_file(row("7", nickname='"a')),
        "utf16": csv_file(row("7")).decode().encode("utf-16"),
    }
    for name, body in {**good, **broken}.items():
        loader.put(name, body)
    for key in ("csv/followers/", "csv/followers/account=42/readme.txt", "csv/followers/a.csv"):
        loader.store.put(key, b"x", "text/plain")
    loader.put("zero", b"")
    listing = loader.listing()
    assert [(skipped.key.rpartition("/")[2], skipped.reason.partition(" ")[0]) for skipped in listing.skipped] == [
        ("", "a"),
        ("a.csv", "not"),
        ("zero.csv", "empty"),
        ("readme.txt", "not"),
    ]
    batch = loader.load()
    assert batch.verdict.passed
    assert loader.ledger() == {
        "bom": ("loaded", 3, 1, 1, 1),
        "fourteen": ("loaded", 2, 1, 0, 1),
        "header": ("loaded", 0, 0, 0, 0),
        "it's": ("loaded", 3, 1, 0, 2),
        **dict.fromkeys(broken, ("refused", 0, 0, 0, 0)),
    }
    reasons = {name: reason for name, (reason,) in loader.ledger("REASON").items() if reason}
    assert {name: " ".join(reason.split()[:5]) for name, reason in reasons.items()} == {
        "binary": "line 1 has NUL bytes,",
        "columns": "line 1, column 1 is",
        "linebreak": "line 2, column 3 (nickname)",
        "quote": "line 2, column 3 (nickname)",
        "utf16": "the file is UTF-16 text;",
    }
    assert sorted(item.item.info.key.rpartition("/")[2] for item in batch.refused) == [f"{name}.csv" for name in broken]
    assert loader.rows("SELECT TIKTOK_ID, NICK_NAME, COUNTS_EXACT FROM TIKTOK_DATA ORDER BY TIKTOK_ID") == [
        ("1", "Ann", True),
        ("3", "Ann", None),
        ("5", 'a, "b" 😀', True),
    ]


def test_what_another_producer_does_not_know_comes_from_the_object(loader: Loader) -> None:
    """The time is the end of the folder's day, or when the object was first written; the snapshot is its key."""
    key = loader.put("fourteen", csv_file(row_of_14("1"), header=HEADER_14))
    loader.load()
    ((info),) = loader.store.list(key)
    written = info.last_modified.replace(tzinfo=None)
    day_end = datetime(2026, 1, 31, 23, 59, 59, 999999)  # noqa: DTZ001 - UTC, as TIMESTAMP_NTZ is
    found = loader.rows("SELECT SNAPSHOT_ID, EXTRACTED_AT, FIRST_MODIFIED FROM FOLLOWER_SNAPSHOTS")
    assert found == [(key, day_end, written)]
    assert loader.dump()["ACCOUNT_SNAPSHOTS"] == [(key, "42", key, None, 1, None, None)]


def test_our_own_snapshot_brings_what_its_manifest_says_beside_one_without(loader: Loader) -> None:
    """Seen N of M, how it ended and what it cost, in one batch with an object of ours that has no manifest."""
    loader.store.put(MANIFEST.snapshot.manifest, MANIFEST.to_json(), "application/json")
    loader.put(OURS, csv_file(row("1"), row("2")))
    loader.put("tiktok_user_data-20260131T100000000Z", csv_file(row("3")))
    loader.load()
    found = loader.rows(
        "SELECT SNAPSHOT_ID, HANDLE, CAST(STARTED_AT AS VARCHAR), CAST(FINISHED_AT AS VARCHAR), OUTCOME, "
        "OUTCOME_REASON, USERS_SEEN, USERS_CLAIMED, REQUESTS FROM ACCOUNT_SNAPSHOTS WHERE HANDLE IS NOT NULL"
    )
    ((snapshot_id, handle, started, finished, *rest),) = found
    assert (snapshot_id, handle, *rest) == (SNAPSHOT_ID, "ann", "partial", "the budget is spent", 2, 5, 7)
    assert (started[:23], finished[:19]) == ("2026-01-31 09:30:00.125", "2026-01-31 09:31:00")
    assert loader.rows("SELECT SNAPSHOT_ID, USERS_SEEN, OUTCOME FROM ACCOUNT_SNAPSHOTS WHERE HANDLE IS NULL") == [
        ("20260131T100000000Z", 1, None)
    ]


def test_a_csv_that_carries_its_facts_needs_no_manifest(loader: Loader) -> None:
    """The metadata says what the manifest would, although that is damaged."""
    loader.store.put(MANIFEST.snapshot.manifest, b"{", "application/json")
    key = f"csv/followers/account=42/dt=2026-01-31/{OURS}.csv"
    loader.store.put_once(key, csv_file(row("1")), "text/csv", SnapshotFacts.of(MANIFEST).to_metadata())
    loader.load()
    assert loader.rows("SELECT HANDLE, OUTCOME, USERS_SEEN, REQUESTS FROM ACCOUNT_SNAPSHOTS") == [
        ("ann", "partial", 2, 7)
    ]


def test_a_csv_with_another_snapshots_facts_takes_the_manifests(loader: Loader) -> None:
    """As after a copy over its key, which brings the metadata along."""
    others = replace(SnapshotFacts.of(MANIFEST), snapshot_id="20260131T100000000Z", handle="bob")
    loader.store.put_once(MANIFEST.snapshot.manifest, MANIFEST.to_json(), "application/json")
    key = f"csv/followers/account=42/dt=2026-01-31/{OURS}.csv"
    loader.store.put_once(key, csv_file(row("1")), "text/csv", others.to_metadata())
    loader.load()
    assert loader.rows("SELECT HANDLE FROM ACCOUNT_SNAPSHOTS") == [("ann",)]


def test_an_unreadable_manifest_sets_only_its_own_object_aside(loader: Loader) -> None:
    """One damaged manifest does not keep the other objects out, and its own only until the reason is followed."""
    loader.store.put(MANIFEST.snapshot.manifest, b"{", "application/json")
    loader.put(OURS, csv_file(row("1")))
    loader.put("other", csv_file(row("2")))
    loader.load()
    assert loader.ledger("STATUS") == {OURS: ("refused",), "other": ("loaded",)}
    (reason,) = loader.ledger("REASON")[OURS]
    assert MANIFEST.snapshot.manifest in reason
    command = "tiktok-insights retry-refused "
    assert command in reason
    loader.store.put(MANIFEST.snapshot.manifest, MANIFEST.to_json(), "application/json")
    assert loader.staging().stage(loader.listing()) == []
    assert forget_refused(loader.session, reason.partition(command)[2])
    loader.load()
    assert loader.ledger("STATUS")[OURS] == ("loaded",)


def test_an_object_that_changes_under_the_run_waits_for_the_next(loader: Loader) -> None:
    """Replaced or deleted after the listing, it is left out; the others go on."""
    loader.put("a", csv_file(row("1")))
    loader.put("replaced", csv_file(row("2")))
    staging = loader.staging()
    listing = loader.listing()
    loader.put("replaced", csv_file(row("3")))
    (batch,) = staging.stage(listing)
    assert [item.item.info.key.rpartition("/")[2] for item in batch.objects] == ["a.csv"]
    loader.publish()
    loader.load()
    assert loader.ledger("STATUS") == {"a": ("loaded",), "replaced": ("loaded",)}
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA ORDER BY 1") == [("1",), ("3",)]


def test_a_rejected_row_is_in_the_quarantine_with_its_object(loader: Loader) -> None:
    """Object, column, reason and raw row of each, under the object's version; a clean object has nothing there."""
    clean = loader.put("clean", csv_file(row("1")))
    key = loader.put("a", csv_file(row("1"), row("2", heartCount="12k"), "3,short"))
    loader.stage()
    assert [(line["object"], line["line"], line["column"], line["row"]) for line in quarantine(loader, key)] == [
        (key, 3, "heartCount", row("2", heartCount="12k")),
        (key, 4, None, "3,short"),
    ]
    with pytest.raises(ObjectMissingError):
        quarantine(loader, clean)


def test_the_quarantine_is_what_the_newest_transform_says(loader: Loader) -> None:
    """One that lies there from an earlier version of the transform is written over."""
    key = loader.put("a", csv_file(row("x")))
    ((info),) = loader.store.list(key)
    loader.store.put(quarantine_key(key, info.etag), b"of old", "text/plain")
    loader.stage()
    assert [line["row"] for line in quarantine(loader, key)] == [row("x")]


def test_with_nothing_pending_there_is_no_batch_and_every_check_is_true(loader: Loader) -> None:
    """An empty bucket, or all in the ledger: no batch, no row in LOAD_BATCHES."""
    staging = loader.staging()
    assert staging.stage(loader.listing()) == []
    assert [check.passed for check in Staging.outcomes([])] == [True] * 6
    loader.put("a", csv_file(row("1")))
    batch = loader.load()
    assert [check.name for check in Staging.outcomes([batch])] == [check.name for check in Staging.outcomes([])]
    assert staging.stage(loader.listing()) == []
    assert loader.rows("SELECT COUNT(*) FROM LOAD_BATCHES") == [(1,)]


def test_a_faulty_object_is_refused_and_the_others_are_published_in_the_same_run(
    loader: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    """The ledger has its reason and counts, readers have none of its rows, and the log says why at ERROR, in words."""
    before = loader.put("replaced", csv_file(row("1")))
    loader.load()
    loader.put("many_bad", csv_file(*[row(str(n)) for n in range(2, 10)], row("x"), row("11")))
    loader.put("big", csv_file(row("12", heartCount="1" + "0" * 18), row("12", heartCount="5")))
    loader.put("replaced", csv_file(row("14", heartCount="1" + "0" * 18)))
    loader.put("good", csv_file(row("13")))
    batch = loader.load(max_rejected_share=0.01)
    assert (batch.verdict.passed, len(batch.refused)) == (True, 3)
    assert loader.rows("SELECT VERDICT, OBJECTS, ROWS_STAGED FROM LOAD_BATCHES ORDER BY BATCH_ID") == [
        ("passed", 1, 1),
        ("passed", 4, 12),
    ]
    status = "SELECT STATUS, ROWS_IN, ROWS_STAGED, ROWS_DUPLICATE, ROWS_REJECTED FROM LOAD_HISTORY WHERE OBJECT_KEY = ?"
    assert loader.rows(f"{status} ORDER BY 1", (before,)) == [("loaded", 1, 1, 0, 0), ("refused", 1, 1, 0, 0)]
    ledger = {name: counts for name, counts in loader.ledger().items() if name != "replaced"}
    assert ledger == {
        "big": ("refused", 2, 1, 1, 0),
        "good": ("loaded", 1, 1, 0, 0),
        "many_bad": ("refused", 10, 9, 0, 1),
    }
    for table in ("TIKTOK_DATA", "FOLLOWER_SNAPSHOTS"):
        assert loader.rows(f"SELECT TIKTOK_ID FROM {table} ORDER BY 1") == [("1",), ("13",)]
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA") == [(0,)]
    reasons = loader.ledger("REASON")
    assert reasons["many_bad"][0].startswith("1 of 10 rows are rejected, more than max_rejected_share (0.01) allows")
    assert reasons["big"][0].startswith(
        "1 of 1 rows, such as that of user …2, have a count of 1,000,000,000,000,000,000"
    )
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(said) == 3
    assert any(reasons["many_bad"][0] in text and "many_bad.csv is refused: " in text for text in said)
    assert not any(record.exc_info for record in caplog.records)


class LosesRows(Session):
    """A session whose warehouse forgets the rows that were copied into it."""

    def copy_parquet(self, path: Path, table: str) -> int:
        """Copy the file, and delete what came of it."""
        copied = super().copy_parquet(path, table)
        self.execute(f"DELETE FROM {table}")
        return copied


def test_a_fault_of_the_batch_fails_all_of_it_and_it_is_staged_again(loader: Loader) -> None:
    """Rows that went astray: nothing is published or refused, not even a faulty object, until the next run."""
    loader.put("a", csv_file(row("1")))
    loader.put("big", csv_file(row("12", heartCount="1" + "0" * 18)))
    loader.put("unreadable", b"x")
    doubtful = Loader(loader.store, LosesRows(loader.session._connection, loader.session.namespace), loader.connect)
    batch = doubtful.stage()
    assert not batch.verdict.passed
    result = result_of([batch])
    assert [(item.status, item.reason) for item in result.objects] == [
        ("pending", "its batch failed the audit; the next run stages it again")
    ] * 3
    assert (result.objects_loaded, result.objects_refused, result.refused) == (0, 0, ())
    assert loader.publish() == []
    assert loader.ledger() == {}
    assert loader.load().verdict.passed
    assert loader.ledger("STATUS") == {"a": ("loaded",), "big": ("refused",), "unreadable": ("refused",)}
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA") == [(0,)]


def test_each_object_is_shown_with_the_status_that_the_ledger_says(loader: Loader) -> None:
    """Whatever came of it, over several batches; those that a person has to look at come first."""
    loader.put("good", csv_file(row("1")))
    loader.put("big", csv_file(row("12", heartCount="1" + "0" * 18)))
    loader.put("unreadable", b"x")
    loader.put("some_bad", csv_file(row("2"), row("x")))
    batches = [loader.load(*(item.info.key for item in loader.listing().objects[start::2])) for start in (0, 1)]
    result = result_of(batches)
    assert {item.key: (item.status, item.reason or None) for item in result.objects} == {
        key: (status, reason)
        for key, status, reason in loader.rows("SELECT OBJECT_KEY, STATUS, REASON FROM LOAD_HISTORY")
    }
    assert [item.key.rpartition("/")[2] for item in result.objects][2:] == ["some_bad.csv", "good.csv"]
    assert (result.objects_loaded, result.objects_refused) == (2, 2)
    assert result.rows == RowCounts(rows_in=3, staged=2, rejected=1)
    outcome = every_new_object_was_loaded(result)
    assert outcome.offenders == tuple(f"{item.key}: {item.reason}" for item in result.refused)
    told("every_new_object_was_loaded: <object>: <reason>").says_check(outcome)
    assert every_new_object_was_loaded(result_of([])).passed


def test_rows_that_nobody_will_publish_are_swept(loader: Loader) -> None:
    """Of a failed batch and of one cut off a day ago; those of a passed and of a fresh batch stay."""
    loader.put("a", csv_file(row("1")))
    passed = loader.stage().batch_id
    insert = (
        "INSERT INTO TIKTOK_INTERNAL.STAGED_TIKTOK_DATA (BATCH_ID, OBJECT_KEY, ACCOUNT_ID, SNAPSHOT_ID, "
        "FIRST_MODIFIED, TIKTOK_ID) VALUES (?, 'k', '42', 's', '2026-01-31 12:00:00', '1')"
    )
    for batch_id in ("20200101T000000Z-aaaaaaaa", "99991231T000000Z-aaaaaaaa", "failed"):
        loader.session.execute(insert, (batch_id,))
    loader.session.execute(
        "INSERT INTO LOAD_BATCHES (BATCH_ID, STAGED_AT, VERDICT, CHECKS, OBJECTS, ROWS_STAGED) "
        "VALUES ('failed', CURRENT_TIMESTAMP::TIMESTAMP_NTZ, 'failed', '{}', 1, 1)"
    )
    loader.put("b", csv_file(row("2")))
    second = loader.stage().batch_id
    left = loader.rows("SELECT DISTINCT BATCH_ID FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA")
    assert sorted(left) == sorted([(passed,), (second,), ("99991231T000000Z-aaaaaaaa",)])


def test_the_staging_table_keeps_ids_and_counts_to_the_last_digit(loader: Loader) -> None:
    """Through Parquet, PUT and COPY: neighbours stay two, 18 digits, NULL and emoji stay what they are."""
    loader.put(
        "a",
        csv_file(
            row("7423456789012345149", heartCount="999999999999999999", nickname="NULL"),
            row("7423456789012345150", heartCount="-5", nickname="007", extracted_at="2026-01-31T12:00:00.123456Z"),
            row("007", heartCount="9007199254740993.0", nickname="x" * 10_000),
            row("7", heartCount="", nickname="\\N", Account_verified=""),
        ),
    )
    batch = loader.load()
    assert batch.objects[0].counts.negative_counts == 1
    found = loader.rows("SELECT TIKTOK_ID, HEART_COUNT, NICK_NAME, ACCOUNT_VERIFIED FROM TIKTOK_DATA ORDER BY 1")
    assert found == [
        ("007", 9007199254740993, "x" * 10_000, True),
        ("7", None, "\\N", None),
        ("7423456789012345149", 999999999999999999, "NULL", True),
        ("7423456789012345150", None, "007", True),
    ]
    assert loader.rows(
        "SELECT COUNT(*) FROM TIKTOK_DATA WHERE EXTRACTED_AT = '2026-01-31 12:00:00.123456'::TIMESTAMP_NTZ"
    ) == [(1,)]
    assert loader.ledger("NEGATIVE_COUNTS") == {"a": (1,)}
