"""One small S3 object that says who holds a lease: read, and written only over what was read.

Here: the object's content, S3's conditions, and what an answer that was lost has meant. How long a lease lasts, and who
waits for whom, belongs to whoever keeps it (`runtime.extraction_lease`).
"""

import json
from dataclasses import asdict, dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_insights.clients.aws_errors import error_code, may_pass
from tiktok_insights.clients.s3_refusals import (
    ObjectNotWritableError,
    ObjectUnavailableError,
    why_not_writable,
    why_unreadable,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_JSON = "application/json"
_MISSING = frozenset({"NoSuchKey", "404"})
#: Another one has written since, or writes at this moment.
_LOST_THE_RACE = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})


@dataclass(frozen=True, slots=True)
class Claim:
    """What the object says. `owner` and `number` make each claim unlike all others, and so its ETag.

    `seconds` is how long it is valid after it was written. `expires` is the same for people, by the holder's clock:
    nothing is decided by it. A claim with 0 seconds was given back.
    """

    owner: str
    machine: str
    process: int
    number: int
    seconds: float
    expires: str

    def to_json(self) -> bytes:
        """The object's bytes."""
        return json.dumps(asdict(self), indent=2).encode()

    def renewed(self, seconds: float, expires: str) -> "Claim":
        """The same holder's next claim."""
        return replace(self, number=self.number + 1, seconds=seconds, expires=expires)


@dataclass(frozen=True, slots=True)
class StoredClaim:
    """What is in the bucket, and for how many seconds by S3's own clock. `claim` is None if it is no claim at all."""

    claim: Claim | None
    etag: str
    age: float


class LeaseObject:
    """The object with this key.

    Raises ObjectNotWritableError and ObjectUnavailableError where S3 denies it, and boto3's errors but for those that
    only say who was first.
    """

    def __init__(self, s3: "S3Client", bucket: str, key: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._key = key
        self.uri = f"s3://{bucket}/{key}"

    def read(self) -> StoredClaim | None:
        """What is there, and for how long."""
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=self._key)
        except ClientError as error:
            if error_code(error) in _MISSING:
                return None
            if why := why_unreadable(error):
                raise ObjectUnavailableError(f"{self.uri} cannot be read: {why}.") from error
            raise
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        age = (now - answer["LastModified"]).total_seconds()
        return StoredClaim(_claim(answer["Body"].read()), answer["ETag"], age)

    def write(self, claim: Claim, over: str | None) -> str | None:
        """Write a claim over exactly this ETag (None: over nothing), and give its own; None when another was first.

        Where S3's answer was lost, the object is read to see whether the claim is there. Raises what that raises.
        """
        body = claim.to_json()
        condition: Any = {"IfMatch": over} if over else {"IfNoneMatch": "*"}
        try:
            answer = self._s3.put_object(Bucket=self._bucket, Key=self._key, Body=body, ContentType=_JSON, **condition)
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and (why := why_not_writable(error)):
                raise ObjectNotWritableError(f"{self.uri} cannot be written: {why}.") from error
            if not (_was_refused(error) or may_pass(error)):
                raise
            # Sent twice, the first may have been stored before the second was refused.
            found = self.read()
            if found and found.claim == claim:
                return found.etag
            if _was_refused(error):
                return None
            raise
        return answer["ETag"]


def _was_refused(error: ClientError | BotoCoreError) -> bool:
    return isinstance(error, ClientError) and error_code(error) in _LOST_THE_RACE | _MISSING


def _claim(body: bytes) -> Claim | None:
    try:
        found = json.loads(body)
        return Claim(
            str(found["owner"]),
            str(found["machine"]),
            int(found["process"]),
            int(found["number"]),
            float(found["seconds"]),
            str(found["expires"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return None
