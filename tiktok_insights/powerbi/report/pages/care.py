"""What the visuals of the page Care show."""

from collections.abc import Mapping

from tiktok_insights.powerbi.report import styles
from tiktok_insights.powerbi.report.fields import column, columns, measure, measures
from tiktok_insights.powerbi.report.filters import not_blank, one_of
from tiktok_insights.powerbi.report.showing import Showing

_DAYS, _KIND, _NAME = columns("AUDIENCE_SIGNS", "DAYS", "KIND", "NAME")
_STRETCHES = "Those who joined within this many days before the newest list; 0 is all followers."
_JOINED, _CREATED = columns("FOLLOWER_MAP", "JOINED_CELL", "CREATED_CELL")
_WEEK = column("SIGNS_BY_WEEK.WEEK")

VISUALS: Mapping[str, Showing] = {
    "classes": Showing(
        {"Category": (_DAYS,), "Series": (_NAME,), "Y": measures("Followers with it")},
        filters=(one_of(_KIND, "class"),),
        note=_STRETCHES,
        objects=styles.LABELS,
    ),
    "signs": Showing(
        {"Category": (_NAME,), "Series": (_DAYS,), "Y": measures("Share with it")},
        filters=(one_of(_KIND, "sign"),),
        note=f"{_STRETCHES} One person can show more than one sign.",
        objects=styles.LABELS,
    ),
    "activity": Showing(
        {
            "Category": (column("ACCOUNT_COVERAGE.ACCOUNT"),),
            "Y": measures("No video and no like", "With a video or a like"),
        },
        objects=styles.LABELS,
    ),
    "map": Showing(
        {"Rows": (_CREATED,), "Columns": (_JOINED,), "Values": measures("Followers in the cell")},
        filters=(not_blank(_JOINED),),
        objects=styles.heat(measure("Followers in the cell")),
    ),
    "weeks": Showing(
        {"Category": (_WEEK,), "Y": measures("Share with several signs")},
        filters=(not_blank(_WEEK),),
        note="Share of those we can say something about. A week without a point has too few.",
    ),
}
