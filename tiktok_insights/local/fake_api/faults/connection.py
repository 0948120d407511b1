"""Sending a reply: whole, late, in part, or not at all.

Here: all that touches the connection. Not here: what is sent (`reply`). It needs uvicorn, whose `send` holds the
connection's transport; `Connected` keeps it where a response can find it.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tiktok_insights.local.fake_api.faults.reply import Ending, Reply

_MS_PER_SECOND = 1_000
_SEND = "fake_api.send"
_LINGER_0 = struct.pack("ii", 1, 0)  # close without waiting: the peer gets a reset


class Connected(Starlette):
    """An application whose responses can reach the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep the server's own `send` in the scope."""
        scope[_SEND] = send
        await super().__call__(scope, receive, send)


class Sent(Response):
    """A reply on its way, with the quota headers that it carries."""

    def __init__(self, reply: Reply, quota_headers: Mapping[str, str]) -> None:
        headers = {**(quota_headers if reply.quota_headers else {}), **reply.headers}
        super().__init__(reply.content, reply.status, headers, reply.media_type)
        self._reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait if need be, then send all, a part or nothing."""
        await _hold(receive, self._reply.hold_ms)
        if self._reply.ending is Ending.WHOLE:
            await super().__call__(scope, receive, send)
            return
        transport = _transport(scope)
        if self._reply.ending is Ending.SHORT:
            half = self.body[: len(self.body) // 2]
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": half, "more_body": True})
            transport.close()
        else:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
            transport.abort()
        await _gone(receive)


def _transport(scope: Scope) -> asyncio.Transport:
    """Return the connection below the server's `send`; raises RuntimeError under another server than uvicorn."""
    transport: asyncio.Transport | None = getattr(getattr(scope[_SEND], "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("connection faults need uvicorn: use it to serve the fake API")
    return transport


async def _hold(receive: Receive, milliseconds: int) -> None:
    """Wait, but no longer than the client does."""
    if milliseconds:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(milliseconds / _MS_PER_SECOND):
                await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Return when the client has hung up, or the connection was closed."""
    while (await receive())["type"] != "http.disconnect":
        pass
