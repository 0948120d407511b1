"""Servers in threads, on 127.0.0.1 only. What they serve is not known here."""

import socket
import threading
import time
from typing import Protocol
from wsgiref.types import WSGIApplication

import uvicorn
from moto.moto_server.werkzeug_app import MotoRequestHandler
from starlette.applications import Starlette
from werkzeug.serving import make_server

LOOPBACK = "127.0.0.1"
_BACKLOG = 512
_POLL_SECONDS = 0.01


class Server(Protocol):
    """A server that runs in its own thread."""

    @property
    def alive(self) -> bool:
        """Whether its thread still runs."""

    def stop(self) -> None:
        """Finish the requests under way and end the thread."""


def listen(preferred_port: int | None) -> socket.socket:
    """A socket that listens on the loopback address: on the preferred port if that is free, else on any."""
    for port in (preferred_port, 0):
        if port is None:
            continue
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((LOOPBACK, port))
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            if port == 0:
                raise
        else:
            return listener
    raise AssertionError("port 0 is always tried")


def port_of(listener: socket.socket) -> int:
    """The port that the socket listens on."""
    return int(listener.getsockname()[1])


class AsgiServer:
    """A Starlette application in a thread, with uvicorn."""

    def __init__(self, name: str, app: Starlette, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app, log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=2, ws="none"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, name=name, daemon=True)
        self._thread.start()

    def wait_until_ready(self) -> None:
        """Return when the application has started.

        Raises:
            RuntimeError: its thread ended instead; the reason is in the log.

        """
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError(f"The server {self._thread.name} stopped during startup.")
            time.sleep(_POLL_SECONDS)

    @property
    def alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Finish the requests under way and end the thread."""
        self._server.should_exit = True
        self._thread.join()


class WsgiServer:
    """A WSGI application with a thread per connection, with werkzeug and moto's request handler."""

    def __init__(self, name: str, app: WSGIApplication, listener: socket.socket) -> None:
        self._server = make_server(
            LOOPBACK,
            port_of(listener),
            app,
            threaded=True,
            request_handler=MotoRequestHandler,
            fd=listener.fileno(),
        )
        # Keep-alive connections of idle clients would hold up the stop.
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Take no more requests and end the thread."""
        self._server.shutdown()
        self._thread.join()
