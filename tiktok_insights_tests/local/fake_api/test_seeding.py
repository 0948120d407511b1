"""Seeded randomness: what must never collide, and counting against counting one by one."""

import math

import pytest

from tiktok_insights.local.fake_api.seeding import count_below, floor_sum, golden_step, key_of, mix, scramble_32


def test_a_key_depends_on_every_label() -> None:
    """Neither order nor the border between labels may be lost."""
    assert len({key_of("a", "bc"), key_of("ab", "c"), key_of("bc", "a"), key_of(1, "a"), key_of("a", 1)}) == 5


def test_mixed_bits_are_those_of_splitmix64() -> None:
    """Known outputs of the published generator; a change would give every stored list other people."""
    assert [mix(0, 1), mix(0, 2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_scrambled_numbers_never_meet() -> None:
    """A permutation of 32-bit numbers maps 200,000 of them to 200,000."""
    assert len({scramble_32(12345, number) for number in range(200_000)}) == 200_000


@pytest.mark.parametrize("size", [1, 2, 3, 10, 30, 1000, 9 * 10**17])
def test_a_golden_step_permutes(size: int) -> None:
    """A multiplier without a common divisor visits every number once."""
    assert math.gcd(golden_step(size), size) == 1


@pytest.mark.parametrize(("terms", "modulus", "slope", "start"), [(0, 7, 3, 1), (50, 7, 3, 1), (99, 30, 77, 400)])
def test_a_floor_sum_equals_the_sum_taken_one_by_one(terms: int, modulus: int, slope: int, start: int) -> None:
    """The fast sum is the plain sum."""
    assert floor_sum(terms, modulus, slope, start) == sum((slope * i + start) // modulus for i in range(terms))


@pytest.mark.parametrize("limit", [0, 1, 13, 29, 30])
def test_counting_below_a_limit_equals_counting_one_by_one(limit: int) -> None:
    """The fast count is the plain count, for every number of terms."""
    for terms in range(31):
        plain = sum((19 * i + 8) % 30 < limit for i in range(terms))
        assert count_below(terms, 30, 19, 8, limit) == plain
