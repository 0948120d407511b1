"""One version of an S3 object, as it is pickled.

A value of more than `LARGE_BYTES` goes to a file of its own, is served from there, and is never read into memory to be
stored. moto's own types are loose about what a version holds, hence `Any`.
"""

import shutil
import uuid
from pathlib import Path
from typing import Any

from moto.s3.models import FakeKey, s3_backends

LARGE_BYTES = 5_000_000
_COPY_BYTES = 1 << 20


def frozen(version: Any, path: Path) -> Any:
    """What to pickle for a version of the key at `path`: itself, and its large value's file instead of the value."""
    if not _is_large(version):
        return (version, _tags(version))
    if version.multipart is not None:
        # The parts are the value once more.
        version.multipart.dispose()
        version.multipart.parts.clear()
    if not hasattr(version, "value_file"):
        value_path = path.with_name(f"{path.stem}.{uuid.uuid4().hex}.value")
        _ = version.etag  # computed from the buffer when first asked
        with version.lock:
            version._value_buffer.seek(0)
            with value_path.open("wb") as file:
                shutil.copyfileobj(version._value_buffer, file, _COPY_BYTES)
            version._value_buffer.close()
            version._value_buffer = value_path.open("rb")
        version.value_file = value_path.name
    return (_Shell(version), _tags(version))


def _is_large(version: Any) -> bool:
    return isinstance(version, FakeKey) and version.contentsize > LARGE_BYTES


class _Shell:
    """A version without its value, for pickle."""

    def __init__(self, version: Any) -> None:
        self.state = {name: value for name, value in vars(version).items() if name not in ("_value_buffer", "lock")}

    def thaw(self, folder: Path) -> Any:
        version: Any = FakeKey.__new__(FakeKey)
        size = self.state["contentsize"]
        version.__setstate__({**self.state, "value": b""})
        version._value_buffer.close()
        version._value_buffer = (folder / version.value_file).open("rb")
        version.contentsize = size
        return version


def thawed(record: Any, folder: Path) -> Any:
    """The version that `frozen` made the record of; `folder` holds its large value."""
    version, tags = record
    if isinstance(version, _Shell):
        version = version.thaw(folder)
    if tags:
        s3_backends[version.account_id][version.partition].tagger.tag_resource(version.arn, tags)
    return version


def _tags(version: Any) -> list[dict[str, str]]:
    """An object's tags, which moto keeps elsewhere."""
    if not isinstance(version, FakeKey):
        return []
    tagger = s3_backends[version.account_id][version.partition].tagger
    tags: list[dict[str, str]] = tagger.list_tags_for_resource(version.arn)["Tags"]
    return tags
