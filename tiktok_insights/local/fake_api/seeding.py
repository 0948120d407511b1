"""Seeded randomness with random access: hashes, permutations, and counting along a permutation.

Here: pure integer functions. Not here: anything about people or accounts. No generator object is used,
because a generator has to be run from its start to reach the millionth follower.
"""

import hashlib
import math

_MASK_64 = 2**64 - 1
_MASK_32 = 2**32 - 1
_GOLDEN_RATIO = (math.sqrt(5) - 1) / 2


def key_of(*labels: int | str) -> int:
    """Return a 64-bit key for a purpose, for example `key_of(seed, "followers", account_id)`."""
    text = "\x1f".join(str(label) for label in labels)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def mix(key: int, number: int) -> int:
    """Return 64 evenly spread bits for `number` under `key` (splitmix64); `number` may be negative."""
    bits = (key + number * 0x9E3779B97F4A7C15) & _MASK_64
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK_64
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK_64
    return bits ^ (bits >> 31)


def scramble_32(key: int, number: int) -> int:
    """Permute the numbers 0 .. 2**32-1: each step can be undone, so two numbers never meet."""
    bits = (number + key) & _MASK_32
    bits = ((bits ^ (bits >> 16)) * 0x7FEB352D) & _MASK_32
    bits = ((bits ^ (bits >> 15)) * 0x846CA68B) & _MASK_32
    return bits ^ (bits >> 16)


def golden_step(size: int) -> int:
    """Return a multiplier that permutes 0 .. size-1 by `i * step % size` and spreads neighbours evenly.

    Steps near the golden ratio leave no long runs, so a scan past the marked numbers stays short.
    """
    step = max(1, int(size * _GOLDEN_RATIO))
    while math.gcd(step, size) != 1:
        step += 1
    return step


def floor_sum(terms: int, modulus: int, slope: int, start: int) -> int:
    """Return the sum of `(slope * i + start) // modulus` for i in 0 .. terms-1, in O(log modulus)."""
    total = 0
    while True:
        total += terms * (terms - 1) // 2 * (slope // modulus) + terms * (start // modulus)
        slope, start = slope % modulus, start % modulus
        last = slope * terms + start
        if last < modulus:
            return total
        terms, start = divmod(last, modulus)
        slope, modulus = modulus, slope


def count_below(terms: int, modulus: int, slope: int, start: int, limit: int) -> int:
    """Count the i in 0 .. terms-1 with `(slope * i + start) % modulus < limit`, in O(log modulus).

    `limit` is at most `modulus`. A remainder is below the limit exactly where taking the limit away
    changes the quotient.
    """
    shifted = floor_sum(terms, modulus, slope, start + modulus - limit) - terms
    return floor_sum(terms, modulus, slope, start) - shifted
