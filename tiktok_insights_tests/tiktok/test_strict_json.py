"""Bodies are read whole and exactly, or not at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_insights.tiktok import strict_json
from tiktok_insights.tiktok.errors import UnreadableBodyError
from tiktok_insights_tests.support.troubleshooting import told


@pytest.mark.parametrize("number", [0, 9007199254740993, 9223372036854775807, 18446744073709551615, -1])
def test_an_integer_stays_exact_to_its_last_digit(number: int) -> None:
    """2^53 + 1 is the first integer that a float bends."""
    value = strict_json.loads(b'{"id":%d}' % number)["id"]
    assert type(value) is int
    assert str(value) == str(number)


@given(number=st.integers(min_value=-(10**30), max_value=10**30))
def test_no_integer_is_bent(number: int) -> None:
    """Whatever its size."""
    assert strict_json.loads(str(number).encode()) == number


@pytest.mark.parametrize("token", ["7.42e+18", "7420366745511658502.0", "1E3", "-0.5", "5472.10"])
def test_a_number_with_a_fraction_or_an_exponent_stays_the_text_that_it_was(token: str) -> None:
    """No float is ever made, and the value can be told from a JSON string."""
    value = strict_json.loads(f'{{"id":{token}}}'.encode())["id"]
    assert isinstance(value, strict_json.DecimalText)
    assert str(value) == token


def test_a_json_string_of_digits_is_no_decimal_number() -> None:
    """An id that came as text is not taken for a number."""
    assert type(strict_json.loads(b'"7420366745511658502"')) is str


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b'{"hasMore":true', b'{"hasMore":true}{', b"<html><body>Bad gateway</body></html>", b"\xff\xfe",
        b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}', b"[" * 200_000, b'{"a":"\x00"}', b'{"name":"\xc3"}',
    ],
    ids=[
        "empty", "blank", "cut", "tail", "html", "not utf-8", "nan", "infinity", "minus infinity", "too deep", "nul",
        "half a character",
    ],
)  # fmt: skip
def test_a_body_that_is_not_whole_json_is_refused(body: bytes) -> None:
    """Nothing of it is used, and the message states its size."""
    with told("The body (<number> bytes) is not valid JSON", f"The body ({len(body)} bytes)"):
        strict_json.loads(body)


@pytest.mark.parametrize("body", [b'{"id":"1","id":"2"}', b'{"user":{"id":"1","x":0,"id":"1"}}'])
def test_a_key_that_stands_twice_in_one_object_is_refused(body: bytes) -> None:
    """Python would keep the last one; the message names the key."""
    with pytest.raises(UnreadableBodyError, match="the key 'id' appears twice"):
        strict_json.loads(body)


def test_a_key_may_stand_in_two_objects() -> None:
    """Only a repetition inside one object is ambiguous."""
    assert strict_json.loads(b'[{"id":"1"},{"id":"2"}]') == [{"id": "1"}, {"id": "2"}]


@given(text=st.text())
def test_every_text_comes_through_unchanged(text: str) -> None:
    """Emoji, control characters, quotes; escaped or raw."""
    assert strict_json.loads(json.dumps(text).encode()) == text
    assert strict_json.loads(json.dumps(text, ensure_ascii=False).encode()) == text
