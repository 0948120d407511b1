"""Which accounts the file holds. What it says of them: `test_reading_facts.py`."""

from collections.abc import Sequence

import pytest

from tiktok_insights.dashboard.reading.choice import Known, chosen
from tiktok_insights_tests.support.troubleshooting import told

KNOWN = [
    Known(account_id, handle, 1, None, None)
    for account_id, handle in (("7", "Shop"), ("9", None), ("42", "9"), ("8", "shop"))
]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ["7", "9", "42", "8"]),
        (("8", "7"), ["7", "8"]),
        (("@shop",), ["7"]),
        (("SHOP", "7"), ["7"]),
        # An ID comes first; with the @ it is a handle.
        (("9",), ["9"]),
        (("@9",), ["42"]),
    ],
)
def test_accounts_are_chosen_by_id_or_handle(names: Sequence[str], expected: list[str]) -> None:
    """Each once, in the order of their size; of a handle that several have had, the largest."""
    assert [account.account_id for account in chosen(KNOWN, names)] == expected


def test_the_largest_accounts_are_in_the_file() -> None:
    """Twenty of them, and no more."""
    many = [Known(str(number), None, 1, None, None) for number in range(21)]
    assert chosen(many, ()) == many[:20]


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (KNOWN, "There is no snapshot of the account 'nobody'. The accounts with data: Shop (7), 9, 9 (42), shop (8)."),
        ([], "There is no snapshot of the account 'nobody'. The accounts with data: none yet: run the pipeline first."),
    ],
)
def test_an_unknown_account_is_one_sentence_that_names_those_that_exist(known: list[Known], expected: str) -> None:
    """Also when nothing has been loaded."""
    with told("There is no snapshot of the account", expected):
        chosen(known, ["7", "nobody"] if known else ["nobody"])
