"""S3's buckets and objects on disk: a file for each key, replaced in one step. Nothing about HTTP here.

Below the folder: `<bucket>/bucket.pickle` holds the bucket's settings, `<bucket>/keys/<xx>/<sha256 of the key>.pickle`
a key's versions (a key may hold `/` and be 1024 bytes long, a file name not), and a large value is beside it in a
file of its own. Uploads in parts that are not complete are forgotten when the stack stops.
"""

import copy
import hashlib
import logging
import pickle
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from moto.s3.models import FakeBucket, s3_backends
from moto.s3.utils import _VersionedKeyStore

from tiktok_insights.local.aws.s3_keys import IndexedS3Backend, RecordingKeyStore
from tiktok_insights.local.aws.s3_versions import frozen, thawed
from tiktok_insights.local.state_files import load_file, replace_file

_logger = logging.getLogger(__name__)


class S3Store:
    """S3 on disk, below `folder`, which is trusted: it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changes = threading.local()
        self._bucket_lock = threading.Lock()
        s3_backends.backend = IndexedS3Backend

    @contextmanager
    def recording(self) -> Iterator[set[tuple[str, str]]]:
        """The (bucket, key) pairs that this thread changes meanwhile."""
        changed: set[tuple[str, str]] = set()
        self._changes.keys = changed
        try:
            yield changed
        finally:
            self._changes.keys = None

    def save_bucket(self, name: str) -> None:
        """Bring the bucket's settings on disk in line with memory; a bucket that is gone goes from disk."""
        with self._bucket_lock:
            bucket = find_bucket(name)
            folder = self._bucket_folder(name)
            if bucket is None:
                shutil.rmtree(folder, ignore_errors=True)
                return
            if not isinstance(bucket.keys, RecordingKeyStore):
                recording = RecordingKeyStore(name, self._changes)
                dict.update(recording, bucket.keys)
                bucket.keys = recording
            settings = copy.copy(bucket)
            settings.keys = _VersionedKeyStore()
            settings.multiparts = type(bucket.multiparts)()
            replace_file(folder / "bucket.pickle", pickle.dumps(settings))

    def save_key(self, bucket_name: str, key: str) -> None:
        """Bring the key on disk in line with memory; the caller holds the key's lock."""
        bucket = find_bucket(bucket_name)
        versions = bucket.keys.getlist(key) if bucket else None
        path = self._key_path(bucket_name, key)
        before = _value_files(path)
        if not versions:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, pickle.dumps([frozen(version, path) for version in versions]))
        named = {version.value_file for version in versions or [] if hasattr(version, "value_file")}
        for value_file in before:
            if value_file.name not in named:
                value_file.unlink()

    def restore(self) -> None:
        """Bring memory in line with disk. What a crash left half-written is removed or set aside with a warning."""
        for folder in sorted(self._folder.iterdir()) if self._folder.exists() else []:
            bucket = load_file(folder / "bucket.pickle")
            if not isinstance(bucket, FakeBucket):
                continue
            bucket.keys = RecordingKeyStore(bucket.name, self._changes)
            s3_backends.bucket_accounts[bucket.name] = (bucket.partition, bucket.account_id)
            s3_backends[bucket.account_id][bucket.partition].buckets[bucket.name] = bucket
            for shard in (folder / "keys").iterdir() if (folder / "keys").exists() else []:
                self._restore_shard(bucket, shard)

    @staticmethod
    def _restore_shard(bucket: FakeBucket, shard: Path) -> None:
        files = {path.name for path in shard.iterdir()}
        named: set[str] = set()
        for name in files:
            if not name.endswith(".pickle"):
                continue
            named.add(name)
            records = load_file(shard / name)
            if not isinstance(records, list):
                continue
            try:
                versions = [thawed(record, shard) for record in records]
            except FileNotFoundError as error:
                _logger.warning(
                    "The value of a version in %s is missing (%s). The key is ignored.", shard / name, error
                )
                continue
            bucket.keys.setlist(versions[-1].name, versions)
            named |= {version.value_file for version in versions if hasattr(version, "value_file")}
        for name in files - named:
            if not name.endswith(".torn"):
                (shard / name).unlink()

    def _bucket_folder(self, bucket: str) -> Path:
        return self._folder / quote(bucket, safe="")

    def _key_path(self, bucket: str, key: str) -> Path:
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        return self._bucket_folder(bucket) / "keys" / digest[:2] / f"{digest}.pickle"


def find_bucket(name: str) -> FakeBucket | None:
    """Find a bucket by its name, whoever owns it."""
    if name not in s3_backends.bucket_accounts:
        return None
    partition, account = s3_backends.bucket_accounts[name]
    return s3_backends[account][partition].buckets.get(name)


def _value_files(path: Path) -> list[Path]:
    """The files with the large values of the key at `path`."""
    return list(path.parent.glob(f"{path.stem}.*.value"))
