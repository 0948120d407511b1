"""What the API's headers said of the plan's quota, in the metadata of an extraction."""

from collections.abc import Sequence

from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.tiktok.models import Quota

#: The plan's requests that are left, and all of them.
QUOTA_LEFT, QUOTA_LIMIT = "quota_left", "quota_limit"


def quota_entries(results: Sequence[AccountResult], quota: Quota) -> dict[str, int]:
    """The entries of a run's quota; none where it made no requests, or the headers did not say it."""
    # A fresh snapshot remembers what was left when it was taken.
    left = [result.quota_left for result in results if result.requests and result.quota_left is not None]
    if not left:
        return {}
    return {QUOTA_LEFT: min(left), **({QUOTA_LIMIT: quota.limit} if quota.limit else {})}
