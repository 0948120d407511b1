"""Sends requests to the REST API of Power BI: with a token, a timeout, and retries where a second one does no harm.

What the answers say belongs in `models`; which requests there are, in `refreshing` and `lookup`.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import stamina

from tiktok_insights.clients.http_session import http_session, retry_after
from tiktok_insights.powerbi.service.errors import (
    LostReplyError,
    ServiceBusyError,
    ServiceRefusedError,
    UnexpectedReplyError,
)
from tiktok_insights.powerbi.service.tokens import TokenSource
from tiktok_insights.settings.power_bi_settings import PowerBISettings
from tiktok_insights.text.printable import printable
from tiktok_insights.text.quoting import HIDDEN, quoted, without_values

_LOG = logging.getLogger(__name__)
_SHOWN_LETTERS = 200
_REMEDIES = {
    401: "Allow service principals to use the APIs of Fabric, in the tenant settings of Power BI",
    403: "Give the service principal the role Member or Contributor in the workspace",
    404: "Check AZURE_POWERBI_WORKSPACE_ID, AZURE_POWERBI_SEMANTIC_MODEL, and the service principal's access to them",
}
_REDIRECTED = "Check AZURE_POWERBI_API_URL, and any proxy in between"
_OTHER = "See docs/how_to/refresh_power_bi.md"
#: How the service writes codes of errors.
_CODE = re.compile(r"(?:[A-Z][A-Za-z]+_?){1,8}")
#: The code of an expired token (learn.microsoft.com/power-bi/developer/embedded/embedded-troubleshoot).
_EXPIRED = "TokenExpired"


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer: its headers, and its JSON if it has any."""

    headers: Mapping[str, str]
    document: Any = None


class Api:
    """The REST API as the settings' service principal sees it.

    `timeout` is (connect, read) in seconds. `attempts` bounds the requests spent on one answer; `first_wait` (seconds)
    is the first pause between two of them, which then doubles, up to 30 s.
    """

    def __init__(
        self,
        settings: PowerBISettings,
        *,
        timeout: tuple[float, float] = (5.0, 60.0),
        attempts: int = 5,
        first_wait: float = 1.0,
    ) -> None:
        self._url = settings.api_url.rstrip("/")
        self._secret = settings.client_secret
        self._timeout = timeout
        self._session = http_session(self._url)
        self._tokens = TokenSource(settings, timeout)
        self._retry = stamina.RetryingCaller(
            attempts=attempts, timeout=None, wait_initial=first_wait, wait_max=30.0, wait_jitter=first_wait
        )

    def get(self, path: str, **parameters: str) -> Any:
        """Give the JSON of a path. Raises the PowerBIError that the answer stands for, after the retries it allows."""
        return self._retry.on(_wait_after_any)(self._send, "GET", path, params=parameters).document

    def delete(self, path: str) -> None:
        """Delete what a path names; a second time does no harm. Raises as `get` does."""
        self._retry.on(_wait_after_any)(self._send, "DELETE", path)

    def post(self, path: str, body: Mapping[str, Any]) -> Reply:
        """Post a body. It is sent again only if it was not carried out.

        Raises LostReplyError when that cannot be known, and else as `get` does.
        """
        return self._retry.on(_wait_if_busy)(self._send, "POST", path, json=dict(body))

    def _send(self, method: str, path: str, **arguments: Any) -> Reply:
        token = self._tokens.token()
        reply = self._request(method, path, token, **arguments)
        if _is_of_the_token(reply):
            # A token lasts an hour or so; a refresh may take longer.
            token = self._tokens.renew()
            reply = self._request(method, path, token, **arguments)
        said = self._without_secrets(reply, token)
        _check(reply, f"{method} {path}", said)
        try:
            document = json.loads(said) if said.strip() or method == "GET" else None
        except (ValueError, RecursionError) as error:
            if method != "GET":
                return Reply(reply.headers)
            msg = f"{method} {path} returned no JSON. Check AZURE_POWERBI_API_URL, and any proxy in between."
            raise UnexpectedReplyError(msg) from error
        return Reply(reply.headers, document)

    def _request(self, method: str, path: str, token: str, **arguments: Any) -> requests.Response:
        try:
            return self._session.request(
                method,
                f"{self._url}/{path}",
                headers={"Authorization": f"Bearer {token}"},
                timeout=self._timeout,
                allow_redirects=False,
                **arguments,
            )
        except requests.RequestException as error:
            where = f"{self._url}/{path} ({type(error).__name__})"
            msg = f"Power BI did not respond: {where}. Check the network and AZURE_POWERBI_API_URL."
            raise LostReplyError(msg) from None

    def _without_secrets(self, reply: requests.Response, token: str) -> str:
        """What an answer says, in whatever message, log or metadata it ends; a proxy may repeat what it was sent."""
        text = reply.content.decode("utf-8-sig", errors="replace")
        for secret, name in ((token, "[token]"), (self._secret, "[AZURE_POWERBI_CLIENT_SECRET]")):
            text = text.replace(secret, name) if secret else text
        return text


def _is_of_the_token(reply: requests.Response) -> bool:
    """Whether another token may help: an expired one is refused with 403, like a missing right."""
    return reply.status_code == 401 or (reply.status_code == 403 and _EXPIRED in reply.text)


def _check(reply: requests.Response, what: str, body: str) -> None:
    status = reply.status_code
    if 200 <= status < 300:
        return
    excerpt = printable(_excerpt(body))[:_SHOWN_LETTERS].rstrip(". ")
    said = f"{what} returned {status}" + (f": {excerpt}" if excerpt else "")
    if status == 429:
        raise ServiceBusyError(
            f"{said}. Power BI takes no more requests now. Run again later.", retry_after(reply.headers)
        )
    if status >= 500:
        raise LostReplyError(f"{said}. Power BI has a problem. Run again later.")
    remedy = _REDIRECTED if status < 400 else _REMEDIES.get(status, _OTHER)
    raise ServiceRefusedError(f"{said}. {remedy}.", status)


def _excerpt(body: str) -> str:
    """The error's code and message without values; of what is no error of the service, only known words."""
    try:
        error = json.loads(body)["error"]
        code, message = str(error["code"]), " ".join(str(error.get("message") or "").split())
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return quoted(" ".join(body.split()))
    return ": ".join(filter(None, (code if _CODE.fullmatch(code) else HIDDEN, without_values(message))))


def _wait_if_busy(error: Exception) -> bool | float:
    """Whether to send again (stamina's question), and after how many seconds if not by the usual back-off."""
    if isinstance(error, ServiceBusyError):
        _LOG.info("%s Retrying.", error)
        return error.retry_after or True
    return False


def _wait_after_any(error: Exception) -> bool | float:
    if isinstance(error, LostReplyError):
        _LOG.info("%s Retrying.", error)
        return True
    return _wait_if_busy(error)
