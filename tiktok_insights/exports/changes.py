"""What a file for spreadsheets says otherwise than the warehouse, counted; and what such a file cannot hold."""

from dataclasses import dataclass


class CellTooLongError(ValueError):
    """A text is longer than a cell of a spreadsheet."""


@dataclass(slots=True)
class Changes:
    """How many cells got an apostrophe, how many numbers and times are text, and the number of sheets."""

    neutralized: int = 0
    long_numbers: int = 0
    early_times: int = 0
    sheets: int = 1
