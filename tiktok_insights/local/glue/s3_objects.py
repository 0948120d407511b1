"""The stack's own objects, for what runs in its process: taken from moto's memory, without a request."""

from collections.abc import Iterator

from moto.s3.models import FakeKey

from tiktok_insights.local.aws.s3_store import find_bucket
from tiktok_insights.local.glue.errors import LaunchError


def read_object(url: str) -> bytes:
    """The content of `s3://bucket/key`. Raises LaunchError."""
    return bytes(find_object(url).value)


def find_object(url: str) -> FakeKey:
    """The object `s3://bucket/key`. Raises LaunchError."""
    name, _, key = url.removeprefix("s3://").partition("/")
    bucket = find_bucket(name)
    found = bucket.keys.get(key) if bucket and key and url.startswith("s3://") else None
    if not isinstance(found, FakeKey):
        raise LaunchError(f"There is no object {url}.")
    return found


def list_objects(url: str) -> Iterator[tuple[str, FakeKey]]:
    """Every object below `s3://bucket/prefix` in order of its key, with the part of the key behind the prefix."""
    name, _, prefix = url.removeprefix("s3://").partition("/")
    bucket = find_bucket(name)
    if bucket is None:
        raise LaunchError(f"There is no bucket {name}.")
    for key in sorted(name for name in list(dict.keys(bucket.keys)) if name.startswith(prefix)):
        found = bucket.keys.get(key)
        if isinstance(found, FakeKey):
            yield key.removeprefix(prefix), found


def beginning_of(found: FakeKey, length: int) -> bytes:
    """The first bytes of an object; a large one is not read into memory."""
    with found.lock:
        found._value_buffer.seek(0)
        return bytes(found._value_buffer.read(length))
