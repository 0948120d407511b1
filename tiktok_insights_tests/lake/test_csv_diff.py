"""The differences of two CSVs, told row by row from literal texts."""

import pytest

from tiktok_insights.lake.csv_diff import Change, CsvDiff, diff
from tiktok_insights_tests.support.csv_texts import HEADER_14, csv_file, row, row_of_14


def compare(old: bytes, new: bytes, keep: int = 100) -> CsvDiff:
    """Compare two whole files."""
    return diff(old.splitlines(keepends=True), new.splitlines(keepends=True), keep)


def counts(found: CsvDiff) -> tuple[int, int, int]:
    """Rows changed, added, gone."""
    return found.rows_changed, found.rows_added, found.rows_gone


def test_the_same_file_has_no_changes() -> None:
    """Nothing is counted, nothing is kept."""
    body = csv_file(row("1"), row("2"))
    assert compare(body, body) == CsvDiff()


def test_a_changed_text_is_told_with_its_user_and_column() -> None:
    """Old and new text, one line for each column; the row counts once."""
    found = compare(csv_file(row("1", nickname='"a, b"', heartCount="3")), csv_file(row("1", nickname="c")))
    assert found.changes == [
        Change("changed", "1", "nickname", "a, b", "c"),
        Change("changed", "1", "heartCount", "3", "14"),
    ]
    assert (counts(found), found.lines, dict(found.columns)) == ((1, 0, 0), 2, {"nickname": 1, "heartCount": 1})


def test_rows_that_come_and_go_are_named_by_their_user() -> None:
    """Wherever they stand, the others are still held against their partners."""
    old = csv_file(row("9"), row("1"), row("2"), row("3", uniqueId="old"))
    new = csv_file(row("1"), row("2"), row("5"), row("3"), row("4"))
    found = compare(old, new)
    assert sorted((change.kind, change.user_id) for change in found.changes) == [
        ("added", "4"),
        ("added", "5"),
        ("changed", "3"),
        ("gone", "9"),
    ]
    assert counts(found) == (1, 2, 1)


def test_another_order_is_no_change() -> None:
    """Each row finds its partner, however far away."""
    rows = [row(str(number)) for number in range(100)]
    assert compare(csv_file(*rows), csv_file(*reversed(rows))) == CsvDiff()


def test_a_repeated_user_is_told_apart_by_position() -> None:
    """The first row is held against the first, the second against the second; a third has come."""
    old = csv_file(row("1", nickname="a"), row("1", nickname="b"))
    new = csv_file(row("1", nickname="a"), row("1", nickname="c"), row("1", nickname="b"))
    assert compare(old, new).changes == [
        Change("changed", "1", "nickname", "b", "c"),
        Change("added", "1"),
    ]


def test_neighbouring_ids_beyond_2_to_the_53_are_two_users() -> None:
    """Ids are texts."""
    found = compare(csv_file(row("7420366745511658149")), csv_file(row("7420366745511658150")))
    assert counts(found) == (0, 1, 1)


def test_columns_that_old_code_did_not_have_are_changes() -> None:
    """Rows are read by their own file's header."""
    found = compare(csv_file(row_of_14("1"), header=HEADER_14), csv_file(row("1")))
    assert [(change.column, change.old, change.new) for change in found.changes] == [
        ("counts_exact", "", "true"),
        ("extracted_at", "", "2026-01-31T12:00:00Z"),
    ]


def test_an_unclosed_quote_spoils_its_row_only() -> None:
    """The rest of a damaged file is still compared row by row."""
    old = csv_file(row("1"), row("2", nickname='"Ann'), row("3"))
    found = compare(old, csv_file(row("1"), row("2"), row("3")))
    assert {change.user_id for change in found.changes} == {"2"}
    assert counts(found) == (1, 0, 0)


@pytest.mark.parametrize("damaged", [b"", b"\xff\x00\n", b"\n\n", b"x" * 200_000 + b"\n\r\n"])
def test_whatever_lies_there_can_be_compared(damaged: bytes) -> None:
    """Today's rows have come; no text of it breaks a terminal or a database."""
    found = compare(damaged, csv_file(row("1")))
    assert found.rows_added == 1
    for change in found.changes:
        change.old.encode("utf-8")


def test_bytes_that_are_no_text_are_told_as_numbers() -> None:
    """So that the change can be printed anywhere."""
    old = csv_file(row("1", nickname="QQ")).replace(b"QQ", b"\xff\xfe")
    assert compare(old, csv_file(row("1"))).changes == [Change("changed", "1", "nickname", "\\xff\\xfe", "Ann")]


def test_only_the_first_changes_are_kept_and_all_are_counted() -> None:
    """Memory does not grow with the number of changes."""
    old = csv_file(*(row(str(number), uniqueId="old", nickname="old") for number in range(50)))
    found = compare(old, csv_file(*(row(str(number)) for number in range(50))), keep=7)
    assert (len(found.changes), found.lines, counts(found)) == (7, 100, (50, 0, 0))
