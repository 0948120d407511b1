"""The numbers of the marts' definitions: from when on a user is notable, below how many users there is no share.

A mart's file has them as {words}, so each is said here alone, and the docs show it. Whether a list is whole is decided
when its snapshot is taken: what that needs belongs in `raw/decision.py` and the settings.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number under its word in the marts' files."""

    word: str
    value: int | float
    meaning: str


THRESHOLDS: tuple[Threshold, ...] = (
    # Which numbers are shown.
    Threshold("min_users", 30, "No share rests on fewer users."),
    Threshold("min_group", 10, "No group of fewer people is shown."),
    Threshold("few_users", 100, "A list that is not whole and has fewer users is too little for a share."),
    Threshold("little_share", 0.01, "So is a list that is not whole and has a smaller share of the users claimed."),
    # How the count changes.
    Threshold("change_days", 7, "Days over which the change of TikTok's count is given."),
    Threshold("change_tolerance", 12, "Hours by which the earlier snapshot may be off for that."),
    # Tiers.
    Threshold("nano", 1_000, "Followers of a user in the tier nano, at least."),
    Threshold("micro", 10_000, "The same for micro."),
    Threshold("mid", 100_000, "The same for mid."),
    Threshold("macro", 500_000, "The same for macro."),
    Threshold("mega", 1_000_000, "The same for mega."),
)
