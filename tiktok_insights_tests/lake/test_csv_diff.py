"""The differences of two CSVs, told row by row from literal texts."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok_insights.lake.csv_diff import Change, CsvDiff, diff
from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_19, csv_file, row, row_of_14


def compare(old: bytes, new: bytes, keep: int = 100) -> CsvDiff:
    """Compare two files with these bytes."""
    with TemporaryDirectory() as folder:
        paths = Path(folder) / "old.csv", Path(folder) / "new.csv"
        for path, body in zip(paths, (old, new), strict=True):
            path.write_bytes(body)
        return diff(*paths, keep)


def counts(found: CsvDiff) -> tuple[int, int, int]:
    """Rows changed, added, removed."""
    return found.rows_changed, found.rows_added, found.rows_removed


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


def test_changes_are_in_the_order_of_the_new_file() -> None:
    """Rows that only the old file has come last, in its order; the others are matched wherever they are."""
    old = csv_file(row("9"), row("1"), row("8"), row("2"), row("3", uniqueId="old"))
    new = csv_file(row("1"), row("2"), row("5"), row("3"), row("4"))
    found = compare(old, new)
    assert [(change.kind, change.user_id) for change in found.changes] == [
        ("added", "5"),
        ("changed", "3"),
        ("added", "4"),
        ("removed", "9"),
        ("removed", "8"),
    ]
    assert counts(found) == (1, 2, 2)


def test_another_order_is_no_change() -> None:
    """Each row finds its partner, however far away."""
    rows = [row(str(number)) for number in range(100)]
    assert compare(csv_file(*rows), csv_file(*reversed(rows))) == CsvDiff()


def test_a_hundred_thousand_shuffled_rows_are_matched() -> None:
    """Only the rows that differ are told, in the order of the new file, although the file is read in many blocks."""
    rows = [row(str(number), nickname=f'"Ann, {number}"') for number in range(100_000)]
    old = list(rows)
    for number in (99_999, 0, 77_777):
        old[number] = row(str(number), nickname="old")
    random.Random(9).shuffle(old)  # noqa: S311  # no secret
    assert compare(csv_file(*old), csv_file(*rows)).changes == [
        Change("changed", str(number), "nickname", "old", f"Ann, {number}") for number in (0, 77_777, 99_999)
    ]


def test_a_repeated_user_is_told_apart_by_position() -> None:
    """The first row is held against the first, the second against the second; a third has come."""
    old = csv_file(row("1", nickname="a"), row("1", nickname="b"))
    new = csv_file(row("1", nickname="a"), row("1", nickname="c"), row("1", nickname="b"))
    assert compare(old, new).changes == [
        Change("changed", "1", "nickname", "b", "c"),
        Change("added", "1"),
    ]


def test_a_users_rows_in_another_order_are_changes() -> None:
    """Other users in between do not matter, the order of one user's own rows does."""
    old = csv_file(row("1", nickname="a"), row("2"), row("1", nickname="b"))
    found = compare(old, csv_file(row("1", nickname="b"), row("1", nickname="a"), row("2")))
    assert [(change.old, change.new) for change in found.changes] == [("a", "b"), ("b", "a")]


def test_a_row_that_is_there_more_often_is_added_or_gone() -> None:
    """Equal lines are counted, not merged."""
    many, few = csv_file(*[row("1")] * 5_000), csv_file(*[row("1")] * 4_990)
    assert counts(compare(few, many)) == (0, 10, 0)
    assert counts(compare(many, few)) == (0, 0, 10)


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
        ("followed_after", "", "2026-01-30T10:00:00Z"),
        ("followed_before", "", "2026-01-31T12:00:01Z"),
        ("list_position", "", "1"),
    ]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_other_line_ends_quotes_and_columns_in_another_order_are_no_change(end: str, quote: str) -> None:
    """The texts count, and so they do when the ID is in the last column."""
    lines = [
        end.join(",".join(f"{quote}{text}{quote}" for text in reversed(line.split(","))) for line in lines)
        for lines in [(HEADER_19, row("1"), row("2", nickname=""))]
    ]
    assert compare(lines[0].encode(), csv_file(row("1"), row("2", nickname=""))) == CsvDiff()


def test_a_byte_order_mark_is_no_change() -> None:
    """The first column is still the ID, with quotes and without."""
    new = csv_file(row("1"))
    assert compare(b"\xef\xbb\xbf" + new, new) == CsvDiff()
    assert compare(b"\xef\xbb\xbf" + new.replace(b"Tiktok_id", b'"Tiktok_id"'), new) == CsvDiff()


def test_without_an_id_column_the_first_column_has_the_id() -> None:
    """A renamed column is told as two: one that has gone and one that has come."""
    found = compare(csv_file(row("1"), header=HEADER_19.replace("Tiktok_id", "id")), csv_file(row("1")))
    assert found.changes == [Change("changed", "1", "Tiktok_id", "", "1"), Change("changed", "1", "id", "1", "")]


def test_a_row_that_is_too_short_for_its_id_takes_no_other_users_place() -> None:
    """Text in quotes is no ID, wherever the column of the ID is."""
    header, good = (",".join(reversed(line.split(","))) for line in (HEADER_19, row("2")))
    old = csv_file('"' + ",2," * 15 + '"', good, header=header)
    assert compare(old, csv_file(row("2"))).changes == [Change("removed", "")]


def test_columns_without_a_name_of_their_own_are_named_by_their_number() -> None:
    """A header with an empty and a repeated name hides no text."""
    header = HEADER_19.replace("nickname", "").replace("videoCount", "uniqueId")
    found = compare(csv_file(row("1"), header=header), csv_file(row("1")))
    assert {(change.column, change.old) for change in found.changes} == {
        ("nickname", ""), ("field 3", "Ann"), ("videoCount", ""), ("field 11", "13"),
    }  # fmt: skip


def test_a_damaged_name_in_the_header_spoils_its_column_only() -> None:
    """The other columns are still compared by name."""
    found = compare(csv_file(row("1"), header=HEADER_19.replace("nickname", '"nick"name')), csv_file(row("1")))
    assert {change.column for change in found.changes} == {"nickname", '"nick"name'}


DAMAGES = {
    "unclosed quote": row("2", nickname='"Ann'),
    "unclosed quote before another": row("2", uniqueId='"ann', avatarLarger='"x"'),
    "quote inside": row("2", nickname='A"nn'),
    "text beside quotes": row("2", nickname='"Ann"x'),
    "unclosed quote at the ID": row('"2'),
    "quote after the ID": row('2"'),
    "missing field": row("2").rsplit(",", 1)[0],
    "all fields missing but the ID": "2",
    "extra field": row("2") + ",x",
    "empty extra field": row("2") + ",",
    "a hundred more fields": row("2") + "," * 100,
    "NUL": row("2", nickname="A\0nn"),
    "CR inside": row("2", nickname="A\rnn"),
    "CR before the line end": row("2") + "\r",
    "another line separator": row("2", nickname="A\u2028nn"),
    "spaces": row("2", nickname="Ann "),
}


@pytest.mark.parametrize("damaged", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_row_is_changed_and_spoils_no_other(damaged: str) -> None:
    """It is matched by its ID all the same."""
    old = csv_file(row("1", nickname='"a ""b"", c"'), damaged, row("3"))
    found = compare(old, csv_file(row("1", nickname='"a ""b"", c"'), row("2"), row("3")))
    assert {change.user_id for change in found.changes} == {"2"}
    assert counts(found) == (1, 0, 0)


@pytest.mark.parametrize("raw", ['Ann "the" Lee', '"Ann', '"Ann" Lee', '"', '"a"b"'])
def test_a_text_with_quotes_that_are_not_doubled_is_no_valid_field(raw: str) -> None:
    """A program that writes quotes as they are has damaged the row, even though the texts look the same."""
    quoted = '"' + raw.replace('"', '""') + '"'
    found = compare(csv_file(row("1", nickname=raw)), csv_file(row("1", nickname=quoted)))
    assert [(change.column, change.new) for change in found.changes] == [("nickname", raw)]


def test_a_missing_field_is_not_an_empty_one() -> None:
    """The load rejects the row."""
    found = compare(csv_file(row("1").rsplit(",", 1)[0]), csv_file(row("1", list_position="")))
    assert found.changes == [Change("changed", "1", "list_position", "", "")]


BODY = csv_file(*(row(str(number), nickname='"a ""b"", c"') for number in (11, 22, 33)))


@settings(max_examples=50, deadline=None)
@given(
    place=st.integers(BODY.index(b"\n22,") + 4, BODY.index(b"\n33,") - 2),
    length=st.integers(0, 30),
    put=st.binary(max_size=3).filter(lambda put: b"\n" not in put),
)
def test_whatever_happens_to_a_row_the_others_are_unchanged(place: int, length: int, put: bytes) -> None:
    """Bytes of it are overwritten, after the ID and up to its end at most."""
    end = BODY.index(b"\r\n33,")
    damaged = BODY[:place] + put + BODY[max(place, min(place + length, end)) :]
    found = compare(damaged, BODY)
    assert {change.user_id for change in found.changes} <= {"22"}
    assert counts(found) == (damaged != BODY, 0, 0)


@settings(max_examples=50, deadline=None)
@given(
    old=st.lists(st.sampled_from([b"11", b"22", b",", b'"', b"\r", b"\n", b"\0", b"\xff", b"Tiktok_id", BODY[:300]]))
)
def test_whatever_the_old_file_is_the_numbers_of_rows_add_up(old: list[bytes]) -> None:
    """Each line after the header is a row, which is gone or has its partner."""
    body = b"".join(old)
    found = compare(body, BODY, keep=1_000)
    rest = body.partition(b"\n")[2]
    rows = rest.count(b"\n") + (not rest.endswith(b"\n") and bool(rest))
    assert rows - found.rows_removed == 3 - found.rows_added
    assert found.rows_changed <= 3 - found.rows_added
    assert found.lines == len(found.changes)


@pytest.mark.parametrize(
    "damaged",
    [
        b"", b"\xef\xbb\xbf", b"\xff\x00\n", b"\n\n", b"x" * 200_000 + b"\n\r\n", bytes(range(256)) * 99,
        b"," * 3_000_000, b'"' * 3_000_000, b"x,\n" * 20_000, b"\n" + b"x" * 9_000_000, HEADER_19.encode(),
    ],
    ids=["empty", "mark", "bytes", "blank", "long", "binary", "commas", "quotes", "short", "huge", "header"],
)  # fmt: skip
def test_whatever_lies_there_can_be_compared(damaged: bytes) -> None:
    """Today's rows have come; no text of it breaks a terminal or a database."""
    found = compare(damaged, csv_file(row("1")))
    assert (found.rows_changed, found.rows_added) == (0, 1)
    for change in found.changes:
        change.user_id.encode("utf-8")


def test_bytes_that_are_no_text_are_told_as_numbers() -> None:
    """So that the change can be printed anywhere; they differ from a text that has these numbers."""
    old = csv_file(row("1", nickname="QQ")).replace(b"QQ", b"\xff\xfe")
    assert compare(old, csv_file(row("1"))).changes == [Change("changed", "1", "nickname", "\\xff\\xfe", "Ann")]
    assert compare(old, csv_file(row("1", nickname="\\xff\\xfe"))).rows_changed == 1


def test_only_the_first_changes_are_kept_and_all_are_counted() -> None:
    """Memory does not grow with the number of changes."""
    old = csv_file(*(row(str(number), uniqueId="old", nickname="old") for number in range(50)))
    found = compare(old, csv_file(*(row(str(number)) for number in range(50))), keep=7)
    assert (len(found.changes), found.lines, counts(found)) == (7, 100, (50, 0, 0))
    assert compare(old, old[:-9], keep=0).changes == []
