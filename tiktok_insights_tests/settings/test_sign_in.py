"""What the command line's session sends to sign in: the connector's own request, held against the public key."""

import base64
import gzip
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tiktok_insights.resources.connections import Connections, connect
from tiktok_insights.resources.connector import open_session
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.private_keys import PASSPHRASE, SPELLINGS, Written

_SIGNED_IN = {"token": "a", "masterToken": "b", "sessionId": 1, "parameters": [], "sessionInfo": {}}


@contextmanager
def sign_in_server() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A port on the loopback that lets everybody in, and the logins that were sent to it."""
    logins: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        """Answers each POST with a session."""

        def do_POST(self) -> None:
            """Answer one request."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/session/v1/login-request"):
                unpacked = gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body
                logins.append(json.loads(unpacked)["data"])
            answer = json.dumps({"success": True, "data": _SIGNED_IN}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], logins
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


@pytest.mark.parametrize(
    ("kind", "spelling"),
    [
        ("PKCS#8", r"\n"),
        ("PKCS#8", "on one line"),
        ("traditional in AES-256-CBC", r"\n"),
        ("traditional in AES-128-CBC", "base64 of it"),
    ],
)
def test_the_login_is_signed_with_the_key_of_the_environment(
    keys: dict[str, Written], rsa_key: RSAPrivateKey, kind: str, spelling: str
) -> None:
    """Account and user are those of the token, too, and the fingerprint is what ALTER USER shows."""
    environment = {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws",
        "SNOWFLAKE_ACCOUNT": "https://myorg-acc.snowflakecomputing.com/",
        "SNOWFLAKE_USER": "loader",
        "SNOWFLAKE_ROLE": "LOADING",
        "SNOWFLAKE_PRIVATE_KEY": SPELLINGS[spelling](keys["RSA"].pems[kind]),
        "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": PASSPHRASE,
    }
    arguments = connect(read_settings(environment)).snowflake
    with sign_in_server() as (port, logins):
        here = {"host": "127.0.0.1", "port": port, "protocol": "http", "platform_detection_timeout_seconds": 0.0}
        with open_session(Connections("", "", {}, lambda: {**arguments, **here})):
            pass
    (login,) = logins
    assert login["AUTHENTICATOR"] == "SNOWFLAKE_JWT"
    assert (login["ACCOUNT_NAME"], login["LOGIN_NAME"]) == ("myorg-acc", "loader")
    public = rsa_key.public_key()
    claims = jwt.decode(login["TOKEN"], public, algorithms=["RS256"])
    digest = hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    assert claims["sub"] == "MYORG-ACC.LOADER"
    assert claims["iss"] == f"MYORG-ACC.LOADER.SHA256:{base64.b64encode(digest).decode()}"
