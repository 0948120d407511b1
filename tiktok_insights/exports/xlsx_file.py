"""An Excel workbook, written row by row: memory does not grow with it. XlsxWriter knows the format.

Texts are text, never numbers, formulas or links. What Excel cannot hold is text or another sheet, or is refused: a file
is never cut without a word.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.exports.changes import CellTooLongError, Changes
from tiktok_insights.exports.columns import ExportColumn, Kind, in_utc, iso
from tiktok_insights.exports.formulas import neutralize

#: Excel's own limits: rows of a sheet, characters of a cell (in UTF-16), digits of a number.
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
MOST_DIGITS = 15
#: Excel takes 1900 for a leap year, so earlier times would be off.
_FIRST_YEAR = 1901
_WIDTHS = {Kind.TEXT: 22, Kind.TIME: 21, Kind.BOOLEAN: 12, Kind.DECIMAL: 16, Kind.FLOAT: 16}
#: Excel reads _x0041_ as A, and XML cannot hold some characters.
_ESCAPE, _UNWRITABLE = re.compile("_(?=x[0-9a-fA-F]{4}_)"), re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_EVERYWHERE = f"A1:XFD{MOST_ROWS}"


class XlsxFile:
    """A workbook that is being written; `folder` holds its parts until it is finished."""

    def __init__(
        self, path: Path, columns: Sequence[ExportColumn], folder: Path, title: str, most_rows: int = MOST_ROWS
    ) -> None:
        self.changes = Changes(sheets=0)
        self._columns, self._title, self._most_rows = columns, title, most_rows
        self._book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(folder), "use_zip64": True})
        self._heading = self._book.add_format({"bold": True})
        self._time_format = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        cells: dict[Kind, Callable[[int, int, Any], object]] = {
            Kind.TEXT: self._text,
            Kind.DECIMAL: self._decimal,
            Kind.FLOAT: self._float,
            Kind.BOOLEAN: self._boolean,
            Kind.TIME: self._time,
        }
        self._cells = [cells[column.kind] for column in columns]
        self._rows = 0
        self._begin_sheet()

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows; raises CellTooLongError."""
        for row in rows:
            if self._next_row == self._most_rows:
                self._begin_sheet()
            for place, value in enumerate(row):
                if value is not None:
                    self._cells[place](self._next_row, place, value)
            self._next_row += 1
            self._rows += 1

    def finish(self) -> None:
        """Pack the workbook."""
        try:
            self._book.close()
        except FileCreateError as error:
            raise error.args[0] from error

    def abandon(self) -> None:
        """Let go of a file that will be deleted; its parts are in the folder."""

    def _begin_sheet(self) -> None:
        self.changes.sheets += 1
        number = f" ({self.changes.sheets})" if self.changes.sheets > 1 else ""
        sheet = self._sheet = self._book.add_worksheet(self._title + number)
        # XlsxWriter misses the second of two escapes that share a _.
        sheet._escape_control_characters = _escaped
        # In this mode, XlsxWriter would write a text such as <r>...</r> into the file as it is.
        sheet._xml_rich_inline_string = lambda text, attributes: sheet._xml_inline_string(text, True, attributes)
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": _EVERYWHERE})
        for place, column in enumerate(self._columns):
            sheet.set_column(place, place, _WIDTHS[column.kind])
            sheet.write_string(0, place, column.name, self._heading)
        self._next_row = 1

    def _text(self, row: int, column: int, text: str) -> None:
        harmless = neutralize(text)
        self.changes.neutralized += harmless != text
        # Each character of a text is one or two of Excel's.
        length = len(harmless)
        if length > MOST_CHARACTERS // 2 and (length := len(harmless.encode("utf-16-le")) // 2) > MOST_CHARACTERS:
            name = self._columns[column].name
            raise CellTooLongError(
                f"Row {self._rows + 1:,} has {length:,} characters in the column {name}, and a cell in Excel "
                f"holds {MOST_CHARACTERS:,}. No file was written. Use --format csv or --format parquet."
            )
        self._sheet.write_string(row, column, harmless)

    def _decimal(self, row: int, column: int, value: Decimal | int) -> None:
        text = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if len(text.replace(".", "").lstrip("-0").rstrip("0")) > MOST_DIGITS:
            self.changes.long_numbers += 1
            self._sheet.write_string(row, column, text)
        else:
            self._sheet.write_number(row, column, value)

    def _float(self, row: int, column: int, value: float) -> None:
        if isfinite(value):
            self._sheet.write_number(row, column, value)
        else:
            self._sheet.write_string(row, column, repr(value))

    def _boolean(self, row: int, column: int, value: bool) -> None:  # a cell's value
        self._sheet.write_boolean(row, column, value)

    def _time(self, row: int, column: int, value: datetime) -> None:
        moment = in_utc(value)
        if moment.year < _FIRST_YEAR:
            self.changes.early_times += 1
            self._sheet.write_string(row, column, iso(value))
        else:
            self._sheet.write_datetime(row, column, moment, self._time_format)


def _escaped(text: str | int) -> str | int:
    if isinstance(text, int):  # that of a boolean
        return text
    return _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", _ESCAPE.sub("_x005F_", text))
