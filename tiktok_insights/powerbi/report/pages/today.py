"""What the visuals of the page Today show."""

from collections.abc import Mapping

from tiktok_insights.powerbi.report import styles
from tiktok_insights.powerbi.report.fields import column, measures
from tiktok_insights.powerbi.report.showing import Showing
from tiktok_insights.powerbi.report.visuals import Sort

_ACCOUNT = column("ACCOUNT_COVERAGE.ACCOUNT")
_DAY = column("DATES.DAY")

VISUALS: Mapping[str, Showing] = {
    "equation": Showing(
        {
            "Values": measures(
                "Followers by TikTok's count",
                "Change of the count",
                "Joined and still listed",
                "No longer listed",
                "Missed once so far",
                "Unexplained change",
            )
        },
        note="More may have joined if the newest list has holes, or does not reach back to the start.",
    ),
    "whereabouts": Showing(
        {
            "Category": (_ACCOUNT,),
            "Y": measures("Still listed", "No longer listed", "Missed once so far", "Now unknown"),
        },
        objects=styles.LABELS,
    ),
    "count": Showing(
        {"Category": (_DAY,), "Y": measures("Count of the day")},
        note="Days without a snapshot are bridged. The axis does not start at zero.",
        sort=(Sort(_DAY, is_descending=False),),
    ),
    "burst": Showing(
        {
            "Values": measures(
                "Newest burst",
                "Joined in the newest burst",
                "Usual for such an hour",
                "Kept of the newest burst",
                "Several signs in the newest burst",
            )
        },
    ),
    "accounts": Showing(
        {
            "Values": (
                _ACCOUNT,
                *measures(
                    "Followers by TikTok's count",
                    "Change of the count",
                    "Joined and still listed",
                    "No longer listed",
                    "Unexplained change",
                    "Kind of list",
                    "Followers seen",
                    "Share of followers seen",
                    "Newest snapshot",
                ),
            )
        },
        objects=styles.TABLE,
    ),
}
