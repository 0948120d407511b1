"""How far one account's walk has come: each page to the progress reporter, now and then a line of the log."""

import logging
import time
from collections.abc import Callable

from tiktok_insights.progress import Progress, ProgressReporter
from tiktok_insights.tiktok.pagination import Walk

EVERY_SECONDS = 5.0


class WalkProgress:
    """Reports one account's walk, and logs a line at most every `EVERY_SECONDS`. `clock` gives seconds."""

    def __init__(
        self,
        name: str,
        walk: Walk,
        progress: ProgressReporter,
        log: logging.Logger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = progress
        self._log = log
        self._name = name
        self._walk = walk
        self._clock = clock
        self._began = self._logged = clock()
        self._pages_before = walk.pages
        self._users_before = walk.users_seen

    def report(self) -> None:
        """Report how far the walk is; log it if it is time to."""
        self._report()
        now = self._clock()
        if now - self._logged < EVERY_SECONDS:
            return
        self._logged = now
        self._log.info(self._line(now - self._began))

    def end(self) -> None:
        """Report that the walk has ended, wherever that is."""
        self._report(has_ended=True)

    def _report(self, *, has_ended: bool = False) -> None:
        self._progress.report(Progress(self._name, self._walk.users_seen, self._walk.claimed, "users", has_ended))

    def _line(self, seconds: float) -> str:
        walk = self._walk
        pages_per_minute = (walk.pages - self._pages_before) / seconds * 60
        line = f"{self._name}: {walk.users_seen:,} users, {walk.pages:,} pages, {pages_per_minute:,.0f} pages/min"
        users_per_second = (walk.users_seen - self._users_before) / seconds
        if not walk.claimed or not users_per_second:
            return line
        share = min(walk.users_seen / walk.claimed, 1.0)
        left = max(walk.claimed - walk.users_seen, 0) / users_per_second
        return f"{line}, {share:.0%} of {walk.claimed:,} claimed, about {left:,.0f} s left"
