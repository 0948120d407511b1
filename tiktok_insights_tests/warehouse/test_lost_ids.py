"""The check that no id is lost between the objects and TIKTOK_DATA."""

import pytest

from tiktok_insights.warehouse.lost_ids import no_id_is_lost
from tiktok_insights.warehouse.table_checks import TableCheckInput
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.refused_objects import archive, deny
from tiktok_insights_tests.support.troubleshooting import told

LONG = '"' + "x" * 150_000 + '"'
TOO_LONG = "x" * 2_100_000


def test_ids_in_the_table_or_the_quarantine_are_not_lost(loader: Loader, given: TableCheckInput) -> None:
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
    outcome = no_id_is_lost(given)
    assert outcome.offenders == ()
    assert outcome.facts == {
        "objects": 2,
        "objects replaced or deleted since": 0,
        "objects that cannot be read": 0,
        "ids compared": 17,
        "ids lost": 0,
    }


def test_ids_that_are_no_numbers_are_told_apart(loader: Loader, given: TableCheckInput) -> None:
    """Texts that look alike in a file of ids are different ids, and a lost one is named as it stood in the object."""
    odd = ('""7""', "7\t8", "\\N", '""', " ", "\U0001f338", "'")
    key = loader.put("a", csv_file(row("7"), *(row(f'"{text}"') for text in odd), row('"""\U0001f338"""')))
    loader.load()
    assert no_id_is_lost(given).facts == {
        "objects": 1,
        "objects replaced or deleted since": 0,
        "objects that cannot be read": 0,
        "ids compared": 9,
        "ids lost": 0,
    }
    ((listed),) = loader.store.list("quarantine/")
    lines = loader.store.get(listed.key).body.splitlines(keepends=True)
    loader.store.put(listed.key, b"".join(line for line in lines if b"\\t8" not in line), "application/jsonl")
    assert no_id_is_lost(given).offenders == (f"…8 of {key}",)


def test_a_lost_and_a_bent_id_are_named_with_their_object(loader: Loader, given: TableCheckInput) -> None:
    """One user's row is gone, another's id was rounded: both are found, to the last digit."""
    key = loader.put("a", csv_file(row("7423456789012345149"), row("7423456789012345150"), row("3")))
    loader.load()
    loader.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '3'")
    loader.session.execute(
        "UPDATE TIKTOK_DATA SET TIKTOK_ID = '7423456789012345000' WHERE TIKTOK_ID = '7423456789012345149'"
    )
    outcome = no_id_is_lost(given)
    assert outcome.offenders == (f"…3 of {key}", f"7423…5149 of {key}")
    assert outcome.facts["ids lost"] == 2
    told("no_id_is_lost: <user> of <object>").says_check(outcome)


def test_a_rejected_id_without_its_quarantine_is_lost(loader: Loader, given: TableCheckInput) -> None:
    """A quarantine that somebody emptied is no place where an id may be."""
    key = loader.put("a", csv_file(row("1"), row("x")))
    loader.load()
    ((line),) = loader.store.list("quarantine/")
    loader.store.put(line.key, b"", "application/jsonl")
    assert no_id_is_lost(given).offenders == (f"…x of {key}",)


@pytest.mark.parametrize("is_quarantine", [False, True])
def test_an_object_that_is_archived_since_is_not_compared(
    loader: Loader, given: TableCheckInput, is_quarantine: bool
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
    outcome = no_id_is_lost(given)
    assert (outcome.passed, outcome.facts["objects that cannot be read"], outcome.facts["ids compared"]) == (True, 1, 1)


def test_an_object_that_was_replaced_since_is_not_compared(loader: Loader, given: TableCheckInput) -> None:
    """It is counted instead; the next publication compares the new version."""
    loader.put("a", csv_file(row("1")))
    loader.put("b", csv_file(row("2")))
    loader.load()
    loader.put("a", csv_file(row("3")))
    outcome = no_id_is_lost(given)
    assert outcome.passed
    assert (outcome.facts["objects"], outcome.facts["objects replaced or deleted since"]) == (2, 1)
    assert (outcome.facts["ids compared"], outcome.facts["ids lost"]) == (1, 0)


def test_the_publication_that_came_last_is_compared(loader: Loader, given: TableCheckInput) -> None:
    """Not the batch that was staged last: an older batch may be published after it."""
    loader.put("a", csv_file(row("1")))
    batch_id = loader.load().batch_id
    later = "99991231T000000Z-aaaaaaaa"
    for table in ("LOAD_BATCHES", "LOAD_HISTORY"):
        loader.session.execute(f"UPDATE {table} SET BATCH_ID = ? WHERE BATCH_ID = ?", (later, batch_id))
    loader.put("b", csv_file(row("2")))
    loader.load()
    loader.session.execute("DELETE FROM TIKTOK_DATA WHERE TIKTOK_ID = '2'")
    assert not no_id_is_lost(given).passed


def test_nothing_published_nothing_lost(given: TableCheckInput) -> None:
    """An empty warehouse is in order."""
    outcome = no_id_is_lost(given)
    assert (outcome.passed, outcome.facts["objects"]) == (True, 0)
