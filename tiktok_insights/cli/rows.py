"""How rows are printed: a table for people, CSV or JSON for programs. Ids and wide numbers are never bent."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

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
    from tabulate import tabulate

    cells = [[_short(cell) for cell in row] for row in rows]
    # Every cell is text already: an id must not be read as a number again.
    table = tabulate(cells, headers=list(names), tablefmt="simple", disable_numparse=True)
    return f"{table}\n{len(rows):,} {'row' if len(rows) == 1 else 'rows'}\n"


def _plain(cell: object) -> object:
    """A value as JSON and CSV can hold it, without loss: times as ISO 8601, wide numbers as they are."""
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else str(cell)
    return cell


def _short(cell: object) -> str:
    text = "NULL" if cell is None else " ".join(str(_plain(cell)).split())
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…"
