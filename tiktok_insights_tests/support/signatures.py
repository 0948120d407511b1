"""What a signed request to AWS says of who sent it (Signature Version 4), and whether a secret key has signed it.

Written from AWS's documentation and not with botocore, so that it does not share a mistake with the client.
"""

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote

from tiktok_insights_tests.support.scripted import Asked


@dataclass(frozen=True)
class Signature:
    """The parts of a request's Authorization header."""

    key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    digest: str

    @classmethod
    def of(cls, asked: Asked) -> "Signature":
        """Read the header `AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`."""
        _, _, text = asked.headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in text.split(","))
        key_id, date, region, service, _ = parts["Credential"].split("/")
        return cls(key_id, date, region, service, tuple(parts["SignedHeaders"].split(";")), parts["Signature"])


def is_signed_with(asked: Asked, secret: str) -> bool:
    """Whether this secret access key gives the request's signature."""
    signature = Signature.of(asked)
    query = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(asked.parameters.items())
    )
    payload = asked.headers.get("x-amz-content-sha256") or hashlib.sha256(asked.body).hexdigest()
    headers = "".join(f"{name}:{asked.headers[name].strip()}\n" for name in signature.signed_headers)
    request = "\n".join([asked.method, asked.path, query, headers, ";".join(signature.signed_headers), payload])
    scope = f"{signature.date}/{signature.region}/{signature.service}/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", asked.headers["x-amz-date"], scope, digest])
    key = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex() == signature.digest
