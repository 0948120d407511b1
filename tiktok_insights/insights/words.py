"""Puts numbers and parts of queries in the place of the {words} in a mart's file.

`{mid}` is a number of `thresholds.py`: 100000. `{mid:,}` is 100,000, and `{mid-1:,}` 99,999, so that a label follows
its bound. `{listed_users}` is the text of `sql/parts/listed_users.sql`, which several marts share; `{numbers}` and
`{holes}` are those of `tables/holes.py`. `{schema}` stays for the schema of the tables. What else a file consists of
belongs in `mart_files.py`.
"""

import re
from functools import cache
from importlib import resources

from tiktok_insights.insights.thresholds import VALUES
from tiktok_insights.sql_files import without_comments
from tiktok_insights.tables.holes import HOLES, NUMBERS

SCHEMA = "{schema}"
_WORD = re.compile(r"\{([^{}]*?)(-1)?(:,)?\}")


class UnknownWordError(ValueError):
    """A word is neither a threshold nor a part; the message says which there are."""


def filled(text: str) -> str:
    """Fill a text. Raises UnknownWordError."""
    return _WORD.sub(_meaning, text)


def _meaning(found: re.Match[str]) -> str:
    word, one_less, has_commas = found.groups()
    if found[0] == SCHEMA:
        return SCHEMA
    if word in VALUES:
        value = VALUES[word] - bool(one_less)
        return f"{value:,}" if has_commas else f"{value}"
    if found[0] == f"{{{word}}}" and word in _parts():
        return filled(_parts()[word])
    msg = f"there is no word {found[0]}; the words are {', '.join(sorted([*VALUES, *_parts()]))}"
    raise UnknownWordError(msg)


@cache
def _parts() -> dict[str, str]:
    folder = resources.files(__package__).joinpath("sql", "parts")
    files = {file.name.removesuffix(".sql"): without_comments(file.read_text("utf-8")) for file in folder.iterdir()}
    return {**files, "numbers": NUMBERS, "holes": HOLES}
