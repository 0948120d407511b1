"""Runs of something in another process, which ends at a fail point. What runs, and what is counted, belongs to it.

Light enough for the process that children are forked from.
"""

import logging
import multiprocessing
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from tiktok_insights.runtime.retry_hooks import remove_retry_hooks
from tiktok_insights_tests.support.fail_points import FailPoint, Requests

_CHILD_SECONDS = 120
Watched = Callable[[Requests], AbstractContextManager[None]]


class Work(Protocol):
    """What runs; it can be pickled."""

    def run(self) -> object:
        """Do all of it once."""


def killed_at(work: Work, watched: Watched, point: FailPoint) -> bool:
    """Run it in another process, which ends at the fail point; False if it has not come to it."""
    child = multiprocessing.get_context("forkserver").Process(target=_run, args=(work, watched, point), daemon=True)
    child.start()
    child.join(_CHILD_SECONDS)
    assert child.exitcode is not None, f"the run that is to be killed at {point} hangs"
    return child.exitcode == -signal.SIGKILL


def _run(work: Work, watched: Watched, point: FailPoint) -> None:
    remove_retry_hooks()
    logging.disable(logging.CRITICAL)  # what the killed one says would stand between the test's own words
    with watched(Requests(point)):
        work.run()


def prepare_children(*modules: str) -> None:
    """Let children be forked from a process that has imported these."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__, *modules])
