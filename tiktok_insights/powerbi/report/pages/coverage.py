"""What the visuals of the page Coverage show."""

from collections.abc import Mapping

from tiktok_insights.powerbi.report import styles
from tiktok_insights.powerbi.report.fields import column, columns, measures
from tiktok_insights.powerbi.report.filters import not_blank
from tiktok_insights.powerbi.report.showing import Showing
from tiktok_insights.powerbi.report.visuals import Sort

_ACCOUNT = column("ACCOUNT_COVERAGE.ACCOUNT")
_SNAPSHOTS = "SNAPSHOT_COVERAGE"
_LOOKED_AT = column(f"{_SNAPSHOTS}.LOOKED_AT")

VISUALS: Mapping[str, Showing] = {
    "timeline": Showing(
        {"Values": columns(_SNAPSHOTS, "LOOKED_AT", "COVERED_FROM", "HOLES")},
        filters=(not_blank(_LOOKED_AT),),
        sort=(Sort(_LOOKED_AT),),
        note="Back to when each snapshot reaches; blank for a whole list.",
        objects=styles.TABLE,
    ),
    "everyone": Showing(
        {
            "Category": (_ACCOUNT,),
            "Y": measures(
                "Ever seen: listed",
                "Ever seen: returned",
                "Ever seen: missed once",
                "Ever seen: gone",
                "Ever seen: unknown",
            ),
        },
        objects=styles.LABELS,
    ),
    "unknown": Showing({"Values": measures("Unknown: out of view", "Unknown: no follow time")}),
    "served": Showing(
        {
            "Category": (_ACCOUNT,),
            "Y": measures("Exact counts", "Rounded counts", "Exact or rounded counts", "Counts not served"),
        },
        objects=styles.LABELS,
    ),
    "quota": Showing({"Values": measures("Requests of the newest snapshot", "Requests left")}),
    "snapshots": Showing(
        {"Values": columns(_SNAPSHOTS, "LOOKED_AT", "LIST", "REASON", "SEEN", "CLAIMED", "SHARE", "REQUESTS")},
        filters=(not_blank(_LOOKED_AT),),
        objects=styles.TABLE,
    ),
    "shared": Showing(
        {
            "Values": (
                *columns("SHARED_FOLLOWERS", "ACCOUNT_ID", "OTHER_ACCOUNT_ID"),
                *measures("Followers of both, at least", "Share of the smaller list"),
            )
        },
        objects=styles.TABLE,
    ),
}
