"""How active a person is: the six counts, drawn from the measured distributions.

Here: counts from random bits, and their drift. Not here: who the person is (`population`), the distorted form
(`counts`). `words` are the sixteen 32-bit numbers from which all of one person is made. Source:
measured shares; logarithms are natural.
"""

import dataclasses
import math
import statistics

from tiktok_insights.local.fake_api.counts import Counts

_NORMAL = statistics.NormalDist()
_NO_VIDEOS_IF_PUBLIC = 0.29  # with all private ones: 46 %
_NO_HEARTS_IF_NO_VIDEOS = 0.74
_NO_FOLLOWERS = 0.035
_PARETO_FROM = 1_000
_PARETO_EXPONENT = 1.1
_MOST_FOLLOWERS = 150_000_000
_MOST_FOLLOWING = 10_000
_MOST_HEARTS = 2**31 - 1 - 10**8  # all but the stars stay below an int32, drift included
_MOST_VIDEOS = 100_000
_MOST_DIGGS = 50_000_000
_ONE_DRIFTS_IN = 3


def share(word: int) -> float:
    """Turn 32 random bits into a number strictly between 0 and 1."""
    return (word + 0.5) / 2**32


def _lognormal(mean: float, deviation: float, word: int) -> int:
    """Draw from a lognormal distribution, rounded down."""
    return int(math.exp(mean + deviation * _NORMAL.inv_cdf(share(word))))


def common_counts(words: tuple[int, ...], *, private: bool) -> Counts:
    """Draw the counts of all but the stars from the measured distributions."""
    no_videos = private or share(words[5]) < _NO_VIDEOS_IF_PUBLIC
    posted = 1 + _lognormal(2.58, 1.72, words[6])  # a private account's videos get hearts, but are not shown
    no_hearts = no_videos and share(words[7]) < _NO_HEARTS_IF_NO_VIDEOS
    hearts = 1 + int(posted * math.exp(3.41 + 2.04 * _NORMAL.inv_cdf(share(words[8]))))
    return Counts(
        followers=_followers(words),
        following=min(_lognormal(7.3, 1.33, words[4]), _MOST_FOLLOWING),
        videos=0 if no_videos else min(posted, _MOST_VIDEOS),
        hearts=0 if no_hearts else min(hearts, _MOST_HEARTS),
        diggs=min(_lognormal(8.35, 2.22, words[9]), _MOST_DIGGS),
    )


def _followers(words: tuple[int, ...]) -> int:
    """Draw a follower count: none, lognormal, or from 1,000 on a Pareto tail."""
    if share(words[15]) < _NO_FOLLOWERS:
        return 0
    body = 1 + _lognormal(4.65, 1.82, words[2])
    if body < _PARETO_FROM:
        return body
    return min(int(_PARETO_FROM * share(words[3]) ** (-1 / _PARETO_EXPONENT)), _MOST_FOLLOWERS)


def star_counts(words: tuple[int, ...]) -> Counts:
    """Draw counts with more hearts than an int32 holds: some wrap to a negative number, some do not."""
    return Counts(
        followers=1_000_000 + words[2] % 40_000_000,
        following=words[4] % 2_000,
        videos=100 + words[6] % 9_900,
        hearts=2**31 + (words[7] << 32 | words[8]) % 10**10,
        diggs=words[9] % 1_000_000,
    )


def drifted(counts: Counts, word: int, day: int) -> Counts:
    """Let the counts of one person in three grow a little each virtual day; a count of 0 stays."""
    if day == 0 or word % _ONE_DRIFTS_IN:
        return counts
    pace = 1 + word // _ONE_DRIFTS_IN % 5
    return dataclasses.replace(
        counts,
        followers=counts.followers and counts.followers + day * pace,
        hearts=counts.hearts and counts.hearts + day * pace * 3,
        videos=counts.videos and counts.videos + day * pace // 7,
        diggs=counts.diggs and counts.diggs + day * pace * 2,
    )
