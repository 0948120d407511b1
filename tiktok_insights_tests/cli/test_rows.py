"""A table for people: numbers on the right, nothing that a terminal would act on."""

from decimal import Decimal

import pytest

from tiktok_insights.cli.rows import counted, layout, render
from tiktok_insights.text.printable import printable

#: What came from elsewhere, and what is printed of it.
FOREIGN = {
    "\x1b[31mred\x1b[0m": "\\x1b[31mred\\x1b[0m",
    "\x1b]0;title\x07": "\\x1b]0;title\\x07",
    "\x9b2Jcleared": "\\x9b2Jcleared",
    "back\bspace and \x00 and \x7f": "back\\x08space and \\x00 and \\x7f",
    "over\rwritten": "over\\x0dwritten",
    "gnp.\u202efdp": "gnp.\\u202efdp",
    "two\nlines\tand a tab": "two\nlines\tand a tab",
    "👩\u200d🚀 é 中 <account id> | `x` [x](y)": "👩\u200d🚀 é 中 <account id> | `x` [x](y)",
}


@pytest.mark.parametrize(("text", "printed"), FOREIGN.items(), ids=ascii)
def test_a_terminal_shows_foreign_text_instead_of_acting_on_it(text: str, printed: str) -> None:
    """Escapes stand for control characters; letters of all scripts stay."""
    assert printable(text) == printed


def test_a_cell_has_one_line_without_control_characters() -> None:
    """A header too: it may be a name that somebody has given a column."""
    text = layout(["a\x1bb"], [["one\ntwo\x1b[2J"]])
    assert text.splitlines() == ["a\\x1bb", "--------------", "one two\\x1b[2J"]


def test_columns_of_numbers_are_on_the_right_with_separators() -> None:
    """Ids, truths and mixed columns are not: they are text."""
    rows = [
        ("7420366745511658149", 1234567, Decimal("1E+3"), Decimal("94248290.8333"), 0.5, True, 1),
        ("2", -1, None, Decimal(0), None, None, "x"),
    ]
    assert layout(["ID", "N", "WHOLE", "PART", "SHARE", "TRUTH", "MIXED"], rows).splitlines() == [
        "ID                           N    WHOLE             PART    SHARE  TRUTH    MIXED",
        "-------------------  ---------  -------  ---------------  -------  -------  -------",
        "7420366745511658149  1,234,567    1,000  94,248,290.8333      0.5  True     1",
        "2                           -1     NULL                0     NULL  NULL     x",
    ]


def test_programs_get_numbers_without_separators() -> None:
    """CSV and JSON are input."""
    assert render(["N"], [[1234567]], "csv") == "N\n1234567\n"
    assert render(["N"], [[1234567]], "json") == '[{"N": 1234567}]\n'


def test_no_rows_are_a_header_and_a_count() -> None:
    """Also where a statement has no result at all."""
    assert render(["N"], [], "table") == "N\n---\n0 rows\n"
    assert render([], [], "table") == "\n0 rows\n"


def test_one_of_something_is_not_plural() -> None:
    """With separators of thousands."""
    assert [counted(number, "page") for number in (0, 1, 2, 1000)] == ["0 pages", "1 page", "2 pages", "1,000 pages"]
