"""Bars that need no script: lists of bars, bars of 100 %, and a small bar in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import Html, escape, join, tag

#: Percent of the width between two parts, and of the thinnest part that is not empty.
_GAP, _THIN = 0.25, 0.4


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar of 100 %. `kind` is a mark of `swatch`; `share` is None where none may be shown."""

    label: str
    people: int
    kind: str
    share: float | None = None
    #: More about it, behind the number.
    remark: str = ""
    #: Instead of the number, such as "under 10".
    shown: str = ""


@dataclass(frozen=True, slots=True)
class BarRow:
    """A row of a list of bars. `value` None: no bar; `shown` is what stands behind it."""

    label: Html
    value: float | None
    shown: str
    kind: str = "seen"


def hundred_bar(parts: Sequence[Part], *, thin: bool = False) -> Html:
    """A bar whose parts add up to everybody, with its key below. Parts without people are only in the key."""
    return tag(
        "div",
        tag("svg", *_pieces(parts), height=14 if thin else 20, class_="hundred"),
        keys(parts),
        class_="hundred-bar",
    )


def keys(parts: Sequence[Part]) -> Html:
    """The parts in words and numbers: the key of a bar, or all there is where no share may be shown."""
    return tag("ul", join(_key(part) for part in parts), class_="keys")


def bar_list(rows: Sequence[BarRow], heading: str, value_heading: str, *, wide: bool = False) -> Html:
    """A table whose middle column is a bar. The bars begin at zero; rows after the tenth fold away."""
    most = max((row.value for row in rows if row.value is not None), default=0) or 1
    lines = (
        tag(
            "tr",
            tag("th", row.label),
            tag("td", small_bar(row.value, most, row.kind)),
            tag("td", escape(row.shown)),
        )
        for row in rows
    )
    head = tag("tr", tag("th", heading), tag("td"), tag("th", value_heading))
    widths = tag("colgroup", tag("col", class_="col-name"), tag("col"), tag("col", class_="col-number"))
    return tag(
        "table",
        widths,
        tag("thead", head, class_="sr"),
        tag("tbody", join(lines)),
        class_=f"bars{' wide' if wide else ''}{' fold' if len(rows) > 10 else ''}",  # as style.css has it
    )


def small_bar(value: float | None, most: float, kind: str = "seen") -> Html:
    """One bar of a list, or nothing. Its height is in `files/tables.css`: a file has thousands of bars."""
    if not value:
        return Html("")
    width = f"{max(100 * value / most, _THIN):.1f}%"
    return tag("svg", tag("rect", width=width, class_=None if kind == "seen" else f"f-{kind}"), class_="bar")


def _pieces(parts: Sequence[Part]) -> list[Html]:
    total = sum(part.people for part in parts) or 1
    shown = [(part, max(100 * part.people / total, _THIN)) for part in parts if part.people]
    free = 100 - _GAP * (len(shown) - 1)
    scale, at, pieces = free / (sum(width for _, width in shown) or 1), 0.0, []
    for part, width in shown:
        pieces.append(tag("rect", x=f"{at:.2f}%", width=f"{width * scale:.2f}%", class_=f"f-{part.kind}"))
        at += width * scale + _GAP
    return pieces


def _key(part: Part) -> Html:
    shown = None if part.share is None else tag("b", numbers.share(part.share), " ")
    counted = part.shown or numbers.count(part.people)
    people = tag("b", counted) if shown is None else counted
    remark = tag("span", f" {part.remark}", class_="mute") if part.remark else None
    return tag("li", tag("i", class_=f"k-{part.kind}"), part.label, " ", shown, people, remark)
