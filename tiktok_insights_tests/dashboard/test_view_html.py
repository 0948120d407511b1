"""How HTML is built: text is escaped, names of strangers are made harmless, numbers are written one way."""

import json
import math
import re
from datetime import datetime
from html.parser import HTMLParser

import pytest

from tiktok_insights.dashboard.view import numbers
from tiktok_insights.dashboard.view.html import (
    BLANK_NAME,
    NAME_CHARACTERS,
    escape,
    join,
    json_data,
    name,
    tag,
    visible,
)  # fmt: skip
from tiktok_insights_tests.dashboard.support_facts import HOSTILE


class Reader(HTMLParser):
    """Collects the elements and the text of a piece of HTML, as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Remember text."""
        self.text += data


def read(html: str) -> Reader:
    """Read a piece of HTML."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_is_text_in_one_element(hostile: str) -> None:
    """Whatever it holds: the only element is its own, and all else is text of at most so many letters."""
    found = read(name(hostile))
    assert [element for element, _ in found.elements] == ["bdi"]
    assert 0 < len(found.text) <= NAME_CHARACTERS
    assert not re.search("[\x00-\x1f\u2028\u2029\u202a-\u202e\u2066-\u2069]", found.text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Mila draws", "Mila draws"),
        ("\u202egnitirw", "\\u202egnitirw"),
        ("a\u2028b\tc\n\nd", "a b c d"),
        ("\u200b\u200b", ""),
        ("\u3164", ""),
        ("", ""),
        (None, ""),
        ("x" * 10_000, "x" * (NAME_CHARACTERS - 1) + "\u2026"),
        ("Z\u0334\u0321\u0353\u035d\u0353o", "Z\u0334\u0321o"),
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        ("نورا", "نورا"),
    ],
)
def test_a_name_is_shown_as_one_short_visible_line(text: str | None, shown: str) -> None:
    """Joiners of emoji and letters of any language stay."""
    assert visible(text) == shown


def test_a_name_without_visible_letters_is_replaced() -> None:
    """No row has an empty place where a name is expected."""
    assert read(name("\u200b")).text == BLANK_NAME


@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_attribute_holds_hostile_text_unchanged(hostile: str) -> None:
    """It neither ends the attribute nor begins another one."""
    text = visible(hostile)
    assert read(tag("option", "x", value=text)).elements == [("option", {"value": text})]


def test_html_is_not_escaped_twice_and_text_always() -> None:
    """Pieces are put together without asking which of them are HTML."""
    assert tag("p", tag("b", 1), " < ", 2, class_="note") == "<p class=note><b>1</b> &lt; 2</p>"
    assert join(["<", None, tag("i")], ", ") == "&lt;, <i></i>"
    assert escape(escape("&")) == "&amp;"
    assert tag("input", checked=True, disabled=False, title=None) == "<input checked>"


def test_data_for_the_script_cannot_end_its_element() -> None:
    """A browser reads the same data, and one element."""
    value = {"names": list(HOSTILE)}
    found = read(json_data(value))
    assert [element for element, _ in found.elements] == ["script"]
    assert json.loads(found.text) == value
    assert "<" not in found.text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0%"), (0.0004, "under 0.1%"), (0.004, "0.4%"), (0.05, "5%"), (0.057, "5.7%"), (0.22, "22%"),
        (0.9996, "over 99.9%"), (1, "100%"), (1.02, "102%"), (0.999, "99.9%"), (0.998, "99.8%"), (0.994, "99%"),
    ],
)  # fmt: skip
def test_a_share_is_never_said_to_be_nothing_or_all(value: float, shown: str) -> None:
    """Unless it is."""
    assert numbers.share(value) == shown


def test_numbers_have_one_form() -> None:
    """Commas, a real minus, no sign of 0, few letters where there is little room."""
    assert [numbers.signed(value) for value in (847, -96, 0)] == ["+847", "\N{MINUS SIGN}96", "0"]
    assert [numbers.compact(value) for value in (950, 58_818_211, 8_242_844, 20_500, 2_000_000_000)] == [
        "950", "58.8M", "8.2M", "20.5k", "2.0B",
    ]  # fmt: skip
    assert [numbers.rate(value) for value in (121.4, 2.714, 1.03, -2.71)] == ["121", "2.7", "1", "\N{MINUS SIGN}2.7"]
    assert numbers.plural(1, "day", "days") == "1 day"


def test_times_have_one_form() -> None:
    """In UTC, with the year unless it is clear."""
    at, other = datetime.fromisoformat("2026-04-30T06:12"), datetime.fromisoformat("2025-12-01T00:00")
    assert numbers.moment(at) == "30 Apr 2026, 06:12 UTC"
    assert [numbers.day(other, at), numbers.day(at, at)] == ["1 Dec 2025", "30 Apr"]
    assert numbers.span(datetime.fromisoformat("2026-04-13"), datetime.fromisoformat("2026-04-20")) == "13\u201319 Apr"
    assert (
        numbers.span(datetime.fromisoformat("2026-03-30"), datetime.fromisoformat("2026-04-06")) == "30 Mar\u20135 Apr"
    )
    assert math.isclose(numbers.seconds(at), 1_777_529_520)
