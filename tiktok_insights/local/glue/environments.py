"""The Python of a run: a virtual environment in the stack's folder, with what the job brings and nothing else.

Made once for each set of packages, without the network: the wheels of `--additional-python-modules`, and for jobs on
Spark links to the PySpark of the stack's own Python and to what that needs, which Glue has, too. The stack's other
packages, the checkout and an editable install cannot be imported: no path leads to them.
"""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import uuid
import venv
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from tiktok_insights.local.glue.errors import LaunchError
from tiktok_insights.local.glue.job_run import JobRun
from tiktok_insights.local.glue.s3_objects import find_object, read_object

MODULES = "--additional-python-modules"
#: PySpark; PyArrow and pandas, which it asks for where tasks take Arrow batches; and what these import.
_FROM_THE_STACK = ("pyspark", "py4j", "pyarrow", "pandas", "numpy", "dateutil", "pytz", "six", "tzdata")
#: A package that changed makes a new one; an older one is some hundred MB.
_KEPT = 3
_POLL_SECONDS = 0.1
_SAID_LINES = 3


class Environments:
    """The environments below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._used: Counter[str] = Counter()

    @contextmanager
    def use(self, run: JobRun, interrupt: threading.Event) -> Iterator[Path]:
        """The interpreter with what the run needs, which stays there meanwhile. Raises LaunchError."""
        artifacts = _modules(run)
        linked = _linked() if run.needs_spark else {}
        name = _name_of(artifacts, linked)
        with self._lock:
            path = self._folder / name
            if not path.exists():
                self._make(path, artifacts, linked, interrupt)
            os.utime(path)
            self._used[name] += 1
            self._remove_old()
        try:
            yield path / "bin" / "python"
        finally:
            with self._lock:
                self._used[name] -= 1

    def _make(self, path: Path, artifacts: list[str], linked: dict[str, Path], interrupt: threading.Event) -> None:
        for torn in self._folder.glob("*.tmp"):
            shutil.rmtree(torn)
        made = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.tmp")
        try:
            venv.EnvBuilder(symlinks=True).create(made)
            packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(made), "platbase": str(made)}))
            if artifacts:
                _install(packages, _unpacked(made / "wheels", artifacts), interrupt)
                shutil.rmtree(made / "wheels")
            for name, place in linked.items():
                if not (packages / name).exists():
                    (packages / name).symlink_to(place)
            made.rename(path)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _remove_old(self) -> None:
        newest = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in newest[_KEPT:]:
            if not self._used[path.name]:
                shutil.rmtree(path)


def _modules(run: JobRun) -> list[str]:
    named = [name.strip() for name in run.arguments.get(MODULES, "").split(",") if name.strip()]
    for name in named:
        if not (name.startswith("s3://") and name.endswith((".whl", ".zip"))):
            raise LaunchError(
                f"{MODULES} names {name}, but the local stack installs only wheels and zips of wheels in S3."
            )
    return named


def _linked() -> dict[str, Path]:
    """The files and folders of the packages on this Python's path, by the names that they have there."""
    specs = (find_spec(name) for name in _FROM_THE_STACK)
    origins = [Path(spec.origin) for spec in specs if spec and spec.origin]
    places = [origin.parent if origin.name == "__init__.py" else origin for origin in origins]
    # Shared libraries that a wheel brings are beside its package.
    libraries = [place.with_name(f"{place.name}.libs") for place in places]
    return {place.name: place for place in (*places, *libraries) if place.exists()}


def _name_of(artifacts: list[str], linked: dict[str, Path]) -> str:
    """A name for all that is in an environment: another Python, package or link makes another one."""
    parts = [sys.version, sys.base_prefix, *(f"{PurePosixPath(url).name} {find_object(url).etag}" for url in artifacts)]
    parts += [f"{name} {place} {place.stat().st_mtime_ns}" for name, place in linked.items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _unpacked(folder: Path, artifacts: list[str]) -> list[Path]:
    """The wheels of all artifacts, as files."""
    folder.mkdir()
    for url in artifacts:
        body = read_object(url)
        if url.endswith(".whl"):
            (folder / PurePosixPath(url).name).write_bytes(body)
            continue
        try:
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                for inside in archive.namelist():
                    if inside.endswith(".whl"):
                        (folder / PurePosixPath(inside).name).write_bytes(archive.read(inside))
        except zipfile.BadZipFile:
            raise LaunchError(f"{url} in {MODULES} is not a zip.") from None
    wheels = sorted(folder.iterdir())
    if not wheels:
        raise LaunchError(f"There is no wheel in {', '.join(artifacts)}.")
    return wheels


def _install(packages: Path, wheels: list[Path], interrupt: threading.Event) -> None:
    command = [sys.executable, "-I", "-m", "pip", "--isolated", "install", "--quiet", "--no-index", "--no-deps",
               "--no-compile", "--no-cache-dir", "--no-input", "--disable-pip-version-check",
               "--target", str(packages), *map(str, wheels)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603  # our own interpreter
        while True:
            try:
                said, _ = pip.communicate(timeout=_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired:
                if interrupt.is_set():
                    pip.kill()
    if interrupt.is_set():
        raise LaunchError("The local stack is stopping.")
    if pip.returncode:
        last = " ".join(line.strip() for line in said.strip().splitlines()[-_SAID_LINES:])
        raise LaunchError(f"The wheels of {MODULES} cannot be installed: {last}")
