"""What is told of a CSV by its bytes: loadable with so many records, or not at all and why."""

import re
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok_insights.staging import inspection
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.inspection import inspect
from tiktok_insights_tests.support.campaigns import examples
from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_19, csv_file, row, row_of_14
from tiktok_insights_tests.support.troubleshooting import Told, told

ROW = row("1")


def _inspect(tmp_path: Path, body: bytes) -> tuple[int, int]:
    """Columns and records of a file with this body."""
    path = tmp_path / "object.csv"
    path.write_bytes(body)
    found = inspect(path)
    return len(found.header), found.records


@pytest.mark.parametrize(
    ("body", "columns", "records"),
    [
        pytest.param(csv_file(ROW, ROW), 19, 2, id="CR LF"),
        pytest.param(csv_file(ROW, ROW, end="\n"), 19, 2, id="LF"),
        pytest.param(csv_file(row_of_14("1"), header=HEADER_14), 14, 1, id="14 columns"),
        pytest.param(b"\xef\xbb\xbf" + csv_file(ROW), 19, 1, id="BOM"),
        pytest.param(csv_file(ROW, ROW).removesuffix(b"\r\n"), 19, 2, id="no newline at the end"),
        pytest.param(csv_file(), 19, 0, id="header only"),
        pytest.param(HEADER_19.encode(), 19, 0, id="header only without its newline"),
        pytest.param(csv_file(ROW, "", ROW, ""), 19, 2, id="blank lines are no records"),
        pytest.param(csv_file("x", ",,,", "   "), 19, 3, id="short lines are records"),
        pytest.param(csv_file(row("1", nickname='"a, ""b"""'), row("2", nickname='""')), 19, 2, id="quotes in quotes"),
        pytest.param(csv_file(row("1", nickname='"a"" ""b"')), 19, 1, id="quoted quotes with a space between"),
        pytest.param(csv_file(row("1", nickname="a\u2028b\x85\x0b\x0cc")), 19, 1, id="breaks that end no line in CSV"),
        pytest.param(csv_file(row("1", nickname="😀\0")), 19, 1, id="emoji and NUL"),
    ],
)
def test_a_loadable_file_has_its_records_counted(tmp_path: Path, body: bytes, columns: int, records: int) -> None:
    """Every physical line with something on it is a record, whatever is on it."""
    assert _inspect(tmp_path, body) == (columns, records)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"\n", "line 1 is empty", id="the header's own reasons"),
        pytest.param(csv_file(header="x" * 200_000), "line 1 is longer than any header", id="a header without end"),
        pytest.param(
            csv_file(ROW, row("2", nickname='"x')), "line 3, column 3 (nickname) has an unclosed quote", id="unclosed"
        ),
        pytest.param(
            csv_file(ROW) + b'2,ann,"An', "line 3, column 3 (nickname) has an unclosed quote", id="half a field"
        ),
        pytest.param(
            csv_file(row("2", nickname='"a\nb"')),
            "line 2, column 3 (nickname) has an unclosed quote or a line break; double the quotes inside the field",
            id="LF in field",
        ),
        pytest.param(
            csv_file(row("2", nickname='"a\r\nb"')), "column 3 (nickname) has an unclosed", id="CR LF in field"
        ),
        pytest.param(
            csv_file(row("2", nickname='"a, ""b""', uniqueId='"x, y"')), "column 3 (nickname) has an unc", id="a comma"
        ),
        pytest.param(
            csv_file(row("2", nickname='"a\\""')), "column 3 (nickname) has an unclosed quote", id="a backslash escape"
        ),
        pytest.param(
            csv_file(row("2", nickname='"a\rb"')),
            "line 2, column 3 (nickname) contains a line break (CR); replace it with a space",
            id="CR in a field",
        ),
        pytest.param(
            csv_file(row("2", nickname="a\rb")), "column 3 (nickname) contains a line break (CR)", id="CR, no quotes"
        ),
        pytest.param(
            csv_file(ROW + "\r"), "line 2, column 19 (list_position) contains a line break (CR)", id="CR CR LF"
        ),
        pytest.param(
            csv_file(row("2", nickname='"a" "b"')),
            "line 2, column 3 (nickname) has a quote in an unquoted field, or text next to a quoted one; quote the",
            id="two quoted parts",
        ),
        pytest.param(csv_file(row("2", nickname=' "a"')), "column 3 (nickname) has a quote in", id="space before"),
        pytest.param(csv_file(row("2", nickname='"a" ')), "column 3 (nickname) has a quote in", id="space after"),
        pytest.param(csv_file(row("2", nickname='a "b" c')), "column 3 (nickname) has a quote in", id="quotes inside"),
        pytest.param(
            csv_file(ROW + ',"a"b"c"'), "line 2, column 20 (beyond the header) has a quote", id="after the last"
        ),
        pytest.param(
            csv_file(ROW) + ROW.encode() + b"\n",
            "line 3 has a different line ending from line 1; save the",
            id="LF after CR LF",
        ),
        pytest.param(
            csv_file(ROW, end="\n") + b"\r\n", "line 3 has a different line ending from line 1", id="CR LF after LF"
        ),
        pytest.param(
            csv_file(ROW, ROW, end="\n").removesuffix(b"\n") + b"\r",
            "line 3 has a different line ending from line 1",
            id="CR after LF, at the end",
        ),
        pytest.param(
            csv_file(ROW, row("2", nickname="x" * 8_100_000)),
            "line 3 is longer than 8,000,000 bytes; a line ending may be missing",
            id="a line for no reader",
        ),
        pytest.param(
            csv_file(ROW, *["2,short"] * 10_001),
            "line 3 and 10,000 others are not rows of 19 fields in UTF-8; rewrite them to match the header",
            id="too many short lines",
        ),
        pytest.param(
            csv_file(*[ROW + ",x"] * 10_001),
            "line 2 and 10,000 others are not rows of 19 fields",
            id="too many long lines",
        ),
        pytest.param(
            csv_file(*[row("1", nickname="Zoë")] * 10_001).decode().encode("latin-1"),
            "line 2 and 10,000 others are not rows of 19 fields in UTF-8",
            id="Latin-1",
        ),
        pytest.param(
            csv_file(*[row("1").replace(",", ";")] * 10_001), "line 2 and 10,000 others are not rows", id="semicolons"
        ),
    ],
)
def test_what_cannot_be_read_as_ours_says_where_and_why(tmp_path: Path, body: bytes, reason: str) -> None:
    """A file that a parser would guess at is refused as a whole, with line, column, reason and remedy."""
    with pytest.raises(UnloadableError) as refused:
        _inspect(tmp_path, body)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (csv_file(row("1", nickname='"a')), told("line <number>, column <number> (<name>) <what>", "nickname")),
        (csv_file(ROW) + ROW.encode() + b"\n", told("line <number> has a different line ending", "line 3")),
        (csv_file(ROW, "x" * 8_100_000), told("line <number> is longer than <number> bytes", "line 3")),
        (csv_file(*["2,short"] * 10_001), told("line <number> and <number> others are not rows", "line 2")),
    ],
    ids=["a quote", "line ends", "a long line", "no rows"],
)
def test_each_refusal_is_explained(tmp_path: Path, body: bytes, expected: Told) -> None:
    """In the troubleshooting."""
    with expected:
        _inspect(tmp_path, body)


@pytest.mark.parametrize("number", [2, 500, 1_000, 1_001])
def test_the_line_is_right_wherever_it_stands_in_a_large_file(tmp_path: Path, number: int) -> None:
    """Also in a later block, after lines with quotes and blank ones."""
    lines = [row(str(n), nickname='"a, ""b"""') if n % 3 else "" for n in range(1_000)]
    lines.insert(number - 2, row("1", heartCount='"'))
    with pytest.raises(UnloadableError, match=rf"line {number}, column 12 \(heartCount\) has an unclosed quote"):
        _inspect(tmp_path, csv_file(*lines))


@pytest.mark.parametrize(
    ("line", "times"),
    [
        pytest.param("2,short", 10_000, id="as many short lines as may be"),
        pytest.param(row("1") + ",,", 10_001, id="empty fields after the last"),
        pytest.param(row("1", nickname='"a, b, c"'), 10_001, id="commas in quotes"),
        pytest.param("", 10_001, id="blank lines"),
    ],
)
def test_what_the_reader_can_take_is_not_refused_for_its_number(tmp_path: Path, line: str, times: int) -> None:
    """Only lines that the reader cannot split are counted against the limit."""
    assert _inspect(tmp_path, csv_file(*[line] * times, ROW)) == (19, times * bool(line) + 1)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_lines_that_are_no_rows_are_numbered(tmp_path: Path, end: str) -> None:
    """Whatever an engine's reader could take: by their length, their fields, and text only where a column is kept."""
    path = tmp_path / "object.csv"
    short = len(row("1", nickname=""))
    lines = {
        row("1"): True,
        row("1").rpartition(",")[0]: False,
        row("1") + ",x": False,
        row("1") + ',"x"': False,
        row("1") + ',"",': True,
        row("1", nickname="x" * (2_000_000 - short)): True,
        row("1", nickname="x" * (2_000_001 - short)): False,
        row("1", nickname="\udcff"): False,
        row("1", avatarThumb="\udcff"): True,
        row("1", avatarThumb="\udcff") + ",": True,
        row("1") + ",\udcff": False,
        "": True,
    }
    body = end.join([HEADER_19, *lines, *lines]).encode(errors="surrogateescape")
    path.write_bytes(body)
    expected = [number for number, is_row in enumerate([*lines.values()] * 2, 2) if not is_row]
    assert [*inspect(path).lines_without_rows] == expected


def test_rows_too_short_and_too_long_do_not_make_up_for_each_other(tmp_path: Path) -> None:
    """Together they have as many commas as two rows."""
    path = tmp_path / "object.csv"
    for lines in ([ROW.rpartition(",")[0], ROW + ",x"], [row("1", nickname='"a,b"').rpartition(",")[0], ROW + ",x"]):
        path.write_bytes(csv_file(*lines, ROW))
        assert inspect(path).lines_without_rows == (2, 3)


@pytest.mark.parametrize("column", ["avatarLarger", "avatarMedium", "avatarThumb"])
def test_a_file_may_have_any_number_of_addresses_that_are_no_text(tmp_path: Path, column: str) -> None:
    """They are dropped anyway."""
    assert _inspect(tmp_path, csv_file(*[row("1", **{column: "BYTE"})] * 10_001).replace(b"BYTE", b"\xff")) == (
        19,
        10_001,
    )


#: A line at a time, by the book: fields quoted as a whole with their quotes doubled, or without any quote.
_FIELD = r'(?:"(?:[^"\r\n]|"")*"|[^",\r\n]*)'
_GOOD_LINE = re.compile(f"{_FIELD}(?:,{_FIELD})*")


@settings(max_examples=examples(4))
@given(
    st.lists(st.text(alphabet='a,"\r\né', max_size=12), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from([1, 7, 64_000]),
)
def test_whole_blocks_are_judged_as_line_by_line(lines: list[str], end: str, ended: bool, block_bytes: int) -> None:
    """However the file falls into blocks, the look at a whole one finds and counts what its lines by the book do."""
    text = end.join(lines) + end * ended
    physical = text.split("\n")
    last = physical.pop()
    contents = [line.removesuffix("\r") for line in (*physical, last)]
    good = all(_GOOD_LINE.fullmatch(content) for content in contents)
    good = good and all(line.endswith("\r") is (end == "\r\n") for line in physical)
    # Half of a CR LF may be the end, and no other CR.
    good = good and not (end == "\n" and last.endswith("\r"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "object.csv"
        path.write_bytes((HEADER_14 + end + text).encode())
        with mock.patch.object(inspection, "_BLOCK_BYTES", block_bytes):
            try:
                found: int | None = inspect(path).records
            except UnloadableError:
                found = None
    assert found == (sum(map(bool, contents)) if good else None)
