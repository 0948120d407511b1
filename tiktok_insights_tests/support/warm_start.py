"""`tiktok-insights` in a process of its own that begins with the imports done: a fork takes milliseconds, they seconds.

Here: the server that forks, and a little program that takes the command's place on the PATH. What only a cold process
shows, such as what a library prints at its exit, is tested with one.
"""

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tiktok_insights_tests.support.waiting import wait_until

_ROOT = Path(__file__).parents[2]
#: What the slow commands import, most of it late.
_IMPORTS = ("boto3", "dagster_pandas", "tiktok_insights.cli", "tiktok_insights.definitions")
#: How often the server looks whether the tests are still there.
_LOOKS_SECONDS = 2.0
_CLIENT = """#!/bin/sh
"exec" "{python}" "-IS" "$0" "$@"
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({address!r})
    asked = {{"words": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
    socket.send_fds(server, [json.dumps(asked).encode() + b"\\n"], [0, 1, 2])
    sys.exit(int(server.recv(16) or 1))
"""


@contextmanager
def warm_command(module: str = "tiktok_insights.cli") -> Iterator[Path]:
    """Give the path of a `tiktok-insights` that is served; the server ends with the context.

    The command is the function `main` of the module.
    """
    with tempfile.TemporaryDirectory() as folder:
        address, client = Path(folder) / "address", Path(folder) / "tiktok-insights"
        client.write_text(_CLIENT.format(python=sys.executable, address=str(address)), encoding="utf-8")
        client.chmod(0o700)
        command = [sys.executable, "-c", f"from {__name__} import serve; serve({str(address)!r}, {module!r})"]
        # Ctrl-C in the terminal of the tests is not for the server.
        with subprocess.Popen(command, cwd=_ROOT, start_new_session=True) as server:  # noqa: S603  # our interpreter
            try:
                wait_until(lambda: address.exists() or server.poll() is not None, seconds=120)
                yield client
            finally:
                server.terminate()


def serve(address: str, module: str) -> None:
    """Fork for each command that is asked for."""
    # Tests in the background ignore Ctrl-C, then Dagster lets them ignore this too, and so would what they start.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for name in (*_IMPORTS, module):
        importlib.import_module(name)
    sys.path.remove("")  # the folder that we were imported from, and not the one where a command runs
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that no ended child stays a zombie
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        server.settimeout(_LOOKS_SECONDS)
        tests = os.getppid()
        while True:
            try:
                asked, _ = server.accept()
            except TimeoutError:
                # Tests that were killed end nothing.
                if os.getppid() != tests:
                    return
                continue
            if os.fork() == 0:
                break
            asked.close()
    with asked:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        text, streams, _, _ = socket.recv_fds(asked, 1 << 20, 3)
        while not text.endswith(b"\n"):
            text += asked.recv(1 << 20)
        if child := os.fork():
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            asked.sendall(str(code).encode())
            os._exit(0)
    _run(json.loads(text), streams, importlib.import_module(module).main)


def _run(asked: dict[str, object], streams: list[int], main: Callable[[], None]) -> None:
    """Be the command, to its end."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115  # open until the end
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    os.chdir(str(asked["folder"]))
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]  # as the client sends it
    sys.argv = ["tiktok-insights", *asked["words"]]  # type: ignore[misc]  # as the client sends it
    code = 1
    try:
        main()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        # As Python does at the end of a process, which this one does not come to.
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        # Taking apart what was imported would take longer than most commands.
        os._exit(code)
