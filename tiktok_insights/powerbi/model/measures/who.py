"""The measures of the page Who: the followers on the newest list, with counts where TikTok served them."""

from collections.abc import Mapping

from tiktok_insights.powerbi.model.measures.building import COUNT, SHARE, of_account, of_one_row
from tiktok_insights.powerbi.model.objects import Measure

#: Each user on the list, with the columns by which visuals group.
_GROUPED = " UNION ALL ".join(
    f"SELECT '{column}', {column}, COUNT(*) FROM {{rows}} GROUP BY {column}"
    for column in ("PRIVACY", "VERIFICATION", "COUNTS")
)


def _served(column: str, name: str, meaning: str) -> Measure:
    expression = f'CALCULATE(SUM(LISTED_FOLLOWERS[{column}]), LISTED_FOLLOWERS[COUNTS] <> "not served")'
    sql = f"SELECT TIKTOK_ID, NICK_NAME, {column} FROM {{rows}} AND COUNTS <> 'not served' AND {column} IS NOT NULL"
    return of_account(name, expression, f"{meaning} Users whose counts were not served are left out.", COUNT, sql)


def _new(column: str, name: str, meaning: str) -> Measure:
    expression = f"MAX(NOTABLE_NEW_FOLLOWERS[{column}])"
    return of_account(name, expression, meaning, COUNT, f"SELECT MAX({column}) FROM {{rows}}")


MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "LISTED_FOLLOWERS": (
        of_account(
            "Followers listed",
            "COUNTROWS(LISTED_FOLLOWERS)",
            "Users on the account's newest list.",
            COUNT,
            _GROUPED,
        ),
        _served("FOLLOWERS", "Their followers", "Users who follow them."),
        _served("FOLLOWING", "Accounts they follow", "Accounts that they follow."),
        _served("HEARTS", "Their hearts", "Likes that their videos have received."),
        _served("VIDEOS", "Their videos", "Videos that they have published."),
    ),
    "FOLLOWING_BANDS": (
        of_one_row(
            "FOLLOWING_BANDS",
            "USERS",
            "Followers in the band",
            "Followers who follow so many accounts.",
            COUNT,
            by="BAND",
        ),
        of_one_row(
            "FOLLOWING_BANDS",
            "SHARE",
            "Share of the band",
            "Their share of those with served counts.",
            SHARE,
            by="BAND",
        ),
    ),
    "NOTABLE_NEW_FOLLOWERS": (
        _new("USERS_NEW", "New followers", "Users who followed within the last days before the newest list."),
        _new("USERS_NOTABLE", "Notable followers", "Users on the list who have many followers themselves."),
    ),
}
