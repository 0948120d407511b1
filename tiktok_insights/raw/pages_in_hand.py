"""Pages that this run has fetched, stored and parsed, packed in memory until their snapshot's CSV is made.

A page that is not here, or no longer, is read from the bucket.
"""

import pickle
import threading
import zlib

from tiktok_insights.tiktok.models import Page

#: About 10,000 pages.
MAX_BYTES = 32_000_000


class PagesInHand:
    """Parsed pages by key, each with the SHA-256 of the stored body; up to `max_bytes`. Safe for many threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._left = max_bytes
        self._packed: dict[str, tuple[str, bytes]] = {}
        self._changing = threading.Lock()

    @staticmethod
    def packed(page: Page) -> bytes:
        """A page as it is kept."""
        return zlib.compress(pickle.dumps(page, pickle.HIGHEST_PROTOCOL), level=1)

    def keep(self, key: str, sha256: str, page: Page) -> None:
        """Keep a page, if there is room for it."""
        if self._left <= 0:
            return
        packed = self.packed(page)
        with self._changing:
            if key not in self._packed and len(packed) <= self._left:
                self._left -= len(packed)
                self._packed[key] = sha256, packed

    def take(self, key: str, sha256: str) -> Page | None:
        """Give a page with this checksum away; None if it is not here."""
        with self._changing:
            kept, packed = self._packed.pop(key, ("", b""))
            self._left += len(packed)
        if kept != sha256:
            return None
        page: Page = pickle.loads(zlib.decompress(packed))  # noqa: S301  # what this object itself has packed
        return page
