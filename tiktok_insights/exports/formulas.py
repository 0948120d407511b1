"""Text that a spreadsheet would run as a formula, made harmless: an apostrophe goes before it, as OWASP advises.

Only text comes here: a number such as -5 is a number. The warehouse and Parquet keep the true text.
"""

import re

#: What begins a formula, also in the wide forms that spreadsheets in Japanese or Chinese read the same way.
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b"
#: What spreadsheets drop, or people do not see, before such a sign: blanks, quotes, and characters without a width.
_BEFORE = r"\s\x00-\x1f\"\u00ad\u200b-\u200f\u2060\ufeff"
#: Each place where a cell could begin: the text itself, and what follows a semicolon, tab or line break. Where the list
#: separator is a semicolon, Excel splits a CSV there.
_FORMULA = re.compile(
    rf"\A(?=[\t\r\n])|(?:\A|(?<=[;\t\r\n]))(?=[{_BEFORE}]*[{re.escape(SIGNS)}])",
)


def neutralize(text: str) -> str:
    """Give a text with an apostrophe before whatever a spreadsheet could run; any other text as it is."""
    return _FORMULA.sub("'", text)
