"""Text that a spreadsheet would run as a formula, made harmless: an apostrophe goes before it, as OWASP advises.

Only text comes here: a number such as -5 is a number. The warehouse and Parquet keep the true text.
"""

import re

#: What begins a formula, also in the wide forms that spreadsheets in Japanese or Chinese read the same way.
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
#: What spreadsheets drop, or people do not see, before such a sign: blanks, quotes, and characters without a shape.
_BEFORE = (
    r"[\s\x00-\x1f\"\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
#: All of such characters before a sign. No part of them is tried again, so a long text takes no longer than its length.
_FORMULA = re.compile(rf"(?<!{_BEFORE}){_BEFORE}*+(?=[{re.escape(SIGNS)}])")
_BREAKS = ("\t", "\r", "\n")
#: Where a cell could begin: after a break and, as Excel splits a CSV where that is the list separator, a semicolon.
_CELL = re.compile(r"(?<=[\t\r\n])")


def neutralize(text: str) -> str:
    """Give a text with an apostrophe before whatever a spreadsheet could run; any other text as it is."""
    harmless = _FORMULA.sub(_with_apostrophes, text)
    return f"'{harmless}" if harmless.startswith(_BREAKS) else harmless


def _with_apostrophes(found: re.Match[str]) -> str:
    begins_cell = found.start() == 0 or found.string[found.start() - 1] == ";"
    return "'" * begins_cell + _CELL.sub("'", found[0])
