"""Start, find, stop and delete the local stack of a home folder. The only way to it, light enough for every command.

Here is who may do what when; how a process is spawned is in `launch`, what it serves in `process`. Standard library
only, at import and after.
"""

import http.client
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tiktok_insights.local.endpoints import Announcement, Endpoints, client_environment
from tiktok_insights.local.folder import StackError, StackFolder, held, is_held, wait_until_free
from tiktok_insights.local.launch import START_LIMIT_SECONDS, launch

__all__ = [
    "Endpoints",
    "StackError",
    "Status",
    "client_environment",
    "ensure_running",
    "exists",
    "require",
    "reset",
    "status",
    "stop",
    "stopped",
]

_STOP_LIMIT_SECONDS = 20.0
_PROBE_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Status:
    """What is true of a home's stack now.

    Attributes:
        running: whether a process holds the stack's lock and has announced itself.
        endpoints: where it listens; None when stopped.
        uptime_seconds: since it began to serve; 0 when stopped.
        bytes_on_disk: everything that it stores, its log included.
        responding: server name to whether it responded to a request just now; empty when stopped.
        log: the log file, for a person to read.

    """

    running: bool
    endpoints: Endpoints | None
    uptime_seconds: float
    bytes_on_disk: int
    responding: dict[str, bool]
    log: Path

    @property
    def healthy(self) -> bool:
        """Running, and every server responds."""
        return self.running and all(self.responding.values())


def ensure_running(home: Path) -> Endpoints:
    """The endpoints of `home`'s stack, which is started if it does not run; at most one per home, however many ask.

    Raises:
        StackError: it did not start; the message names its log and quotes the end of it.

    """
    folder = StackFolder.of(home)
    if announcement := _running(folder):
        return announcement.endpoints
    folder.create()
    with held(folder.start_lock, limit_seconds=START_LIMIT_SECONDS + _STOP_LIMIT_SECONDS):
        announcement = _running(folder)
        if announcement is None:
            # What a killed process left must not be taken for the new one's.
            _retire_announcement(folder)
            launch(folder)
            announcement = _running(folder)
    if announcement is None:
        raise StackError(
            f"The local stack started and stopped immediately. Try again. Its log may say why: {folder.log}"
        )
    return announcement.endpoints


def exists(home: Path) -> bool:
    """Whether `home` has a stack, running or stopped."""
    return StackFolder.of(home).marker.is_file()


def require(home: Path) -> None:
    """See that `home` has a stack, running or stopped.

    Raises:
        StackError: it has none.

    """
    if not exists(home):
        raise StackError(
            f"There is no local stack in {home}, so there is nothing to read. Change to your project's folder, or set "
            "TIKTOK_INSIGHTS_HOME. To start a stack here: tiktok-insights local start"
        )


def stop(home: Path) -> str:
    """End `home`'s stack, politely and then firmly, and say in a sentence what was done. Everything stored stays.

    Raises:
        StackError: the process survived, or another start or stop did not finish.

    """
    folder = StackFolder.of(home)
    if not folder.root.is_dir():
        return f"There is no local stack in {home}. For another one, change to its folder or set TIKTOK_INSIGHTS_HOME."
    with held(folder.start_lock, limit_seconds=START_LIMIT_SECONDS):
        return _stop(folder)


@contextmanager
def stopped(home: Path) -> Iterator[StackFolder]:
    """Keep `home`'s stack stopped, so that its files can be changed; whoever needs it waits, and starts it again.

    Raises:
        StackError: the process survived, or another start or stop did not finish.

    """
    folder = StackFolder.of(home)
    with held(folder.start_lock, limit_seconds=START_LIMIT_SECONDS):
        _stop(folder)
        yield folder


def status(home: Path) -> Status:
    """The truth about `home`'s stack: each server is asked for something real."""
    folder = StackFolder.of(home)
    announcement = _running(folder)
    size = folder.bytes_on_disk()
    if announcement is None:
        return Status(False, None, 0.0, size, {}, folder.log)
    endpoints = announcement.endpoints
    responding = {
        "tiktok_api": _responds(endpoints.tiktok_api, "GET", "/"),
        "aws": _responds(endpoints.aws, "GET", "/"),
        # Without a token the server refuses, which only a working one does.
        "snowflake": _responds(f"http://{endpoints.snowflake_host}:{endpoints.snowflake_port}", "POST", "/session"),
    }
    return Status(True, endpoints, max(0.0, time.time() - announcement.started_at), size, responding, folder.log)


def reset(home: Path, *, keep_bucket: bool = False) -> str:
    """Stop `home`'s stack and delete all that it stored; say in a sentence what was done.

    With `keep_bucket` only the tables and the Glue catalog are deleted.

    Raises:
        StackError: the folder was not made by the stack, or the process survived.

    """
    folder = StackFolder.of(home)
    if not folder.root.exists():
        return f"Nothing to delete: {folder.root} does not exist."
    if not folder.marker.is_file():
        folder.clear()  # refuses, and says why, before anything is touched
    with held(folder.start_lock, limit_seconds=START_LIMIT_SECONDS):
        done = _stop(folder)
        size = folder.bytes_on_disk()
        folder.clear(keep_bucket=keep_bucket)
        size -= folder.bytes_on_disk()
    return f"{done} Deleted {size:,} bytes in {folder.root}."


def _running(folder: StackFolder) -> Announcement | None:
    """The running process's announcement: one that a dead process left does not count, as its lock is free."""
    return Announcement.read(folder.endpoints) if is_held(folder.lock) else None


def _retire_announcement(folder: StackFolder) -> None:
    if folder.endpoints.exists():
        folder.endpoints.replace(folder.previous_endpoints)


def _stop(folder: StackFolder) -> str:
    announcement = _running(folder)
    if announcement is None:
        # One that is ending has withdrawn its announcement and still holds the lock.
        if not wait_until_free(folder.lock, limit_seconds=_STOP_LIMIT_SECONDS):
            raise StackError(
                f"An unidentified process holds {folder.lock}. Find it with fuser or lsof, end it, then try again."
            )
        return f"The local stack in {folder.root.parent} is not running."
    pid = announcement.endpoints.pid
    # Nobody else can start or stop now, and the lock's holder wrote this id: it is the stack's and no other's.
    for sent, how in ((signal.SIGTERM, "Stopped"), (signal.SIGKILL, "It did not stop in time. Killed")):
        try:
            os.kill(pid, sent)
        except ProcessLookupError:
            break
        if wait_until_free(folder.lock, limit_seconds=_STOP_LIMIT_SECONDS):
            _retire_announcement(folder)
            return f"{how} the local stack (process {pid}); its data is kept in {folder.root}."
    raise StackError(f"The local stack (process {pid}) could not be stopped. End it yourself: kill -9 {pid}")


def _responds(url: str, method: str, path: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_PROBE_TIMEOUT_SECONDS)
    try:
        connection.request(method, path, headers={"Content-Length": "0"} if method == "POST" else {})
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
