"""Made-up texts: legal handles, and every kind of nickname that breaks a careless pipeline."""

import re

import pytest

from tiktok_insights.local.fake_api.naming import bio_of, handle_of, nickname_of

NICKNAMES = [nickname_of(number / 20_000, number * 7_919, "some.handle") for number in range(20_000)]
BIOS = [bio_of(number / 20_000, number * 7_919) for number in range(20_000)]


def test_handles_are_legal_and_unique() -> None:
    """2 to 24 of the allowed characters, also at the end of the range."""
    numbers = [*range(100_000), *range(2**32 - 1_000, 2**32)]
    handles = {handle_of(number) for number in numbers}
    assert len(handles) == len(numbers)
    assert all(re.fullmatch(r"[a-z0-9._]{2,24}", handle) for handle in handles)


def test_two_to_three_per_cent_of_handles_are_the_default_one() -> None:
    """`user` and digits, the measured share."""
    share = sum(re.fullmatch(r"user[0-9]+", handle_of(number)) is not None for number in range(10_000)) / 10_000
    assert 0.02 <= share <= 0.03


def test_no_handle_can_be_taken_for_an_account() -> None:
    """People never collide with configured or ad-hoc accounts."""
    assert not any(handle_of(number).startswith("fake.") for number in range(10_000))


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        (r"[^\x00-\x7f]", 0.14, 0.36),
        (r"[\U0001f000-\U0001ffff✨❤]", 0.03, 0.24),
        (r"\u200d", 0.01, 0.03),
        (r"[\u0590-\u06ff]", 0.02, 0.04),
        (r",", 0.005, 0.02),
        (r'"', 0.002, 0.02),
        (r"\n", 0.002, 0.01),
        (r"^[=+@-]", 0.002, 0.004),
        (r"^$", 0.002, 0.01),
        (r"^(null|NaN|0|1e5)$", 0.0005, 0.003),
        (r"^\s|\s$|\t|\\", 0.001, 0.01),
    ],
)
def test_every_kind_of_nickname_occurs_at_its_share(kind: str, least: float, most: float) -> None:
    """Measured shares where there are any, else rare but present."""
    assert least <= sum(re.search(kind, nickname) is not None for nickname in NICKNAMES) / len(NICKNAMES) <= most


def test_nicknames_are_short_and_repeat() -> None:
    """At most 32 characters, and never usable as a key."""
    assert max(map(len, NICKNAMES)) <= 32
    assert len(set(NICKNAMES)) < len(NICKNAMES) / 4


def test_bios_have_line_breaks_commas_quotes_and_formulas() -> None:
    """The measured shares of those that are not empty; 160 characters at most."""
    assert sum("\n" in bio for bio in BIOS) / len(BIOS) == pytest.approx(0.08, abs=0.005)
    assert sum("," in bio for bio in BIOS) / len(BIOS) == pytest.approx(0.04, abs=0.005)
    assert sum(bio[0] in "=+-@" for bio in BIOS) / len(BIOS) == pytest.approx(0.003, abs=0.001)
    assert any('"' in bio for bio in BIOS)
    assert 80 < max(map(len, BIOS)) <= 160
