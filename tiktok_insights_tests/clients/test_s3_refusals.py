"""Which answers of S3 are about one object, and what is said of them; the bucket is the local stack's, or scripted."""

from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.clients.s3_refusals import ObjectUnavailableError
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.refused_objects import archive, deny, restore
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.troubleshooting import told

_INFO = ObjectInfo("a", "e", 1, datetime(2026, 1, 31, 12, tzinfo=UTC))


def answering(status: int, code: str, message: str) -> Reply:
    """An error of S3."""
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Reply(status=status, body=body.encode(), headers={"Content-Type": "application/xml"})


@pytest.mark.parametrize(
    ("status", "code", "message", "words"),
    [
        (403, "InvalidObjectState", "The operation is not valid for the object's storage class", "Restore it"),
        (403, "AccessDenied", "Access Denied", "Grant this user s3:GetObject"),
        (403, "AccessDenied", "not authorized to perform: kms:Decrypt", "Grant this user kms:Decrypt"),
        (400, "KMS.DisabledException", "arn:aws:kms:1 is disabled.", "Enable the key"),
        (400, "InvalidRequest", "The object was stored using a form of Server Side Encryption.", "SSE-C"),
    ],
)
def test_a_refusal_of_one_object_names_it_with_cause_and_remedy(
    connections: Connections, tmp_path: Path, status: int, code: str, message: str, words: str
) -> None:
    """Whether it is read whole or downloaded."""
    with scripted(answering(status, code, message)) as script:
        store = ObjectStore(boto3.client("s3", **{**connections.aws, "endpoint_url": script.address}), "bucket")
        with told("<object> cannot be read", "s3://bucket/a ", words):
            store.get("a")
        with told("<object> cannot be read", "s3://bucket/a ", words):
            store.download(_INFO, tmp_path / "copy")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, "NoSuchBucket"),
        (400, "ExpiredToken"),
        (403, "InvalidAccessKeyId"),
        (403, "SignatureDoesNotMatch"),
        (403, "RequestTimeTooSkewed"),
        (403, "AllAccessDisabled"),
        (400, "KMS.ThrottlingException"),
        (400, "InvalidRequest"),
    ],
)
def test_an_outage_is_no_refusal_of_an_object(connections: Connections, status: int, code: str) -> None:
    """It is raised as it is, and ends the run."""
    with scripted(answering(status, code, "some words")) as script:
        store = ObjectStore(boto3.client("s3", **{**connections.aws, "endpoint_url": script.address}), "bucket")
        with pytest.raises(ClientError):
            store.get("a")
        with pytest.raises(ClientError):
            store.put("a", b"x", "text/plain")


def test_an_object_whose_head_is_refused_is_there_if_it_is_listed(connections: Connections) -> None:
    """An object encrypted with its owner's key (SSE-C) answers HEAD with 400. So do expired credentials: an outage."""
    entry = '<Key>a</Key><LastModified>2026-01-31T12:00:00.000Z</LastModified><ETag>"e"</ETag><Size>1</Size>'
    listing = f"<ListBucketResult><IsTruncated>false</IsTruncated><Contents>{entry}</Contents></ListBucketResult>"
    with scripted(Reply(400), Reply(body=listing.encode())) as script:
        store = ObjectStore(boto3.client("s3", **{**connections.aws, "endpoint_url": script.address}), "bucket")
        assert store.info("a") == _INFO
    with scripted(Reply(400), answering(400, "ExpiredToken", "some words")) as script:
        store = ObjectStore(boto3.client("s3", **{**connections.aws, "endpoint_url": script.address}), "bucket")
        with pytest.raises(ClientError, match="ExpiredToken"):
            store.info("a")


def test_the_local_bucket_refuses_archived_and_denied_objects_and_no_others(store: ObjectStore) -> None:
    """As S3 does: they are listed, their heads are there, and an archived one can be restored."""
    for key in ("archived", "denied", "denied too", "good"):
        store.put(key, key.encode(), "text/plain")
    archive(store, "archived")
    deny(store, "denied*")
    for key, words in (("archived", "storage class GLACIER"), ("denied", "is denied"), ("denied too", "is denied")):
        with told("<object> cannot be read", f"s3://{store.bucket}/{key} ", words):
            store.get(key)
        info = store.info(key)
        assert info is not None
        assert info.size == len(key)
    assert store.get("good").body == b"good"
    assert not store.exists("denied by its absence")
    assert [info.key for info in store.list("")] == ["archived", "denied", "denied too", "good"]
    restore(store, "archived")
    deny(store)
    assert [store.get(key).body for key in ("archived", "denied")] == [b"archived", b"denied"]


def test_a_write_that_is_denied_names_the_object(store: ObjectStore) -> None:
    """However it is written; what is there stays."""
    store.put("a", b"before", "text/plain")
    (info,) = store.list("a")
    deny(store, "*", action="s3:PutObject")
    with told("<object> cannot be written", f"s3://{store.bucket}/a ", "s3:PutObject"):
        store.put("a", b"x", "text/plain")
    with told("<object> cannot be written"), (Path(__file__)).open("rb") as body:
        store.replace(info, body, "text/plain")
    with told("<object> cannot be written", f"s3://{store.bucket}/b "):
        store.put_once("b", b"x", "text/plain")
    assert store.get("a").body == b"before"


def test_a_read_that_breaks_off_is_no_refusal(connections: Connections) -> None:
    """It may succeed in a moment, but concerns one object too."""
    half = Reply(body=b"line 1\n", headers={"ETag": '"e"'}, cut=7)
    with scripted(half) as script:
        store = ObjectStore(boto3.client("s3", **{**connections.aws, "endpoint_url": script.address}), "bucket")
        with pytest.raises(ObjectUnavailableError, match="was cut off"):
            store.get("a")
