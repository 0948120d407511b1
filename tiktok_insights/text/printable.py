"""Text from elsewhere, such as a key, a handle or a reason, as a terminal may print it.

Whatever a command prints for people goes through here once, where the line is put together. Output for programs (CSV,
JSON) has its own escapes. What Markdown needs, for the UI, belongs in `defs/presentation.py`.
"""

import re

#: Control characters but line breaks and tabs: they could move the cursor, change colors or rename the window. The
#: others change the order in which letters are shown, or break lines. Joiners stay: emoji consist of them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Give the text with escapes, such as `\x1b`, in place of what a terminal would act on instead of showing it."""
    return _UNPRINTABLE.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
