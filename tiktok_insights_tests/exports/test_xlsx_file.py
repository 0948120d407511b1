"""Exports as XLSX, read back with openpyxl, against the rows that were planted."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.exports.changes import Changes
from tiktok_insights.exports.columns import ExportColumn, Kind
from tiktok_insights.exports.exporting import Exported, export
from tiktok_insights.exports.sources import find_source
from tiktok_insights.exports.target import FileFormat
from tiktok_insights.exports.xlsx_file import XlsxFile
from tiktok_insights.tables.definitions import TIKTOK_DATA
from tiktok_insights_tests.exports.hostile_users import FORMULAS, USERS, WIDEST
from tiktok_insights_tests.support.troubleshooting import told


def exported(session: Session, folder: Path) -> Exported:
    """TIKTOK_DATA as a workbook."""
    return export(session, find_source("TIKTOK_DATA", session.namespace), FileFormat.XLSX, folder / "x.xlsx")


def cells(path: Path) -> list[list[Any]]:
    """The cells of the only sheet."""
    (sheet,) = openpyxl.load_workbook(path).worksheets
    return [list(row) for row in sheet.iter_rows()]


def text_of(cell: Any) -> str:
    """A cell's text as Excel shows it: openpyxl leaves the escapes of control characters."""
    assert cell.data_type in ("s", "inlineStr", "n"), cell.data_type
    return re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), cell.value or "")


def test_every_text_is_text_and_formulas_have_an_apostrophe(hostile: Session, tmp_path: Path) -> None:
    """No cell is a formula, a link or an error; IDs and counts of more than 15 digits are text."""
    made = exported(hostile, tmp_path)
    header, *rows = cells(made.path)
    assert tuple(cell.value for cell in header) == TIKTOK_DATA.names
    assert [row[0].value for row in rows] == [user["TIKTOK_ID"] for user in USERS]
    assert [text_of(row[2]) for row in rows] == [
        FORMULAS.get(user["NICK_NAME"], user["NICK_NAME"] or "") for user in USERS
    ]
    assert not any(cell.data_type == "f" or cell.hyperlink for row in rows for cell in row)
    assert made.changes == Changes(neutralized=len(FORMULAS), long_numbers=2, early_times=1, sheets=1)


def test_numbers_are_numbers_unless_excel_would_round(hostile: Session, tmp_path: Path) -> None:
    """At most 15 digits; others are text with all digits."""
    _, first, second, *_ = cells(exported(hostile, tmp_path).path)
    places = {name: place for place, name in enumerate(TIKTOK_DATA.names)}
    assert [first[places[name]].value for name in ("HEART_COUNT", "VIDEO_COUNT", "FOLLOWERS_COUNT")] == [
        str(WIDEST), -5, 10**15 - 1,
    ]  # fmt: skip
    assert [second[places[name]].value for name in ("HEART_COUNT", "VIDEO_COUNT")] == [str(2**53 + 1), 0]
    assert (first[places["PRIVATE_ACCOUNT"]].value, second[places["ACCOUNT_VERIFIED"]].value) == (True, False)


def test_times_are_times_in_utc(hostile: Session, tmp_path: Path) -> None:
    """To a millisecond in the reader; what is before Excel's calendar is text."""
    rows = cells(exported(hostile, tmp_path).path)
    place = TIKTOK_DATA.names.index("EXTRACTED_AT")
    assert abs(rows[1][place].value - datetime(2026, 1, 31, 12, 0, 0, 123456)) < timedelta(milliseconds=1)  # noqa: DTZ001  # a cell has no zone
    assert (rows[3][place].value, rows[4][place].value) == (None, "1899-12-31T00:00:00Z")


def test_more_rows_than_a_sheet_holds_go_to_the_next(tmp_path: Path) -> None:
    """Each sheet has the header, no row is lost, and all are in their order."""
    columns = [ExportColumn("ID", Kind.TEXT), ExportColumn("N", Kind.DECIMAL)]
    file = XlsxFile(tmp_path / "x.xlsx", columns, tmp_path, "TABLE", most_rows=4)
    file.write([(str(number), number) for number in range(4)])
    file.write([(str(number), number) for number in range(4, 7)])
    file.finish()
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["TABLE", "TABLE (2)", "TABLE (3)"]
    rows = [[cell.value for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]
    assert [row for row in rows if row[0] != "ID"] == [[str(number), number] for number in range(7)]
    assert (rows.count(["ID", "N"]), file.changes.sheets) == (3, 3)


def test_a_full_last_sheet_is_the_last(tmp_path: Path) -> None:
    """No sheet with nothing but a header."""
    file = XlsxFile(tmp_path / "x.xlsx", [ExportColumn("ID", Kind.TEXT)], tmp_path, "TABLE", most_rows=3)
    file.write([("1",), ("2",)])
    file.finish()
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames == ["TABLE"]


@pytest.mark.parametrize("text", ["x" * 32_768, "=" + "x" * 32_766, "😀" * 16_384], ids=["long", "formula", "emoji"])
def test_a_text_that_no_cell_holds_is_refused(session: Session, tmp_path: Path, text: str) -> None:
    """With row and column; the limit counts UTF-16 and the apostrophe. No file is left."""
    session.insert(TIKTOK_DATA, [{**USERS[0], "TIKTOK_ID": "1"}, {**USERS[0], "TIKTOK_ID": "2", "NICK_NAME": text}])
    with told("Row <number> has <number> characters", "Row 2 has 32,768 characters", "NICK_NAME"):
        exported(session, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_is_none_is_text(tmp_path: Path) -> None:
    """A cell of Excel cannot be infinite."""
    file = XlsxFile(tmp_path / "x.xlsx", [ExportColumn("SHARE", Kind.FLOAT)], tmp_path, "MART")
    file.write([(float("inf"),), (0.1,), (None,), (-2.5,)])
    file.finish()
    assert [row[0].value for row in cells(tmp_path / "x.xlsx")] == ["SHARE", "inf", 0.1, None, -2.5]
