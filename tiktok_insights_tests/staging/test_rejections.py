"""Every rejection's line, column and row, against an independent reading of the file in plain Python."""

import csv
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tiktok_insights.staging.csv_file import RowOrigin
from tiktok_insights_tests.support.campaigns import examples
from tiktok_insights_tests.support.csv_texts import HEADER_14, HEADER_16, HEADER_19, fields
from tiktok_insights_tests.support.transforming import transform

_NAMES = HEADER_19.split(",")
_AVATARS = ("avatarLarger", "avatarMedium", "avatarThumb")
_TIME = r"[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z"
_BOOLEAN = "(?i:true|false|t|f|1|0)?"
#: What each column takes; any text where none is given.
_ACCEPTED = {
    "Tiktok_id": r"(?!0$)\d{1,20}",
    "Account_verified": _BOOLEAN,
    "privateAccount": _BOOLEAN,
    "counts_exact": _BOOLEAN,
    **dict.fromkeys(("extracted_at", "followed_after", "followed_before"), f"({_TIME})?"),
    **dict.fromkeys(
        (
            "followers_Count",
            "following_Count",
            "videoCount",
            "heartCount",
            "friends_Count",
            "diggCount",
            "list_position",
        ),
        r"(-?\d{1,38}(\.0)?)?",
    ),
}
_WRITTEN = datetime(2026, 2, 1, tzinfo=UTC)
_ORIGIN = RowOrigin("batch", "a.csv", "42", "snapshot", _WRITTEN, _WRITTEN)

Rejection = tuple[int, str | None, str]


def expected(body: bytes) -> Iterator[Rejection]:
    """Line, column and row of what must be rejected; the file has no line break within a field."""
    header, *lines = body.split(b"\n")
    names = header.removesuffix(b"\r").decode().split(",")
    for number, line in enumerate(lines, 2):
        content = line.removesuffix(b"\r")
        if not content:
            continue
        shown = content.decode("utf-8", "replace")
        # Each byte is a character here, so that what is no text can be split as well.
        (found,) = csv.reader([content.decode("latin-1")])
        texts = [text.encode("latin-1") for text in found]
        if len(texts) < len(names) or any(texts[len(names) :]):
            bad = next((name for name, text in zip(names, texts, strict=False) if not is_text(name, text)), None)
            yield number, bad, shown
        elif column := first_bad(dict(zip(names, texts, strict=False))):
            yield number, column, shown


def is_text(name: str, text: bytes) -> bool:
    """Whether a column that is loaded is UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return name in _AVATARS
    return True


def first_bad(texts: dict[str, bytes]) -> str | None:
    """The first column that is no text, or else the first whose text the contract does not take."""
    if no_text := next((name for name, text in texts.items() if not is_text(name, text)), None):
        return no_text
    accepted = ((name, pattern) for name, pattern in _ACCEPTED.items() if name in texts)
    bad = {name for name, pattern in accepted if not re.fullmatch(pattern, texts[name].decode(), re.ASCII)}
    return min(bad, key=_NAMES.index, default=None)


def found_in(body: bytes) -> list[Rejection]:
    """What the quarantine says."""
    with tempfile.TemporaryDirectory() as name:
        result = transform(Path(name), body, _ORIGIN)
        entries = result.rejected.read_text(encoding="ascii").splitlines() if result.rejected else []
    rejections = [(line["line"], line["column"], line["row"]) for line in map(json.loads, entries)]
    assert len(rejections) == result.counts.rejected
    return rejections


#: Texts for a column, as bytes: good ones, ones that the contract does not take, and ones that are no text.
_TEXT = st.sampled_from([b"abc", b"", b"12k", b"\xff", b'"a, ""b"""', b'"\xff, "', "é😀".encode(), b"0", b"1e5", b"-1"])


@st.composite
def lines(draw: st.DrawFn, columns: int) -> bytes:
    """A line: blank, a row with some odd texts, or one with fields too many or too few."""
    kind = draw(st.sampled_from(["row", "row", "row", "row", "blank", "short", "long", "commas"]))
    if kind == "blank":
        return b""
    texts = [text.encode() for text in fields(str(draw(st.integers(1, 10**20 - 1)))).values()][:columns]
    for place in draw(st.sets(st.integers(0, columns - 1), max_size=3)):
        texts[place] = draw(_TEXT)
    if kind == "short":
        texts = texts[: draw(st.integers(1, columns - 1))]
    if kind == "long":
        texts += [b"x"] * draw(st.integers(1, 2))
    if kind == "commas":
        texts += [b""]
    # A line with nothing on it is none.
    return b",".join(texts) or b"x"


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """A whole file."""
    header = draw(st.sampled_from([HEADER_14, HEADER_16, HEADER_19]))
    end = draw(st.sampled_from([b"\n", b"\r\n"]))
    body = draw(st.lists(lines(header.count(",") + 1), min_size=10, max_size=60))
    return end.join([header.encode(), *body]) + end * draw(st.booleans())


def issue(*, bad_nickname: int, bad_id: int) -> bytes:
    """All columns, with a nickname that is not UTF-8 on one line, and a bad ID on another."""
    texts = [[text.encode() for text in fields(str(10**18 + number)).values()] for number in range(2, 22)]
    texts[bad_nickname - 2][2] = b"Zo\xeb"
    texts[bad_id - 2][0] = b"abc"
    return b"\n".join([HEADER_19.encode(), *(b",".join(row) for row in texts), b""])


@settings(max_examples=examples(0.15))
@given(bodies())
@example(issue(bad_nickname=5, bad_id=12))
@example(issue(bad_nickname=12, bad_id=5))
def test_each_rejection_is_the_one_that_an_independent_reading_finds(body: bytes) -> None:
    """No other line, no other column, and the line as it is in the file; nothing is rejected that should load."""
    assert found_in(body) == list(expected(body))
