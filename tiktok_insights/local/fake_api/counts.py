"""A person's six counts, and the rule by which `stats` distorts them.

Here: exact counts and their rounded, wrapped form. Not here: how counts are drawn (`activity`) or
spelled (`dialect_web`, `dialect_app`). Source: captured responses, where `statsV2` is exact.
"""

import dataclasses

_ROUNDED_FROM = 10_000
_COARSE_FROM = 1_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """Exact counts; `friends` is 0 in every list row (captured response)."""

    followers: int
    following: int
    videos: int
    hearts: int
    diggs: int
    friends: int = 0

    def distorted(self) -> "Counts":
        """Return the counts as `stats` gives them: each wrapped to int32, then rounded."""
        return Counts(
            followers=rounded(wrapped(self.followers)),
            following=rounded(wrapped(self.following)),
            videos=rounded(wrapped(self.videos)),
            hearts=rounded(wrapped(self.hearts)),
            diggs=rounded(wrapped(self.diggs)),
            friends=rounded(wrapped(self.friends)),
        )


def wrapped(value: int) -> int:
    """Return `value` as a signed 32-bit integer holds it: 11907467940 becomes -977433948."""
    return (value + 2**31) % 2**32 - 2**31


def rounded(value: int) -> int:
    """Round to the nearest 100 from 10,000 on and to the nearest 100,000 from 1,000,000 on, halves up.

    Negative values stay: the captured wrapped heart count is not rounded.
    """
    if value < _ROUNDED_FROM:
        return value
    unit = 100 if value < _COARSE_FROM else 100_000
    return (value + unit // 2) // unit * unit
