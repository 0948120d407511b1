"""The measures of the page Growth: who joined on each day, who is gone, and who is kept."""

from collections.abc import Mapping

from tiktok_insights.powerbi.model.measures.building import COUNT, SHARE, of_one_row
from tiktok_insights.powerbi.model.objects import Measure


def _joined(column: str, name: str, meaning: str) -> Measure:
    return of_one_row("FOLLOWERS_JOINED_DAILY", column, name, meaning, COUNT, by="DAY", where=f"{column} IS NOT NULL")


def _kept(column: str, name: str, meaning: str, format_: str) -> Measure:
    return of_one_row(
        "FOLLOWER_RETENTION", column, name, meaning, format_, by="COHORT, WEEK", where="COHORT IS NOT NULL"
    )


MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "FOLLOWERS_JOINED_DAILY": (
        _joined("AT_LEAST", "Joined, at least", "Listed users who joined within the day for certain."),
        _joined("AT_MOST", "Joined, at most", "Users who may have joined within the day, and may still be listed."),
    ),
    "ACCOUNT_DAYS": (
        of_one_row(
            "ACCOUNT_DAYS",
            "GONE",
            "Found gone",
            "Users no longer listed, by the day of the first list that misses them; also those who came back.",
            COUNT,
            by="DAY",
        ),
    ),
    "FOLLOWER_RETENTION": (
        _kept("SHARE_KEPT", "Kept", "Share of the week's new followers still listed this many weeks later.", SHARE),
        _kept("KEPT_FROM", "Kept, at least", "Lower end of the share's 95% interval.", SHARE),
        _kept("KEPT_TO", "Kept, at most", "Upper end of the share's 95% interval.", SHARE),
        _kept("N", "Listed or gone", "Users the share rests on.", COUNT),
        _kept("UNKNOWN", "Out of view", "Users whom the list no longer reached.", COUNT),
    ),
}
