"""The first line of a CSV: the contract's header, or what else it is, where it differs, and what to do."""

import gzip

import pytest

from tiktok_insights.schema import CSV_HEADER, FOREIGN_HEADER
from tiktok_insights.staging.header import MAX_HEADER_BYTES, UnloadableError, columns_of
from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_16, HEADER_19, row
from tiktok_insights_tests.support.troubleshooting import Told, told

QUOTED = ",".join(f'"{name}"' for name in HEADER_19.split(","))
RULE = (
    "; the header must be the contract's 19 names, or the first 16 or 14, with this spelling and order: copy the line"
)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize(
    ("header", "names"),
    [(HEADER_19, CSV_HEADER), (HEADER_16, CSV_HEADER[:16]), (HEADER_14, FOREIGN_HEADER), (QUOTED, CSV_HEADER)],
)
def test_the_contracts_header_is_known_in_every_writing(
    header: str, names: tuple[str, ...], bom: bytes, end: str
) -> None:
    """19, 16 or 14 names, with or without BOM, quotes and line end."""
    assert columns_of(bom + header.encode() + end.encode()) == names


@pytest.mark.parametrize(
    ("line", "difference"),
    [
        pytest.param("a,b", "line 1, column 1 is 'a', not 'Tiktok_id'", id="another table"),
        pytest.param(HEADER_19.lower(), "line 1, column 1 is 'tiktok_id', not 'Tiktok_id'", id="lower case"),
        pytest.param(HEADER_19.replace(",", ", "), "column 2 is ' uniqueId', not 'uniqueId'", id="spaces"),
        pytest.param("\ufeff\ufeff" + HEADER_19, r"column 1 is '\ufeffTiktok_id', not 'Tiktok_id'", id="a second BOM"),
        pytest.param("," + HEADER_19, "column 1 is '', not 'Tiktok_id'", id="an index without a name"),
        pytest.param(HEADER_19 + ",x", "line 1 has a column 20, '…'", id="a column too many"),
        pytest.param(HEADER_19 + ",", "line 1 has a column 20, ''", id="a comma too many"),
        pytest.param(HEADER_19 + ",uniqueId", "line 1 has a column 20, 'uniqueId'", id="a name twice"),
        pytest.param(HEADER_14[:-10], "line 1 ends after column 13, before 'diggCount'", id="a column too few"),
        pytest.param(
            HEADER_14 + ",counts_exact", "line 1 ends after column 15, before 'extracted_at'", id="15 columns"
        ),
        pytest.param(HEADER_14 + ",extracted_at", "column 15 is 'extracted_at', not 'counts_exact'", id="the other 15"),
        pytest.param(HEADER_14[:88], "column 8 is 'priva', not 'privateAccount'", id="half a header"),
        pytest.param(
            HEADER_19.replace("uniqueId,nickname", "nickname,uniqueId"),
            "column 2 is 'nickname', not 'uniqueId'",
            id="swapped columns",
        ),
        pytest.param(HEADER_19.replace("nickname", "x" * 99), "column 3 is '…', not", id="a name that is no column's"),
        pytest.param(row("7423456789012345149"), "line 1 is a row, not a header", id="no header"),
        pytest.param("", "line 1 is empty", id="an empty line"),
        pytest.param("   ", "line 1, column 1 is '   ', not 'Tiktok_id'", id="spaces alone"),
        pytest.param("x" * MAX_HEADER_BYTES, "line 1 is longer than any header", id="a line without an end"),
    ],
)
def test_the_first_difference_is_named_with_its_column(line: str, difference: str) -> None:
    """The place, what is there, what belongs there, and where to find the line."""
    with pytest.raises(UnloadableError) as refused:
        columns_of(line.encode() + b"\r\n" * (len(line) < MAX_HEADER_BYTES))
    said = str(refused.value)
    told("<difference>; the header must be the contract's").says(said)
    assert difference in said.partition("; ")[0]
    assert RULE in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(HEADER_19.encode("utf-16"), "the file is UTF-16 text; save it as CSV in UTF-8", id="UTF-16"),
        pytest.param(HEADER_19.encode("utf-16-le"), "line 1 has NUL bytes, like UTF-16", id="UTF-16 without BOM"),
        pytest.param(gzip.compress(HEADER_19.encode()), "the file is compressed (gzip); unpack it", id="gzip"),
        pytest.param(b"PK\x03\x04\x14\x00", "a ZIP archive or a workbook; save its sheet as CSV", id="workbook"),
        pytest.param(b"PAR1\x15\x04", "the file is Parquet; write its rows as CSV", id="Parquet"),
        pytest.param(b'[{"Tiktok_id": "1"}]', "looks like JSON; write its rows as CSV", id="a JSON list"),
        pytest.param(b'{"Tiktok_id": "1"}', "looks like JSON; write its rows as CSV", id="JSON lines"),
        pytest.param(b"<html>Access denied", "HTML or XML, perhaps an error page; write", id="an error page"),
        pytest.param(b"\0" * 99, "line 1 has NUL bytes, like UTF-16 text or a binary file; save it", id="NUL"),
        pytest.param(bytes(range(128, 256)), "line 1 is not UTF-8 text; save the file as CSV in UTF-8", id="binary"),
        pytest.param(HEADER_19.replace(",", ";").encode(), "line 1 has semicolons between the names; save", id=";"),
        pytest.param(HEADER_19.replace(",", "\t").encode(), "line 1 has tabs between the names; save", id="tabs"),
        pytest.param(HEADER_19.replace(",", "|").encode(), "line 1 has bars between the names; save", id="|"),
        pytest.param(
            f"{HEADER_19}\r{row('1')}\r".encode(), "line 1 contains a bare CR; save the file with LF", id="CR"
        ),
        pytest.param(
            HEADER_19.replace("list_position", '"list_position').encode(),
            "line 1 has an unmatched quote",
            id='"',
        ),
        pytest.param(HEADER_19.replace("uniqueId", '"unique"Id').encode(), "line 1 has an unmatched quote", id='"x"x'),
    ],
)
def test_another_kind_of_file_is_called_by_its_name(line: bytes, said: str) -> None:
    """What the file is, and how to make a CSV of it."""
    with pytest.raises(UnloadableError) as refused:
        columns_of(line)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (gzip.compress(b"", mtime=0), told("the file <what>; <remedy>")),
        (b"\0", told("line 1 has NUL bytes")),
        (b"\x80", told("line 1 is not UTF-8 text")),
        (b"a\rb\n", told("line 1 contains a bare CR")),
        (b"x" * MAX_HEADER_BYTES, told("line 1 is longer than any header")),
        (b"a;b\n", told("line 1 has <what> between the names", "semicolons")),
        (b'"a"b\n', told("line 1 has an unmatched quote")),
    ],
    ids=lambda value: value[:9] if isinstance(value, bytes) else "",
)
def test_each_refusal_is_explained(line: bytes, expected: Told) -> None:
    """In the troubleshooting."""
    with expected:
        columns_of(line)


def test_no_message_is_long() -> None:
    """A reason stands in a table's cell: however wrong the line, two lines of text at the most."""
    for line in (b"x" * 9_000, b",".join([b"y" * 50] * 100), HEADER_19.lower().encode()):
        with pytest.raises(UnloadableError) as refused:
            columns_of(line)
        assert len(str(refused.value)) < 240
