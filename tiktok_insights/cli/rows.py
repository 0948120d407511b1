"""How rows are printed: a table for people, CSV or JSON for programs. IDs and large numbers are never altered."""

import csv
import io
import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeGuard

from tiktok_insights.text.printable import printable

_MAX_CELL = 60


def render(names: Sequence[str], rows: Sequence[Sequence[object]], output: str) -> str:
    """The rows as a `table` (long texts are cut), as `csv`, or as `json`: an array with one object a row."""
    if output == "json":
        return json.dumps([dict(zip(names, map(_plain, row), strict=True)) for row in rows], ensure_ascii=False) + "\n"
    if output == "csv":
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([names, *(["" if cell is None else _plain(cell) for cell in row] for row in rows)])
        return file.getvalue()
    short = [[_cut(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return f"{layout(names, short)}\n{counted(len(rows), 'row')}\n"


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural unless the number is 1."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def layout(
    names: Sequence[str], rows: Sequence[Sequence[object]], null: str = "NULL", right: Collection[str] = ()
) -> str:
    """The rows as a table for people. Columns of numbers are on the right, with separators of thousands.

    `null` stands for a value that is missing; `right` names columns of text that are on the right too.
    """
    from tabulate import tabulate

    sides = [
        "right" if name in right or _are_numbers([row[place] for row in rows]) else "left"
        for place, name in enumerate(names)
    ]
    cells = [[null if cell is None else _text(cell) for cell in row] for row in rows]
    # Every cell is text already: an id must not be read as a number again.
    headers = [_text(name) for name in names]
    return tabulate(cells, headers, tablefmt="simple", disable_numparse=True, colalign=sides or None)


def _are_numbers(cells: Sequence[object]) -> bool:
    values = [cell for cell in cells if cell is not None]
    return bool(values) and all(map(_is_number, values))


def _is_number(cell: object) -> TypeGuard[int | float | Decimal]:
    return isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool)


def _plain(cell: object) -> object:
    """A value as JSON and CSV can hold it, without loss: times as ISO 8601, wide numbers as they are."""
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else str(cell)
    return cell


def _text(cell: object) -> str:
    if _is_number(cell):
        # A Decimal that is whole may have an exponent.
        return f"{int(cell):,}" if isinstance(_plain(cell), int) else f"{cell:,}"
    return printable(" ".join(str(_plain(cell)).split()))


def _cut(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= _MAX_CELL else line[: _MAX_CELL - 1] + "…"
