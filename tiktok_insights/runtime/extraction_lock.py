"""One extraction at a time: each of two at once would take the whole quota for its own.

Here: what every lock can be asked, and the lock of one machine. The lock that all machines see is in
`extraction_lease`; which of the two a deployment has is decided where they are opened, in `resources.opening`.

Dagster's pool keeps queued runs apart; these locks also know runs that are started from a command line.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol


class HeldLock(Protocol):
    """The lock in the hands of the run that extracts."""

    def require(self) -> None:
        """Raise LockLostError if another run may extract by now. Ask before each request to the API."""


class _MachineLock:
    """The kernel takes it back when the process ends, and never sooner."""

    def require(self) -> None:
        """Never raise."""


@contextmanager
def machine_lock(home: Path, log: logging.Logger) -> Iterator[HeldLock]:
    """Wait until no other process extracts with this home, and keep the others waiting until the end."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "extraction.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.info("Another run on this machine is extracting. This run waits until it has finished.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield _MachineLock()
