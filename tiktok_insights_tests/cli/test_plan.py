"""`tiktok-insights plan` with a budget: what each account gets in the next run, and who waits."""

import json

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.sources import extract

_ACCOUNTS = ("fake.30.full", "fake.60.full", "fake.90.full")


def plan(*options: str) -> str:
    """Plan a run of the accounts."""
    answer = CliRunner().invoke(main, ["plan", *options])
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch, raw: RawStore, connections: Connections) -> None:
    """Three accounts, of which the first has a fresh snapshot; and four requests."""
    extract(raw, connections.api_url, _ACCOUNTS[0])
    monkeypatch.setenv("TIKTOK_ACCOUNTS", ",".join(_ACCOUNTS))
    monkeypatch.setenv("TIKTOK_REQUEST_BUDGET", "4")


@pytest.mark.usefixtures("budget")
def test_the_plan_says_what_each_account_gets_and_who_waits() -> None:
    """In the order of their turns; what is fresh needs nothing."""
    rows = json.loads(plan("--format", "json"))
    assert [(row["account"], row["requests"], row["granted"]) for row in rows] == [
        ("fake.60.full", 3, 3),
        ("fake.90.full", 4, 1),
        ("fake.30.full", 0, 0),
    ]
    text = plan()
    assert "The next run will make 4 requests" in text
    assert text.count("granted") == 1
    assert (
        "The budget is 4 requests (TIKTOK_REQUEST_BUDGET). In the next run, fake.90.full will not be finished." in text
    )
    assert "Waiting" not in text


@pytest.mark.usefixtures("budget")
def test_the_plan_names_the_accounts_that_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """They get nothing in the next run."""
    monkeypatch.setenv("TIKTOK_REQUEST_BUDGET", "3")
    assert "Waiting for their turn: fake.90.full." in plan("--incremental")
    assert "The next run will make 3 requests" in plan("--accounts-only")
    monkeypatch.setenv("TIKTOK_REQUEST_BUDGET", "")
    assert "granted" not in plan()
