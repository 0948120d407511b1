"""Starts the stack's process and waits until it serves or has died.

The two agree over a pipe: the process writes its id, then `ready`; the end of the pipe without `ready` is a death.
"""

import importlib.util
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from tiktok_insights.local.endpoints import REGION
from tiktok_insights.local.folder import StackError, StackFolder

START_LIMIT_SECONDS = 90.0
#: What the process says before the words of the operating system, such as that the disk is full.
REFUSED = "refused: "
_LOG_BYTES_KEPT = 5_000_000
_QUOTED_LINES = 15

# What a server needs of its surroundings. Everything else stays out, so that no proxy, no real AWS or Snowflake
# credential and no RAPIDAPI_KEY of the user is in the memory, the log or the outgoing requests of the stack.
_INHERITED = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "TZ", "USER", "VIRTUAL_ENV",
              "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # fmt: skip


def launch(folder: StackFolder) -> None:
    """Start the process and return when it serves; the caller holds the start lock.

    Raises:
        StackError: its servers are not installed, it died, or it did not serve within `START_LIMIT_SECONDS`; the last
            lines of its log are quoted.

    """
    _require_servers()
    _keep_log_short(folder.log)
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as answers, folder.log.open("ab") as log:
        log_start = log.tell()
        try:
            command = [
                sys.executable,
                "-P",
                "-m",
                "tiktok_insights.local.process",
                str(folder.root.parent),
                str(writer),
            ]
            intermediate = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_clean_environment(folder),
                start_new_session=True, pass_fds=(writer,),
            )  # fmt: skip
        finally:
            os.close(writer)
        # The process forks itself away from us at once, so that it is nobody's child; this only reaps its shell.
        intermediate.wait(START_LIMIT_SECONDS)
        said, timed_out = _listen(answers.fileno())
    if said.endswith(b"ready\n"):
        return
    if timed_out and (pid := said.split(b"\n")[0]).isdigit():
        os.kill(int(pid), signal.SIGKILL)
    raise _why_not(
        folder, said.decode("utf-8", "replace").partition(REFUSED)[2].strip(), log_start, timed_out=timed_out
    )


def _why_not(folder: StackFolder, refusal: str, log_start: int, *, timed_out: bool) -> StackError:
    """The error of a process that does not serve; `refusal` is what it said that the operating system refused."""
    if refusal:
        return StackError(
            f"The local stack in {folder.root} cannot start: {refusal}. Free some space there, get write access to the "
            "folder, move away what is in its place, or set TIKTOK_INSIGHTS_HOME to another folder."
        )
    what = f"was not ready within {START_LIMIT_SECONDS:.0f} s and was killed" if timed_out else "died during startup"
    return StackError(
        f"The local stack {what}. Fix the problem shown in its log, or delete the stack's data: "
        f"tiktok-insights local reset. The log is {folder.log} and ends:\n{_quote(folder.log, log_start)}"
    )


def _require_servers() -> None:
    missing = [name for name in ("fakesnow", "moto", "starlette", "uvicorn") if importlib.util.find_spec(name) is None]
    if missing:
        raise StackError(
            f"The local stack needs {', '.join(missing)}. Install them with: pip install 'tiktok-insights[local]', "
            "or set TIKTOK_INSIGHTS_DEPLOYMENT=aws."
        )


def _listen(descriptor: int) -> tuple[bytes, bool]:
    """What the process said until `ready`, its death or the limit; and whether it was the limit."""
    said = b""
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while not said.endswith(b"ready\n"):
        readable, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            return said, True
        chunk = os.read(descriptor, 1024)
        if not chunk:
            break
        said += chunk
    return said, False


def _clean_environment(folder: StackFolder) -> dict[str, str]:
    """The process's whole environment.

    Reading os.environ is otherwise left to settings/environment.py: it is done here not to configure anything, but
    to decide what the child must not see. PYTHONDONTWRITEBYTECODE is among that: it would make each start slow.
    """
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    package_parent = str(Path(__file__).resolve().parents[2])
    return kept | {
        "PYTHONPATH": os.pathsep.join([package_parent, *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(folder.temporary),
        "NO_PROXY": "*",
        "no_proxy": "*",
        # moto uses botocore inside: it must not find the user's profiles or ask for an instance's role.
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        # A web page in the user's browser has no business with the stack.
        "MOTO_DISABLE_GLOBAL_CORS": "true",
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    }


def _keep_log_short(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_BYTES_KEPT:
        log.replace(log.with_suffix(".log.1"))


def _quote(log: Path, start: int) -> str:
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-_QUOTED_LINES:]) or "    (no output)"
