"""Pieces of Markdown."""

from collections.abc import Iterable, Sequence

#: A bar within a cell, also within its code.
BAR = r"\|"
NOTICE = "<!-- Written by docs/generate from the code: run `make docs`, do not edit. -->"


def code(text: str) -> str:
    """A span of code."""
    return f"`{text}`"


def block(text: str, language: str) -> str:
    """A block of code."""
    return f"```{language}\n{text}\n```"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell does not end it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', BAR) for cell in line)} |" for line in lines)
