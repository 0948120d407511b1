"""The suppression list: who was removed and must not come back, as keyed hashes of ID, handle and secUid.

A hash is HMAC-SHA256 under a key that is kept outside the bucket: whoever has the list alone cannot tell whether a
given person is on it. Pure values: where the list and its key are stored belongs elsewhere.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from tiktok_insights.text.quoting import quoted

#: Bytes of a hash that are kept: 128 bits, so that no two people of a billion share one.
_DIGEST_BYTES = 16
_VERSION = 1
#: Of the number that a fingerprint begins with.
_COUNT_DIGITS = 12
_ID = re.compile("[0-9]{1,20}")
#: What the list keeps to tell whether a key is the one that it was made with.
_CHECKED_TEXT = "tiktok_insights suppression list"


class SuppressionError(RuntimeError):
    """The suppression list cannot be read, or its key is missing or another one. Without it nobody may be loaded."""


class Kind(Enum):
    """What names a person. The value is part of what is hashed."""

    ID = "id"
    HANDLE = "handle"
    SEC_UID = "sec_uid"


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """Who was removed. False while nobody is; then no key is needed, and nothing is hashed."""

    key: bytes = field(default=b"", repr=False)
    digests: frozenset[bytes] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.digests)

    def has(self, kind: Kind, text: str) -> bool:
        """Whether somebody with this name was removed. Handles are compared without regard to case, as TikTok does."""
        return bool(self.digests and text) and _digest(self.key, kind, text) in self.digests

    def covers(self, tiktok_id: str, handle: str = "", sec_uid: str = "") -> bool:
        """Whether a row with these names is of somebody who was removed.

        The ID and the secUid decide. A handle may be somebody else's by now, so it decides only in a row that has
        neither.
        """
        if is_id(tiktok_id):
            return self.has(Kind.ID, tiktok_id) or self.has(Kind.SEC_UID, sec_uid)
        return self.has(Kind.SEC_UID, sec_uid) or (not sec_uid and self.has(Kind.HANDLE, handle))

    def with_names(self, names: Iterable[tuple[Kind, str]]) -> "SuppressionList":
        """The list with more names, under the same key. Someone's names are all under which TikTok knew them."""
        return SuppressionList(self.key, self.digests | {_digest(self.key, *name) for name in names})

    @property
    def fingerprint(self) -> str:
        """What names this state of the list, and says how far it has grown; '' while nobody was removed."""
        if not self:
            return ""
        return f"{len(self.digests):0{_COUNT_DIGITS}}-{hashlib.sha256(self.to_json()).hexdigest()}"

    def to_json(self) -> bytes:
        """The list as an object's body: hashes in order, so that their order does not tell when each was added."""
        digests = sorted(digest.hex() for digest in self.digests)
        document = {"version": _VERSION, "key_check": key_check(self.key), "digests": digests}
        return json.dumps(document, indent=1).encode()

    @staticmethod
    def from_json(body: bytes, key: bytes, uri: str) -> "SuppressionList":
        """Read what `to_json` wrote into the object at `uri`. Raises SuppressionError, also for another key."""
        try:
            document = json.loads(body)
            digests = frozenset(bytes.fromhex(text) for text in document["digests"])
            version, check = document["version"], document["key_check"]
        except (ValueError, TypeError, KeyError) as error:
            why = quoted(str(error))
            msg = f"{uri} is not a readable suppression list ({why}). Restore an earlier version of the object."
            raise SuppressionError(msg) from None
        if version != _VERSION:
            msg = f"{uri} has version {version}; this package reads version {_VERSION}. Update this package."
            raise SuppressionError(msg)
        if check != key_check(key):
            msg = f"{uri} was made with another key. Restore the secret of the suppression list to its earlier version."
            raise SuppressionError(msg)
        return SuppressionList(key, digests)


#: Nobody was removed.
NOBODY = SuppressionList()


def is_outdated(fingerprint: str, newest: str) -> bool:
    """Whether a state of the list lacks what the newest known one has. A list only grows, so its size tells.

    '' is the empty list.
    """
    return fingerprint != newest and fingerprint.partition("-")[0] <= newest.partition("-")[0]


def is_id(text: str) -> bool:
    """Whether a text can be a user's ID."""
    return _ID.fullmatch(text) is not None and text != "0"


def key_check(key: bytes) -> str:
    """What a list keeps of its key."""
    return hmac.digest(key, _CHECKED_TEXT.encode(), hashlib.sha256).hex()


def seal_of(key: bytes, body: bytes) -> str:
    """What only the holder of the key can compute of a text. No name is hashed like this."""
    return hmac.digest(key, b"seal\n" + body, hashlib.sha256).hex()


def _digest(key: bytes, kind: Kind, text: str) -> bytes:
    name = text.lower() if kind is Kind.HANDLE else text
    message = f"{kind.value}\n{name}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, hashlib.sha256)[:_DIGEST_BYTES]
