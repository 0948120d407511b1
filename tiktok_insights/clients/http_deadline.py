"""A request with one deadline for everything: name, connection, TLS and all of the answer's headers.

The timeouts of `requests` start again with each byte, so a server that sends one byte now and then is waited for
forever. For requests that something else waits for. A request that may take long belongs in its client.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import requests

from tiktok_insights.clients.http_session import http_session


def status_within(seconds: float, url: str, **request: Any) -> tuple[int, requests.structures.CaseInsensitiveDict[str]]:
    """Post once, and give status and headers; the body is not read.

    Raises TimeoutError after so many seconds, and whatever `requests` raises.
    """
    adapter, results = _Remembering(), list[requests.Response | Exception]()
    worker = threading.Thread(target=lambda: results.append(_post(adapter, url, request)), daemon=True)
    worker.start()
    worker.join(seconds)
    if not results:
        # Whatever the thread waits for ends now, and with it the thread.
        adapter.shut_down()
        raise TimeoutError
    (result,) = results
    if isinstance(result, Exception):
        raise result
    return result.status_code, result.headers


class _Remembering(requests.adapters.HTTPAdapter):
    """Keeps the connections that it has opened, also those that are in use."""

    def __init__(self) -> None:
        self._opened: list[Any] = []
        super().__init__(pool_maxsize=1)

    def get_connection_with_tls_context(self, *args: Any, **named: Any) -> Any:
        """Give a pool whose connections are kept."""
        pool: Any = super().get_connection_with_tls_context(*args, **named)
        pool.ConnectionCls = self._keeping(pool.ConnectionCls)
        return pool

    def _keeping(self, opens: Callable[..., Any]) -> Callable[..., Any]:
        def opened(*args: Any, **named: Any) -> Any:
            self._opened.append(opens(*args, **named))
            return self._opened[-1]

        return opened

    def shut_down(self) -> None:
        """Let every wait for the server end."""
        for connection in self._opened:
            # The other side, or the thread, may have closed it in this moment.
            with suppress(OSError, AttributeError):
                connection.sock.shutdown(socket.SHUT_RDWR)


def _post(adapter: requests.adapters.HTTPAdapter, url: str, request: dict[str, Any]) -> requests.Response | Exception:
    try:
        with http_session(url, connections=1) as session:
            session.mount(url, adapter)
            # Nothing in the body matters, and a server could send it forever.
            with session.post(url, stream=True, allow_redirects=False, **request) as answer:
                return answer
    except Exception as error:  # noqa: BLE001  # raised by the thread that waits for it
        return error
