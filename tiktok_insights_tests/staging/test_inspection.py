"""What is told of a CSV by its bytes: loadable with so many records, or not at all and why."""

import gzip
from pathlib import Path

import pytest

from tiktok_insights.staging.inspection import UnloadableError, inspect
from tiktok_insights_tests.csv_texts import HEADER_14, HEADER_16, csv_file, row, row_of_14

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
        pytest.param(csv_file(ROW, ROW), 16, 2, id="CR LF"),
        pytest.param(csv_file(ROW, ROW, end="\n"), 16, 2, id="LF"),
        pytest.param(csv_file(row_of_14("1"), header=HEADER_14), 14, 1, id="14 columns"),
        pytest.param(b"\xef\xbb\xbf" + csv_file(ROW), 16, 1, id="BOM"),
        pytest.param(csv_file(ROW, ROW).removesuffix(b"\r\n"), 16, 2, id="no newline at the end"),
        pytest.param(csv_file(), 16, 0, id="header only"),
        pytest.param(HEADER_16.encode(), 16, 0, id="header only without its newline"),
        pytest.param(csv_file(ROW, "", ROW, ""), 16, 2, id="blank lines are no records"),
        pytest.param(csv_file("x", ",,,", "   "), 16, 3, id="short lines are records"),
        pytest.param(csv_file(row("1", nickname='"a, ""b"""'), row("2", nickname='""')), 16, 2, id="quotes in quotes"),
        pytest.param(csv_file(row("1", nickname='"a"" ""b"')), 16, 1, id="quoted quotes with a space between"),
        pytest.param(csv_file(row("1", nickname="a\u2028b\x85\x0b\x0cc")), 16, 1, id="breaks that end no line in CSV"),
        pytest.param(csv_file(row("1", nickname="😀\0")), 16, 1, id="emoji and NUL"),
    ],
)
def test_a_loadable_file_has_its_records_counted(tmp_path: Path, body: bytes, columns: int, records: int) -> None:
    """Every physical line with something on it is a record, whatever is on it."""
    assert _inspect(tmp_path, body) == (columns, records)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(csv_file(ROW).decode().encode("utf-16"), "line 1 is not UTF-8 text", id="UTF-16 with BOM"),
        pytest.param(csv_file(ROW).decode().encode("utf-16-le"), "line 1 has a CR inside", id="UTF-16 without BOM"),
        pytest.param(gzip.compress(csv_file(ROW)), "line 1 is not UTF-8 text", id="gzip"),
        pytest.param(bytes(range(256)), "line 1 is not the header of the contract", id="binary"),
        pytest.param(b"\n", "line 1 is not the header of the contract; it has no Tiktok_id", id="a newline"),
        pytest.param(csv_file(ROW, end="\r"), "line 1 has a CR inside", id="old Macintosh line ends"),
        pytest.param(csv_file(header="a,b"), "no Tiktok_id, uniqueId, nickname, .* and unknown 'a', 'b'", id="other"),
        pytest.param(csv_file(header=HEADER_16 + ",x"), "it has unknown 'x'", id="a column too many"),
        pytest.param(csv_file(header=HEADER_14[:-10]), "it has no diggCount", id="a column too few"),
        pytest.param(
            csv_file(header=HEADER_16.replace(",counts_exact", "")), "only one of the last two", id="15 columns"
        ),
        pytest.param(csv_file(header=HEADER_16.lower()), "unknown 'tiktok_id'", id="lower case"),
        pytest.param(
            csv_file(header=HEADER_16.replace("uniqueId,nickname", "nickname,uniqueId")),
            "the columns in another order",
            id="swapped columns",
        ),
        pytest.param(csv_file(ROW, row("2", nickname='"x')), "line 3 has an unclosed quote", id="unclosed quote"),
        pytest.param(
            csv_file(row("2", nickname='"a\nb"')), "line 2 has an unclosed quote, or a line", id="LF in field"
        ),
        pytest.param(csv_file(row("2", nickname='"a\r\nb"')), "line 2 has an unclosed", id="CR LF in field"),
        pytest.param(csv_file(row("2", nickname='"a\rb"')), r"line 2 has a line break \(CR\)", id="CR in a field"),
        pytest.param(csv_file(ROW + "\r"), r"line 2 has a line break \(CR\)", id="CR CR LF"),
        pytest.param(csv_file(row("2", nickname='"a" "b"')), "line 2 has a quote inside", id="two quoted parts"),
        pytest.param(csv_file(row("2", nickname=' "a"')), "line 2 has a quote inside", id="space before a quote"),
        pytest.param(csv_file(row("2", nickname='a "b" c')), "line 2 has a quote inside", id="quotes inside"),
        pytest.param(csv_file(ROW) + ROW.encode() + b"\n", "line 3 ends unlike line 1", id="LF after CR LF"),
        pytest.param(csv_file(ROW, end="\n") + b"\r\n", "line 3 ends unlike line 1", id="CR LF after LF"),
    ],
)
def test_what_cannot_be_read_as_ours_says_where_and_why(tmp_path: Path, body: bytes, reason: str) -> None:
    """A file that a parser would guess at is refused as a whole, with the line and the reason."""
    with pytest.raises(UnloadableError, match=reason):
        _inspect(tmp_path, body)
