"""A real HTTP server on the loopback address that answers by a script: what the fake API does not misbehave in.

Here: replies and a record of what was asked. Not here: any of the code under test.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Reply:
    """One answer; `cut` bytes of the announced length are never sent, `hangs_up` sends nothing at all."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    hangs_up: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it came in; header names in lower case, `moment` in seconds of the monotonic clock."""

    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    method: str
    body: bytes
    moment: float


class Script:
    """Hands out the replies in turn, the last one forever; `info` answers who the account is, beside the script.

    Where `choose` gives a reply to a request, that is sent instead.
    """

    def __init__(self, replies: list[Reply], info: Reply | None, choose: Callable[[Asked], Reply | None]) -> None:
        self._replies = list(replies)
        self._info = info
        self._choose = choose
        self._lock = threading.Lock()
        self.asked: list[Asked] = []
        self.address = ""

    @property
    def port(self) -> int:
        """The port of the address."""
        return urlsplit(self.address).port or 0

    @property
    def pages_asked(self) -> list[Asked]:
        """The requests for pages, without those for accounts."""
        return [asked for asked in self.asked if asked.path == "/api/user/followers"]

    def reply_to(self, asked: Asked) -> Reply:
        """Record a request and choose its reply."""
        with self._lock:
            self.asked.append(asked)
            if chosen := self._choose(asked):
                return chosen
            if self._info is not None and asked.path.startswith("/api/user/info"):
                return self._info
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]


def _handler_for(script: Script) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers every method by the script."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer one request."""
            address = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            parameters = dict(parse_qsl(address.query))
            body = self.rfile.read(int(headers.get("content-length", "0")))
            asked = Asked(address.path, parameters, headers, self.command, body, time.monotonic())
            reply = script.reply_to(asked)
            self.close_connection = reply.hangs_up or reply.cut > 0
            if reply.hangs_up:
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.body) + reply.cut))
            self.end_headers()
            self.wfile.write(reply.body)

        do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815  # the base class names them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
            """Keep the test's output clean."""

    return Handler


@contextlib.contextmanager
def scripted(
    *replies: Reply, info: Reply | None = None, choose: Callable[[Asked], Reply | None] = lambda _: None
) -> Iterator[Script]:
    """Serve a script on a free loopback port for as long as the context lasts."""
    script = Script(list(replies) or [Reply(404)], info, choose)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(script))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    script.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)
