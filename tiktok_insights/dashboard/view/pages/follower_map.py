"""The follower map (M12): order of joining against the making of the account, and its table by year.

The script gets a letter for two cells and two numbers for each column: all numbers would be most of the file.
"""

import string
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from tiktok_insights.dashboard.description import visual_of
from tiktok_insights.dashboard.facts.account import Account
from tiktok_insights.dashboard.facts.people import Cell
from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.components import frame, note, plot, twin, unfilled
from tiktok_insights.dashboard.view.html import Html, tag
from tiktok_insights.dashboard.view.words import care as words
from tiktok_insights.dashboard.view.words.groups import people
from tiktok_insights.insights.thresholds import VALUES

_SIZE, _FEWEST = (int(VALUES[word]) for word in ("cells", "min_group"))
#: Shares of the cells with people, at which their color becomes stronger.
_STEPS = (0.5, 0.9)
#: Strengths of a cell, with none; two of them are one of the letters.
_LEVELS = 6
_LETTERS = string.digits + string.ascii_lowercase
_PARTS = ("First third to join", "Middle third", "Last third")


def follower_map(account: Account) -> Html:
    """The map of an account, or why there is none."""
    visual, cells = visual_of("care", "map"), account.care.map
    if not cells:
        return unfilled(visual, account.care.map_reason or "There is no map.")
    return frame(
        visual,
        tag("p", words.made_when(account), class_="keyline"),
        tag("div", plot("map", _data(cells), f"{visual.title}, by order of joining"), class_="not-narrow"),
        twin(["Made in", *_PARTS, "All"], _rows(cells)),
        note("The table counts each cell in the year of its first account."),
    )


def _data(cells: Sequence[Cell]) -> dict[str, object]:
    """Two cells are one letter; of a column, its people and the month by which half of their accounts were made."""
    first, step = _scale(cells)
    bounds = _bounds(cells)
    strengths = [0] * (_SIZE * _SIZE)
    for cell in cells:
        strengths[cell.joined * _SIZE + cell.created] = _LEVELS - 1 - sum(cell.users <= bound for bound in bounds)
    pairs = zip(strengths[::2], strengths[1::2], strict=True)
    columns = [[cell for cell in cells if cell.joined == at] for at in range(_SIZE)]
    return {
        "size": _SIZE,
        "cells": "".join(_LETTERS[_LEVELS * one + other] for one, other in pairs),
        "levels": _LEVELS,
        "fewest": _FEWEST,
        "first": first,
        "step": step,
        "people": [sum(cell.users for cell in column) for column in columns],
        "months": [_month(words.middle(column).first_created_at) if column else None for column in columns],
    }


def _month(moment: datetime) -> int:
    return moment.year * 12 + moment.month - 1


def _scale(cells: Sequence[Cell]) -> tuple[int, float]:
    """The first second of the map's first day, and about how many seconds a row spans.

    The second in which an account was created is the first half of its ID, which is not in the file.
    """
    begins: dict[int, datetime] = {}
    for cell in cells:
        begins[cell.created] = min(begins.get(cell.created, cell.first_created_at), cell.first_created_at)
    lowest = min(begins)
    first = begins[lowest]
    steps = [(begin - first).total_seconds() / (row - lowest) for row, begin in begins.items() if row > lowest]
    return numbers.seconds(first.replace(hour=0, minute=0, second=0, microsecond=0)), min(steps, default=0.0)


def _bounds(cells: Sequence[Cell]) -> list[int]:
    """People up to which a color is used. Where most cells are equal there are fewer colors, and none is faint."""
    ordered = sorted(cell.users for cell in cells)
    return [*{ordered[int((len(ordered) - 1) * step)] for step in _STEPS}, words.patch(cells)]


def _rows(cells: Sequence[Cell]) -> list[list[str]]:
    """People by the year in which their accounts were made, and by when they joined."""
    found: Counter[tuple[int, int]] = Counter()
    for cell in cells:
        found[cell.first_created_at.year, cell.joined * len(_PARTS) // _SIZE] += cell.users
    years = sorted({year for year, _ in found}, reverse=True)
    rows = []
    for year in years:
        counts = [found[year, part] for part in range(len(_PARTS))]
        rows.append([str(year), *(people(count) for count in counts), people(sum(counts))])
    return rows
