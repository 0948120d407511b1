"""CSVs without the rows of a person, ready to be written, with numbers that plain Python counts in the new text."""

import csv
import hashlib
import io
from dataclasses import dataclass

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.staging.quarantine import JSON_LINES, quarantine_key
from tiktok_insights.staging.row_counts import IdSums, RowCounts


@dataclass(frozen=True)
class CutCsv:
    """An object without the lines that have a sign on them. Its rows are good, or their first field is no ID."""

    store: ObjectStore
    key: str
    old: bytes
    sign: str

    @property
    def body(self) -> bytes:
        """The new text."""
        return b"".join(line for line in self.old.splitlines(keepends=True) if self.sign.encode() not in line)

    @property
    def old_sha256(self) -> str:
        """Of the content that is replaced."""
        return hashlib.sha256(self.old).hexdigest()

    @property
    def new_sha256(self) -> str:
        """Of the new content."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def size(self) -> int:
        """Of the new content."""
        return len(self.body)

    @property
    def counts(self) -> RowCounts:
        """Of the new content."""
        ids = self._ids()
        good = [tiktok_id for tiktok_id in ids if tiktok_id.isdigit()]
        return RowCounts(len(ids), len(set(good)), len(good) - len(set(good)), len(ids) - len(good))

    @property
    def id_sums(self) -> IdSums:
        """Of the new content."""
        ids = self._ids()
        good = [tiktok_id for tiktok_id in ids if tiktok_id.isdigit()]
        staged = _sum(list(set(good)))
        return IdSums(_sum(ids), staged, _sum(good) - staged, _sum(ids) - _sum(good))

    def put(self) -> ObjectInfo:
        """Write it, unless it is there; and its quarantine, which is named after its ETag."""
        (before,) = self.store.list(self.key)
        if self.store.get(self.key).body != self.body:
            self.store.put(self.key, self.body, "text/csv")
        (info,) = self.store.list(self.key)
        if self.store.exists(old := quarantine_key(self.key, before.etag)):
            self.store.put(quarantine_key(self.key, info.etag), self.store.get(old).body, JSON_LINES)
        return info

    def _ids(self) -> list[str]:
        return [fields[0] for fields in csv.reader(io.StringIO(self.body.decode(), newline=""))][1:]


def _sum(ids: list[str]) -> int:
    return sum(int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest()[8:]) for text in ids)
