"""Probes of this machine: Python, disk, clock, the home folder, ports, and what is installed.

Add one when a run needs something of the machine. The local stack is only looked at: it is not started.
"""

import importlib.util
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tiktok_insights.doctor.findings import Outcome, Probe, Subject, missing, ok
from tiktok_insights.local.endpoints import Announcement
from tiktok_insights.local.folder import StackFolder, is_held
from tiktok_insights.local.glue.requirements import JAVA, find_java

AREA = "machine"
#: As in pyproject.toml.
_FIRST_PYTHON, _FIRST_TOO_NEW = (3, 11), (3, 14)
#: The demo's 60 days, Dagster's runs and temporary files fit in it.
_LEAST_FREE_BYTES = 1_000_000_000
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The modules by which an extra is recognized, as in pyproject.toml.
_EXTRAS = {
    "local": (("fakesnow", "moto", "starlette", "uvicorn"), "the local stack"),
    "dashboard": (("vl_convert",), "the picture of the dashboard in the Dagster UI"),
    "glue": (("pyspark",), "the Glue job on the local stack"),
}


def machine_probes(home: Path, dagster_home: Path, *, is_local: bool, ui_port: int, ui_lock: Path) -> Iterator[Probe]:
    """The probes of this machine; with `is_local`, the local stack is part of what a run needs."""

    def probe(name: str, place: str, look: Callable[[], Outcome], *, optional: bool = False) -> Probe:
        return Probe(Subject(name=name, area=AREA, place=place, optional=optional), look)

    yield probe("Python", sys.executable, python)
    yield probe("clock", "this machine", clock)
    yield probe("home folder", str(home), lambda: folder(home, "TIKTOK_INSIGHTS_HOME"))
    yield probe("Dagster's home", str(dagster_home), lambda: folder(dagster_home, "DAGSTER_HOME"))
    yield probe("free disk space", str(home), lambda: disk(home))
    for extra in _EXTRAS:
        is_needed = extra == "local" and is_local
        yield probe(f"extra {extra}", "Python packages", lambda extra=extra: installed(extra), optional=not is_needed)  # type: ignore[misc]
    yield probe(f"Java {JAVA}", "PATH", java, optional=True)
    yield probe("Chromium", "PATH", chromium, optional=True)
    yield probe(f"port {ui_port}", "127.0.0.1", lambda: port_of_ui(ui_port, ui_lock), optional=True)
    if is_local:
        yield probe("ports of the local stack", "127.0.0.1", lambda: ports_of_stack(home), optional=True)


def python(version: tuple[int, ...] | None = None) -> Outcome:
    """Whether this Python is one of those that the package supports."""
    version = version or tuple(sys.version_info[:2])
    text = ".".join(map(str, version))
    if _FIRST_PYTHON <= version < _FIRST_TOO_NEW:
        return ok(text)
    return missing(f"This is Python {text}; 3.11 to 3.13 are supported.", "make setup PYTHON=python3.12")


def clock(now: float | None = None) -> Outcome:
    """Whether the clock is later than the installation of this package."""
    now = time.time() if now is None else now
    shown = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    if now < Path(__file__).stat().st_mtime - 60:
        return missing(f"It shows {shown}, which is before this package was installed.", "timedatectl set-ntp true")
    return ok(shown)


def folder(path: Path, variable: str) -> Outcome:
    """Whether a folder can be written to, or made. It is not made here."""
    there = _existing(path)
    if not there.is_dir():
        return missing(f"{there} is not a folder.", f"Move it away, or set {variable} to another folder.")
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        return missing(f"{there} cannot be written to.", f"Get write access to it, or set {variable}.")
    return ok("writable" if there == path.absolute() else "can be created")


def disk(path: Path, least: int = _LEAST_FREE_BYTES) -> Outcome:
    """Whether there is space for what a run stores on this machine."""
    there = _existing(path)
    free = shutil.disk_usage(there).free
    found = f"{free / 1e9:,.1f} GB free"
    if free < least:
        return missing(
            f"{found}; {least / 1e9:,.1f} GB are needed.", f"Free some space in {there}, or set TIKTOK_INSIGHTS_HOME."
        )
    return ok(found)


def installed(extra: str) -> Outcome:
    """Whether an extra of the package is installed."""
    modules, purpose = _EXTRAS[extra]
    absent = [name for name in modules if importlib.util.find_spec(name) is None]
    if not absent:
        return ok()
    how = "make glue" if extra == "glue" else f"pip install 'tiktok-insights[{extra}]'"
    return missing(f"Not installed: {', '.join(absent)}. They are needed for {purpose}.", how)


def java() -> Outcome:
    """Whether there is a Java on which the Glue job can run here."""
    found = find_java()
    if found is None:
        how = "On Debian: apt-get install openjdk-17-jre-headless"
        return missing(f"There is no Java {JAVA}. Only the Glue job on the local stack needs it.", how)
    return ok(str(found))


def chromium(names: Sequence[str] = _BROWSERS) -> Outcome:
    """Whether there is a browser that tests and screenshots can use."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        how = "On Debian: apt-get install chromium"
        return missing("There is no Chromium. Only tests of the dashboard and screenshots need it.", how)
    return ok(found)


def port_of_ui(port: int, lock: Path) -> Outcome:
    """Whether the UI runs, or finds its port free."""
    if is_held(lock):
        return ok("The UI is running.")
    if is_free(port):
        return ok("free for the UI")
    return missing("Another program uses the port of the UI.", f"tiktok-insights ui --port {port + 1}")


def ports_of_stack(home: Path) -> Outcome:
    """Whether the local stack runs, or finds the ports of its last start free."""
    found = StackFolder.of(home)
    if is_held(found.lock):
        return ok("The local stack is running.")
    before = Announcement.read(found.previous_endpoints)
    if before is None:
        return ok("The local stack will choose free ports.")
    last = before.endpoints
    addresses = (last.tiktok_api, last.aws, f":{last.snowflake_port}")
    taken = [port for port in (int(address.rpartition(":")[2]) for address in addresses) if not is_free(port)]
    if not taken:
        return ok("The ports of the last start are free.")
    used = ", ".join(map(str, taken))
    return missing(
        f"Another program uses {used}. The local stack will choose other ports, which open clients do not know.",
        'eval "$(tiktok-insights local env)"',
    )


def is_free(port: int) -> bool:
    """Whether a server could listen on a port of the loopback address."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _existing(path: Path) -> Path:
    """The path, or the nearest of the folders above it that is there."""
    path = path.absolute()
    return next(place for place in (path, *path.parents) if place.exists())
