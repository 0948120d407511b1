"""A CSV for spreadsheets: RFC 4180, UTF-8 with the mark that Excel needs, formulas neutralized.

NULL is an empty field, and an empty text is two quotes. Output for programs belongs in `cli.rows`, or in Parquet.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.exports.changes import Changes
from tiktok_insights.exports.columns import ExportColumn, Kind, iso
from tiktok_insights.exports.formulas import neutralize

_END = "\r\n"
_QUOTED = frozenset('",;\r\n\t')


class CsvFile:
    """A CSV that is being written."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn]) -> None:
        self.changes = Changes()
        fields: dict[Kind, Callable[[Any], str]] = {
            Kind.TEXT: self._text,
            Kind.DECIMAL: _decimal,
            Kind.FLOAT: repr,
            Kind.BOOLEAN: lambda value: "true" if value else "false",
            Kind.TIME: _time,
        }
        self._fields = [fields[column.kind] for column in columns]
        # Without this mark, Excel would take the file for one in the machine's old encoding.
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._file.write(",".join(column.name for column in columns) + _END)

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        for row in rows:
            fields = ["" if value is None else field(value) for field, value in zip(self._fields, row, strict=True)]
            # A line without anything would be no row: a row of one column that is NULL.
            self._file.write((",".join(fields) or '""') + _END)

    def finish(self) -> None:
        """Write what is not yet on the disk."""
        self._file.close()

    def abandon(self) -> None:
        """Let go of a file that will be deleted."""
        try:
            self._file.close()
        except OSError:
            return  # A full disk, which is why it is abandoned.

    def _text(self, text: str) -> str:
        harmless = neutralize(text)
        if harmless != text:
            self.changes.neutralized += 1
        if harmless and _QUOTED.isdisjoint(harmless) and harmless == harmless.strip():
            return harmless
        return '"' + harmless.replace('"', '""') + '"'


def _decimal(value: Decimal | int) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _time(value: datetime) -> str:
    return iso(value)
