"""The bucket, as the stages use it; against a real S3 server."""

import hashlib
import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.clients.object_store import ObjectChangedError, ObjectInfo, ObjectStore
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.troubleshooting import told


def _store_at(address: str, connections: Connections) -> ObjectStore:
    """The bucket of a scripted server."""
    return ObjectStore(boto3.client("s3", **{**connections.aws, "endpoint_url": address}), "bucket")


def test_a_write_once_object_is_written_once(store: ObjectStore) -> None:
    """The second write changes nothing and says so."""
    assert store.put_once("a/1", b"first", "text/plain", {"fact": "1"})
    assert not store.put_once("a/1", b"second", "text/plain", {"fact": "2"})
    stored = store.get("a/1")
    assert (stored.body, stored.metadata) == (b"first", {"fact": "1"})
    assert stored.etag == hashlib.md5(b"first", usedforsecurity=False).hexdigest()


def test_of_many_writers_at_once_exactly_one_wins(store: ObjectStore) -> None:
    """And what is stored is the winner's."""
    start = threading.Barrier(8, timeout=20)

    def write(number: int) -> bool:
        start.wait()
        return store.put_once("race", b"%d" % number, "text/plain")

    with ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(write, range(8)))
    assert wins.count(True) == 1
    assert store.get("race").body == b"%d" % wins.index(True)


def test_a_file_can_be_written_once(store: ObjectStore) -> None:
    """Without reading it into memory first."""
    assert store.put_once("file", io.BytesIO(b"x" * 100_000), "text/csv")
    assert len(store.get("file").body) == 100_000


def test_a_plain_write_replaces(store: ObjectStore) -> None:
    """For notes that may change."""
    store.put("note", b"old", "text/plain")
    store.put("note", b"new", "text/plain")
    assert store.get("note").body == b"new"


def test_a_missing_object_is_named(store: ObjectStore) -> None:
    """With its address."""
    with told("The object <object> does not exist.", f"s3://{store.bucket}/not/there"):
        store.get("not/there")
    assert not store.exists("not/there")
    store.put("there", b"", "text/plain")
    assert store.exists("there")
    assert store.uri("there") == f"s3://{store.bucket}/there"


def test_objects_are_listed_in_the_order_of_keys_and_zero_byte_ones_too(store: ObjectStore) -> None:
    """Only those under the prefix, with what tells one version from another."""
    for key in ("many/b", "many/a/c", "manyother", "many/"):
        store.put(key, b"", "text/plain")
    infos = list(store.list("many/"))
    assert [info.key for info in infos] == ["many/", "many/a/c", "many/b"]
    assert {(info.size, info.etag) for info in infos} == {(0, "d41d8cd98f00b204e9800998ecf8427e")}
    assert abs(datetime.now(UTC) - infos[0].last_modified) < timedelta(minutes=5)


def test_a_listing_of_more_than_a_thousand_objects_is_followed_to_its_end(connections: Connections) -> None:
    """S3 gives a thousand at a time; this server gives fewer, to be quick."""
    entry = (
        "<Contents><Key>k/{}</Key><ETag>&quot;e&quot;</ETag><Size>1</Size>"
        "<LastModified>2026-01-31T12:00:00.000Z</LastModified></Contents>"
    )
    more = "<IsTruncated>true</IsTruncated><NextContinuationToken>token-2</NextContinuationToken>"
    bodies = [
        f"<ListBucketResult>{more}{entry.format(1)}{entry.format(2)}</ListBucketResult>",
        f"<ListBucketResult><IsTruncated>false</IsTruncated>{entry.format(3)}</ListBucketResult>",
    ]
    replies = [Reply(body=body.encode(), headers={"Content-Type": "application/xml"}) for body in bodies]
    with scripted(*replies) as script:
        infos = list(_store_at(script.address, connections).list("k/"))
    assert infos == [ObjectInfo(f"k/{number}", "e", 1, datetime(2026, 1, 31, 12, tzinfo=UTC)) for number in (1, 2, 3)]
    assert script.asked[1].parameters["continuation-token"] == "token-2"


def test_folders_are_those_right_under_the_prefix(store: ObjectStore) -> None:
    """Not deeper ones, and no objects."""
    for key in ("p/a=1/x", "p/a=1/y/z", "p/a=2/x", "p/object", "q/a=3/x"):
        store.put(key, b"", "text/plain")
    assert list(store.folders("p/")) == ["a=1", "a=2"]
    assert list(store.folders("none/")) == []


def test_exactly_the_listed_version_is_read(store: ObjectStore, tmp_path: Path) -> None:
    """As a file."""
    store.put("a", b"line 1\nline 2\n", "text/plain")
    (info,) = store.list("a")
    store.download(info, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"line 1\nline 2\n"


_HEADERS = {"ETag": '"e"', "Last-Modified": "Sat, 31 Jan 2026 12:00:00 GMT"}
#: Half of the bytes that its head promises, and then the connection ends.
_HALF = Reply(body=b"line 1\n", headers=_HEADERS, cut=7)
_WHOLE = Reply(body=b"line 1\nline 2\n", headers=_HEADERS)


def _download(store: ObjectStore, tmp_path: Path) -> bytes:
    store.download(ObjectInfo("a", "e", 14, datetime(2026, 1, 31, 12, tzinfo=UTC)), tmp_path / "copy")
    return (tmp_path / "copy").read_bytes()


@pytest.mark.parametrize("read", [_download, lambda store, _: store.get("a").body], ids=["download", "get"])
def test_half_an_object_is_never_taken_for_the_whole(
    connections: Connections, tmp_path: Path, read: Callable[[ObjectStore, Path], bytes]
) -> None:
    """Where the connection ends in the middle, it is read again; when it ends so each time, that is an error."""
    for replies in ([_WHOLE], [_HALF, _WHOLE], [_HALF, _HALF, _WHOLE]):
        with scripted(*replies) as script:
            store = _store_at(script.address, connections)
            assert read(store, tmp_path) == _WHOLE.body
            assert len(script.asked) == len(replies)
    with scripted(_HALF) as script:
        store = _store_at(script.address, connections)
        with told("<object> was cut off while it was read", "s3://bucket/a "):
            read(store, tmp_path)
        assert len(script.asked) == 3


@pytest.mark.parametrize("fate", ["replaced", "deleted"])
def test_an_object_that_changed_after_its_listing_is_not_read(store: ObjectStore, tmp_path: Path, fate: str) -> None:
    """Another content under a known version would go unnoticed."""
    store.put("a", b"old", "text/plain")
    (info,) = store.list("a")
    if fate == "replaced":
        store.put("a", b"new", "text/plain")
    else:
        store._s3.delete_object(Bucket=store.bucket, Key="a")
    with told("<object> was replaced or deleted", f"s3://{store.bucket}/a "):
        store.download(info, tmp_path / "copy")


def test_exactly_the_listed_version_is_replaced(store: ObjectStore) -> None:
    """With a file, without reading it into memory first."""
    store.put("a", b"old", "text/plain")
    (info,) = store.list("")
    store.replace(info, io.BytesIO(b"new"), "text/plain")
    assert store.get("a").body == b"new"


@pytest.mark.parametrize("fate", ["replaced", "deleted"])
def test_an_object_that_changed_after_its_listing_is_not_replaced(store: ObjectStore, fate: str) -> None:
    """What somebody else has done meanwhile stays."""
    store.put("a", b"old", "text/plain")
    (info,) = store.list("")
    if fate == "replaced":
        store.put("a", b"somebody else's", "text/plain")
    else:
        store._s3.delete_object(Bucket=store.bucket, Key="a")
    before = list(store.list(""))
    with pytest.raises(ObjectChangedError, match=f"s3://{store.bucket}/a"):
        store.replace(info, io.BytesIO(b"new"), "text/plain")
    assert list(store.list("")) == before


def test_exactly_the_listed_version_is_deleted(store: ObjectStore) -> None:
    """What replaces it meanwhile stays; what is gone, such as by a run that was cut off, is no error."""
    store.put("a", b"old", "text/plain")
    store.put("b", b"old", "text/plain")
    listed, other = store.list("")
    store.put("a", b"somebody else's", "text/plain")
    with pytest.raises(ObjectChangedError, match=f"s3://{store.bucket}/a"):
        store.delete_version(listed)
    store.delete_version(other)
    store.delete_version(other)
    assert [info.key for info in store.list("")] == ["a"]


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_a_missing_bucket_is_made_once(connections: Connections, region: str) -> None:
    """In the client's region; a bucket that is there is left alone."""
    client = boto3.client("s3", **{**connections.aws, "region_name": region})
    bucket = ObjectStore(client, f"made-in-{region}")
    bucket.ensure_bucket()
    bucket.put("a", b"x", "text/plain")
    bucket.ensure_bucket()
    ObjectStore(client, f"made-in-{region}").ensure_bucket()
    assert bucket.get("a").body == b"x"


def test_an_error_that_is_no_answer_to_the_question_is_raised(connections: Connections) -> None:
    """A missing bucket is not a missing object."""
    nowhere = ObjectStore(boto3.client("s3", **connections.aws), "no-such-bucket-here")
    with pytest.raises(ClientError) as raised:
        nowhere.get("a")
    assert error_code(raised.value) == "NoSuchBucket"
    with pytest.raises(ClientError):
        nowhere.put_once("a", b"x", "text/plain")
    with pytest.raises(ClientError):
        list(nowhere.list(""))


def test_an_error_without_a_code_has_an_empty_one() -> None:
    """Nothing is made up."""
    assert error_code(ClientError({}, "GetObject")) == ""
