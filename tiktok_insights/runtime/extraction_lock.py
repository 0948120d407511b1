"""One extraction at a time on this machine: each of two at once would take the whole quota for its own.

Dagster's pool keeps queued runs apart; this lock also knows runs that are started from a command line, and the kernel
takes it back when a process ends, however it ends.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def extraction_lock(home: Path, log: logging.Logger) -> Iterator[None]:
    """Wait until no other process extracts with this home, and keep the others waiting until the end."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "extraction.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("Another run on this machine is extracting. This run waits until it has finished.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
