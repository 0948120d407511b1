"""The only HTTP client of the source: a session with timeouts, retries with jitter, a rate limit for all requests."""

import copy
import logging
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
import stamina

from tiktok_insights.clients.http_session import http_session, retry_after
from tiktok_insights.tiktok import status_codes
from tiktok_insights.tiktok.budget import Budget
from tiktok_insights.tiktok.dialects import parse, read_account, read_page
from tiktok_insights.tiktok.errors import (
    BurstLimitedError,
    RefusedError,
    RunError,
    TikTokError,
    TransientError,
    UnreachableError,
)
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.models import Account, Page, Parsed, Quota, Response, Value
from tiktok_insights.tiktok.pagination import KNOWN_CAPS

PUBLIC_URL = "https://tiktok-api23.p.rapidapi.com"
RAPIDAPI_HOST = "tiktok-api23.p.rapidapi.com"
_LOG = logging.getLogger(__name__)

#: The API's own maximum; it clamps a larger wish.
PAGE_SIZE = 30
_SEC_UID_PREFIX = "MS4wLjABAAAA"
_BURST_WAIT_SECONDS = 1.5
_SENDABLE_KEY = re.compile(r"[!-~]+")
#: A shorter key (the local stack's) may stand in a page by chance; real ones have 50 characters.
_SECRET_LENGTH = 16


def is_sec_uid(reference: str) -> bool:
    """Whether a reference to an account is its secUid; else it is a handle."""
    return reference.startswith(_SEC_UID_PREFIX)


class Client:
    """Asks the API and answers with whole, good bodies only. Safe for many threads.

    `attempts` bounds the requests spent on one answer; `first_wait` (seconds) is the first pause between two of them,
    which then doubles, with jitter, up to 30 s. `timeout` is (connect, read) in seconds; `budget` says how many
    requests may be sent, `list_caps` at which lengths the API cuts lists. `now` tells the time (UTC) that responses and
    snapshots get; waits are in real time. `may_send` is asked right before each request, and raises a RunError if it
    may not be sent. After a RunError nothing is sent any more. Raises RefusedError for a key that cannot be sent.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        limiter: RateLimiter,
        *,
        timeout: tuple[float, float] = (5.0, 30.0),
        budget: Budget | None = None,
        list_caps: Sequence[int] = KNOWN_CAPS,
        attempts: int = 4,
        first_wait: float = 0.5,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        may_send: Callable[[], None] = lambda: None,
    ) -> None:
        if not api_key:
            raise RefusedError(f"Set RAPIDAPI_KEY to your key for {base_url}.")
        if not _SENDABLE_KEY.fullmatch(api_key):
            msg = "RAPIDAPI_KEY contains a space, a line break or an invalid character. Copy the key again."
            raise RefusedError(msg)
        self._base_url = base_url.rstrip("/")
        self._secret = api_key.encode() if len(api_key) >= _SECRET_LENGTH else None
        self._limiter = limiter
        self.budget = budget or Budget()
        self.list_caps = list_caps
        self.now = now
        self._may_send = may_send
        self._door = threading.Lock()
        self._let_in = False
        self._closed: RunError | None = None
        self._timeout = timeout
        self._retry = stamina.RetryingCaller(
            attempts=attempts, timeout=None, wait_initial=first_wait, wait_max=30.0, wait_jitter=first_wait
        ).on(self._wait_before_retry)
        self._session = http_session(base_url, connections=64)
        self._session.headers.update({"x-rapidapi-key": api_key, "x-rapidapi-host": RAPIDAPI_HOST})

    def account(self, reference: str) -> Parsed[Response, Account]:
        """Ask who an account is, by handle or secUid.

        Raises the TikTokError that the answer stands for, after the retries that it allows.
        """
        if is_sec_uid(reference):
            return self._get("/api/user/info-by-id", {"secUid": reference}, read_account)
        return self._get("/api/user/info", {"uniqueId": reference}, read_account)

    def followers(self, sec_uid: str, cursor: int) -> Parsed[Response, Page]:
        """Ask for the page of followers before `cursor` (unix seconds; 0 for the newest), in both dialects' words.

        Raises as `account` does.
        """
        before = str(cursor)
        parameters = {
            "secUid": sec_uid,
            "count": str(PAGE_SIZE),
            "minCursor": before,
            "maxCursor": "0",
            "max_time": before,
        }
        return self._get("/api/user/followers", parameters, read_page)

    def _get(self, path: str, parameters: dict[str, str], read: Callable[[Any], Value]) -> Parsed[Response, Value]:
        tally = _Tally()

        def ask() -> Parsed[Response, Value]:
            with self._first_alone():
                return _parse(self._ask(path, parameters, tally), read)

        try:
            return self._retry(ask)
        except TikTokError as error:
            error.requests = tally.requests
            raise

    @contextmanager
    def _first_alone(self) -> Iterator[None]:
        """Until one request has been let in, the others wait: a refused key costs one request, not one a thread."""
        with ExitStack() as door:
            if not self._let_in:
                door.enter_context(self._door)
            if self._let_in:
                # The first was let in while this one waited.
                door.close()
            if self._closed is not None:
                raise copy.copy(self._closed)
            try:
                yield
            except RunError as error:
                self._closed = error
                raise
            finally:
                self._let_in = self._closed is None

    def _ask(self, path: str, parameters: dict[str, str], tally: "_Tally") -> Response:
        self.budget.spend()
        self._limiter.acquire()
        self._may_send()
        tally.requests += 1
        try:
            # A redirect would take the key to another host.
            response = self._session.get(
                self._base_url + path, params=parameters, timeout=self._timeout, allow_redirects=False
            )
        except requests.RequestException as error:
            # The exception's own text has the whole address with its parameters; the kind says enough.
            where = f"{self._base_url}{path} ({type(error).__name__})"
            msg = f"No response from {where}. Check the network and TIKTOK_API_URL."
            raise UnreachableError(msg) from None
        quota = _quota(response.headers)
        self.budget.note(quota)
        body = self._without_key(response.content)
        status_codes.check(response.status_code, body, path, quota, retry_after(response.headers))
        return Response(path, parameters, body, self.now(), tally.requests, quota)

    def _without_key(self, body: bytes) -> bytes:
        """The exact body, unless it repeats the key: errors quote bodies, and raw pages keep them forever."""
        return body.replace(self._secret, b"[RAPIDAPI_KEY]") if self._secret else body

    def _wait_before_retry(self, error: Exception) -> bool | float:
        """Whether to try again (stamina's question), and after how many seconds if not by the usual back-off."""
        if isinstance(error, TransientError):
            _LOG.info("%s Retrying.", error)
        if isinstance(error, BurstLimitedError):
            wait = error.retry_after or _BURST_WAIT_SECONDS
            self._limiter.pause(wait)
            return wait
        if isinstance(error, TransientError):
            return error.retry_after or True
        return False


@dataclass
class _Tally:
    """Requests that one answer has cost."""

    requests: int = 0


def _parse(response: Response, read: Callable[[Any], Value]) -> Parsed[Response, Value]:
    """Parse the body while it can still be asked for again."""
    try:
        return parse(response, read)
    except TikTokError as error:
        error.response = response
        raise


def _quota(headers: Mapping[str, str]) -> Quota:
    def number(name: str) -> int | None:
        text = headers.get(f"x-ratelimit-requests-{name}", "")
        return int(text) if text.isdecimal() else None

    return Quota(number("limit"), number("remaining"), number("reset"))
