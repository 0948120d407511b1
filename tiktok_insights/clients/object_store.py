"""A bucket, as the stages use it: list, put once, get, download. What the objects mean belongs to the stages."""

import hashlib
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.clients.bucket_creation import make_if_missing
from tiktok_insights.clients.object_reading import read_object
from tiktok_insights.clients.s3_refusals import ObjectNotWritableError, why_not_writable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

_Body = bytes | IO[bytes]

_CHUNK_BYTES = 4 * 1024 * 1024

# S3's codes, as its API and its HEAD (which has no body, so only a status) give them.
_MISSING = {"NoSuchKey", "404"}
_NOT_AS_REQUIRED = {"PreconditionFailed", "412"}
#: Someone else is writing at this moment; S3 asks to try again.
_CONTENDED = {"ConditionalRequestConflict", "409"}


class ObjectMissingError(LookupError):
    """No object has this key."""


class ObjectChangedError(RuntimeError):
    """The object was replaced or deleted between its listing and its reading."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """One version of an object: `size` in bytes, `last_modified` in UTC, `etag` without its quotes."""

    key: str
    etag: str
    size: int
    last_modified: datetime


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A small object, read whole, with its user metadata (lower-case names)."""

    body: bytes
    metadata: dict[str, str]
    etag: str


@dataclass(frozen=True, slots=True)
class Downloaded:
    """An object that was copied into a file: the SHA-256 of its bytes in hexadecimal, user metadata, content type."""

    sha256: str
    metadata: dict[str, str]
    content_type: str


class ObjectStore:
    """One bucket. Safe for many threads, as boto3's client is."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket
        self._made = False
        self._making = threading.Lock()

    def uri(self, key: str) -> str:
        """The object's address for people and other tools."""
        return f"s3://{self.bucket}/{key}"

    def ensure_bucket(self) -> None:
        """Make the bucket when it is missing (private, as S3's default is)."""
        with self._making:
            if not self._made:
                make_if_missing(self._s3, self.bucket)
                self._made = True

    def list(self, prefix: str) -> Iterator[ObjectInfo]:
        """Every object under the prefix, in the order of keys."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for entry in page.get("Contents", []):
                yield ObjectInfo(entry["Key"], entry["ETag"].strip('"'), entry["Size"], entry["LastModified"])

    def folders(self, prefix: str) -> Iterator[str]:
        """The names of the folders right under the prefix (which ends in /), in order."""
        names = (key.removeprefix(prefix) for key in self.outline(prefix, "/"))
        return (name.rstrip("/") for name in names if name.endswith("/"))

    def outline(self, prefix: str, cut: str) -> Iterator[str]:
        """The keys under the prefix; those that have `cut` behind it end there, and come once."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, Delimiter=cut)
        for page in pages:
            yield from (entry["Key"] for entry in page.get("Contents", []))
            yield from (entry["Prefix"] for entry in page.get("CommonPrefixes", []))

    def get(self, key: str) -> StoredObject:
        """Read a small object whole. Raises ObjectMissingError and ObjectUnavailableError."""

        def read(answer: "GetObjectOutputTypeDef") -> StoredObject:
            return StoredObject(answer["Body"].read(), dict(answer["Metadata"]), answer["ETag"].strip('"'))

        try:
            return read_object(self._s3, read, Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error_code(error) not in _MISSING:
                raise
            raise ObjectMissingError(f"The object {self.uri(key)} does not exist. Restore it from a backup.") from None

    def info(self, key: str) -> ObjectInfo | None:
        """The object with this key, if there is one."""
        try:
            found = self._s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error_code(error) in _MISSING:
                return None
            # HEAD says no more than a status, also of an object that only its owner's key decrypts: 400, as for expired
            # credentials. The listing is refused only in an outage, and says which.
            return next((info for info in self.list(key) if info.key == key), None)
        return ObjectInfo(key, found["ETag"].strip('"'), found["ContentLength"], found["LastModified"])

    def exists(self, key: str) -> bool:
        """Whether an object has this key."""
        return self.info(key) is not None

    def put(self, key: str, body: bytes | IO[bytes], content_type: str) -> None:
        """Write an object, over an older one if there is one. Raises ObjectNotWritableError."""
        with self._writing(key):
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def put_once(
        self, key: str, body: _Body, content_type: str, metadata: dict[str, str] | None = None, sha256: str = ""
    ) -> bool:
        """Write an object unless its key is taken; say whether this call wrote it. Raises ObjectNotWritableError.

        S3 keeps a SHA-256 (in hexadecimal) with the object, and refuses other bytes.
        """
        request: Any = {"Body": body, "ContentType": content_type, "Metadata": metadata or {}, "IfNoneMatch": "*"}
        if sha256:
            request["ChecksumSHA256"] = b64encode(bytes.fromhex(sha256)).decode()
        try:
            with self._writing(key):
                self._s3.put_object(Bucket=self.bucket, Key=key, **request)
        except ClientError as error:
            if error_code(error) in _NOT_AS_REQUIRED | _CONTENDED:
                return False
            raise
        return True

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is no error. Raises ObjectNotWritableError."""
        with self._writing(key, "s3:DeleteObject"):
            self._s3.delete_object(Bucket=self.bucket, Key=key)

    def delete_version(self, info: ObjectInfo) -> None:
        """Delete an object unless it was replaced; one that is not there is no error. Needs s3:GetObject, too.

        Raises ObjectChangedError and ObjectNotWritableError.
        """
        try:
            with self._unless_changed(info), self._writing(info.key, "s3:DeleteObject"):
                self._s3.delete_object(Bucket=self.bucket, Key=info.key, IfMatch=f'"{info.etag}"')
        except ObjectChangedError:
            if self.exists(info.key):
                raise

    def replace(
        self, info: ObjectInfo, body: IO[bytes], content_type: str, metadata: dict[str, str] | None = None
    ) -> str:
        """Write over this version; give the new ETag. Raises ObjectChangedError and ObjectNotWritableError."""
        condition = {"IfMatch": f'"{info.etag}"'}
        request: Any = {"Body": body, "ContentType": content_type, "Metadata": metadata or {}, **condition}
        with self._unless_changed(info), self._writing(info.key):
            return self._s3.put_object(Bucket=self.bucket, Key=info.key, **request)["ETag"].strip('"')

    def download(self, info: ObjectInfo, path: Path) -> Downloaded:
        """Copy exactly this version of an object into a file.

        Raises ObjectChangedError and ObjectUnavailableError.
        """

        def copy(answer: "GetObjectOutputTypeDef") -> Downloaded:
            digest = hashlib.sha256()
            with path.open("wb") as file:
                while chunk := answer["Body"].read(_CHUNK_BYTES):
                    digest.update(chunk)
                    file.write(chunk)
            return Downloaded(digest.hexdigest(), dict(answer["Metadata"]), answer.get("ContentType", ""))

        with self._unless_changed(info):
            return read_object(self._s3, copy, Bucket=self.bucket, Key=info.key, IfMatch=f'"{info.etag}"')

    @contextmanager
    def _writing(self, key: str, permission: str = "s3:PutObject") -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            if why := why_not_writable(error, permission):
                raise ObjectNotWritableError(f"{self.uri(key)} cannot be written: {why}.") from error
            raise

    @contextmanager
    def _unless_changed(self, info: ObjectInfo) -> Iterator[None]:
        """Raise ObjectChangedError when S3 finds another version, or none."""
        try:
            yield
        except ClientError as error:
            if error_code(error) not in _NOT_AS_REQUIRED | _CONTENDED | _MISSING:
                raise
            msg = f"{self.uri(info.key)} was replaced or deleted after it was listed. Run again."
            raise ObjectChangedError(msg) from None
