"""What pages are built of: frames, cards, bars, tables, marks, charts. Each is a function from facts to HTML.

`frame` draws a visual of the description with its title and question mark; the others go into it. Sentences belong in
`words/`, looks in `files/`, and which visuals a page has in `description/`.
"""

from tiktok_insights.dashboard.view.components.bars import BarRow, Part, bar_list, hundred_bar, keys, small_bar
from tiktok_insights.dashboard.view.components.cards import Card, cards, certainty
from tiktok_insights.dashboard.view.components.frames import empty, frame, lead, note, question, unfilled
from tiktok_insights.dashboard.view.components.marks import chip, ruler, small_ruler, state, swatch
from tiktok_insights.dashboard.view.components.plot import plot
from tiktok_insights.dashboard.view.components.tables import Column, facts_list, table, twin

__all__ = [
    "BarRow",
    "Card",
    "Column",
    "Part",
    "bar_list",
    "cards",
    "certainty",
    "chip",
    "empty",
    "facts_list",
    "frame",
    "hundred_bar",
    "keys",
    "lead",
    "note",
    "plot",
    "question",
    "ruler",
    "small_bar",
    "small_ruler",
    "state",
    "swatch",
    "table",
    "twin",
    "unfilled",
]
