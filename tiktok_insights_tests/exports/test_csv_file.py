"""Exports as CSV, read back with Python's csv and with DuckDB, against the rows that were planted."""

import csv
from pathlib import Path

import duckdb

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.exports.exporting import export
from tiktok_insights.exports.sources import find_source
from tiktok_insights.exports.target import FileFormat
from tiktok_insights.progress import Progress, ProgressReporter
from tiktok_insights.tables.definitions import TIKTOK_DATA
from tiktok_insights_tests.exports.hostile_users import FORMULAS, USERS, WIDEST


def exported(session: Session, folder: Path, name: str = "TIKTOK_DATA") -> Path:
    """A table as a CSV in the folder."""
    source = find_source(name, session.namespace)
    return export(session, source, FileFormat.CSV, folder / "x.csv").path


def test_every_text_comes_back_and_formulas_have_an_apostrophe(hostile: Session, tmp_path: Path) -> None:
    """As RFC 4180 has it: quotes, line breaks, emoji and directions survive."""
    with exported(hostile, tmp_path).open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == TIKTOK_DATA.names
    expected = [FORMULAS.get(user["NICK_NAME"], user["NICK_NAME"] or "") for user in USERS]
    assert [row[2] for row in rows] == expected
    assert [row[0] for row in rows] == [user["TIKTOK_ID"] for user in USERS]


def test_numbers_booleans_and_times_are_plain(hostile: Session, tmp_path: Path) -> None:
    """A negative number is no formula, and a wide one keeps its digits; times are ISO 8601 in UTC."""
    with exported(hostile, tmp_path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (rows[0]["HEART_COUNT"], rows[0]["VIDEO_COUNT"]) == (str(WIDEST), "-5")
    assert (rows[0]["PRIVATE_ACCOUNT"], rows[1]["ACCOUNT_VERIFIED"]) == ("true", "false")
    assert rows[0]["EXTRACTED_AT"] == "2026-01-31T12:00:00.123456Z"


def test_null_is_nothing_and_empty_text_is_two_quotes(hostile: Session, tmp_path: Path) -> None:
    """A reader that tells them apart gets both; lines end with CR LF, and Excel's mark comes first."""
    data = exported(hostile, tmp_path).read_bytes()
    lines = data.decode("utf-8").split("\r\n")
    assert data.startswith(b"\xef\xbb\xbfTIKTOK_ID,USER_NAME,NICK_NAME,")
    assert lines[1].startswith("7420366745511658149,,,,true,")
    assert lines[2].startswith('7420366745511658150,,"",')
    assert lines[-1] == ""


def test_another_reader_sees_the_same(hostile: Session, tmp_path: Path) -> None:
    """DuckDB, which knows RFC 4180 too, finds the same rows."""
    path = exported(hostile, tmp_path)
    rows = duckdb.execute(
        "SELECT TIKTOK_ID, NICK_NAME FROM read_csv(?, all_varchar = true, quote = '\"', escape = '\"')", [str(path)]
    ).fetchall()
    assert [row[0] for row in rows] == [user["TIKTOK_ID"] for user in USERS]
    expected = [FORMULAS.get(user["NICK_NAME"], user["NICK_NAME"]) or None for user in USERS]
    assert [row[1] or None for row in rows] == expected


def test_a_table_without_rows_is_a_header(session: Session, tmp_path: Path) -> None:
    """The columns are there."""
    assert exported(session, tmp_path).read_text("utf-8-sig") == ",".join(TIKTOK_DATA.names) + "\n"


def test_the_rows_that_are_written_are_reported(session: Session, tmp_path: Path) -> None:
    """After each batch, of all that there are; the end is known."""
    rows = 12_001
    session.execute(f"INSERT INTO TIKTOK_DATA (TIKTOK_ID) SELECT SEQ8() + 1 FROM TABLE(GENERATOR(ROWCOUNT => {rows}))")
    reports: list[Progress] = []
    source = find_source("TIKTOK_DATA", session.namespace)
    export(session, source, FileFormat.CSV, tmp_path / "x.csv", progress=ProgressReporter(reports.append))
    assert [(one.done, one.total, one.has_ended) for one in reports] == [
        (5_000, rows, False), (10_000, rows, False), (rows, rows, False), (rows, rows, True),
    ]  # fmt: skip
