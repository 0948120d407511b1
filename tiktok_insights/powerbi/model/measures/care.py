"""The measures of the page Care: signs, public activity, the follower map, and signs by week."""

from collections.abc import Mapping

from tiktok_insights.powerbi.model.measures.building import COUNT, SHARE, of_one_row
from tiktok_insights.powerbi.model.objects import Measure


def _signs(column: str, name: str, meaning: str, format_: str) -> Measure:
    return of_one_row("AUDIENCE_SIGNS", column, name, meaning, format_, by="DAYS, KIND, NAME")


def _activity(column: str, name: str, meaning: str, format_: str = COUNT) -> Measure:
    return of_one_row("PUBLIC_ACTIVITY", column, name, meaning, format_)


def _week(column: str, name: str, meaning: str, format_: str) -> Measure:
    return of_one_row("SIGNS_BY_WEEK", column, name, meaning, format_, by="WEEK", where="WEEK IS NOT NULL")


MEASURES: Mapping[str, tuple[Measure, ...]] = {
    "AUDIENCE_SIGNS": (
        _signs("USERS", "Followers with it", "Followers on the list who have the class or sign.", COUNT),
        _signs("USERS_KNOWN", "Followers known", "Followers of whom it is known whether they have it.", COUNT),
        _signs("SHARE", "Share with it", "Followers with it, of those known; blank if too few.", SHARE),
    ),
    "PUBLIC_ACTIVITY": (
        _activity("USERS_CONSIDERED", "Public with counts", "Public followers whose counts were served."),
        _activity("USERS_WITHOUT_ACTIVITY", "No video and no like", "Those who published no video and liked none."),
        Measure(
            "With a video or a like",
            "[Public with counts] - [No video and no like]",
            "Those who published a video or liked one.",
            COUNT,
            "SELECT USERS_CONSIDERED - USERS_WITHOUT_ACTIVITY FROM {table} WHERE ACCOUNT_ID = {account}",
        ),
        _activity("SHARE_WITHOUT_ACTIVITY", "Share without activity", "Share with neither; blank if too few.", SHARE),
    ),
    "FOLLOWER_MAP": (
        of_one_row(
            "FOLLOWER_MAP", "USERS", "Followers in the cell", "Followers by order of joining and age of the account.",
            COUNT, by="JOINED_CELL, CREATED_CELL", where="JOINED_CELL IS NOT NULL",
        ),
    ),
    "SIGNS_BY_WEEK": (
        _week("SHARE_SEVERAL", "Share with several signs", "Of those who joined in the week; blank if too few.", SHARE),
        _week("SEVERAL_SIGNS", "With several signs", "Followers who joined in the week and show several signs.", COUNT),
        _week("SIGNS_KNOWN", "Signs known", "Followers who joined in the week and whose signs can be told.", COUNT),
    ),
}  # fmt: skip
