"""A bucket's keys in memory, with what moto's lack: they say what changed, and are listed in order without a scan."""

import threading
from bisect import bisect_left, bisect_right
from itertools import islice
from types import ModuleType
from typing import Any

from moto.s3 import urls
from moto.s3.models import FakeBucket, FakeKey, S3Backend
from moto.s3.utils import _VersionedKeyStore


class RecordingKeyStore(_VersionedKeyStore):
    """A bucket's keys, which notes the names that a request changes, however the request named them."""

    def __init__(self, bucket: str, changes: threading.local) -> None:
        super().__init__()
        self._bucket = bucket
        self._changes = changes
        self._generation = 0
        self._sorted: tuple[int, list[str]] = (0, [])

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._note(key)

    def setlist(self, key: str, list_: Any) -> None:
        """Replace the key's versions."""
        super().setlist(key, list_)
        self._note(key)

    def pop(self, key: str) -> None:  # type: ignore[override]  # as moto's own
        """Remove the key with all its versions."""
        super().pop(key)
        self._note(key)

    def sorted_names(self) -> list[str]:
        """All names in S3's order, sorted only after a change."""
        # Read before the names are: a change meanwhile makes the list outdated, never wrongly up to date.
        generation = self._generation
        if self._sorted[0] != generation:
            self._sorted = (generation, sorted(self._self_iterable()))
        return self._sorted[1]

    def _note(self, key: str) -> None:
        self._generation += 1
        changed: set[tuple[str, str]] | None = getattr(self._changes, "keys", None)
        if changed is not None:
            changed.add((self._bucket, key))


class IndexedS3Backend(S3Backend):
    """Lists a page of keys in the time of the page: moto reads and sorts the whole bucket for each."""

    @property
    def _url_module(self) -> ModuleType:
        return urls  # moto looks for it next to the class

    def list_objects_v2(
        self,
        bucket: FakeBucket,
        prefix: str | None,
        delimiter: str | None,
        continuation_token: str | None,
        start_after: str | None,
        max_keys: int,
    ) -> Any:
        """A page of keys, whether there are more, and the token for the next page."""
        if delimiter or not isinstance(bucket.keys, RecordingKeyStore):
            return super().list_objects_v2(bucket, prefix, delimiter, continuation_token, start_after, max_keys)
        prefix = prefix or ""
        after = self._pagination_tokens.get(continuation_token) if continuation_token else start_after
        names = bucket.keys.sorted_names()
        first = max(bisect_left(names, prefix), bisect_right(names, after) if after else 0)
        page: list[FakeKey] = []
        for name in islice(names, first, None):
            # One more than asked for says that there are more.
            if not name.startswith(prefix) or len(page) > max_keys:
                break
            key = bucket.keys.get(name)
            if isinstance(key, FakeKey):
                page.append(key)
        return self._truncate_result(page, max_keys)
