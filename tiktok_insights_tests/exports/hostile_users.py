"""Rows of TIKTOK_DATA with the values that files get wrong, in the order of their IDs."""

from datetime import datetime
from typing import Any

from tiktok_insights.tables.definitions import TIKTOK_DATA

WIDEST = 10**38 - 1
#: Texts that a spreadsheet would run, and what stands in a file for spreadsheets instead.
FORMULAS = {
    "=1+1": "'=1+1",
    '=HYPERLINK("http://example.org","x")': '\'=HYPERLINK("http://example.org","x")',
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(1)": "'@SUM(1)",
    "\tx": "'\tx",
    "\rx": "'\rx",
    "\uff1d1": "'\uff1d1",
    "\uff0b1": "'\uff0b1",
    "\uff0d1": "'\uff0d1",
    "\uff201": "'\uff201",
    " =1": "' =1",
    "\u200b=1": "'\u200b=1",
    '"=1': "'\"=1",
    "a;=1": "a;'=1",
    "a\n=1": "a\n'=1",
    "\t=1": "'\t'=1",
    "\r\n=1": "'\r'\n'=1",
    "\u202e\ufe0f=1": "'\u202e\ufe0f=1",
    "a; \u2066@1": "a;' \u2066@1",
}
#: Texts that stay as they are in every format.
HARMLESS = (
    "", " ", "  a ", "'", "'=1", "a=1", "1-1", 'a "quoted", 😀', "two\nlines", "two\r\nlines", "a;b", "<r>a</r>",
    "<r></broken></r>", "_x0041_", "_x005F_x0000_", "_xD83D_x0041_", "\x00\x1f", "\uffff", "\x01",
    "\u202eRTL\u202c \u0627\u0644", "👩\u200d👩\u200d👧", "#REF!", "http://example.org",
    "1e5", "007", "2026-01-31", "TRUE", "NULL", "]]>", "&amp;", "\ufffe", "x" * 32_767,
)  # fmt: skip
_NULLS = dict.fromkeys(TIKTOK_DATA.names)
_TIME = datetime(2026, 1, 31, 12, 0, 0, 123456)  # noqa: DTZ001  # as the connector gives it


def _users() -> list[dict[str, Any]]:
    texts = [None, *HARMLESS, *FORMULAS]
    users = [
        {**_NULLS, "TIKTOK_ID": str(7420366745511658149 + number), "NICK_NAME": text, "EXTRACTED_AT": _TIME}
        for number, text in enumerate(texts)
    ]
    users[0] |= {"HEART_COUNT": WIDEST, "VIDEO_COUNT": -5, "FOLLOWERS_COUNT": 10**15 - 1, "PRIVATE_ACCOUNT": True}
    users[1] |= {"HEART_COUNT": 2**53 + 1, "VIDEO_COUNT": 0, "ACCOUNT_VERIFIED": False}
    users[2] |= {"EXTRACTED_AT": None, "USER_NAME": ""}
    users[3] |= {"EXTRACTED_AT": datetime(1899, 12, 31)}  # noqa: DTZ001  # likewise
    return users


USERS = tuple(_users())
