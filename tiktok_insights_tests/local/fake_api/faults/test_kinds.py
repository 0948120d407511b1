"""The table of kinds: complete, described, shown to do what it says, and each kind within a handle."""

import pytest

from tiktok_insights.local.fake_api.accounts import Directory
from tiktok_insights.local.fake_api.faults.kinds import KINDS
from tiktok_insights_tests.local.fake_api.faults import (
    test_connection,
    test_hook,
    test_pages,
    test_responses,
    test_rows,
)
from tiktok_insights_tests.support.asking import ask_page, listed_ids
from tiktok_insights_tests.support.served import Api, id_of, rows_of

SILENT = {"slow", "stalled", "connection-reset", "short-body"}
"""Kinds of the connection, whose plain answer takes long or never comes."""


def test_every_kind_is_shown_to_do_what_it_says() -> None:
    """A kind without a literal expectation in one of these modules may not be."""
    shown = [test_responses.SHOWN, test_connection.SHOWN, test_hook.SHOWN, test_pages.SHOWN, test_rows.SHOWN]
    assert set().union(*shown) == set(KINDS)
    assert sum(map(len, shown)) == len(KINDS)


def test_the_table_fits_into_ids() -> None:
    """Seven bits of an account's id are for the kind."""
    assert len(KINDS) < 128


def test_the_control_endpoint_lists_every_kind_with_one_line(clean: Api) -> None:
    """For people who look for the right one."""
    kinds = clean.ask("/_control/faults").json()["kinds"]
    assert list(kinds) == list(KINDS)
    assert all(10 <= len(text) <= 100 and "\n" not in text for text in kinds.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_in_a_handle_strikes_and_its_id_leads_back(clean: Api, kind: str) -> None:
    """Once, at page 3, told by a fresh directory from the id alone; then the page is the honest one."""
    account = Directory().by_handle(f"fake.100.full.fault-{kind}-p3to3-x1")
    assert account is not None
    assert Directory().by_id(account.identifier) == account
    assert Directory().by_sec_uid(account.sec_uid) == account
    if kind not in SILENT:
        ask_page(clean, account.handle, 3)
        assert list(clean.ask("/_control/faults").json()["struck"].values()) == [{account.handle: 1}]
        honest = ask_page(clean, account.handle, 3).json()["userList"]
        assert list(map(id_of, honest)) == listed_ids(account.handle)[60:90]


def test_what_a_fault_free_walk_gives_is_known(clean: Api) -> None:
    """A walk whose faults strike before it is exactly the expectation."""
    handle = "fake.100.fault-503-p0to0-x1"
    assert ask_page(clean, handle, 0).status_code == 503
    ids = dict.fromkeys(id_of(row) for page in clean.pages(handle) for row in rows_of(page))
    assert list(ids) == listed_ids(handle, clean.ask("/_control/status").json()["clock"])
