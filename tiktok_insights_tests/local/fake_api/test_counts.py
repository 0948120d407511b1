"""The distortion of counts in `stats`, by the captured numbers."""

import pytest

from tiktok_insights.local.fake_api.counts import Counts, rounded, wrapped


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        (0, 0),
        (5_472, 5_472),
        (9_999, 9_999),
        (10_000, 10_000),
        (10_049, 10_000),
        (10_050, 10_100),
        (97_944, 97_900),
        (211_339, 211_300),
        (999_949, 999_900),
        (1_049_999, 1_000_000),
        (1_050_000, 1_100_000),
        (-977_433_948, -977_433_948),
    ],
)
def test_a_count_is_rounded_as_captured(exact: int, expected: int) -> None:
    """Exact below 10,000, nearest 100 from there, nearest 100,000 from a million; negatives stay."""
    assert rounded(exact) == expected


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        (2**31 - 1, 2**31 - 1),
        (2**31, -(2**31)),
        (2**32, 0),
        (11_907_467_940, -977_433_948),
        (5_000_000_000, 705_032_704),
    ],
)
def test_a_count_wraps_as_an_int32_does(exact: int, expected: int) -> None:
    """The captured 11907467940 hearts are -977433948; some wrap to a plausible positive number."""
    assert wrapped(exact) == expected


def test_all_six_counts_are_distorted_together() -> None:
    """The captured row: statsV2 on the left, stats on the right."""
    exact = Counts(followers=5_472, following=9_230, videos=9_893, hearts=211_339, diggs=97_944)
    assert exact.distorted() == Counts(followers=5_472, following=9_230, videos=9_893, hearts=211_300, diggs=97_900)
