"""Rows and files that two engines may read differently, made up with a seed: texts at the edge of each column.

What becomes of them is not said here; engines are compared with each other.
"""

import random
from collections.abc import Iterator

from tiktok_insights.schema import COLUMNS, Column, ColumnKind
from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_16, HEADER_19

_IDS = (
    "1", "7", "007", "00", "0", "", "-1", "+1", " 1", "1 ", "1.0", "1e5", "1\0", "\u0661", "\uff11",
    "1" * 20, "9" * 20,
    "1" * 21, str(2**53 - 1), str(2**53), str(2**53 + 1), str(2**63 - 1), str(2**63), str(2**63 + 1), str(2**64),
    "7423456789012345149", "7423456789012345150", "NULL", "\ufeff1",
)  # fmt: skip
_COUNTS = (
    "", "0", "-0", "0.0", "-0.0", "1", "1.0", "1.00", "01",
    "9" * 38, "9" * 39, "-" + "9" * 38, "9" * 38 + ".0", "-", ".0",
    "-.0", "+5", " 5", "5 ", "\uff15", "\u0663", "12k", "1e5", "nan", "inf", "5\0", "1_000", "0x1", str(2**53 + 1),
    str(2**63), str(2**63 - 1), str(-(2**63)), str(-(2**63) - 1), "--1", "1.5", "NULL",
)  # fmt: skip
_BOOLEANS = (
    "", "true", "TRUE", "tRuE", "t", "F", "1", "0", "false", "yes", " true", "true ", "\uff54rue", "fal\u017fe", "T\0",
    "1.0", "\u0130", "None",
)  # fmt: skip
_TIMES = (
    "", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00.000001Z", "2026-01-31T12:00:00.123456Z",
    "2026-01-31T12:00:00.1234567Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z",
    "2026-01-31T12:00:00+00:00", "2026-01-31t12:00:00z", "2026-01-31T24:00:00Z", "2026-01-31T23:59:60Z",
    "2026-01-31T12:60:00Z", "2026-02-29T00:00:00Z", "2024-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
    "2000-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z", "2026-04-31T00:00:00Z", "0000-01-01T00:00:00Z",
    "0999-12-31T00:00:00Z",
    "1000-01-01T00:00:00Z", "1582-10-04T00:00:00Z", "1582-10-05T00:00:00Z", "1582-10-14T23:59:59Z",
    "1582-10-15T00:00:00Z",
    "1883-11-18T12:03:58Z", "1900-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z",
    "2026-03-29T02:30:00Z", "2026-11-01T01:30:00Z", "2026-02-02T06:07:08Z", "2026-02-02T06:07:08.000001Z",
    "2026-02-02T06:07:07.999999Z", "9999-12-31T23:59:59.999999Z", "10000-01-01T00:00:00Z", "2026-1-1T00:00:00Z",
    "\uff12026-01-31T12:00:00Z", "2026-01-31T12:00:00Z\0", "now", "epoch", "infinity", "1769860800",
)  # fmt: skip
#: In the order of bytes, of UTF-16 and of letters, these are in three different orders.
_TEXTS = (
    "", "a", "A", "b", "\u00e9", "e\u0301", "\uffef", "\ufffd", "\U0001f600", "\ue000", "\x7f", "\x01", "\0",
    "a\0", "\\", "\\\\",
    "\\N", "NULL", '"', '""', 'a"b', "a,b", "'", " ", "  a ", "\t", "\ufeff", "#a", "x" * 300, "\u2028",
    "\x85", "\x1c",
)  # fmt: skip
_OF_KIND = {
    ColumnKind.ID: _IDS,
    ColumnKind.COUNT: _COUNTS,
    ColumnKind.BOOLEAN: _BOOLEANS,
    ColumnKind.TIMESTAMP: _TIMES,
    ColumnKind.TEXT: _TEXTS,
}
#: What a good row has; nearly all rows differ from it in a few columns only, so that they tie in all others.
_GOOD = {ColumnKind.ID: "7", ColumnKind.COUNT: "5", ColumnKind.BOOLEAN: "true", ColumnKind.TEXT: "a"}
_TIME = "2026-01-31T12:00:00Z"


def rows(seed: int, number: int) -> Iterator[list[str]]:
    """So many rows of all columns: first each text of each column alone, then several at once."""
    chosen = random.Random(seed)  # noqa: S311  # no secret
    singles = [{column: text} for column in COLUMNS for text in _OF_KIND[column.kind]]
    for place in range(number):
        if place < len(singles):
            yield _row(singles[place])
        else:
            columns = chosen.sample(COLUMNS, chosen.randint(0, 3))
            yield _row({column: chosen.choice(_OF_KIND[column.kind]) for column in columns})


def _row(differences: dict[Column, str]) -> list[str]:
    return [differences.get(column, _GOOD.get(column.kind, _TIME)) for column in COLUMNS]


def files(seed: int, number: int) -> Iterator[bytes]:
    """So many files: good CSV of such rows, with blank, short and long lines, BOMs, and bytes that are no text."""
    chosen = random.Random(seed)  # noqa: S311  # no secret
    for place in range(number):
        made = list(rows(chosen.randrange(10**9), 1_000)) if place == 0 else list(rows(place, 400))
        header = chosen.choice((HEADER_14, HEADER_16, HEADER_19, HEADER_19))
        end = chosen.choice((b"\n", b"\r\n"))
        taken = chosen.sample(made, chosen.randint(0, 60))
        lines = [_line(chosen, row[: header.count(",") + 1]) for row in taken]
        body = end.join([header.encode(), *lines]) + end * chosen.randint(0, 2)
        yield chosen.choice((b"", b"", b"\xef\xbb\xbf")) + body


def _line(chosen: random.Random, row: list[str]) -> bytes:
    kind = chosen.randrange(20)
    if kind == 0:
        return b""
    if kind == 1:
        row = row[: chosen.randint(1, len(row))]
    fields = [_field(chosen, text) for text in row]
    if kind in (2, 3):
        place = chosen.randrange(len(fields))
        fields[place] = chosen.choice((b"\xff", b"\xf0\x9f\x98", b'"\xc3,\xa9"', b"\xed\xa0\x80"))
    if kind == 4:
        fields += chosen.choice(([b""], [b"", b'""'], [b"x"], [b'"x"'], [b"", b"\xff"]))
    if kind == 5 and chosen.randrange(6) == 0:
        length = len(b",".join([*fields[:2], b"", *fields[3:]]))
        fields[2:3] = [b"x" * (2_000_000 + chosen.randint(-2, 3) - length)]
    line = b",".join(fields)
    return b"\xef\xbb\xbf" + line if kind == 6 else line


def _field(chosen: random.Random, text: str) -> bytes:
    """A field as CSV; quoted where it must be, and sometimes where it need not."""
    if '"' in text or "," in text or chosen.randrange(8) == 0:
        text = '"' + text.replace('"', '""') + '"'
    return text.encode()
