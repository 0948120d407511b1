"""Bars for a person who waits at a terminal: how long a run has taken, and how far each account and stage is."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tiktok_insights.progress import SILENT, Progress, ProgressReporter
from tiktok_insights.settings.terminal import runs_in_ci
from tiktok_insights.text.printable import printable

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


@contextmanager
def progress_bars(title: str) -> Iterator[ProgressReporter]:
    """Give a reporter that draws bars on standard error; a silent one off a terminal or where CI is set.

    What is printed meanwhile goes above the bars, which are gone at the end.
    """
    if not sys.stderr.isatty() or runs_in_ci():
        yield SILENT
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[said]}", markup=False),
        TimeElapsedColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bars:
        bars.add_task(title, total=None, said="")
        yield ProgressReporter(_Bars(bars))


class _Bars:
    """One bar for each thing under way; a bar goes when its thing has ended."""

    def __init__(self, bars: "RichProgress") -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def __call__(self, progress: Progress) -> None:
        of = "" if progress.total is None else f" of {progress.total:,}"
        said = f"{progress.done:,}{of} {progress.unit}"
        what = printable(progress.what)
        with self._lock:
            if progress.what not in self._tasks:
                self._tasks[progress.what] = self._bars.add_task(what, total=progress.total, said=said)
            task = self._tasks[progress.what]
            self._bars.update(task, completed=progress.done, total=progress.total, said=said)
            if progress.has_ended:
                self._bars.remove_task(self._tasks.pop(progress.what))
