"""How far the work has come, for whoever subscribed: the bars of a command at a terminal, or no one.

Add here what every stage needs to report progress. What it looks like belongs in the command line; lines of a log
belong to the stage that knows what happened.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one thing has come, in its `unit`; `total` is None when it is unknown."""

    what: str
    done: int
    total: int | None
    unit: str
    has_ended: bool = False


#: Called with each progress, from any thread.
Subscriber = Callable[[Progress], None]
#: Called when the next of several things begins.
Advance = Callable[[], None]


class ProgressReporter:
    """Hands each progress to its subscribers; without any it is silent. Safe for many threads."""

    def __init__(self, *subscribers: Subscriber) -> None:
        self._subscribers = subscribers

    def report(self, progress: Progress) -> None:
        """Hand a progress to every subscriber."""
        for subscriber in self._subscribers:
            subscriber(progress)

    @contextmanager
    def track(self, what: str, total: int, unit: str) -> Iterator[Advance]:
        """Report the work on a known number of things; the caller says when each begins."""
        begun = 0

        def advance() -> None:
            nonlocal begun
            self.report(Progress(what, begun, total, unit))
            begun += 1

        try:
            yield advance
        finally:
            self.report(Progress(what, begun, total, unit, has_ended=True))


#: For work that no one follows.
SILENT = ProgressReporter()
