"""Ids: unique, of the measured lengths, and leading back to their account."""

import collections

import pytest

from tiktok_insights.local.fake_api.accounts import DEFAULT_ACCOUNTS
from tiktok_insights.local.fake_api.identity import UNIVERSE, created_at, id_of_sec_uid, person_id, sec_uid_of

PEOPLE = 200_000


@pytest.fixture(scope="module")
def ids() -> list[int]:
    """The ids of the first 200,000 people of one seed."""
    return [person_id(987, index) for index in range(PEOPLE)]


def test_no_two_people_share_an_id(ids: list[int]) -> None:
    """Ids are unique by construction, old ones included."""
    assert len(set(ids)) == PEOPLE


def test_ids_have_the_measured_lengths(ids: list[int]) -> None:
    """98 % have 19 digits, the others 6 to 18; 99.8 % are beyond what a float holds exactly."""
    lengths = collections.Counter(len(str(identifier)) for identifier in ids)
    assert set(lengths) == set(range(6, 20))
    assert lengths[19] / PEOPLE == pytest.approx(0.98, abs=0.001)
    assert sum(identifier > 2**53 for identifier in ids) / PEOPLE == pytest.approx(0.998, abs=0.0005)


def test_a_new_id_tells_its_creation_time(ids: list[int]) -> None:
    """The upper half of a 19-digit id is the unix second of the account's creation."""
    told = {identifier >> 32 for identifier in ids[:100] if identifier > 10**18}
    assert told <= {created_at(987, index) for index in range(100)}


def test_ids_at_the_end_of_the_universe_have_at_most_19_digits() -> None:
    """No person's id is longer than the contract's VARCHAR(20)."""
    assert all(6 <= len(str(person_id(987, UNIVERSE - 1 - index))) <= 19 for index in range(5_000))


def test_an_account_has_the_same_19_digit_id_whatever_the_seed() -> None:
    """Stored snapshots are keyed by it, so it is pinned here."""
    assert {account.handle: account.identifier for account in DEFAULT_ACCOUNTS} == {
        "corner.bakery": 6249085520167034420,
        "city.museum": 6242335392809628597,
        "night.market": 6309517539566559605,
    }


def test_a_secure_id_has_the_captured_form_and_leads_back() -> None:
    """76 characters, the known prefix, and no table needed to look it up."""
    sec_uid = sec_uid_of(7420366745511658502)
    assert len(sec_uid) == 76
    assert sec_uid.startswith("MS4wLjABAAAA")
    assert id_of_sec_uid(sec_uid) == 7420366745511658502


@pytest.mark.parametrize("text", ["", "MS4wLjABAAAA", "MS4wLjABAAAA" + "A" * 64, "X" * 76, "MS4wLjABAAAA" + "é" * 64])
def test_a_text_that_is_no_secure_id_leads_nowhere(text: str) -> None:
    """A made-up or damaged text names nobody and raises nothing."""
    assert id_of_sec_uid(text) is None
