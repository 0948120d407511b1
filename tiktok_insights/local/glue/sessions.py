"""The processes of a job run: everything in the session that its first process leads, on Linux and macOS alike.

A session, because Spark's Python workers leave the process group of their driver. A process ID alone proves nothing:
it may be another's by now, so the time at which the leader began goes with it.
"""

import os
import signal
import time

import psutil

_TOLERANCE_SECONDS = 2.0
_POLL_SECONDS = 0.02


def begun_at(pid: int) -> float:
    """When a process began, in seconds since the epoch; 0 if it is gone."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def find(word: str) -> tuple[int, float] | None:
    """The leader of a session that has a word among its arguments, and when it began; None if there is none."""
    for process in psutil.process_iter(["cmdline"]):
        if word in (process.info["cmdline"] or ()) and _is_leader(process.pid):
            # psutil still knows when an earlier process with this number began.
            return process.pid, begun_at(process.pid)
    return None


def send(leader: int, began: float, which: signal.Signals) -> int:
    """Send a signal to every process of a session, and give how many there were."""
    found = _members(leader, began)
    for pid in found:
        try:
            os.kill(pid, which)
        except ProcessLookupError:  # it ended by itself
            continue
    return len(found)


def end(leader: int, began: float, *, limit_seconds: float = 5.0) -> bool:
    """Kill a session's processes and wait for them; whether all are gone."""
    deadline = time.monotonic() + limit_seconds
    while send(leader, began, signal.SIGKILL):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _is_leader(pid: int) -> bool:
    try:
        return os.getsid(pid) == pid
    except (ProcessLookupError, PermissionError):  # it ended, or is another user's
        return False


def _members(leader: int, began: float) -> list[int]:
    earliest = began - _TOLERANCE_SECONDS
    if psutil.boot_time() - _TOLERANCE_SECONDS > began:
        return []  # they ended with the machine
    try:
        # The number of a session is given to no other process before the last of its processes has ended.
        if abs(psutil.Process(leader).create_time() - began) > _TOLERANCE_SECONDS:
            return []
    except psutil.NoSuchProcess:
        pass
    return [pid for pid in psutil.pids() if _is_member(pid, leader, earliest)]


def _is_member(pid: int, leader: int, earliest: float) -> bool:
    try:
        if os.getsid(pid) != leader:
            return False
        process = psutil.Process(pid)
        return process.create_time() >= earliest and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, PermissionError, psutil.Error):  # it ended, or is another user's
        return False
