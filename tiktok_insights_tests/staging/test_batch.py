"""A batch from the bucket to the staging table: what each kind of object comes to, the quarantine and the verdict."""

import json
from typing import Any

import pytest

from tiktok_insights.clients.object_store import ObjectMissingError
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.quarantine import quarantine_key
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.loading import Loader

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
    """The time is when the object was written, in UTC; the snapshot is the object's key."""
    key = loader.put("fourteen", csv_file(row_of_14("1"), header=HEADER_14))
    loader.load()
    ((info),) = loader.store.list(key)
    written = info.last_modified.replace(tzinfo=None)
    assert loader.rows("SELECT SNAPSHOT_ID, EXTRACTED_AT FROM FOLLOWER_SNAPSHOTS") == [(key, written)]
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


def test_an_unreadable_manifest_sets_only_its_own_object_aside(loader: Loader) -> None:
    """One damaged manifest does not keep the other objects out forever."""
    loader.store.put(MANIFEST.snapshot.manifest, b"{", "application/json")
    loader.put(OURS, csv_file(row("1")))
    loader.put("other", csv_file(row("2")))
    loader.load()
    assert loader.ledger("STATUS") == {OURS: ("refused",), "other": ("loaded",)}
    assert MANIFEST.snapshot.manifest in loader.ledger("REASON")[OURS][0]


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
    assert [check.passed for check in Staging.outcomes([])] == [True] * 7
    loader.put("a", csv_file(row("1")))
    batch = loader.load()
    assert [check.name for check in Staging.outcomes([batch])] == [check.name for check in Staging.outcomes([])]
    assert staging.stage(loader.listing()) == []
    assert loader.rows("SELECT COUNT(*) FROM LOAD_BATCHES") == [(1,)]


def test_a_red_audit_publishes_nothing_and_the_next_run_loads_the_others(loader: Loader) -> None:
    """The offenders go to the ledger with the reason and their counts, the verdict says why, the tables stay."""
    loader.put("before", csv_file(row("1")))
    loader.load()
    before = loader.dump()
    many_bad = loader.put("many_bad", csv_file(*[row(str(n)) for n in range(2, 10)], row("x"), row("11")))
    big = loader.put("big", csv_file(row("12", heartCount="1" + "0" * 18), row("12", heartCount="5")))
    loader.put("good", csv_file(row("13")))
    batch = loader.load(max_rejected_share=0.01)
    assert not batch.verdict.passed
    after = loader.dump()
    assert {name: after[name] for name in before if name != "LOAD_HISTORY"} == {
        name: rows for name, rows in before.items() if name != "LOAD_HISTORY"
    }
    ((verdict, checks, objects, rows_staged, published),) = loader.rows(
        "SELECT VERDICT, CHECKS, OBJECTS, ROWS_STAGED, PUBLISHED_AT FROM LOAD_BATCHES WHERE BATCH_ID = ?",
        (batch.batch_id,),
    )
    assert (verdict, objects, rows_staged, published) == ("failed", 3, 11, None)
    found = {
        name: [text.partition(": ")[0] for text in found]
        for name, found in json.loads(checks).items()
        if found is not True
    }
    assert found == {"counts_are_in_range": [big], "rejected_share_is_below_the_threshold": [many_bad]}
    assert loader.ledger() == {
        "before": ("loaded", 1, 1, 0, 0),
        "big": ("refused", 2, 1, 1, 0),
        "many_bad": ("refused", 10, 9, 0, 1),
    }
    reasons = loader.ledger("REASON")
    assert reasons["many_bad"][0].startswith("1 of 10 rows are rejected, more than max_rejected_share (0.01) allows")
    assert reasons["big"][0].startswith(
        "1 of 1 rows, such as that of user 12, have a count of 1,000,000,000,000,000,000"
    )
    assert loader.load(max_rejected_share=0.01).verdict.passed
    assert loader.ledger()["good"] == ("loaded", 1, 1, 0, 0)
    assert loader.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA ORDER BY 1") == [("1",), ("13",)]


def test_a_batch_that_failed_by_nobodys_fault_is_staged_again(loader: Loader) -> None:
    """A row that went astray in the warehouse sets no object aside: the next run takes all of them again."""
    loader.put("a", csv_file(row("1")))
    batch = loader.stage()
    loader.session.execute("UPDATE LOAD_BATCHES SET VERDICT = 'failed' WHERE BATCH_ID = ?", (batch.batch_id,))
    assert loader.publish() == []
    assert loader.load().verdict.passed
    assert loader.ledger() == {"a": ("loaded", 1, 1, 0, 0)}
    assert loader.rows("SELECT COUNT(*) FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA") == [(0,)]


def test_rows_that_nobody_will_publish_are_swept(loader: Loader) -> None:
    """Of a failed batch and of one cut off a day ago; those of a passed and of a fresh batch stay."""
    loader.put("a", csv_file(row("1")))
    passed = loader.stage().batch_id
    insert = (
        "INSERT INTO TIKTOK_INTERNAL.STAGED_TIKTOK_DATA (BATCH_ID, OBJECT_KEY, ACCOUNT_ID, SNAPSHOT_ID, TIKTOK_ID) "
        "VALUES (?, 'k', '42', 's', '1')"
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
