"""The stack's background process: `python -m tiktok_insights.local.process <home> <pipe>`, spawned by `launch`.

It puts the servers together and lives until it is told to stop. Each server is described in its own module; imports
that weigh something are inside the functions, because the process first frees its starter and takes its lock.
"""

import logging
import os
import shutil
import signal
import socket
import sys
import threading
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tiktok_insights.local.endpoints import Announcement, Endpoints, aws_variables
from tiktok_insights.local.folder import StackFolder, held
from tiktok_insights.local.launch import REFUSED

if TYPE_CHECKING:
    from tiktok_insights.local.glue.service import LocalGlue
    from tiktok_insights.local.serving import Server
    from tiktok_insights.local.snowflake.server import Warehouse

_LOCK_LIMIT_SECONDS = 30.0
_HEALTH_SECONDS = 1.0
_logger = logging.getLogger("tiktok_insights.local")


@dataclass(frozen=True)
class _Parts:
    """Everything that runs, for the stop to find."""

    servers: "dict[str, Server]"
    warehouse: "Warehouse"
    glue: "LocalGlue"
    endpoints: Endpoints


def main(home: str, pipe: str) -> None:
    """Serve `home`'s stack until SIGTERM; `pipe` is the descriptor on which the starter listens."""
    if os.fork() > 0:
        # The starter reaps this one at once; the child belongs to nobody and survives its starter's end.
        os._exit(0)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    starter = int(pipe)
    _tell(starter, f"{os.getpid()}\n")
    folder = StackFolder.of(Path(home))
    # A stack that is still ending may hold the lock, and whoever looks whether one runs holds it for an instant.
    with held(folder.lock, limit_seconds=_LOCK_LIMIT_SECONDS):
        _serve(folder, starter)


def _tell(starter: int, message: str) -> None:
    # A starter that was interrupted listens no more; the stack is as useful to the next one who asks.
    with suppress(BrokenPipeError):
        os.write(starter, message.encode())


def _serve(folder: StackFolder, starter: int) -> None:
    stop_asked = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop_asked.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    # fakesnow pastes paths into SQL. Those of the warehouse are relative, so that none has a quote or a wildcard in it.
    os.chdir(folder.root)
    try:
        parts = _start(folder)
        Announcement(parts.endpoints, time.time()).write(folder.endpoints)
    except Exception as error:
        import duckdb

        # A damaged file is no refusal: the end of the log says more.
        if isinstance(error, OSError | duckdb.IOException) and "not a valid" not in str(error):
            _tell(starter, f"{REFUSED}{' '.join(str(error).split())}\n")
        raise
    _tell(starter, "ready\n")
    os.close(starter)
    dead = _wait(folder, parts, stop_asked)
    # First of all nobody may find us any more; the ports stay known for the next start.
    with suppress(FileNotFoundError):
        folder.endpoints.replace(folder.previous_endpoints)
    parts.glue.close()
    parts.warehouse.interrupt()
    for server in parts.servers.values():
        server.stop()
    parts.warehouse.close()
    if dead:
        _logger.critical("The server %s stopped unexpectedly, so the stack is stopping.", dead)
    # Threads of half-open connections may linger; everything durable is on disk.
    logging.shutdown()
    os._exit(1 if dead else 0)


def _wait(folder: StackFolder, parts: _Parts, stop_asked: threading.Event) -> str | None:
    """Return when asked to stop, or with the name of a server that died: half a stack would only mislead."""
    lock = folder.lock.stat().st_ino
    while not stop_asked.wait(_HEALTH_SECONDS):
        if not folder.lock.exists() or folder.lock.stat().st_ino != lock:
            # Somebody deleted the folder, so nobody can find this process any more, not even to stop it.
            return None
        for name, server in parts.servers.items():
            if not server.alive:
                return name
    return None


def _start(folder: StackFolder) -> _Parts:
    shutil.rmtree(folder.temporary, ignore_errors=True)
    for path in (folder.temporary, folder.aws, folder.snowflake, folder.tiktok_api):
        path.mkdir(mode=0o700, exist_ok=True)

    from tiktok_insights.local.aws.server import AwsState, create_aws_app
    from tiktok_insights.local.fake_api.app import create_app
    from tiktok_insights.local.glue.service import LocalGlue
    from tiktok_insights.local.serving import LOOPBACK, AsgiServer, WsgiServer, port_of
    from tiktok_insights.local.snowflake.server import Warehouse, create_snowflake_app

    for noisy in ("werkzeug", "snowflake.connector", "sqlglot"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    # fakesnow's way to fetch results, of which DuckDB disapproves.
    warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")
    tiktok, aws, snowflake = _listeners(folder.previous_endpoints)
    aws_state = AwsState(folder.aws)
    warehouse = Warehouse(folder.snowflake.relative_to(folder.root))
    asgi = {
        "tiktok_api": AsgiServer("tiktok_api", create_app(folder.tiktok_api), tiktok),
        "snowflake": AsgiServer("snowflake", create_snowflake_app(warehouse), snowflake),
    }
    for server in asgi.values():
        server.wait_until_ready()
    endpoints = Endpoints(
        tiktok_api=f"http://{LOOPBACK}:{port_of(tiktok)}",
        aws=f"http://{LOOPBACK}:{port_of(aws)}",
        snowflake_host=LOOPBACK,
        snowflake_port=port_of(snowflake),
        pid=os.getpid(),
    )
    glue = LocalGlue(folder.glue_runs, aws_state.services, aws_variables(endpoints))
    served = WsgiServer("aws", create_aws_app(aws_state, glue), aws)
    return _Parts({**asgi, "aws": served}, warehouse, glue, endpoints)


def _listeners(previous: Path) -> list[socket.socket]:
    """Sockets for the source API, AWS and Snowflake, on the ports of the last run where those are free."""
    from tiktok_insights.local.serving import listen

    before = Announcement.read(previous)
    if before is None:
        return [listen(None) for _ in range(3)]
    last = before.endpoints
    return [listen(urlsplit(last.tiktok_api).port), listen(urlsplit(last.aws).port), listen(last.snowflake_port)]


if __name__ == "__main__":
    main(*sys.argv[1:])
