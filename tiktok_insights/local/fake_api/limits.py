"""Who may ask and how often: keys, the host header, the monthly quota, the burst limit.

Here: the refusals with HTTP status 401, 403, 404 and 429, and the quota headers. Not here: refusals inside a
200 body (`endpoints`), the words (`messages`). Source: captured responses and RapidAPI's docs. Every key of the
usual form is accepted but those below, which stand for the documented refusals.
"""

import dataclasses
import re
import time
from collections.abc import Callable, Mapping

from starlette.responses import JSONResponse, Response

from tiktok_insights.local.fake_api import messages
from tiktok_insights.local.fake_api.clock import seconds_to_next_month
from tiktok_insights.local.fake_api.seeding import mix
from tiktok_insights.local.fake_api.state import State, fingerprint

API_HOST = "tiktok-api23.p.rapidapi.com"
INVALID_KEY = "invalid-key"
NOT_SUBSCRIBED_KEY = "not-subscribed-key"
DISABLED_KEY = "endpoint-disabled-key"

_KEY = re.compile(r"[A-Za-z0-9_-]{3,100}")
_SECONDS_PER_MINUTE = 60


def refusal(headers: Mapping[str, str]) -> Response | None:
    """Return the answer to a request without the right to ask, or None; it carries no quota headers."""
    key = headers.get("x-rapidapi-key", "")
    if not _KEY.fullmatch(key) or key == INVALID_KEY:
        return JSONResponse({"message": messages.INVALID_KEY}, 401)
    if key == DISABLED_KEY:
        return JSONResponse({"message": messages.DISABLED}, 401)
    host = headers.get("x-rapidapi-host")
    if host is None:
        return JSONResponse({"message": messages.NO_API}, 404)
    if key == NOT_SUBSCRIBED_KEY or host != API_HOST:
        return JSONResponse({"message": messages.NOT_SUBSCRIBED}, 403)
    return None


@dataclasses.dataclass(slots=True)
class _Bucket:
    """Requests that a key may still make at once, as of `since` (real seconds)."""

    tokens: float
    since: float


class Limiter:
    """Quota by virtual month and burst limit in real time; `now` gives monotonic real seconds."""

    def __init__(self, state: State, now: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    def excess(self, key: str) -> Response | None:
        """Return the 429 for a key that has asked too often, or None after counting it as asked.

        The quota comes first: with nothing left, waiting a second does not help.
        """
        if self._state.spent(key) >= self._state.settings.monthly_quota:
            return JSONResponse({"message": messages.quota_spent("MONTHLY")}, 429, self.headers(key))
        if not self._take(key):
            return JSONResponse({"message": messages.BURST}, 429, self.headers(key))
        return None

    def headers(self, key: str) -> dict[str, str]:
        """Return the headers that 200, 204 and 429 carry; `-reset` counts seconds of virtual time."""
        quota, spent = self._state.settings.monthly_quota, self._state.spent(key)
        return {
            "x-ratelimit-requests-limit": str(quota),
            "x-ratelimit-requests-remaining": str(max(0, quota - spent)),
            "x-ratelimit-requests-reset": str(seconds_to_next_month(self._state.clock)),
            "x-rapidapi-request-id": f"{mix(self._state.clock, self._state.served):016x}",
            "x-rapidapi-region": "AWS - eu-central-1",
        }

    def _take(self, key: str) -> bool:
        """Take a token: a second's worth may be used at once, at least two, the rest comes evenly."""
        per_minute = self._state.settings.requests_per_minute
        if per_minute is None:
            return True
        most = max(2.0, per_minute / _SECONDS_PER_MINUTE)
        bucket = self._buckets.setdefault(fingerprint(key), _Bucket(most, self._now()))
        waited = self._now() - bucket.since
        bucket.tokens = min(most, bucket.tokens + waited * per_minute / _SECONDS_PER_MINUTE)
        bucket.since += waited
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True
