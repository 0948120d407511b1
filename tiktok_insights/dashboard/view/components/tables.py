"""Tables: the twin of a chart in numbers, and small lists of facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tiktok_insights.dashboard.view.html import Html, escape, join, tag


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `class_` may be `text` (left), `late` (left out on a phone), or `wide` (a line of its own there)."""

    title: str
    class_: str = ""


def table(columns: Sequence[Column | str], rows: Iterable[Sequence[str]], class_: str = "plain") -> Html:
    """A table; the first cell of a row is its heading. `class_` is `plain`, or `stack` for blocks on a phone."""
    known = [Column(column) if isinstance(column, str) else column for column in columns]
    head = tag("tr", *(tag("th", column.title) for column in known))
    stacked = "stack" in class_.split()
    lines = (tag("tr", *_cells(known, row, stacked=stacked)) for row in rows)
    # The class of a column stands at the table, such as text2, so that not every cell has it.
    places = [f"{column.class_}{place}" for place, column in enumerate(known, 1) if column.class_]
    return tag("table", tag("thead", head), tag("tbody", join(lines)), class_=" ".join([class_, *places]))


def twin(
    columns: Sequence[Column | str],
    rows: Iterable[Sequence[str]],
    label: str = "Show as table",
    *,
    is_open: bool = False,
) -> Html:
    """The table of a chart, folded."""
    inside = tag("div", table(columns, rows, "numbers"), class_="scroll", tabindex=0, role="region", aria_label=label)
    return tag("details", tag("summary", label), inside, class_="twin", open=is_open)


def facts_list(rows: Iterable[tuple[str, str, str]]) -> Html:
    """Lines of a label, its number, and what to compare the number with."""
    lines = (
        tag("div", tag("dt", label), tag("dd", tag("b", value), tag("span", beside) if beside else None))
        for label, value, beside in rows
    )
    return tag("dl", join(lines), class_="facts")


def _cells(columns: Sequence[Column], row: Sequence[str], *, stacked: bool) -> Iterable[Html]:
    for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
        label = column.title if stacked and place else None
        yield tag("td" if place else "th", escape(cell), data_label=label)
