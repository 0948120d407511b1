"""Accounts: the defaults, the grammar of ad-hoc handles, look-up."""

import pytest

from tiktok_insights.local.fake_api.accounts import DEFAULT_ACCOUNTS, Account, Dialect, Directory

DIRECTORY = Directory()


def test_three_accounts_are_there_by_default() -> None:
    """Small, middle, and exactly as large as the list's cap."""
    assert [(account.handle, account.followers) for account in DEFAULT_ACCOUNTS] == [
        ("corner.bakery", 30),
        ("city.museum", 1_000),
        ("night.market", 10_000),
    ]


def test_an_ad_hoc_handle_describes_its_account() -> None:
    """All options, in the documented order."""
    account = DIRECTORY.by_handle("fake.12000.app.cap5k.rounded.data.full")
    assert account == Account(
        handle="fake.12000.app.cap5k.rounded.data.full",
        nickname="Fake account of 12,000",
        followers=12_000,
        dialect=Dialect.APP,
        cap=5_000,
        exact_counts=False,
        wrapped_in_data=True,
        filtered_share=0.0,
    )


def test_options_may_come_in_any_order() -> None:
    """It is one account with one handle and one id."""
    assert DIRECTORY.by_handle("fake.1000.full.app") == DIRECTORY.by_handle("fake.1000.app.full")


@pytest.mark.parametrize(
    "handle",
    [
        "nobody.here", "fake", "fake.", "fake.-1", "fake.007", "fake.1000.app.mix",
        "fake.1000.app.app", "fake.1000.cap5k.nocap", "fake.1000.other", "fake.100000001", "FAKE.1000", "fake.1000 ",
    ],
)  # fmt: skip
def test_any_other_handle_names_nobody(handle: str) -> None:
    """Unknown or repeated options, contradictions and too many followers are no accounts."""
    assert DIRECTORY.by_handle(handle) is None


@pytest.mark.parametrize("handle", ["night.market", "fake.0", "fake.30", "fake.100000000.mix.nocap.rounded.data.full"])
def test_id_and_secure_id_lead_back_to_the_account(handle: str) -> None:
    """Without any memory of having seen it, so also after a restart."""
    account = DIRECTORY.by_handle(handle)
    assert account is not None
    assert len(str(account.identifier)) == 19
    fresh = Directory()
    assert fresh.by_id(account.identifier) == account
    assert fresh.by_sec_uid(account.sec_uid) == account


@pytest.mark.parametrize("identifier", [0, 1, 10**18, 7420366745511658502, 10**20 - 1])
def test_an_id_of_nobody_leads_nowhere(identifier: int) -> None:
    """Numbers outside the range of accounts, and a person's, are no accounts."""
    assert DIRECTORY.by_id(identifier) is None


def test_a_follower_is_no_account_that_can_be_asked_for() -> None:
    """Only accounts have lists."""
    assert DIRECTORY.by_sec_uid("MS4wLjABAAAA" + "A" * 64) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"handle": "Upper"},
        {"handle": "x"},
        {"followers": -1},
        {"followers": 100_000_001},
        {"filtered_share": 1.0},
        {"cap": 0},
    ],
)
def test_an_account_that_cannot_be_served_is_refused(fields: dict[str, object]) -> None:
    """The message comes when the account is made, not when a page is."""
    with pytest.raises(ValueError, match=r"handle|followers|filtered_share|cap"):
        Account(**{"handle": "some.body", "followers": 1} | fields)  # type: ignore[arg-type]  # any bad field


def test_two_accounts_with_one_handle_are_refused() -> None:
    """One would hide the other."""
    with pytest.raises(ValueError, match="the same handle"):
        Directory([Account(handle="twin", followers=1), Account(handle="twin", followers=2)])
