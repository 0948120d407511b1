"""One CSV through DuckDB: what is staged, what goes to the quarantine, and counts that add up."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from tiktok_insights.clients import duckdb_engine
from tiktok_insights.staging import transform as transform_module
from tiktok_insights.staging.csv_file import CsvFile, RowOrigin
from tiktok_insights.staging.header import UnloadableError
from tiktok_insights.staging.id_findings import IdFindings
from tiktok_insights.staging.inspection import Inspection, header_of, inspect
from tiktok_insights.staging.local import duckdb_transform
from tiktok_insights.staging.local.duckdb_transform import run
from tiktok_insights.staging.row_counts import IdSums, RowCounts
from tiktok_insights.staging.transform import rejected_rows_sql
from tiktok_insights.tables.id_sums import id_sum
from tiktok_insights_tests.support import transforming
from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_19, csv_file, row, row_of_14
from tiktok_insights_tests.support.transforming import One
from tiktok_insights_tests.support.troubleshooting import told

KEY = "csv/followers/account=42/dt=2026-01-31/it's\n%s ?.csv"
WRITTEN = datetime(2026, 2, 1, 6, 7, 8, tzinfo=UTC)
ORIGIN = RowOrigin("batch", KEY, "42", "snapshot", WRITTEN, WRITTEN)


def transform(tmp_path: Path, body: bytes) -> One:
    """Inspect and transform a file with this body."""
    return transforming.transform(tmp_path, body, ORIGIN)


def inspected(folder: Path, body: bytes) -> Inspection:
    """The inspection of a file with this body."""
    path = folder / "inspected.csv"
    path.write_bytes(body)
    return inspect(path)


def staged_rows(result: One) -> dict[str, dict[str, Any]]:
    """The staged rows by id."""
    rows = pq.read_table(result.staged).to_pylist() if result.staged else []
    assert len({found["TIKTOK_ID"] for found in rows}) == len(rows)
    return {found["TIKTOK_ID"]: _with_texts(found) for found in rows}


def _with_texts(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, **{name: str(found[name]) for name in ("EXTRACTED_AT", "FIRST_MODIFIED")}}


def rejected_rows(result: One) -> list[dict[str, Any]]:
    """The quarantine's lines, in the order of their rows' texts."""
    text = result.rejected.read_text(encoding="utf-8") if result.rejected else ""
    return sorted((json.loads(line) for line in text.splitlines()), key=lambda line: str(line["row"]))


def test_a_row_has_the_contracts_columns_and_where_it_comes_from(tmp_path: Path) -> None:
    """The Parquet file has the staging table's columns, typed, beside the object's own facts."""
    result = transform(tmp_path, csv_file(row("7423456789012345149", nickname='"a, ""b"" 😀"', followers_Count="7.0")))
    assert result.counts == RowCounts(rows_in=1, staged=1)
    assert result.rejected is None
    assert staged_rows(result) == {
        "7423456789012345149": {
            "BATCH_ID": "batch",
            "OBJECT_KEY": KEY,
            "ACCOUNT_ID": "42",
            "SNAPSHOT_ID": "snapshot",
            "FIRST_MODIFIED": "2026-02-01 06:07:08",
            "TIKTOK_ID": "7423456789012345149",
            "USER_NAME": "ann",
            "NICK_NAME": 'a, "b" 😀',
            "ACCOUNT_VERIFIED": True,
            "PRIVATE_ACCOUNT": False,
            "FOLLOWERS_COUNT": 7,
            "FOLLOWING_COUNT": 12,
            "VIDEO_COUNT": 13,
            "HEART_COUNT": 14,
            "FRIENDS_COUNT": 15,
            "DIGG_COUNT": 16,
            "COUNTS_EXACT": True,
            "EXTRACTED_AT": "2026-01-31 12:00:00",
            "FOLLOWED_AFTER": datetime(2026, 1, 30, 10),  # noqa: DTZ001 - UTC, as TIMESTAMP_NTZ is
            "FOLLOWED_BEFORE": datetime(2026, 1, 31, 12, 0, 1),  # noqa: DTZ001
            "LIST_POSITION": 1,
        }
    }


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(csv_file(row("1"), row("2")), id="CR LF"),
        pytest.param(csv_file(row("1"), row("2"), end="\n"), id="LF"),
        pytest.param(b"\xef\xbb\xbf" + csv_file(row("1"), row("2")), id="BOM"),
        pytest.param(csv_file(row("1"), row("2")).removesuffix(b"\r\n"), id="no newline at the end"),
        pytest.param(csv_file("", row("1"), "", "", row("2"), ""), id="blank lines"),
        pytest.param(csv_file(row('"1"', nickname='"Ann"'), row("2", uniqueId='"ann"')), id="needless quotes"),
        pytest.param(csv_file(row("1") + ",", row("2")), id="an empty field beyond the last column"),
    ],
)
def test_every_writing_of_the_same_rows_is_the_same_rows(tmp_path: Path, body: bytes) -> None:
    """Line ends, BOM, a missing last newline and needless quotes change nothing."""
    result = transform(tmp_path, body)
    assert result.counts == RowCounts(rows_in=2, staged=2)
    assert {key: (found["USER_NAME"], found["NICK_NAME"]) for key, found in staged_rows(result).items()} == {
        "1": ("ann", "Ann"),
        "2": ("ann", "Ann"),
    }


def test_texts_come_out_of_the_file_as_they_went_in(tmp_path: Path) -> None:
    """Quotes, commas, spaces, NULL, numbers, other line breaks of Unicode and 10 kB stay; NUL goes."""
    names = {
        "1": ('"say ""hi"", ann"', 'say "hi", ann'),
        "2": ("  two  ", "  two  "),
        "3": ("NULL", "NULL"),
        "4": ("007", "007"),
        "5": ("\\", "\\"),
        "6": ('"\\"', "\\"),
        "7": ("x" * 10_000, "x" * 10_000),
        "8": ("a\u2028b\x85c\x0bd", "a\u2028b\x85c\x0bd"),
        "9": ("#no comment", "#no comment"),
        "10": ("a\0b", "ab"),
        "11": ('""', None),
        "12": ('""""', '"'),
    }
    result = transform(tmp_path, csv_file(*[row(key, nickname=written) for key, (written, _) in names.items()]))
    assert result.counts == RowCounts(rows_in=12, staged=12)
    found = {key: staged["NICK_NAME"] for key, staged in staged_rows(result).items()}
    assert found == {key: expected for key, (_, expected) in names.items()}


def test_14_columns_leave_the_source_of_the_counts_open_and_take_the_objects_time(tmp_path: Path) -> None:
    """Another producer's file does not know where the counts come from nor when they were fetched."""
    result = transform(tmp_path, csv_file(row_of_14("1"), header=HEADER_14))
    ((found),) = staged_rows(result).values()
    assert (found["COUNTS_EXACT"], found["EXTRACTED_AT"]) == (None, "2026-02-01 06:07:08")


@pytest.mark.parametrize("body", [csv_file(), HEADER_19.encode(), b"\xef\xbb\xbf" + HEADER_14.encode() + b"\n"])
def test_a_header_alone_is_an_object_without_rows(tmp_path: Path, body: bytes) -> None:
    """Nothing is staged, nothing is rejected, nothing fails."""
    assert transform(tmp_path, body) == One(RowCounts(), IdSums(), IdFindings(), None, None)


def test_duplicates_inside_an_object_are_counted_and_left_out(tmp_path: Path) -> None:
    """Of three good rows of a user the newest is staged; a rejected one is no duplicate."""
    late, early = "2026-01-31T13:00:00Z", "2026-01-31T11:00:00Z"
    result = transform(
        tmp_path,
        csv_file(
            row("1", extracted_at=early), row("1", extracted_at=late), row("1"), row("1", diggCount="x"), row("2")
        ),
    )
    assert result.counts == RowCounts(rows_in=5, staged=2, duplicate=2, rejected=1)
    assert staged_rows(result)["1"]["EXTRACTED_AT"] == "2026-01-31 13:00:00"


def test_negative_counts_are_counted_where_they_are_staged(tmp_path: Path) -> None:
    """Values, not rows; those of rejected and duplicate rows do not count."""
    result = transform(
        tmp_path,
        csv_file(
            row("1", followers_Count="-1", diggCount="-2"),
            row("2", videoCount="-1", heartCount="x"),
            row("3"),
            row("3", videoCount="-1"),
        ),
    )
    assert result.counts == RowCounts(rows_in=4, staged=2, duplicate=1, rejected=1, negative_counts=2)


def test_a_rejected_row_says_object_column_reason_and_its_texts(tmp_path: Path) -> None:
    """A text that the contract refuses is quarantined with everything that is needed to fix it."""
    result = transform(tmp_path, csv_file(row("1"), row("2", heartCount="7.42e+18")))
    assert result.counts == RowCounts(rows_in=2, staged=1, rejected=1)
    ((line),) = rejected_rows(result)
    assert (line["object"], line["line"], line["column"]) == (KEY, 3, "heartCount")
    assert line["reason"].startswith("heartCount is '7.42e+18', but must be an integer of up to 38 digits")
    assert line["row"] == row("2", heartCount="7.42e+18")


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_rows_with_too_few_or_too_many_fields_are_quarantined_as_they_were(tmp_path: Path, end: str) -> None:
    """Line, reason and the raw line; the rows round them load."""
    long = row("3") + ",x,y"
    body = csv_file(row("1"), "2,ann,Ann", long, "   ", row("5"), end=end)
    result = transform(tmp_path, body)
    assert result.counts == RowCounts(rows_in=5, staged=2, rejected=3)
    assert set(staged_rows(result)) == {"1", "5"}
    assert [(found["line"], found["column"], found["row"], found["reason"]) for found in rejected_rows(result)] == [
        (5, None, "   ", "the number of fields is 1, not 19"),
        (3, None, "2,ann,Ann", "the number of fields is 3, not 19"),
        (4, None, long, "the number of fields is 21, not 19"),
    ]
    assert {found["object"] for found in rejected_rows(result)} == {KEY}


def test_a_line_that_is_not_utf_8_is_quarantined(tmp_path: Path) -> None:
    """The line's place, column and other fields are told; the rows round it load."""
    body = csv_file(row("1"), row("2", nickname="BAD"), row("3")).replace(b"BAD", b"\xff\xfe")
    result = transform(tmp_path, body)
    assert result.counts == RowCounts(rows_in=3, staged=2, rejected=1)
    assert set(staged_rows(result)) == {"1", "3"}
    ((line),) = rejected_rows(result)
    assert (line["line"], line["column"], line["row"].partition(",")[0]) == (3, "nickname", "2")
    assert line["reason"] == "nickname is not UTF-8 text"
    assert line["row"] == row("2", nickname="\ufffd\ufffd")


def test_a_line_of_two_megabytes_is_quarantined(tmp_path: Path) -> None:
    """A line that no reader should hold is refused, the others load."""
    result = transform(tmp_path, csv_file(row("1", nickname="x" * 2_100_000), row("2")))
    assert result.counts == RowCounts(rows_in=2, staged=1, rejected=1)
    assert set(staged_rows(result)) == {"2"}
    ((line),) = rejected_rows(result)
    assert (line["line"], line["reason"]) == (2, "the line is longer than 2,000,000 bytes")


def test_rows_of_all_sorts_add_up(tmp_path: Path) -> None:
    """Thousands of good, bad, short and repeated rows: each is somewhere, none is twice, under its line's number."""
    kinds = [
        lambda n: row(str(n)),
        lambda n: row(str(n), diggCount="x"),
        lambda n: f"{n},short",
        lambda n: row(str(n)) + ",long",
        lambda n: row(str(n - 4)),
    ]
    lines = [line for n in range(5000) for line in (kinds[n % 5](1000 + n), *[""] * (n % 7 == 0))]
    result = transform(tmp_path, csv_file(*lines))
    assert result.counts == RowCounts(rows_in=5000, staged=1000, duplicate=1000, rejected=3000)
    assert len(staged_rows(result)) == 1000
    rejected = {found["line"]: found["row"] for found in rejected_rows(result)}
    assert rejected == {
        n: line for n, line in enumerate(lines, 2) if line.endswith((",short", ",long")) or ",x," in line
    }
    assert len(rejected) == 3000


def test_rows_too_long_for_the_memory_are_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no crash, and no verdict: another engine may have the memory. It says what to do."""
    for module in (duckdb_engine, duckdb_transform):
        monkeypatch.setattr(module, "MEMORY_LIMIT", "20MB")
    body = csv_file(*[row(str(n), nickname="x" * 900_000) for n in range(1, 40)])
    with told("needs more memory than <number> for its rows", "20MB"):
        transform(tmp_path, body)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("place", ["first", "middle", "last", "last without its end"])
@pytest.mark.parametrize("longer", [0, 1])
def test_a_line_is_too_long_wherever_it_stands(tmp_path: Path, end: str, place: str, longer: int) -> None:
    """By its bytes without the line ending; the reader counts the ending, but not always."""
    long = row("2", nickname="x" * (2_000_000 + longer - len(row("2", nickname=""))))
    lines = {"first": (long, row("1")), "middle": (row("1"), long, row("3"))}.get(place, (row("1"), long))
    body = csv_file(*lines, end=end)
    result = transform(tmp_path, body.removesuffix(end.encode()) if place.endswith("end") else body)
    assert (result.counts.rows_in, result.counts.rejected) == (len(lines), longer > 0)
    assert [found["row"] == long for found in rejected_rows(result)] == [True] * (longer > 0)


@pytest.mark.parametrize(("lines", "taken"), [((), "no row"), ((2, 3), "a row")])
def test_a_reader_that_rejects_other_lines_refuses_the_object(
    tmp_path: Path, lines: tuple[int, ...], taken: str
) -> None:
    """What is a row is no question of the engine."""
    body = csv_file(row("1"), "2,short")
    with told("the CSV reader failed", f"(it takes line {3 if not lines else 2} for {taken})"):
        transforming.transform(tmp_path, body, ORIGIN, replace(inspected(tmp_path, body), lines_without_rows=lines))


def test_trouble_with_the_disk_is_no_fault_of_the_object(tmp_path: Path) -> None:
    """The object is not refused for it: the run fails, and the next one takes the object again."""
    path = tmp_path / "0.csv"
    path.write_bytes(csv_file(row("1")))
    with pytest.raises(duckdb.IOException):
        list(run([CsvFile(path, header_of(path), ORIGIN, partial(inspect, path))], tmp_path / "missing"))


@pytest.mark.parametrize("records", [1, 3])
def test_an_object_of_which_the_reader_loses_rows_is_not_loadable(tmp_path: Path, records: int) -> None:
    """The count of physical records is not the reader's own: one record more or less refuses the object."""
    body = csv_file(row("1"), row("2"))
    with told("the CSV reader found", f"2 of {records} records"):
        transforming.transform(tmp_path, body, ORIGIN, replace(inspected(tmp_path, body), records=records))


def test_an_object_of_which_the_reader_changes_an_id_is_not_loadable(tmp_path: Path) -> None:
    """The sum over the IDs of the bytes is not the reader's own: another sum refuses the object."""
    body = csv_file(row("1"), row("2"))
    other = replace(inspected(tmp_path, body), id_sum=id_sum([b"1", b"3"]))
    with told("the IDs of its <number> rows are not those in the file", "its 2 rows"):
        transforming.transform(tmp_path, body, ORIGIN, other)


def test_a_quarantine_of_other_rows_refuses_the_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the numbers of the rejected rows off by one, good rows would be quarantined in their place."""
    shifted = f"SELECT * REPLACE (record - 1 AS record) FROM ({rejected_rows_sql('numbered')})"
    monkeypatch.setattr(transform_module, "rejected_rows_sql", lambda _: shifted)
    with told("its rejected rows are not those that the quarantine would have"):
        transform(tmp_path, csv_file(row("1"), row("2", heartCount="x"), row("3")))


def test_an_object_at_which_the_reader_gives_up_is_not_loadable(tmp_path: Path) -> None:
    """Without the inspection of line ends the object is still refused, with the reader's own words."""
    body = csv_file(row("1")) + row("2").encode() + b"\n"
    with told("the CSV reader failed"):
        transforming.transform(tmp_path, body, ORIGIN, Inspection(tuple(HEADER_19.split(",")), 2, 0))


def test_a_reader_that_swallows_rows_after_an_open_quote_is_noticed(tmp_path: Path) -> None:
    """Without the inspection of quotes the count alone still refuses the object."""
    body = csv_file(row("1"), row("2", nickname='"open'), row("3"), row("4"))
    with pytest.raises(UnloadableError):
        transforming.transform(tmp_path, body, ORIGIN, Inspection(tuple(HEADER_19.split(",")), 4, 0))
