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
    Threshold("min_group", 10, "No share is that of fewer users, and no fewer accounts are a group of the same age."),
    Threshold("few_users", 100, "A list that is not whole and has fewer users is too little for a share."),
    Threshold("little_share", 0.01, "So is a list that is not whole and has a smaller share of the users claimed."),
    # How the count changes.
    Threshold("change_days", 7, "Days over which the change of TikTok's count is given."),
    Threshold("change_tolerance", 12, "Hours by which the earlier snapshot may be off for that."),
    Threshold("short_period", 7, "Days of the shortest period over which it is explained what changed."),
    Threshold("middle_period", 28, "The same for the next longer period."),
    Threshold("long_period", 60, "The same for the longest period."),
    # Tiers.
    Threshold("nano", 1_000, "Followers of a user in the tier nano, at least."),
    Threshold("micro", 10_000, "The same for micro."),
    Threshold("mid", 100_000, "The same for mid."),
    Threshold("macro", 500_000, "The same for macro."),
    Threshold("mega", 1_000_000, "The same for mega."),
    # Users who are notable, and new ones.
    Threshold("notable", 5_000, "Followers of a notable user, at least."),
    Threshold("new_days", 7, "Days before an account's last snapshot in which a user is a new follower."),
    Threshold("top", 20, "So many of the new followers are shown, the most followed first."),
    # How many accounts a user follows.
    Threshold("following_some", 500, "From so many followed accounts on, the second band."),
    Threshold("following_many", 1_500, "The same for the third band."),
    Threshold("following_very_many", 5_000, "The same for the fourth band."),
    Threshold("follow_limit", 9_900, "The same for the last band; such a user is at TikTok's limit of 10,000."),
    # Signs.
    Threshold("follows_many", 1_000, "A user who follows many more than follow the user follows at least so many."),
    Threshold("many_times", 50, "And at least so many times the user's followers."),
    Threshold("recent_days", 28, "Days before the last list; who joined in them is compared with everyone."),
    Threshold("longer_days", 90, "The same for a longer stretch of days."),
    Threshold("young_days", 7, "An account was young if it was younger than so many days when it followed."),
    Threshold("first_creation", 1_388_534_400, "The second from which on IDs say when an account was created: 2014."),
    # The map of followers.
    Threshold("cells", 60, "Parts of each axis of the map."),
    Threshold("max_impossible", 0.005, "With a larger share of accounts created after they followed, there is no map."),
    # Shared followers.
    Threshold("shared_days", 7, "A share needs two lists with at most so many days between them."),
    # Who joined, and who stays.
    Threshold(
        "cohort_days", 7, "Most days between the end of a follow window and the first sight of a user in a cohort."
    ),
    Threshold("z", 1.959964, "The normal quantile of a 95 % interval."),
    Threshold("burst_joined", 100, "Users who join in an hour of a burst, at least."),
    Threshold("burst_times", 5, "So many times the usual number, at least."),
    Threshold("burst_days", 28, "Covered days before a burst that say what is usual."),
    Threshold("burst_look_back", 280, "Days in which these covered days are looked for."),
    Threshold("burst_kept_days", 14, "Days after a burst at which it is counted who was kept."),
)

#: Each value by its word.
VALUES: dict[str, int | float] = {threshold.word: threshold.value for threshold in THRESHOLDS}
#: The periods that a person can choose, in days.
PERIODS = tuple(int(VALUES[f"{name}_period"]) for name in ("short", "middle", "long"))
