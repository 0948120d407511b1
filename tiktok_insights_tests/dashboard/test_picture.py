"""The picture in Dagster's UI: a small PNG that holds no follower's name, and the same one each time."""

import struct
import sys
from dataclasses import replace

import pytest

from tiktok_insights.dashboard.picture import picture
from tiktok_insights_tests.dashboard.support_facts import (
    cut_account,
    facts,
    first_look,
    hidden_account,
    no_facts,
    whole_account,
)
from tiktok_insights_tests.support.troubleshooting import told

MAX_BYTES = 80_000


@pytest.mark.parametrize("make", [cut_account, whole_account, hidden_account, first_look])
def test_each_kind_of_account_has_a_picture(make: type) -> None:
    """A PNG of at most 80 kB, the same bytes for the same facts."""
    shown = facts(make())
    png = picture(shown)
    assert png is not None
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (863, 422)
    assert 10_000 < len(png) <= MAX_BYTES
    assert picture(shown) == png


def test_other_numbers_are_another_picture() -> None:
    """It shows what the facts say."""
    account = cut_account()
    other = replace(account, periods={7: replace(account.periods[7], joined=1)})
    assert picture(facts(account)) != picture(facts(other))


def test_a_hostile_handle_is_only_text() -> None:
    """Markup and control characters are shown, not obeyed."""
    png = picture(facts(replace(cut_account(), handle='"/><script>\x00\u202e&')))
    assert png is not None
    assert len(png) <= MAX_BYTES


def test_no_account_has_no_picture() -> None:
    """There is nothing to draw."""
    assert picture(no_facts()) is None


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how to install it."""
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with told("The picture needs vl-convert", "pip install 'tiktok-insights[dashboard]'"):
        picture(facts())
