"""The Glue job's package without the network: the project's wheel, and its dependencies as they are installed here.

How the package is built from downloaded wheels is tested in staging/glue/test_package.py.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from glue_jobs.package import build, locked, project_wheel, write_zip
from tiktok_insights_tests.support.glue_fail_points import JobFailPoints

#: The stack gives them to each job on Spark, and they are large.
_OF_THE_STACK = {"numpy", "pandas", "pyarrow", "python-dateutil", "pytz", "six", "tzdata"}


def build_job_package(folder: Path, points: JobFailPoints | None = None) -> Path:
    """Build the package in build/glue below this folder; with `points`, the job's processes can be killed at them."""
    wheels = folder / "wheels"
    wheels.mkdir()
    others = [_wheel_with(points, wheels)] if points else []
    return build([project_wheel(wheels), *_installed(wheels), *others], folder / "build" / "glue")


def _wheel_with(points: JobFailPoints, folder: Path) -> Path:
    metadata = "job_fail_points-1.0.dist-info"
    members = {
        **points.wheel_members(),
        f"{metadata}/METADATA": b"Metadata-Version: 2.1\nName: job-fail-points\nVersion: 1.0\n",
        f"{metadata}/WHEEL": b"Wheel-Version: 1.0\nGenerator: a test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    members[f"{metadata}/RECORD"] = "".join(f"{name},,\n" for name in (*members, f"{metadata}/RECORD")).encode()
    path = folder / "job_fail_points-1.0-py3-none-any.whl"
    write_zip(path, members)
    return path


def _installed(folder: Path) -> Iterator[Path]:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    for name in sorted({pin.partition("==")[0] for pin in locked(python)} - _OF_THE_STACK):
        yield _wheel_of(distribution(name), folder)


def _wheel_of(found: Distribution, folder: Path) -> Path:
    """What a package has installed beside others, as a wheel again; its commands are left out."""
    files = [file for file in found.files or () if ".." not in file.parts and "__pycache__" not in file.parts]
    (record,) = (str(file) for file in files if str(file).endswith(".dist-info/RECORD"))
    members = {str(file): Path(str(file.locate())).read_bytes() for file in files}
    members[record] = "".join(f"{name},,\n" for name in members).encode()
    path = folder / f"{found.name.replace('-', '_')}-{found.version}-py3-none-any.whl"
    write_zip(path, members)
    return path
