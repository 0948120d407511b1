"""Runs each contestant in a process of its own: its time by a stopwatch inside, after the imports, and its peak memory.

Here: how to measure, and what a median is. What is measured is the contestants' business.
"""

import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

_ROOT = Path(__file__).parent.parent
#: ru_maxrss is in kilobytes on Linux and in bytes on macOS.
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
_MEGABYTE = 1_000_000
_WORDS_OF_A_FAILURE = 3_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: seconds, the process's peak memory in MB, and what the contestant says of its result."""

    seconds: float
    peak_mb: float
    result: Any = None


class Stopwatch:
    """Times what a contestant does inside of it; may be used once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.peak_mb = 0.0
        self._began = 0.0

    def __enter__(self) -> "Stopwatch":
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds = time.perf_counter() - self._began
        self.peak_mb = _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def run_contestant(
    name: str, arguments: Mapping[str, object], environment: Mapping[str, str] | None = None
) -> Measured:
    """Run `module:function` of this package in a process of its own.

    The function takes a Stopwatch and the arguments by name, and gives what can be written as JSON. A process begins
    with the peak memory of the one that it was forked from, so the caller is to stay smaller than any contestant.
    """
    command = [sys.executable, "-m", "benchmarks.children", name, json.dumps(arguments)]
    said, _ = _run(command, environment or {})
    return Measured(**json.loads(said.splitlines()[-1]))


def run_command(command: Sequence[str], environment: Mapping[str, str]) -> Measured:
    """Run a library's command with this Python: all of its time, from its start to its end, and its peak memory."""
    began = time.perf_counter()
    _, peak_mb = _run([sys.executable, "-m", *command], environment)
    return Measured(time.perf_counter() - began, peak_mb)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[str, float]:
    """What the command prints, and its peak memory. It runs in an empty folder: Dagster would read a `.env` here."""
    ours = {"PYTHONPATH": str(_ROOT), **environment}
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(  # noqa: S603  # our own modules and Dagster's command
            command, cwd=folder, env={**os.environ, **ours}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process,
    ):
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} exited with code {process.returncode}:\n{said[-_WORDS_OF_A_FAILURE:]}")
    return said, _megabytes(usage.ru_maxrss)


def _megabytes(maxrss: int) -> float:
    return maxrss * _MAXRSS_BYTES / _MEGABYTE


def median_of(runs: Sequence[Measured]) -> Measured:
    """The median time and the highest peak of some runs, which must agree on their result."""
    results = {json.dumps(run.result, sort_keys=True) for run in runs}
    if len(results) != 1:
        raise AssertionError(f"The repetitions of a contestant have different results: {results}")
    return Measured(statistics.median(run.seconds for run in runs), max(run.peak_mb for run in runs), runs[0].result)


def main(name: str, arguments: str) -> None:
    """Be the contestant's process."""
    module, _, function = name.partition(":")
    contestant = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    watch = Stopwatch()
    result = contestant(watch, **json.loads(arguments))
    measured = {"seconds": watch.seconds, "peak_mb": watch.peak_mb, "result": result}
    sys.stdout.write(f"\n{json.dumps(measured)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
