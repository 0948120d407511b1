"""The requests to S3. None of them stores, deletes or downloads anything.

A condition on an ETag that no object can have is true of no object: reading ends with 412 or 404, and so do writing and
deleting. The permissions that S3 wants for the conditions are beside the requests.
"""

from collections.abc import Callable, Iterator
from typing import Any

from tiktok_insights.doctor.aws.calls import Call
from tiktok_insights.doctor.aws.clients import Clients
from tiktok_insights.doctor.aws.names import Names
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.suppression.store import LIST_KEY

#: An ETag has hexadecimal digits and at most one hyphen.
NO_ETAG = '"tiktok-insights-doctor"'
#: Stands for the objects below a prefix. Nothing is stored under it.
_NO_OBJECT = "tiktok-insights-doctor"
_GET, _PUT, _DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
_REFUSALS = ("PreconditionFailed", "412", "NoSuchKey", "404")

#: What each stage does with which keys, as deploy/cloudformation/data.yaml grants it.
_KEYS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("raw", "raw/*", (_GET, _PUT)),
    ("raw", "probe/*", (_PUT,)),
    ("raw", "locks/extraction.json", (_GET, _PUT)),
    ("raw", LIST_KEY, (_GET,)),
    ("lake", "raw/followers/*", (_GET, _PUT)),
    ("lake", f"{CSV_PREFIX}*", (_GET, _PUT)),
    ("lake", "quarantine/raw/followers/*", (_GET, _PUT)),
    ("staging", f"quarantine/{CSV_PREFIX}*", (_GET, _PUT)),
    ("warehouse", "verify/progress.json", (_GET, _PUT)),
    ("insights", "exports/dashboard/index.html", (_GET, _PUT)),
)
_KEYS_OF_THE_JOB: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("staging", "glue/manifests/*", (_DELETE, _GET, _PUT)),
    ("staging", "glue/results/*", (_GET,)),
    ("staging", "glue/packages/*", (_GET, _PUT)),
)
_KEYS_OF_ALERTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (("alerts", "alerts/state.json", (_GET, _PUT)),)


def s3_calls(names: Names) -> Iterator[Call]:
    """Every request to S3."""
    yield Call(
        stage="raw",
        action="s3:ListBucket",
        resources=(names.objects(""),),
        request=lambda clients: clients.get("s3").list_objects_v2(Bucket=names.bucket, MaxKeys=1),
        refusals=("NoSuchBucket",),
    )
    for stage, keys, actions in (
        _KEYS + (_KEYS_OF_THE_JOB if names.job else ()) + (_KEYS_OF_ALERTS if names.topic else ())
    ):
        key = keys.replace("*", _NO_OBJECT)
        for action in actions:
            yield Call(
                stage=stage,
                action=action,
                resources=(names.objects(keys),),
                request=_request(action, {"Bucket": names.bucket, "Key": key, "IfMatch": NO_ETAG}),
                refusals=(*_REFUSALS, "NoSuchBucket"),
            )


def _request(action: str, arguments: dict[str, Any]) -> Callable[[Clients], object]:
    """A conditional request. Writing and deleting under such a condition also needs s3:GetObject.

    docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html and conditional-deletes.html
    """

    def send(clients: Clients) -> object:
        s3 = clients.get("s3")
        if action == _GET:
            return s3.get_object(**arguments)
        return s3.put_object(**arguments, Body=b"") if action == _PUT else s3.delete_object(**arguments)

    return send
