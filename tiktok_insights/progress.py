"""How far the work has come, told to whoever watches: a command at a terminal, or nobody. Says nothing to logs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one thing has come, in its `unit`; `total` is None where nobody knows it."""

    what: str
    done: int
    total: int | None
    unit: str
    has_ended: bool = False


#: Called for each progress, from any thread.
Watcher = Callable[[Progress], None]
#: Called when the next of several things begins.
Advance = Callable[[], None]
_watchers: list[Watcher] = []


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Let all progress within this process be told to the watcher."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def tell(progress: Progress) -> None:
    """Tell those who watch."""
    for watcher in tuple(_watchers):
        watcher(progress)


@contextmanager
def shown(what: str, total: int, unit: str) -> Iterator[Advance]:
    """Tell of work on a known number of things; the caller says when each begins."""
    begun = 0

    def advance() -> None:
        nonlocal begun
        tell(Progress(what, begun, total, unit))
        begun += 1

    try:
        yield advance
    finally:
        tell(Progress(what, begun, total, unit, has_ended=True))
