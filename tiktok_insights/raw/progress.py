"""Tells people, now and then, how far a walk has come: rate, share of the claimed total, time left."""

import logging
import time
from collections.abc import Callable

from tiktok_insights.tiktok.pagination import Walk

EVERY_SECONDS = 5.0


class Progress:
    """Logs a line for one account at most every `EVERY_SECONDS`. `clock` gives seconds."""

    def __init__(self, log: logging.Logger, name: str, walk: Walk, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._name = name
        self._walk = walk
        self._clock = clock
        self._began = self._told = clock()
        self._pages_before = walk.pages
        self._users_before = walk.users_seen

    def tell(self) -> None:
        """Log the state of the walk if it is time to."""
        now = self._clock()
        if now - self._told < EVERY_SECONDS:
            return
        self._told = now
        self._log.info(self._line(now - self._began))

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
