"""The probes of the API: whether it is there, and whether it accepts the key.

By default they ask for a path that the API does not have. RapidAPI checks the key first, and its answer has no headers
of a quota, so no request of the plan should be spent; only an account of RapidAPI can prove that.
"""

from collections.abc import Iterator

import requests

from tiktok_insights.clients.http_session import http_session
from tiktok_insights.doctor.findings import Outcome, Probe, Subject, missing, ok, unknown
from tiktok_insights.settings.client_settings import TikTokSettings
from tiktok_insights.text.printable import printable
from tiktok_insights.tiktok.budget import Budget
from tiktok_insights.tiktok.client import RAPIDAPI_HOST, Client
from tiktok_insights.tiktok.errors import RefusedError, TikTokError
from tiktok_insights.tiktok.limiter import RateLimiter

AREA = "api"
_NO_PATH = "/tiktok-insights-doctor"
_TIMEOUT = (5.0, 10.0)
_REMEDIES = {
    401: "Check RAPIDAPI_KEY.",
    403: "Subscribe to the API on RapidAPI, and check RAPIDAPI_KEY.",
    404: "Check TIKTOK_API_URL.",
}
#: What RapidAPI says of a path that an API does not have; it says something else of an API that it does not have.
_NO_ENDPOINT = b"Endpoint"


def api_probes(settings: TikTokSettings, *, spend_request: bool) -> Iterator[Probe]:
    """The probes of an API that is configured; the local stack's fake API needs none.

    With `spend_request`, the first account is asked for, which proves the subscription and costs one request.
    """
    if not settings.api_url:
        return
    subject = Subject(name="API key", area=AREA, place=settings.api_url, stage="raw")
    yield Probe(subject, lambda: key_is_accepted(settings))
    if spend_request:
        place = settings.accounts[0] if settings.accounts else "TIKTOK_ACCOUNTS"
        yield Probe(Subject(name="account", area=AREA, place=place, stage="raw"), lambda: account_is_known(settings))


def key_is_accepted(settings: TikTokSettings) -> Outcome:
    """Whether the API is there and accepts the key."""
    key = settings.api_key.strip()
    if not key:
        return unknown("RAPIDAPI_KEY is not set.")
    try:
        _client(settings)
    except RefusedError as error:
        return missing(str(error), _REMEDIES[401])
    headers = {"x-rapidapi-key": key, "x-rapidapi-host": RAPIDAPI_HOST}
    url = settings.api_url.rstrip("/") + _NO_PATH
    try:
        with http_session(url) as session:
            answer = session.get(url, headers=headers, timeout=_TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        # The error's own text has the whole address; the kind says enough.
        return missing(f"There is no response ({type(error).__name__}).", "Check the network and TIKTOK_API_URL.")
    if answer.status_code == requests.codes.not_found and _NO_ENDPOINT in answer.content:
        return ok()
    said = printable(" ".join(answer.content.replace(key.encode(), b"").decode("utf-8", "replace").split())[:200])
    if remedy := _REMEDIES.get(answer.status_code):
        return missing(f"It returned {answer.status_code}: {said}", remedy)
    return unknown(f"It returned {answer.status_code}: {said}", "tiktok-insights doctor --api")


def account_is_known(settings: TikTokSettings) -> Outcome:
    """Whether the API knows the first account. Spends one request."""
    if not settings.accounts:
        return unknown("No account is configured.")
    try:
        account = _client(settings).account(settings.accounts[0].removeprefix("@")).value
    except TikTokError as error:
        return missing(printable(str(error)), "See docs/troubleshooting.md.")
    return ok(f"{account.follower_total} followers")


def _client(settings: TikTokSettings) -> Client:
    limiter = RateLimiter(settings.requests_per_minute)
    return Client(settings.api_url, settings.api_key.strip(), limiter, timeout=_TIMEOUT, budget=Budget(1), attempts=1)
