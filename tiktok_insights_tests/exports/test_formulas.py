"""Formulas in text: what a spreadsheet could run gets an apostrophe, and nothing else changes."""

import sys
import time
import unicodedata

import hypothesis
import pytest
from hypothesis import strategies as st

from tiktok_insights.exports.formulas import SIGNS, neutralize
from tiktok_insights_tests.exports.hostile_users import FORMULAS, HARMLESS


@pytest.mark.parametrize(("text", "harmless"), FORMULAS.items(), ids=map(ascii, FORMULAS))
def test_each_form_of_a_formula_gets_an_apostrophe(text: str, harmless: str) -> None:
    """Before the place where a cell could begin."""
    assert neutralize(text) == harmless


@pytest.mark.parametrize("text", HARMLESS, ids=lambda text: ascii(text)[:20])
def test_other_text_stays(text: str) -> None:
    """Byte for byte."""
    assert neutralize(text) == text


@hypothesis.given(st.text(alphabet=st.sampled_from(SIGNS + " ;,\t\r\n\"'a1\u200b\ufeff"), max_size=12))
def test_no_cell_of_any_split_begins_like_a_formula(text: str) -> None:
    """However a program splits a field that it takes for several: none begins with a sign, and no letter is lost."""
    harmless = neutralize(text)
    for separators in ("", ";", "\t", "\r\n", ";\t\r\n"):
        cells = [harmless]
        for separator in separators:
            cells = [cell for part in cells for cell in part.split(separator)]
        assert not any(cell.strip(' "\u200b\ufeff').startswith(tuple(SIGNS)) for cell in cells), harmless
    assert harmless.replace("'", "") == text.replace("'", "")
    assert not harmless.startswith(("\t", "\r", "\n"))


#: Without a shape (Default_Ignorable_Code_Point), where the category does not say so; and the blank pattern of Braille.
_SHAPELESS = (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164, *range(0xFE00, 0xFE10))
_SHAPELESS += (0xFFA0, *range(0xE0000, 0xE1000))
#: Format characters that people do see: they stand around Arabic and Syriac digits.
_SEEN = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}


def test_no_character_that_nobody_sees_hides_a_formula() -> None:
    """Every control or format character, every blank, and what has no shape, one by one before a sign."""
    unseen = {
        point
        for point in range(sys.maxunicode + 1)
        if unicodedata.category(chr(point)) in ("Cc", "Cf", "Zs", "Zl", "Zp")
    }
    hidden = [chr(point) for point in unseen.union(_SHAPELESS) - _SEEN]
    assert [ascii(one) for one in hidden if not neutralize(f"{one}=1").startswith("'")] == []
    assert neutralize("".join(hidden) + "a=1").removeprefix("'") == "".join(hidden) + "a=1"


@pytest.mark.parametrize("text", ["\t", "a\t", ";", " ;", "\n\u200b", '"'])
def test_a_long_text_takes_no_longer_than_its_length(text: str) -> None:
    """Half a million characters are read once, whatever they are."""
    long = "a" + text * (500_000 // len(text))
    begun = time.process_time()
    assert neutralize(long) == long
    assert neutralize(f"{long};=") == f"{long};'="
    assert time.process_time() - begun < 5
