"""Fail points in the processes of a Glue job, driver and workers alike, which get this module in the job's package.

The test and the processes share a folder: in it are the points, which of them were reached, and the names of all
requests. Imported where the job runs, so: no pytest, and of the tests nothing but `fail_points`.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests

#: A process that is held is killed, or let go, by the test. Without that it ends some time.
_HELD_SECONDS = 600.0
#: What watches this process; it is never left.
_WATCHED = ExitStack()
_POINTS, _NAMES, _RELEASED = "points.json", "names", "released"


@dataclass(frozen=True)
class JobFailPoints:
    """The points of the job runs that begin from now on. `folder` is on this machine, where the job runs, too."""

    folder: Path

    def kill_at(self, *points: tuple[str, Moment]) -> None:
        """Let the process be killed that comes first to a request, by the beginning of its name; each point once."""
        self._write([(kind, moment.value, Manner.SIGKILL.value) for kind, moment in points])

    def hold_at(self, kind: str, moment: Moment) -> None:
        """Let the process wait that comes first to a request."""
        self._write([(kind, moment.value, Manner.RAISE.value)])

    def release(self) -> None:
        """Let a process go on that waits."""
        (self.folder / _RELEASED).touch()

    def clear(self) -> None:
        """Let no process come to harm any more."""
        self._write([])

    @property
    def reached(self) -> int:
        """How many of the points were reached."""
        return sum(1 for _ in self.folder.glob("reached-*"))

    @property
    def names(self) -> list[str]:
        """The names of all requests since the points were set."""
        path = self.folder / _NAMES
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def _write(self, points: list[tuple[str, str, str]]) -> None:
        self.folder.mkdir(exist_ok=True)
        for path in self.folder.iterdir():
            path.unlink()
        (self.folder / _POINTS).write_text(json.dumps(points), encoding="utf-8")

    def wheel_members(self) -> dict[str, bytes]:
        """The files that make each Python with the job's packages watch its requests from its start on."""
        here = Path(__file__).parent
        modules = [here / "fail_points.py", Path(__file__)]
        begin = f"import sys; from {__name__} import watch; watch({str(self.folder)!r})\n"
        packages = ("tiktok_insights_tests", "tiktok_insights_tests/support")
        return {
            **{f"{package}/__init__.py": b"" for package in packages},
            **{f"{packages[1]}/{path.name}": path.read_bytes() for path in modules},
            "job_fail_points.pth": begin.encode(),
        }


class JobRequests(Requests):
    """The requests of one of the job's processes."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def point_now(self) -> FailPoint | None:
        """The first point that is at this request and that no process has reached."""
        with suppress(FileNotFoundError), (self._folder / _NAMES).open("a", encoding="utf-8") as names:
            names.write(f"{self.names[-1]}\n")
        return next((point for point in self._points() if self.is_at(point) and self._is_first(point)), None)

    def is_at(self, point: FailPoint) -> bool:
        """Whether the request is of the point's kind; its number is that of the point."""
        return self.names[-1].startswith(point.kind)

    def end(self, point: FailPoint) -> None:
        """Be killed, or wait."""
        if point.manner is Manner.SIGKILL:
            super().end(point)
        deadline = time.monotonic() + _HELD_SECONDS
        while not (self._folder / _RELEASED).exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _points(self) -> Iterator[FailPoint]:
        with suppress(FileNotFoundError):
            found = json.loads((self._folder / _POINTS).read_bytes())
            for number, (kind, moment, manner) in enumerate(found):
                yield FailPoint(number, Moment(moment), Manner(manner), kind)

    def _is_first(self, point: FailPoint) -> bool:
        try:
            os.close(os.open(self._folder / f"reached-{point.number}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True


@cache
def watch(folder: str) -> None:
    """Watch all requests of this process and of those that it forks, to their ends; asked twice, watch once."""
    _WATCHED.enter_context(JobRequests(Path(folder)).watched())
