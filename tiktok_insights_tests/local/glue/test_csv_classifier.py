"""What a crawler takes a CSV file for."""

import pytest

from tiktok_insights.local.glue.csv_classifier import SAMPLE_BYTES, classify, merged


@pytest.mark.parametrize(
    ("body", "columns", "has_header"),
    [
        pytest.param(b"ID,Name\n1,a\n", {"id": "bigint", "name": "string"}, True, id="names in lower case"),
        pytest.param(b"\xef\xbb\xbfID,Name\r\n1,a\r\n", {"id": "bigint", "name": "string"}, True, id="a BOM"),
        pytest.param(b"id,n\n9223372036854775807,1\n", {"id": "bigint", "n": "bigint"}, True, id="the largest bigint"),
        pytest.param(b"id,n\n9223372036854775808,1\n", {"id": "string", "n": "bigint"}, True, id="beyond a bigint"),
        pytest.param(b"id,n\n1,1\n1.5,2\n", {"id": "double", "n": "bigint"}, True, id="a point in one cell"),
        pytest.param(b"id,n\n7.4E+18,1\n", {"id": "double", "n": "bigint"}, True, id="an exponent"),
        pytest.param(b"id,n\n1,1\nx,2\n", {"id": "string", "n": "bigint"}, True, id="a word in one cell"),
        pytest.param(b"id,n\n,1\n3,2\n", {"id": "bigint", "n": "bigint"}, True, id="an empty cell"),
        pytest.param(b"id,n\n,1\n,2\n", {"id": "string", "n": "bigint"}, True, id="only empty cells"),
        pytest.param(b"id,b\n1,TRUE\n2,false\n", {"id": "bigint", "b": "boolean"}, True, id="booleans"),
        pytest.param(b'id,n\n"1","a,b"\n', {"id": "bigint", "n": "string"}, True, id="quotes"),
        pytest.param(b"id,n\n1\n", {"id": "bigint", "n": "string"}, True, id="a short row"),
        pytest.param(b"a,b\nc,d\n", {"col0": "string", "col1": "string"}, False, id="nothing but text"),
        pytest.param(b"1,b\n2,d\n", {"col0": "bigint", "col1": "string"}, False, id="a number in the first row"),
        pytest.param(b",b\n2,d\n", {"col0": "bigint", "col1": "string"}, False, id="a column without a name"),
    ],
)
def test_columns(body: bytes, columns: dict[str, str], has_header: bool) -> None:
    """Names, types and whether the first row is a header, as the classifier's documentation has it."""
    sample = classify(body)
    assert sample is not None
    assert (sample.columns, sample.has_header) == (columns, has_header)


@pytest.mark.parametrize("body", [b"", b"id,n\n", b"id\n1\n2\n"], ids=["nothing", "a header alone", "one column"])
def test_what_is_no_csv(body: bytes) -> None:
    """Fewer than two columns or two rows are none."""
    assert classify(body) is None


def test_a_sample_ends_with_a_whole_line() -> None:
    """A number that the sample cuts in two is not looked at."""
    lines = b"id,n\n" + b"1,2\n" * 10 + b'1,"' + b"x" * SAMPLE_BYTES
    sample = classify(lines)
    assert sample is not None
    assert (sample.columns, sample.rows) == ({"id": "bigint", "n": "bigint"}, 10)


def test_files_are_merged_in_the_order_of_their_columns() -> None:
    """Columns that only some files have come after those before, and a type holds the values of all."""
    samples = [classify(b"id,n\n1,1\n"), classify(b"n,more\n1.5,x\n")]
    expected = {"id": "bigint", "n": "double", "more": "string"}
    assert merged([sample for sample in samples if sample]) == expected
