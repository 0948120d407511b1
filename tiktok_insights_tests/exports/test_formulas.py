"""Formulas in text: what a spreadsheet could run gets an apostrophe, and nothing else changes."""

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
