"""The measures of the page Today: what changed in the chosen period, TikTok's count, and the newest burst."""

from collections.abc import Mapping

from tiktok_insights.powerbi.model.measures.building import (
    CHANGE,
    COUNT,
    NUMBER,
    SHARE,
    TIME,
    of_account,
    of_one_row,
)
from tiktok_insights.powerbi.model.objects import Measure


def _of_period(column: str, name: str, meaning: str, format_: str = COUNT) -> Measure:
    return of_one_row("ACCOUNT_PERIODS", column, name, meaning, format_, by="DAYS")


def _of_newest_burst(column: str, name: str, meaning: str, format_: str) -> Measure:
    expression = f"CALCULATE(MAX(FOLLOW_BURSTS[{column}]), LASTNONBLANK(FOLLOW_BURSTS[STARTED_AT], 1))"
    sql = f"SELECT {column} FROM {{rows}} AND STARTED_AT IS NOT NULL ORDER BY STARTED_AT DESC LIMIT 1"
    return of_account(name, expression, meaning, format_, sql)


MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "ACCOUNT_PERIODS": (
        _of_period("FOLLOWERS", "Followers by TikTok's count", "TikTok's newest count of the account."),
        _of_period("FOLLOWERS_BEFORE", "Followers at the start", "TikTok's count at the start of the period."),
        _of_period("CHANGE", "Change of the count", "The newest count minus that at the start.", CHANGE),
        _of_period("JOINED", "Joined and still listed", "Users listed now, since a moment after the start."),
        _of_period("JOINED_EARLIER", "Joined earlier, seen now", "Those who had followed before the start."),
        _of_period("GONE", "No longer listed", "Users listed at the start whom two snapshots miss."),
        _of_period("MISSED_ONCE", "Missed once so far", "Users listed at the start whom one snapshot misses."),
        _of_period("UNEXPLAINED", "Unexplained change", "Change - joined + no longer listed + missed once.", CHANGE),
        _of_period("LISTED_BEFORE", "Listed at the start", "Users listed at the start of the period."),
        _of_period("STILL_LISTED", "Still listed", "Those of them who are listed now."),
        _of_period("UNKNOWN", "Now unknown", "Those of them of whom it is not known whether they still follow."),
        _of_period("RETURNED", "Back again", "Those of the users still listed who were gone in between."),
        _of_period("CAME_AND_WENT", "Came and left since", "Users first seen after the start, and gone now."),
    ),
    "ACCOUNT_DAYS": (
        of_one_row(
            "ACCOUNT_DAYS", "FOLLOWERS", "Count of the day", "TikTok's count in the day's last snapshot or look. Never "
            "add up several days.", COUNT, by="DAY",
        ),
    ),
    "FOLLOW_BURSTS": (
        of_account(
            "Newest burst",
            "MAX(FOLLOW_BURSTS[STARTED_AT])",
            "The first hour of the newest burst, UTC; blank without one.",
            TIME,
            "SELECT MAX(STARTED_AT) FROM {rows}",
        ),
        _of_newest_burst("JOINED", "Joined in the newest burst", "Users who joined in its hours for certain.", COUNT),
        _of_newest_burst("USUAL", "Usual for such an hour", "Users who usually join in an hour.", NUMBER),
        _of_newest_burst("SHARE_KEPT", "Kept of the newest burst", "Share still listed two weeks after it; blank "
                         "while that is not known.", SHARE),
        _of_newest_burst("SHARE_SEVERAL", "Several signs in the newest burst", "Share of its users who show several "
                         "signs; blank where too few are known.", SHARE),
    ),
}  # fmt: skip
