"""What the tests of raw and lake stand on: clients in a hurry, whole extractions, and a bucket that fails on demand."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore, StoredObject
from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.state import Settings
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.raw.stored_response import StoredResponse
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights_tests.support.served import Api, served

CANARY = "canary-key-8b0e27"
LOG = logging.getLogger("tests")


def client_for(address: str, *, key: str = CANARY, attempts: int = 3) -> Client:
    """Return a client that waits some milliseconds only."""
    return Client(address, key, RateLimiter(600_000), timeout=(2.0, 10.0), attempts=attempts, first_wait=0.001)


def extract(
    raw: RawStore,
    address: str,
    *references: str,
    force: bool = False,
    max_age: timedelta = timedelta(hours=20),
    key: str = CANARY,
) -> list[AccountResult]:
    """Extract accounts as one run does, with a client and an extractor of its own."""
    policy = SnapshotPolicy(min_snapshot_age=max_age, force_new_snapshot=force)
    return Extractor(raw, client_for(address, key=key), policy, LOG).extract(references)


@contextmanager
def fake_api(folder: Path, **settings: int) -> Iterator[Api]:
    """Serve the fake API with settings of the test's choice, at the start of virtual time."""
    with served(create_app(folder, settings=Settings(**settings))) as api:
        yield api


def requests_served(api: Api) -> int:
    """Return how many requests the fake API has counted."""
    return int(api.ask("/_control/status").json()["served"])


def manifest_of(raw: RawStore, result: AccountResult) -> Manifest:
    """Return the stored manifest of a result, which must have one."""
    assert result.snapshot is not None
    manifest = raw.manifest(result.snapshot)
    assert manifest is not None
    return manifest


def committed_pages(raw: RawStore, manifest: Manifest) -> Iterator[StoredResponse]:
    """Read the pages that a manifest names, in order."""
    return map(raw.committed_response, manifest.pages)


class KilledError(BaseException):
    """The process is gone; not an Exception, so that nothing may handle it."""


class FailingStore(ObjectStore):
    """A real bucket whose `fatal`-th write (from 1) ends the run, before or after the object is there."""

    def __init__(self, real: ObjectStore, fatal: int, *, after: bool) -> None:
        self._real = real
        self.bucket = real.bucket
        self._left = fatal
        self._after = after

    def _write(self, done: bool) -> None:
        if not done:
            self._left -= 1
        if self._left == 0 and done == self._after:
            raise KilledError

    def ensure_bucket(self) -> None:
        """Leave the bucket as it is."""

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """List the real bucket."""
        return self._real.list(prefix)

    def folders(self, prefix: str) -> Iterator[str]:
        """List the real bucket's folders."""
        return self._real.folders(prefix)

    def outline(self, prefix: str, cut: str) -> Iterator[str]:
        """List the real bucket in outline."""
        return self._real.outline(prefix, cut)

    def get(self, key: str) -> StoredObject:
        """Read from the real bucket."""
        return self._real.get(key)

    def put(self, key: str, body: bytes | IO[bytes], content_type: str) -> None:
        """Write to the real bucket, or end the run."""
        self._write(done=False)
        self._real.put(key, body, content_type)
        self._write(done=True)

    def put_once(
        self,
        key: str,
        body: bytes | IO[bytes],
        content_type: str,
        metadata: dict[str, str] | None = None,
        sha256: str = "",
    ) -> bool:
        """Write to the real bucket, or end the run."""
        self._write(done=False)
        written = self._real.put_once(key, body, content_type, metadata, sha256)
        self._write(done=True)
        return written
