"""Reads an object to its end, or not at all. Which object, and what it holds, is the caller's business."""

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

import stamina
from botocore.exceptions import (
    ClientError,
    FlexibleChecksumError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from tiktok_insights.clients.s3_refusals import ObjectUnavailableError, why_unreadable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

_Used = TypeVar("_Used")

#: The body ended before its length, or is not what was stored.
_BROKEN_OFF = (IncompleteReadError, ResponseStreamingError, ReadTimeoutError, FlexibleChecksumError)


class ObjectReadError(ObjectUnavailableError):
    """The object could not be read to its end. It may be readable in a moment."""


@stamina.retry(on=ObjectReadError, attempts=3, wait_initial=0.2, wait_max=2.0)
def read_object(s3: "S3Client", use: Callable[["GetObjectOutputTypeDef"], _Used], **request: str) -> _Used:
    """Ask for an object and read it with `use`, from its beginning again when the answer breaks off.

    `request` has Bucket, Key, and conditions. Raises ObjectUnavailableError; other refusals are S3's own.
    """
    address = f"s3://{request['Bucket']}/{request['Key']}"
    try:
        answer = s3.get_object(**request)  # type: ignore[arg-type]
    except ClientError as error:
        if why := why_unreadable(error):
            raise ObjectUnavailableError(f"{address} cannot be read: {why}.") from error
        raise
    try:
        # `with answer["Body"]` would give the raw stream, to which a lost connection is the end of the object.
        with closing(answer["Body"]):
            return use(answer)
    except _BROKEN_OFF as error:
        msg = f"{address} was cut off while it was read ({error}). Run again. Nothing is lost."
        raise ObjectReadError(msg) from error
