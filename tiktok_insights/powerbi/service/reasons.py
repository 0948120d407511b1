"""Why a refresh ended without success, in one sentence, and what to do about it.

The words of the service's errors are matched loosely: no document lists them all.
"""

import re

from tiktok_insights.powerbi.service.errors import RefreshFailedError
from tiktok_insights.powerbi.service.models import Refresh
from tiktok_insights.text.printable import printable
from tiktok_insights.text.quoting import without_values

_SHOWN_LETTERS = 300
#: What an error contains, and what helps; the first that matches counts.
_REMEDIES = (
    (
        r"key didn.t match any rows|does not exist or not authorized|(?:column|field) .{1,200} wasn.t found",
        "The model names a table or column that its role cannot see. Compare them with: tiktok-insights powerbi check",
    ),
    (
        r"credential|password|\bJWT\b|\b39\d{4}\b|sign.?in|unauthorized",
        "Enter the credentials of the Snowflake data source again, in the settings of the semantic model in Power BI.",
    ),
    (r"gateway", "Look at the gateway connection in the settings of the semantic model in Power BI."),
)
_OTHER = "Open the refresh history of the semantic model in Power BI."
_BY_STATUS = {
    "Cancelled": "was canceled in Power BI. Run again",
    "Disabled": "did not run: refreshing is disabled, as Power BI does after several failures. Turn it on again in the "
    "settings of the semantic model in Power BI",
    "TimedOut": "took longer than Power BI allows. Open its refresh history there to see which table was slow",
}


def failure(refresh: Refresh) -> RefreshFailedError:
    """Build the error of a refresh that has ended without success."""
    if ended := _BY_STATUS.get(refresh.status):
        said = f": {_excerpt(refresh.error)}" if refresh.error else ""
        return RefreshFailedError(f"Refresh {refresh.request_id} {ended}{said}.")
    said = _excerpt(refresh.error) or f"no reason was given (status {refresh.status})"
    return RefreshFailedError(f"Refresh {refresh.request_id} failed: {said}. {_remedy(refresh.error)}")


def _remedy(error: str) -> str:
    found = (remedy for pattern, remedy in _REMEDIES if re.search(pattern, error, re.IGNORECASE))
    return next(found, _OTHER)


def _excerpt(text: str) -> str:
    return printable(without_values(" ".join(text.split())))[:_SHOWN_LETTERS].rstrip(". ")
