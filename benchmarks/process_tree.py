"""CPU time and peak memory of this process and all that it has started: Spark is a JVM with Python workers.

Memory is each process's proportional share where the system tells it (Linux), so that pages which workers share count
once; elsewhere it is what is resident. Samples are taken in a thread, so a peak of less than a quarter of a second may
be missed.
"""

import threading
from types import TracebackType

import psutil

_EVERY_SECONDS = 0.25
_MEGABYTE = 1_000_000


class TreeWatch:
    """Watches what is done inside of it; may be used once."""

    def __init__(self) -> None:
        self.cpu_seconds = 0.0
        self.peak_mb = 0.0
        self._root = psutil.Process()
        #: CPU seconds of each process at the last look, also of those that have ended since, and at the beginning.
        self._cpu: dict[tuple[int, float], float] = {}
        self._before: dict[tuple[int, float], float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "TreeWatch":
        self._look()
        self._before = dict(self._cpu)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._look()
        self.cpu_seconds = sum(self._cpu.values()) - sum(self._before.values())

    def _watch(self) -> None:
        while not self._over.wait(_EVERY_SECONDS):
            self._look()

    def _look(self) -> None:
        memory = 0
        for process in [self._root, *self._root.children(recursive=True)]:
            try:
                times = process.cpu_times()
                self._cpu[process.pid, process.create_time()] = times.user + times.system
                memory += _memory(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                # It has ended since it was listed; what it used before has been noted.
                continue
        self.peak_mb = max(self.peak_mb, memory / _MEGABYTE)


def _memory(process: psutil.Process) -> int:
    if psutil.LINUX:
        return int(process.memory_full_info().pss)
    return int(process.memory_info().rss)
