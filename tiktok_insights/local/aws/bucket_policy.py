"""A bucket's policy, as far as it denies: S3 refuses an object that a Deny statement of the policy names.

moto keeps the policy, and answers a denied request with an empty body, whatever the action; S3 names the error. Who
asks, conditions, and what an Allow statement grants are not here: on this machine there is one user, who may do the
rest.
"""

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from moto.iam.access_control import PermissionResult

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse
    from moto.s3.models import FakeBucket

#: The permission that a request for an object needs.
_ACTIONS = {"GET": "s3:GetObject", "HEAD": "s3:GetObject", "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject"}


def denies(bucket: "FakeBucket", method: str, key: str) -> bool:
    """Whether the bucket's policy denies the request for the object."""
    action = _ACTIONS.get(method)
    if bucket.policy is None or not key or action is None:
        return False
    resource = f"arn:{bucket.partition}:s3:::{bucket.name}/{key}"
    return bucket.get_permission(action, resource) is PermissionResult.DENIED


def deny(method: str, key: str, start_response: "StartResponse") -> list[bytes]:
    """Refuse the request in S3's words; a HEAD has no body."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>'
        f"<Key>{escape(key)}</Key></Error>"
    ).encode("utf-8", "replace")
    start_response("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
    return [] if method == "HEAD" else [body]
