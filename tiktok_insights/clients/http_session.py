"""The one door to HTTP: sessions that send nothing but what their client says, and the server's wish to wait.

What a server's answers mean belongs beside its client: `tiktok.client`, `powerbi.service.api`. Requests are sent with
`allow_redirects=False`: a redirect would take a key to another host.
"""

import email.utils
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LONGEST_WAIT = 600.0


def is_loopback(url: str) -> bool:
    """Whether a URL is of this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def http_session(url: str, connections: int = 4) -> requests.Session:
    """Open a session for a server, with at most this many connections."""
    session = requests.Session()
    # A server on this machine is asked directly; any other one through the proxy that the environment names.
    session.trust_env = not is_loopback(url)
    # Keys are in headers. Without this, a line of ~/.netrc would be sent beside them.
    session.auth = _no_sign_in
    for scheme in ("http://", "https://"):
        session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=connections))
    return session


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header, which is a number or a date; at most ten minutes of it are honored."""
    text = headers.get("Retry-After", "")
    if text.isdecimal():
        return min(float(text), _LONGEST_WAIT)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT)


def _no_sign_in(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
