"""What an HTTP status of the API (or of RapidAPI before it) stands for.

Facts: captured responses; the two kinds of 429 are told apart by the quota left and by the words of the message.
"""

from tiktok_insights.text.quoting import quoted
from tiktok_insights.tiktok.errors import (
    BurstLimitedError,
    EmptyBodyError,
    QuotaExhaustedError,
    RefusedError,
    SchemaDriftError,
    UnreachableError,
)
from tiktok_insights.tiktok.models import Quota

_REMEDIES = {
    401: "Check RAPIDAPI_KEY, and that your plan includes this endpoint",
    403: "Subscribe to the API on RapidAPI, and check RAPIDAPI_KEY",
    404: "Check TIKTOK_API_URL and your subscription",
}


#: Whole JSON, yet nothing in it: the API answers so where others send no body.
_EMPTY_BODIES = (b"", b"{}", b"[]", b"null", b'""')


def check(status: int, body: bytes, path: str, quota: Quota, retry_after: float | None) -> None:
    """Raise what is wrong with an answer by its status; return for a 200 with a body.

    Raises RefusedError, QuotaExhaustedError, BurstLimitedError, UnreachableError, EmptyBodyError, or SchemaDriftError
    for a status that we do not know.
    """
    said = f"{path} returned {status}" + (f": {_excerpt(body)}" if body.strip() and status != 200 else "")
    if status == 204 or (status == 200 and body.strip() in _EMPTY_BODIES):
        raise EmptyBodyError(f"{said} with an empty body.")
    if status == 200:
        return
    if status in _REMEDIES:
        raise RefusedError(f"{said}. {_REMEDIES[status]}.")
    if status == 429:
        if quota.remaining == 0 or b"quota" in body.lower():
            when = f" They reset in {quota.reset_seconds} s." if quota.reset_seconds is not None else ""
            raise QuotaExhaustedError(f"{said}. The plan's requests are used up.{when}", quota.reset_seconds)
        raise BurstLimitedError(f"{said}. Lower TIKTOK_REQUESTS_PER_MINUTE if this continues.", retry_after)
    if status >= 500:
        raise UnreachableError(f"{said}. The API has a problem. Try again later.", retry_after)
    raise SchemaDriftError(f"{said}, an unknown status. The response was not used.")


def _excerpt(body: bytes) -> str:
    return quoted(" ".join(body.decode("utf-8", "replace").split())).rstrip(".")
