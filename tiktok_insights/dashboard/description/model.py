"""The words of the description: a page answers one question, a visual shows fields of marts."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a visual is, in words that a report builder knows."""

    CARDS = "cards"
    STACKED_BAR = "stacked bar"
    BARS = "bars"
    LINE = "line"
    COLUMNS = "columns"
    HEAT_TABLE = "heat table"
    WATERFALL = "waterfall"
    TIMELINE = "timeline"
    SCATTER = "scatter"
    TABLE = "table"
    FACTS = "facts"


@dataclass(frozen=True, slots=True)
class Source:
    """A mart, and the columns of it that a visual shows."""

    mart: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a number means: the text behind each question mark."""

    name: str
    title: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Visual:
    """One thing to look at. `definition` is the name of one; `key` says in words what the marks mean."""

    name: str
    title: str
    kind: Kind
    sources: tuple[Source, ...]
    definition: str
    #: Fields by which its rows are in order, as in a mart's header.
    sort: str = ""
    #: Below the title: what it shows, in one line.
    subtitle: str = ""
    #: Below the visual: what a reader might get wrong.
    note: str = ""
    #: Columns of twelve.
    width: int = 12
    #: False: one for all accounts together.
    per_account: bool = True
    #: Whether the chosen period changes it.
    follows_period: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its tab, its question, and what limits all of it."""

    name: str
    title: str
    question: str
    scope: str
    visuals: tuple[Visual, ...]
