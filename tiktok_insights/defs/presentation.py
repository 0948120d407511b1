"""How results look in the UI: Markdown, tables and figures. Schemas of columns belong in column_schemas.py.

Text from elsewhere (keys, handles, reasons) becomes Markdown here, and nowhere else.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

import dagster as dg
import pandas as pd

from tiktok_insights.insights.mart import Mart
from tiktok_insights.schema import PERSONAL_NAMES
from tiktok_insights.text.printable import printable

OWNERS = ["team:tiktok-insights"]
#: What Markdown would act on. Underscores inside a word are left: they mean nothing there, and keys are full of them.
_MARKUP = re.compile(r"[\\`*\[\]<>|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|^[#+=-]|(?<=^\d)[.)]")
_SHOWN_ITEMS = 20
_SHOWN_LETTERS = 600


def markdown(text: str) -> str:
    """Escape text from elsewhere, so that Markdown shows it as it is, on one line; long text is cut."""
    line = printable(" ".join(text.split()))
    if len(line) > _SHOWN_LETTERS:
        line = line[: _SHOWN_LETTERS - 1] + "…"
    return _MARKUP.sub(r"\\\g<0>", line)


def bullets(texts: Sequence[str]) -> str:
    """Make a Markdown list of texts from elsewhere."""
    lines = [f"- {markdown(text)}" for text in texts[:_SHOWN_ITEMS]]
    if more := len(texts) - len(lines):
        lines.append(f"- … and {more:,} more")
    return "\n".join(lines)


def sql(*statements: str) -> dg.MarkdownMetadataValue:
    """Show statements as a block of SQL."""
    return dg.MetadataValue.md("```sql\n" + ";\n".join(statements) + ";\n```")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.TableMetadataValue:
    """A table for the UI, which shows its cells as plain text; NULL is an empty text."""
    records = [dg.TableRecord(dict(zip(header, map(_cell, row), strict=True))) for row in rows]
    return dg.MetadataValue.table(records, dg.TableSchema([dg.TableColumn(name) for name in header]))


def table_if_any(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> dict[str, dg.TableMetadataValue]:
    """Make the entry of a table, or none: an empty table after a run with nothing to do tells nothing."""
    shown = table(header, rows)
    return {name: shown} if shown.records else {}


def first_rows(mart: Mart, rows: Sequence[Sequence[object]]) -> dict[str, dg.TableMetadataValue]:
    """Make the entry of a mart's first rows, without what identifies a person: that stays in the warehouse."""
    shown = [place for place, column in enumerate(mart.columns) if column.name not in PERSONAL_NAMES]
    header = [mart.columns[place].name for place in shown]
    cells = [[_figure(row[place]) for place in shown] for row in rows[:_SHOWN_ITEMS]]
    if len(shown) == len(mart.columns):
        return table_if_any("first_rows", header, cells)
    return table_if_any("first_rows", ["row", *header], ([number, *row] for number, row in enumerate(cells, 1)))


def statistics(mart: Mart, frame: pd.DataFrame) -> dict[str, dg.TableMetadataValue]:
    """Make the entry with statistics of the columns that measure something; `frame` is the whole mart.

    A threshold only names its row, and of one row there is nothing to say.
    """
    measures = [column.name for column in mart.columns if column.type.is_measure]
    numbers = frame[measures].dropna(axis="columns", how="all").astype("float64")
    if len(frame) < 2 or numbers.empty:
        return {}
    summary = numbers.agg(["min", "median", "mean", "max", "sum"]).T
    rows = ([name, *map(_figure, figures)] for name, *figures in summary.itertuples())
    return table_if_any("statistics", ["column", *summary.columns], rows)


def _figure(value: object) -> object:
    """A number as people read it: with separators, and no more digits than help."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    return f"{value:,.0f}" if value == round(value) or abs(float(value)) >= 1000 else f"{value:,.4g}"


def _cell(value: object) -> str | int | float | bool:
    if value is None:
        return ""
    # The browser would alter a number beyond 2^53.
    if isinstance(value, (bool, float)) or (isinstance(value, int) and abs(value) <= 2**53):
        return value
    return str(value)
