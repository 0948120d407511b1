"""The first line of a CSV: whether it is the contract's header, and if not, what it is and what to do about it."""

import csv
from itertools import zip_longest

from tiktok_insights.schema import CSV_HEADER, HEADERS
from tiktok_insights.text.quoting import quoted

_BOM = b"\xef\xbb\xbf"
#: The contract's header, with every name quoted, has a thirtieth of it.
MAX_HEADER_BYTES = 10_000
#: How a file begins that is no CSV in UTF-8: what it is, and what to do.
_OTHER_KINDS = (
    (b"\x1f\x8b", "the file is compressed (gzip); unpack it"),
    (b"PK\x03\x04", "the file is a ZIP archive or a workbook; save its sheet as CSV in UTF-8"),
    (b"PAR1", "the file is Parquet; write its rows as CSV in UTF-8"),
    (b"\xff\xfe", "the file is UTF-16 text; save it as CSV in UTF-8"),
    (b"\xfe\xff", "the file is UTF-16 text; save it as CSV in UTF-8"),
    (b"[", "the file looks like JSON; write its rows as CSV in UTF-8"),
    (b"{", "the file looks like JSON; write its rows as CSV in UTF-8"),
    (b"<", "the file looks like HTML or XML, perhaps an error page; write its rows as CSV in UTF-8"),
)
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_RULE = (
    f"the header must be the contract's {len(CSV_HEADER)} names, or the first "
    f"{' or '.join(str(len(names)) for names in HEADERS[1:])}, with this spelling and order"
)
_LOOK = "copy the line from docs/how_to/own_files.md"


class UnloadableError(ValueError):
    """The object as a whole cannot be read; the message says where, why, and what to do."""


def columns_of(line: bytes) -> tuple[str, ...]:
    """The names in a file's first line: those of one of the contract's headers. Raises UnloadableError."""
    if kind := other_kind(line):
        raise UnloadableError(kind)
    names = _names(_text(line))
    if names not in HEADERS:
        raise UnloadableError(f"{_difference(names)}; {_RULE}: {_LOOK}")
    return names


def other_kind(line: bytes) -> str:
    """What a file with this first line is, and what to do, if it is not text with a row on each line; or ''."""
    return next((kind for beginning, kind in _OTHER_KINDS if line.startswith(beginning)), "")


def _text(line: bytes) -> str:
    content = line.removeprefix(_BOM).removesuffix(b"\n").removesuffix(b"\r")
    if b"\0" in content:
        raise UnloadableError("line 1 has NUL bytes, like UTF-16 text or a binary file; save it as CSV in UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise UnloadableError("line 1 is not UTF-8 text; save the file as CSV in UTF-8") from None
    if "\r" in text:
        raise UnloadableError("line 1 contains a bare CR; save the file with LF or CR LF line endings")
    if len(content) >= MAX_HEADER_BYTES - len(_BOM):
        raise UnloadableError(f"line 1 is longer than any header; {_RULE}: {_LOOK}")
    return text


def _names(text: str) -> tuple[str, ...]:
    for delimiter, name in _OTHER_DELIMITERS.items():
        if text.count(delimiter) > text.count(","):
            raise UnloadableError(f"line 1 has {name} between the names; save the file with commas as separators")
    try:
        return tuple(next(csv.reader([text], strict=True), ()))
    except csv.Error:
        raise UnloadableError(f"line 1 has an unmatched quote; {_LOOK}") from None


def _difference(names: tuple[str, ...]) -> str:
    """The first difference from the contract's header."""
    if not names:
        return "line 1 is empty"
    if names[0].isdecimal():
        return "line 1 is a row, not a header"
    pairs = enumerate(zip_longest(names, CSV_HEADER), 1)
    number, (found, expected) = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    if found is None:
        return f"line 1 ends after column {number - 1}, before {expected!r}"
    if expected is None:
        return f"line 1 has a column {number}, {_shown(found)}"
    return f"line 1, column {number} is {_shown(found)}, not {expected!r}"


def _shown(name: str) -> str:
    """A name in the header as a message may quote it; in a file without a header, it is a person's."""
    is_begun = any(column.lower().startswith(name.lower()) for column in CSV_HEADER)
    return repr(name if is_begun else quoted(name, 40))
