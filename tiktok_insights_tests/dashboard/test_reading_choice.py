"""Which accounts the file holds, and how often the warehouse is asked. That the numbers are right: `test_reading_*`."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.dashboard.facts.account import Facts
from tiktok_insights.dashboard.reading.choice import Known, chosen
from tiktok_insights.dashboard.reading.facts import read_facts
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.mart_worlds import load
from tiktok_insights_tests.support.oracle.random_looks import START
from tiktok_insights_tests.support.oracle.worlds import hidden, shown, whole
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


def test_the_number_of_statements_does_not_grow_with_the_accounts(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without data there are no accounts; with some, the largest come first, each with the same facts as alone."""
    for mart in all_marts():
        Marts(loader.session).make(mart)
    assert read_facts(loader.session) == Facts((), 0, (), 0, None, None)
    rows = shown("5", "6", after=START - 60, before=START)
    load(
        loader,
        [
            replace(look, account_id=str(account))
            for account in range(1, 4)
            for look in (whole(START, *rows, claimed=account), hidden(START + 60))
        ],
    )
    asked: list[str] = []
    table = loader.session.table

    def note(sql: str, values: Sequence[object] = ()) -> tuple[list[str], list[Row]]:
        asked.append(sql)
        return table(sql, values)

    monkeypatch.setattr(loader.session, "table", note)
    one = read_facts(loader.session, ["@account.2"])
    statements = len(asked)
    facts = read_facts(loader.session)
    assert len(asked) == 2 * statements
    assert [account.account_id for account in facts.accounts] == ["1", "2", "3"]
    assert (facts.left_out, facts.snapshots, len(facts.shared)) == (0, 6, 3)
    assert (one.accounts, one.left_out) == (facts.accounts[1:2], 2)
