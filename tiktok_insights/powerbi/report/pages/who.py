"""What the visuals of the page Who show."""

from collections.abc import Mapping

from tiktok_insights.dashboard.facts.account import TOP
from tiktok_insights.powerbi.model.measures import MEASURES
from tiktok_insights.powerbi.report import styles
from tiktok_insights.powerbi.report.fields import Field, column, columns, measure, measures
from tiktok_insights.powerbi.report.filters import not_blank, top
from tiktok_insights.powerbi.report.showing import Showing

_LISTED = "LISTED_FOLLOWERS"
_ACCOUNT = column("ACCOUNT_COVERAGE.ACCOUNT")
_NEW = "NOTABLE_NEW_FOLLOWERS"


def most(name: str, by: str) -> Showing:
    """The followers with the most of something, by a column that names them."""
    field, most_of = Field(_LISTED, name), measure(by)
    return Showing({"Category": (field,), "Y": (most_of,)}, filters=(top(TOP, field, most_of),), objects=styles.LABELS)


def _parts(*names: str) -> Showing:
    return Showing({"Category": (_ACCOUNT,), "Y": measures(*names)}, objects=styles.LABELS)


def _tiers() -> tuple[Field, ...]:
    names = [one.name for one in MEASURES["LISTED_TOTALS"]]
    first, last = (next(at for at, name in enumerate(names) if name.startswith(word)) for word in ("Under", "Mega"))
    return measures(*names[first : last + 1], "Counts not served")


VISUALS: Mapping[str, Showing] = {
    "sums": Showing(
        {"Values": measures("Followers on the list", "Sum of followers", "Sum of following", "Sum of hearts")}
    ),
    "privacy": _parts("Public", "Private", "Public or private: unknown"),
    "verification": _parts("Verified", "Not verified", "Verified: unknown"),
    "most_followed": most("USER_NAME", "Their followers"),
    "follow_most": most("USER_NAME", "Accounts they follow"),
    "most_hearts": most("NICK_NAME", "Their hearts"),
    "most_videos": most("USER_NAME", "Their videos"),
    "tiers": Showing({"Category": (_ACCOUNT,), "Y": _tiers()}, objects=styles.LABELS),
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
