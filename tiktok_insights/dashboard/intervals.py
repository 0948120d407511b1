"""How certain a share is: its Wilson 95 % interval. Whether a share may be shown belongs with the groups of people."""

from math import sqrt

from tiktok_insights.insights.thresholds import VALUES

_Z = VALUES["z"]


def wilson(share: float, n: int) -> tuple[float, float]:
    """Give the two ends of the interval of a share of n people, of whom there is at least one."""
    middle, scale = share + _Z * _Z / (2 * n), 1 + _Z * _Z / n
    half = _Z * sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)
