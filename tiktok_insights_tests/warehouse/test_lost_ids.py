"""The check that no id is lost between the objects and TIKTOK_DATA."""

from dataclasses import replace
from typing import IO

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.progress import Progress, ProgressReporter
from tiktok_insights.warehouse.lost_ids import RereadInput, no_id_is_lost
from tiktok_insights.warehouse.verification import PROGRESS_KEY
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.refused_objects import archive, deny
from tiktok_insights_tests.support.troubleshooting import told

LONG = '"' + "x" * 150_000 + '"'
TOO_LONG = "x" * 2_100_000


def test_ids_in_the_table_or_the_quarantine_are_not_lost(loader: Loader, rereading: RereadInput) -> None:
    """Typed, duplicate, unsplit, quoted, odd, too long and undecodable rows: each id is somewhere."""
    loader.put(
        "a",
        b"\xef\xbb\xbf"
        + csv_file(
            row("7423456789012345149"),
            row('"7423456789012345150"', nickname='"a, b"'),
            row("7423456789012345149"),
            row("007", nickname=LONG),
            row("0"),
            row(""),
            row("8\0"),
            row("7.42e+18"),
            row(" 9"),
            "{10},short",
            '"{11}",short',
            "12",
            row("13") + ",long",
            row("BAD").replace("BAD", "14", 1),
            row("{15}", heartCount="x"),
            row("16", nickname=TOO_LONG),
            row("17BYTES"),
        ).replace(b"BYTES", b"\xff"),
    )
    loader.put("b", csv_file(row_of_14("18"), header=HEADER_14, end="\n"))
    loader.load()
    outcome = no_id_is_lost(rereading)
    assert outcome.offenders == ()
    assert outcome.facts == {
        "objects": 2,
        "objects replaced or deleted since": 0,
        "objects that cannot be read": 0,
        "ids compared": 17,
        "ids lost": 0,
    }


def test_ids_that_are_no_numbers_are_told_apart(loader: Loader, rereading: RereadInput) -> None:
    """Texts that look alike in a file of ids are different ids, and a lost one is named as it stood in the object."""
    odd = ('""7""', "7\t8", "\\N", '""', " ", "\U0001f338", "'")
    key = loader.put("a", csv_file(row("7"), *(row(f'"{text}"') for text in odd), row('"""\U0001f338"""')))
    loader.load()
    assert no_id_is_lost(rereading).facts == {
        "objects": 1,
        "objects replaced or deleted since": 0,
        "objects that cannot be read": 0,
        "ids compared": 9,
        "ids lost": 0,
    }
    ((listed),) = loader.store.list("quarantine/")
    lines = loader.store.get(listed.key).body.splitlines(keepends=True)
    loader.store.put(listed.key, b"".join(line for line in lines if b"\\t8" not in line), "application/jsonl")
    assert no_id_is_lost(rereading).offenders == (f"…8 of {key}",)


def test_a_lost_and_a_bent_id_are_named_with_their_object(loader: Loader, rereading: RereadInput) -> None:
    """One user's row is gone, another's id was rounded: both are found, to the last digit."""
    key = loader.put("a", csv_file(row("7423456789012345149"), row("7423456789012345150"), row("3")))
    loader.load()
    loader.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '3'")
    loader.session.execute(
        "UPDATE TIKTOK_DATA SET TIKTOK_ID = '7423456789012345000' WHERE TIKTOK_ID = '7423456789012345149'"
    )
    outcome = no_id_is_lost(rereading)
    assert outcome.offenders == (f"…3 of {key}", f"7423…5149 of {key}")
    assert outcome.facts["ids lost"] == 2
    told("no_id_is_lost: <user> of <object>").says_check(outcome)


def test_a_rejected_id_without_its_quarantine_is_lost(loader: Loader, rereading: RereadInput) -> None:
    """A quarantine that somebody emptied is no place where an id may be."""
    key = loader.put("a", csv_file(row("1"), row("x")))
    loader.load()
    ((line),) = loader.store.list("quarantine/")
    loader.store.put(line.key, b"", "application/jsonl")
    assert no_id_is_lost(rereading).offenders == (f"…x of {key}",)


@pytest.mark.parametrize("is_quarantine", [False, True])
def test_an_object_that_is_archived_since_is_not_compared(
    loader: Loader, rereading: RereadInput, is_quarantine: bool
) -> None:
    """Nor one whose quarantine is: no id of it can be called lost, and the others are compared."""
    key = loader.put("a", csv_file(row("1"), row("x")))
    loader.put("b", csv_file(row("2")))
    loader.load()
    (quarantined,) = loader.store.list("quarantine/")
    if is_quarantine:
        archive(loader.store, quarantined.key)
    else:
        deny(loader.store, key)
    outcome = no_id_is_lost(rereading)
    assert (outcome.passed, outcome.facts["objects that cannot be read"], outcome.facts["ids compared"]) == (True, 1, 1)
    assert outcome.facts["not compared"] == key


def test_an_object_that_was_replaced_since_is_not_compared(loader: Loader, rereading: RereadInput) -> None:
    """It is counted instead; the next publication compares the new version."""
    loader.put("a", csv_file(row("1")))
    loader.put("b", csv_file(row("2")))
    loader.load()
    loader.put("a", csv_file(row("3")))
    outcome = no_id_is_lost(rereading)
    assert outcome.passed
    assert (outcome.facts["objects"], outcome.facts["objects replaced or deleted since"]) == (2, 1)
    assert (outcome.facts["ids compared"], outcome.facts["ids lost"]) == (1, 0)


class Killed(BaseException):
    """The process is gone."""


class KilledAfter(ObjectStore):
    """A bucket whose reader is killed when it has written how far it came so many times."""

    def __init__(self, store: ObjectStore, times: int) -> None:
        super().__init__(store._s3, store.bucket)
        self._times = times

    def put(self, key: str, body: bytes | IO[bytes], content_type: str) -> None:
        """Write, and be killed after the last time."""
        super().put(key, body, content_type)
        self._times -= key == PROGRESS_KEY
        if self._times == 0:
            raise Killed


def test_a_verification_that_was_killed_continues_where_it_was(loader: Loader, rereading: RereadInput) -> None:
    """Another process compares the rest, and tells of all; the one after it begins at the start, as --from-start does.

    What the first one found is not lost, though the object is mended by then.
    """
    rereading = replace(rereading, group_objects=2)
    keys = [loader.put(name, csv_file(row(str(number)))) for number, name in enumerate("abcde", 1)]
    loader.load()
    loader.session.execute("UPDATE FOLLOWER_SNAPSHOTS SET TIKTOK_ID = '9' WHERE TIKTOK_ID = '1'")
    with pytest.raises(Killed):
        no_id_is_lost(replace(rereading, store=KilledAfter(loader.store, 2)))
    loader.session.execute("UPDATE FOLLOWER_SNAPSHOTS SET TIKTOK_ID = '1' WHERE TIKTOK_ID = '9'")
    seen: list[Progress] = []
    with Requests().watched() as requests:
        outcome = no_id_is_lost(replace(rereading, progress=ProgressReporter(seen.append)))
    read = [name.removeprefix("S3 GET ") for name in requests.names if name.startswith("S3 GET csv/")]
    assert read == keys[4:]
    assert (seen[-1].what, seen[-1].done, seen[-1].total) == ("reading again", 1, 1)
    assert outcome.offenders == (f"…1 of {keys[0]}",)
    assert (outcome.facts["objects"], outcome.facts["ids compared"]) == (5, 5)
    assert outcome.facts["resumed after"] == keys[3]
    whole = no_id_is_lost(rereading)
    assert (whole.offenders, whole.facts["objects"], "resumed after" in whole.facts) == ((), 5, False)
    with pytest.raises(Killed):
        no_id_is_lost(replace(rereading, store=KilledAfter(loader.store, 2)))
    again = no_id_is_lost(replace(rereading, from_start=True))
    assert (again.facts["objects"], "resumed after" in again.facts) == (5, False)


def test_objects_are_compared_alike_in_memory_and_on_disk(loader: Loader, rereading: RereadInput) -> None:
    """Groups by bytes, or each object alone through files: the same ids are lost."""
    rows = [row(str(7 * 10**18 + number)) for number in range(300)]
    for name in "abc":
        loader.put(name, csv_file(*rows, row("x")))
    loader.load()
    loader.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '7000000000000000123'")
    outcomes = [no_id_is_lost(replace(rereading, group_bytes=size)) for size in (4_000_000, 60_000, 1)]
    assert outcomes[0].facts["ids lost"] == 3
    assert [(outcome.offenders, outcome.facts) for outcome in outcomes[1:]] == [
        (outcomes[0].offenders, outcomes[0].facts)
    ] * 2


def test_nothing_published_nothing_lost(rereading: RereadInput) -> None:
    """An empty warehouse is in order."""
    outcome = no_id_is_lost(rereading)
    assert (outcome.passed, outcome.facts["objects"]) == (True, 0)
