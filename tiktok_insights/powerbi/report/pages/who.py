"""What the visuals of the page Who show."""

from collections.abc import Mapping

from tiktok_insights.dashboard.facts.account import TOP
from tiktok_insights.powerbi.report import styles
from tiktok_insights.powerbi.report.fields import Field, column, columns, measure, measures
from tiktok_insights.powerbi.report.filters import not_blank, top
from tiktok_insights.powerbi.report.showing import Showing

_LISTED = "LISTED_FOLLOWERS"
_ACCOUNT = column("ACCOUNT_COVERAGE.HANDLE")
_NEW = "NOTABLE_NEW_FOLLOWERS"


def most(name: str, by: str) -> Showing:
    """The followers with the most of something, by a column that names them."""
    field, most_of = Field(_LISTED, name), measure(by)
    return Showing({"Category": (field,), "Y": (most_of,)}, filters=(top(TOP, field, most_of),), objects=styles.LABELS)


def _parts(name: str) -> Showing:
    return Showing(
        {"Category": (_ACCOUNT,), "Series": (Field(_LISTED, name),), "Y": measures("Followers listed")},
        objects=styles.LABELS,
    )


VISUALS: Mapping[str, Showing] = {
    "sums": Showing(
        {"Values": measures("Followers listed", "Their followers", "Accounts they follow", "Their hearts")}
    ),
    "privacy": _parts("PRIVACY"),
    "verification": _parts("VERIFICATION"),
    "most_followed": most("USER_NAME", "Their followers"),
    "follow_most": most("USER_NAME", "Accounts they follow"),
    "most_hearts": most("NICK_NAME", "Their hearts"),
    "most_videos": most("USER_NAME", "Their videos"),
    "bands": Showing(
        {"Category": (column("FOLLOWING_BANDS.BAND"),), "Y": measures("Followers in the band")},
        objects=styles.LABELS,
    ),
    "new": Showing(
        {"Values": columns(_NEW, "PLACE", "USER_NAME", "FOLLOWERS", "WAS_SEEN_BEFORE", "FOLLOWED_BEFORE")},
        filters=(not_blank(column(f"{_NEW}.PLACE")),),
        objects=styles.TABLE,
    ),
}
