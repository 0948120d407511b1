"""The secret of the Glue connection: who signs in to Snowflake, with a key pair.

Two spellings are read: `sfUser` and `pem_private_key`, or `username` and `private_key`, each with an optional
`passphrase`. No message and no repr has a value of the secret. Whether Snowflake accepts the key belongs in
`warehouse`.
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.staging.glue.arguments import JobConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

_SPELLINGS = (("sfUser", "pem_private_key"), ("username", "private_key"))
_PASSPHRASE = "passphrase"  # noqa: S105  # the name of a field
_PASSWORDS = ("sfpassword", "password")


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Who signs in, with which private key, as its text."""

    user: str
    private_key: str = field(repr=False)
    passphrase: str = field(default="", repr=False)


def read_key_pair(client: "SecretsManagerClient", secret_id: str) -> KeyPair:
    """Read the secret. Raises JobConfigurationError."""
    try:
        text = client.get_secret_value(SecretId=secret_id).get("SecretString", "")
    except ClientError as error:
        raise JobConfigurationError(
            f"The secret {secret_id} cannot be read ({error_code(error)}). Create it, or let the job's role read it: "
            "secretsmanager:GetSecretValue."
        ) from error
    return key_pair(secret_id, text)


def key_pair(secret_id: str, text: str) -> KeyPair:
    """Read a secret's text. Raises JobConfigurationError."""
    fields = _fields(secret_id, text)
    for user_name, key_name in _SPELLINGS:
        user, key = fields.get(user_name.lower()), fields.get(key_name)
        if user and key:
            return KeyPair(user, key, fields.get(_PASSPHRASE, ""))
    if any(name in fields for name in _PASSWORDS):
        raise JobConfigurationError(
            f"The secret {secret_id} holds a password, which Snowflake no longer accepts from services. Create a key "
            "pair: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa_key.p8. Assign its public "
            "half to the user: ALTER USER <user> SET RSA_PUBLIC_KEY = '<text>'. Then store sfUser and pem_private_key "
            "(the text of rsa_key.p8) in the secret instead of the password."
        )
    raise JobConfigurationError(
        f"The secret {secret_id} has no key pair. Store it as JSON with two fields: sfUser, and pem_private_key with "
        "the text of the private key."
    )


def json_fields(text: str, refusal: str) -> dict[str, object]:
    """The fields of a JSON object by their names in lower case. Raises JobConfigurationError, with the refusal."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        # The parser's error would quote the text.
        found = None
    if not isinstance(found, dict):
        raise JobConfigurationError(refusal)
    return {name.lower(): value for name, value in found.items()}


def _fields(secret_id: str, text: str) -> dict[str, str]:
    """The texts of a secret by their names in lower case."""
    found = json_fields(
        text,
        f"The secret {secret_id} is not a JSON object. Store it as key/value pairs: sfUser, and pem_private_key with "
        "the text of the private key.",
    )
    return {name: value for name, value in found.items() if isinstance(value, str)}
