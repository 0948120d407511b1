"""A terminal for the tests: a command that runs at one shows what it shows to a person."""

import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence

_CHUNK = 65_536


def at_a_terminal(command: Sequence[str], seconds: float = 120.0, **environment: str) -> tuple[int, str]:
    """Run a command at a terminal of 120 columns; give its exit code and all that was written to the terminal."""
    ours, its = pty.openpty()
    termios.tcsetwinsize(its, (40, 120))
    try:
        with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=_person(environment)) as process:  # noqa: S603
            os.close(its)
            try:
                shown = _read(ours, seconds)
                return process.wait(timeout=seconds), shown
            finally:
                process.kill()
    finally:
        os.close(ours)


def _person(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of somebody who sits there, whatever runs the tests."""
    inherited = {name: text for name, text in os.environ.items() if name not in ("CI", "NO_COLOR")}
    return {**inherited, "TERM": "xterm-256color", **environment}


def _read(terminal: int, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    said = b""
    while select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))[0]:
        try:
            chunk = os.read(terminal, _CHUNK)
        except OSError:  # Linux says so that nobody writes any more
            chunk = b""
        if not chunk:
            return said.decode("utf-8", "replace")
        said += chunk
    raise AssertionError(f"the command did not end within {seconds:.0f} s and has said: {said[-2_000:]!r}")
