"""The measures of the page Who: the followers on the newest list, with counts where TikTok served them."""

from collections.abc import Mapping

from tiktok_insights.insights.thresholds import VALUES
from tiktok_insights.powerbi.model.measures.building import COUNT, SHARE, of_account, of_one_row
from tiktok_insights.powerbi.model.objects import Measure

_TIERS = ("nano", "micro", "mid", "macro", "mega")
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


def _total(column: str, name: str, meaning: str) -> Measure:
    return of_one_row("LISTED_TOTALS", column, name, meaning, COUNT)


def _tiers() -> tuple[Measure, ...]:
    bounds = [f"{int(VALUES[name]):,}" for name in _TIERS]
    named = [f"{name.capitalize()}: {bound} or more" for name, bound in zip(_TIERS, bounds, strict=True)]
    return (
        _total("UNDER_NANO", f"Under {bounds[0]}", f"Followers who have under {bounds[0]} followers themselves."),
        *(
            _total(name.upper(), title, f"Followers of this tier: {bound} or more, and under the next one.")
            for name, title, bound in zip(_TIERS, named, bounds, strict=True)
        ),
    )


MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "LISTED_TOTALS": (
        _total("USERS", "Followers on the list", "Users on the account's newest list."),
        _total("FOLLOWERS", "Sum of followers", "Users who follow them, where TikTok served that count."),
        _total("FOLLOWING_COUNT", "Sum of following", "Accounts that they follow, where TikTok served that count."),
        _total("HEARTS", "Sum of hearts", "Likes that their videos have received, where TikTok served that count."),
        _total("PUBLIC_USERS", "Public", "Followers with a public account."),
        _total("PRIVATE_USERS", "Private", "Followers with a private account."),
        _total("UNKNOWN_PRIVACY", "Public or private: unknown", "Followers of whom the source did not say."),
        _total("VERIFIED_USERS", "Verified", "Followers whom TikTok verified."),
        _total("NOT_VERIFIED_USERS", "Not verified", "Followers whom TikTok did not verify."),
        _total("UNKNOWN_VERIFICATION", "Verified: unknown", "Followers of whom the source did not say."),
        *_tiers(),
        _total("EXACT", "Exact counts", "Followers with exact counts."),
        _total("ROUNDED", "Rounded counts", "Followers with rounded counts."),
        _total("EXACT_OR_ROUNDED", "Exact or rounded counts", "Followers of whom the source did not say which."),
        _total("NOT_SERVED", "Counts not served", "Followers whose counts TikTok did not serve."),
    ),
    "LISTED_FOLLOWERS": (
        of_account(
            "Followers listed",
            "COUNTROWS(LISTED_FOLLOWERS)",
            "Users on the account's newest list.",
            COUNT,
            _GROUPED,
        ),
        _served("FOLLOWERS", "Their followers", "Users who follow them."),
        _served("FOLLOWING_COUNT", "Accounts they follow", "Accounts that they follow."),
        _served("HEARTS", "Their hearts", "Likes that their videos have received."),
        _served("VIDEOS", "Their videos", "Videos that they have published."),
    ),
    "FOLLOWING_BANDS": (
        of_one_row(
            "FOLLOWING_BANDS",
            "USERS",
            "Followers in the band",
            "Followers who follow this many accounts.",
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
        _new(
            "USERS_NEW",
            "New followers",
            f"Users who for certain followed in the {VALUES['new_days']:g} days before the newest list.",
        ),
        _new("USERS_NOTABLE", "Notable followers", "Users on the list who have many followers themselves."),
    ),
}
