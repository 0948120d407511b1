"""What the visuals of the page Growth show."""

from collections.abc import Mapping

from tiktok_insights.powerbi.report import styles
from tiktok_insights.powerbi.report.fields import column, columns, measure, measures
from tiktok_insights.powerbi.report.filters import not_blank
from tiktok_insights.powerbi.report.showing import Showing

_COHORT, _WEEK = columns("FOLLOWER_RETENTION", "COHORT", "WEEK")
_BURSTS = "FOLLOW_BURSTS"
_STARTED_AT = column(f"{_BURSTS}.STARTED_AT")

VISUALS: Mapping[str, Showing] = {
    "joined": Showing(
        {"Category": (column("DATES.DAY"),), "Y": measures("Joined, at least", "Joined, at most", "Found gone")},
        note="After days without a complete list, the next bar counts everyone found gone since. Shows all days.",
    ),
    "kept": Showing(
        {"Rows": (_COHORT,), "Columns": (_WEEK,), "Values": measures("Kept")},
        filters=(not_blank(_COHORT),),
        note="Empty cell: too few users, or too many out of view. The measures Kept, at least and Kept, at most give "
        "the 95% interval.",
        objects=styles.heat(measure("Kept")),
    ),
    "adds_up": Showing(
        {
            "Values": (
                column("ACCOUNT_COVERAGE.ACCOUNT"),
                *measures(
                    "Followers at the start",
                    "Joined and still listed",
                    "No longer listed",
                    "Missed once so far",
                    "Unexplained change",
                    "Followers by TikTok's count",
                ),
            )
        },
        note="More may have joined if the newest list has holes, or does not reach back to the start.",
        objects=styles.TABLE,
    ),
    "bursts": Showing(
        {
            "Values": columns(
                _BURSTS,
                "STARTED_AT",
                "ENDED_AT",
                "JOINED",
                "USUAL",
                "SHARE_KEPT",
                "SHARE_SEVERAL",
                "AGES_SPREAD_DAYS",
            )
        },
        filters=(not_blank(_STARTED_AT),),
    ),
}
