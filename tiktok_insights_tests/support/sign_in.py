"""A Snowflake on the loopback address that lets the first one in and knows nothing, and what was sent to sign in.

Here: the server and the reading of a login. Not here: any of the code under test.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tiktok_insights_tests.support.scripted import Asked, Reply, Script, scripted

_SESSION = {"token": "a", "masterToken": "b", "sessionId": 1, "parameters": [], "sessionInfo": {}}
#: The answer to whoever is let in.
SIGNED_IN = {"success": True, "data": _SESSION}
_LOGIN = Reply(body=json.dumps(SIGNED_IN).encode())
_STATEMENT = Reply(body=json.dumps({"success": False, "code": "002003", "message": "nothing is here"}).encode())


@dataclass(frozen=True)
class Login:
    """One request to sign in: who, as what, where, with what for the session; `host` is what the client took."""

    account: str
    user: str
    token: str
    role: str
    warehouse: str
    database: str
    schema: str
    host: str
    session: dict[str, object]

    @classmethod
    def of(cls, asked: Asked) -> "Login":
        """Read a request."""
        body = gzip.decompress(asked.body) if asked.headers.get("content-encoding") == "gzip" else asked.body
        data, names = json.loads(body)["data"], asked.parameters
        assert data["AUTHENTICATOR"] == "SNOWFLAKE_JWT"
        return cls(
            account=data["ACCOUNT_NAME"],
            user=data["LOGIN_NAME"],
            token=data["TOKEN"],
            role=names["roleName"],
            warehouse=names["warehouse"],
            database=names["databaseName"],
            schema=names["schemaName"],
            host=asked.headers["host"].partition(":")[0],
            session=data["SESSION_PARAMETERS"],
        )

    def is_signed_with(self, key: RSAPrivateKey | RSAPublicKey) -> bool:
        """Whether the token names account, user and this key's fingerprint as ALTER USER shows it, signed with it."""
        public = key.public_key() if isinstance(key, RSAPrivateKey) else key
        digest = hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
        who = f"{self.account}.{self.user}".upper()
        try:
            claims = jwt.decode(self.token, public, algorithms=["RS256"])
        except jwt.InvalidSignatureError:
            return False
        return bool((claims["sub"], claims["iss"]) == (who, f"{who}.SHA256:{base64.b64encode(digest).decode()}"))


@contextmanager
def snowflake_server() -> Iterator[Script]:
    """Serve for as long as the context lasts."""
    with scripted(_LOGIN, _STATEMENT) as script:
        yield script


def logins(script: Script) -> list[Login]:
    """Every login that was sent to the server."""
    return [Login.of(asked) for asked in script.asked if asked.path == "/session/v1/login-request"]
