"""AWS on this machine: moto's application, wrapped so that what it holds in memory is also on disk.

What happens around a request belongs here; how S3 and the other services are stored is in `s3_store` and
`service_store`. moto does the rest, but for Glue's runs and crawls (`local/glue`), so what moto cannot do is not here
either: it enforces no credentials. Of policies, only what a bucket's policy denies is enforced
(`bucket_policy`). Services other than S3 and those in `service_store.SERVICES` work, and forget everything when the
stack stops.
"""

import threading
import zlib
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from tiktok_insights.local.aws import bucket_policy
from tiktok_insights.local.aws.s3_store import S3Store, find_bucket
from tiktok_insights.local.aws.service_store import ServiceStore
from tiktok_insights.local.glue.service import LocalGlue

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING_ACTIONS = ("BatchGet", "Describe", "Get", "List", "Query", "Search")
_LOCKS = 256


class AwsState:
    """What the AWS services remember, in memory and below one folder; restored when it is made.

    Args:
        folder: made by the stack, and trusted: what is in it is unpickled.

    """

    def __init__(self, folder: Path) -> None:
        self.s3 = S3Store(folder / "s3")
        self.services = ServiceStore(folder / "services")
        self.s3.restore()
        self.services.restore()


def create_aws_app(state: AwsState, glue: LocalGlue) -> "WSGIApplication":
    """The application for every AWS service, with `state` kept on disk."""
    return PersistentApplication(glue.in_front_of(DomainDispatcherApplication(create_backend_app)), state)


class PersistentApplication:
    """WSGI middleware: a write's effect is on disk before its reply leaves, so a kill -9 loses nothing acknowledged.

    Requests for one S3 key that write are served one after the other: moto checks `If-None-Match` and stores in two
    steps, between which another request could come.
    """

    def __init__(self, app: "WSGIApplication", state: AwsState) -> None:
        self._app = app
        self._state = state
        self._locks = [threading.RLock() for _ in range(_LOCKS)]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request."""
        if environ["PATH_INFO"].startswith("/moto-api"):
            # Its `reset` would empty the memory and leave the disk.
            start_response("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"moto's own API is closed here. To delete the stack's data: tiktok-insights local reset\n"]
        service = _service(environ)
        if service == "s3":
            return self._serve_s3(environ, start_response)
        if service not in self._state.services or _action(environ).startswith(_READING_ACTIONS):
            return self._app(environ, start_response)
        return self._write_service(service, environ, start_response)

    def _serve_s3(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        name, _, key = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace").lstrip("/").partition("/")
        method, bucket = environ["REQUEST_METHOD"], find_bucket(name)
        if bucket and bucket_policy.denies(bucket, method, key):
            return bucket_policy.deny(method, key, start_response)
        if method in _READING_METHODS:
            return self._app(environ, start_response)
        return self._write_s3(name, key, environ, start_response)

    def _write_s3(
        self, bucket: str, key: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        store = self._state.s3
        reply = _HeldReply()
        with self._lock(bucket, key), store.recording() as changed:
            body = self._app(environ, reply)
            if reply.succeeded:
                if key:
                    changed.add((bucket, key))
                else:
                    store.save_bucket(bucket)
                for changed_bucket, changed_key in sorted(changed):
                    with self._lock(changed_bucket, changed_key):
                        store.save_key(changed_bucket, changed_key)
        reply.release(start_response)
        return body

    def _write_service(
        self, service: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        reply = _HeldReply()
        with self._state.services.lock(service):
            body = self._app(environ, reply)
            if reply.succeeded:
                self._state.services.save(service)
        reply.release(start_response)
        return body

    def _lock(self, bucket: str, key: str) -> AbstractContextManager[Any]:
        """The key's lock.

        A request for a whole bucket takes none for itself, and then one key's after the other: nobody ever waits for a
        lock while holding a different one.
        """
        return self._locks[zlib.crc32(f"{bucket}/{key}".encode()) % _LOCKS] if key else nullcontext()


class _HeldReply:
    """Stands in for `start_response` and keeps the status line back until the write is on disk."""

    def __init__(self) -> None:
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._exc_info: OptExcInfo | None = None

    def __call__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: "tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None" = None,
        /,
    ) -> Any:
        self._status, self._headers, self._exc_info = status, headers, exc_info
        return self._refuse_write

    @property
    def succeeded(self) -> bool:
        return self._status.startswith("2")

    def release(self, start_response: "StartResponse") -> None:
        start_response(self._status, self._headers, self._exc_info)

    @staticmethod
    def _refuse_write(_: bytes) -> None:
        raise NotImplementedError("moto returns its body; it does not write it")


def _service(environ: "WSGIEnvironment") -> str:
    """The service named in the signature's scope; as for moto, a request that is not signed is for S3."""
    scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition(",")[0].split("/")
    return scope[-2].lower() if len(scope) == len(("key", "date", "region", "service", "aws4_request")) else "s3"


def _action(environ: "WSGIEnvironment") -> str:
    return str(environ.get("HTTP_X_AMZ_TARGET", "")).rpartition(".")[2]
