"""Where the suppression list is kept: the list in the bucket, its key in a secret that is named after the bucket.

Whoever loads or extracts reads it; only `forget` adds to it. What the list is and whom it covers belongs in
`hashes.py`.
"""

import io
import re
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import stamina
from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.clients.object_store import ObjectChangedError, ObjectMissingError, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights.suppression.hashes import NOBODY, Kind, SuppressionError, SuppressionList, seal_of

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

LIST_KEY = "suppression/list.json"
_JSON = "application/json"
_KEY_BYTES = 32
_KEY = re.compile(f"[0-9a-f]{{{2 * _KEY_BYTES}}}")
#: The version of a secret that a first `add` writes. Of two that write at once, one is refused: a version never
#: changes (docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html).
_FIRST_VERSION = "tiktok-insights-first-suppression-key"
_MISSING, _EXISTS = "ResourceNotFoundException", "ResourceExistsException"


def secret_name(bucket: str) -> str:
    """The name of the secret with the key of a bucket's list. deploy/cloudformation/data.yaml makes it, empty."""
    return f"{bucket}-suppression-key"


class SuppressionStore:
    """The suppression list of one bucket. `secrets_client` is called when the key is needed, and not before."""

    def __init__(self, store: ObjectStore, secrets_client: "Callable[[], SecretsManagerClient]") -> None:
        self._store = store
        self._client = secrets_client
        self._secret = secret_name(store.bucket)
        self._uri = store.uri(LIST_KEY)

    def read(self) -> SuppressionList:
        """Read the list: one request where nobody was removed. Raises SuppressionError where it cannot be read."""
        body = self._body()
        return NOBODY if body is None else SuppressionList.from_json(body, self._existing_key(), self._uri)

    @stamina.retry(on=ObjectChangedError, attempts=20, wait_initial=0.05, wait_max=1.0)
    def add(self, names: Iterable[tuple[Kind, str]]) -> SuppressionList:
        """Put names on the list, and give it; the first ones make its key. May be repeated, and called twice at once.

        Raises SuppressionError, ObjectNotWritableError, and boto3's errors for a key that cannot be stored.
        """
        names = tuple(names)
        # Asked for before the body: what is written over is then never newer than what was read.
        info = self._store.info(LIST_KEY)
        before = self.read()
        if not before and names:
            before = SuppressionList(self._key() or self._new_key(), before.digests)
        after = before.with_names(names)
        if after.digests == before.digests:
            return after
        if info:
            self._store.replace(info, io.BytesIO(after.to_json()), _JSON)
        elif not self._store.put_once(LIST_KEY, after.to_json(), _JSON):
            raise ObjectChangedError(f"{self._uri} was replaced or deleted after it was listed. Run again.")
        return after

    def seal(self, body: bytes) -> str:
        """What only the holder of the list's key can compute of a text; the first seal makes the key.

        Raises SuppressionError, and boto3's errors for a key that cannot be stored.
        """
        return seal_of(self._key() or self._new_key(), body)

    def _body(self) -> bytes | None:
        try:
            return self._store.get(LIST_KEY).body
        except ObjectMissingError:
            return None
        except ObjectUnavailableError as error:
            msg = f"Without the suppression list, nothing is loaded or extracted: {error}"
            raise SuppressionError(msg) from error

    def _existing_key(self) -> bytes:
        """The key of a list that exists; another one would let everybody on it back in."""
        key = self._key()
        if key is None:
            msg = (
                f"The key of the suppression list {self._uri} is missing: the secret {self._secret} does not exist, or "
                "is empty. Restore it: aws secretsmanager restore-secret, or put-secret-value with your backup."
            )
            raise SuppressionError(msg)
        return key

    def _key(self) -> bytes | None:
        """The key; None where there is none yet."""
        try:
            text = self._client().get_secret_value(SecretId=self._secret).get("SecretString", "")
        except ClientError as error:
            if error_code(error) == _MISSING:
                return None
            msg = (
                f"The key of the suppression list cannot be read: the secret {self._secret} ({error_code(error)}). Let "
                "the role read it: secretsmanager:GetSecretValue. If the secret waits for its deletion, restore it."
            )
            raise SuppressionError(msg) from error
        if not _KEY.fullmatch(text):
            msg = (
                f"The secret {self._secret} has no key of a suppression list, which is {2 * _KEY_BYTES} hexadecimal "
                "digits. Restore its earlier version, or put-secret-value with your backup."
            )
            raise SuppressionError(msg)
        return bytes.fromhex(text)

    def _new_key(self) -> bytes:
        """Make a key in the empty secret, or with the secret; of two that are made at once, the first is kept."""
        client, text = self._client(), secrets.token_hex(_KEY_BYTES)
        try:
            client.put_secret_value(SecretId=self._secret, SecretString=text, ClientRequestToken=_FIRST_VERSION)
        except ClientError as error:
            if error_code(error) not in (_MISSING, _EXISTS):
                raise
            if error_code(error) == _MISSING:
                self._create_secret(text)
        return self._existing_key()

    def _create_secret(self, text: str) -> None:
        try:
            self._client().create_secret(Name=self._secret, SecretString=text, ClientRequestToken=_FIRST_VERSION)
        except ClientError as error:
            if error_code(error) != _EXISTS:
                raise
