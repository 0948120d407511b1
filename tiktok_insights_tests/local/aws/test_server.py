"""AWS on this machine: what was acknowledged is there after a kill -9, and conditional writes have one winner."""

import io
import pickle
import threading
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import requests
from botocore.exceptions import ClientError

from tiktok_insights.local import stack
from tiktok_insights_tests.local.conftest import aws_client, kill_9

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

_KEY = "raw/followers/account=7/snapshot=é😀 %+'/page-000001.json.gz"
_LONG_KEY = "k" * 1024


def test_a_kill_loses_nothing_that_was_acknowledged(own_home: Path) -> None:
    """Objects with all their metadata, deletions, the catalog and secrets are the same after kill -9 and a start."""
    endpoints = stack.ensure_running(own_home)
    s3 = cast("S3Client", aws_client(endpoints, "s3"))
    glue = cast("GlueClient", aws_client(endpoints, "glue"))
    secrets = cast("SecretsManagerClient", aws_client(endpoints, "secretsmanager"))
    _write_objects(s3)
    _write_catalog(glue)
    secrets.create_secret(Name="snowflake_credentials", SecretString="one")
    secrets.put_secret_value(SecretId="snowflake_credentials", SecretString="two")
    before = _everything(s3, glue, secrets)
    keys = own_home / "stack" / "aws" / "s3" / "kept" / "keys"
    _leave_torn_files(keys)

    kill_9(own_home, endpoints)
    assert stack.ensure_running(own_home).aws == endpoints.aws
    assert _everything(s3, glue, secrets) == before
    assert not list(keys.rglob("*.tmp"))
    assert len(list(keys.rglob("*.torn"))) == 1


def _write_objects(s3: "S3Client") -> None:
    s3.create_bucket(Bucket="kept")
    s3.create_bucket(Bucket="emptied")
    s3.delete_bucket(Bucket="emptied")
    s3.put_object(Bucket="kept", Key=_KEY, Body=b"first")
    s3.put_object(
        Bucket="kept",
        Key=_KEY,
        Body=b"page",
        ContentEncoding="gzip",
        ContentType="application/json",
        Metadata={"fetched-at": "2026-01-02T03:04:05Z", "params": "count=30"},
        Tagging="stage=raw",
    )
    s3.put_object(Bucket="kept", Key=_LONG_KEY, Body=b"")
    s3.copy_object(Bucket="kept", Key="copied", CopySource={"Bucket": "kept", "Key": _KEY})
    s3.upload_fileobj(io.BytesIO(b"0123456789" * 2_000_000), "kept", "large")
    for key in ("deleted", "deleted/with/others"):
        s3.put_object(Bucket="kept", Key=key, Body=b"x")
    s3.delete_object(Bucket="kept", Key="deleted")
    s3.delete_objects(Bucket="kept", Delete={"Objects": [{"Key": "deleted/with/others"}]})


def _write_catalog(glue: "GlueClient") -> None:
    glue.create_database(DatabaseInput={"Name": "tiktok"})
    glue.create_table(
        DatabaseName="tiktok",
        TableInput={
            "Name": "tiktok_user_data",
            "PartitionKeys": [{"Name": "account", "Type": "string"}],
            "StorageDescriptor": {"Columns": [{"Name": "tiktok_id", "Type": "string"}], "Location": "s3://kept/csv/"},
        },
    )
    glue.create_partition(
        DatabaseName="tiktok",
        TableName="tiktok_user_data",
        PartitionInput={"Values": ["7"], "StorageDescriptor": {"Location": "s3://kept/csv/account=7/"}},
    )


def _everything(s3: "S3Client", glue: "GlueClient", secrets: "SecretsManagerClient") -> list[object]:
    listed = s3.list_objects_v2(Bucket="kept")["Contents"]
    heads = [s3.head_object(Bucket="kept", Key=found["Key"]) for found in listed]
    secret = secrets.get_secret_value(SecretId="snowflake_credentials")
    versions = secrets.list_secret_version_ids(SecretId="snowflake_credentials")["Versions"]
    return [
        [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]],
        listed,
        [{name: value for name, value in head.items() if name != "ResponseMetadata"} for head in heads],
        [s3.get_object(Bucket="kept", Key=found["Key"])["Body"].read() for found in listed],
        s3.get_object_tagging(Bucket="kept", Key=_KEY)["TagSet"],
        glue.get_table(DatabaseName="tiktok", Name="tiktok_user_data")["Table"],
        glue.get_partitions(DatabaseName="tiktok", TableName="tiktok_user_data")["Partitions"],
        (secret["VersionId"], secret["SecretString"]),
        [(version["VersionId"], version["VersionStages"]) for version in versions],
    ]


def _leave_torn_files(keys: Path) -> None:
    """What a crash in the middle of a write, or of a disk, would leave."""
    shard = next(keys.iterdir())
    (shard / "half.pickle.tmp").write_bytes(b"half")
    (shard / "half.pickle").write_bytes(pickle.dumps(["x" * 1000])[:500])


def test_of_simultaneous_conditional_puts_one_wins(s3: "S3Client", bucket: str) -> None:
    """Of eight `If-None-Match: *` puts of one key at once, exactly one succeeds, every time."""
    for attempt in range(10):
        outcomes = _race(s3, bucket, f"key-{attempt}", 8)
        assert sorted(outcomes) == [200] + [412] * 7
    written = s3.get_object(Bucket=bucket, Key="key-0")["Body"].read()
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=bucket, Key="key-0", Body=b"later", IfNoneMatch="*")
    assert s3.get_object(Bucket=bucket, Key="key-0")["Body"].read() == written


def _race(s3: "S3Client", bucket: str, key: str, runners: int) -> list[int]:
    outcomes: list[int] = []
    gun = threading.Barrier(runners)

    def put(number: int) -> None:
        gun.wait()
        try:
            reply = s3.put_object(Bucket=bucket, Key=key, Body=str(number).encode(), IfNoneMatch="*")
            outcomes.append(reply["ResponseMetadata"]["HTTPStatusCode"])
        except ClientError as error:
            outcomes.append(error.response["ResponseMetadata"]["HTTPStatusCode"])

    threads = [threading.Thread(target=put, args=(number,)) for number in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_pages_of_a_listing_are_complete_and_in_order(s3: "S3Client", bucket: str) -> None:
    """A listing in pages gives every key once, in order, also after a change, with prefix, start and delimiter."""
    names = sorted(f"csv/{number % 7}/é{number}" for number in range(25))
    for name in ["a-first", *reversed(names), "z-last"]:
        s3.put_object(Bucket=bucket, Key=name, Body=b"x")
    pages = s3.get_paginator("list_objects_v2")

    def listed(**options: str) -> list[str]:
        found = pages.paginate(Bucket=bucket, PaginationConfig={"PageSize": 4}, **options)  # type: ignore[arg-type]
        return [entry["Key"] for page in found for entry in page.get("Contents", [])]

    assert listed() == ["a-first", *names, "z-last"]
    assert listed(Prefix="csv/") == names
    assert listed(Prefix="csv/", StartAfter=names[10]) == names[11:]
    assert listed(Prefix="nothing/") == []
    s3.delete_object(Bucket=bucket, Key=names.pop(3))
    assert listed(Prefix="csv/") == names
    folders = s3.list_objects_v2(Bucket=bucket, Prefix="csv/", Delimiter="/")["CommonPrefixes"]
    assert [folder["Prefix"] for folder in folders] == [f"csv/{number}/" for number in range(7)]


def test_a_large_object_is_stored_once_and_replaced(s3: "S3Client", bucket: str, shared_home: Path) -> None:
    """A large value is one file, which goes with its object, and a copy has its own."""
    folder = shared_home / "stack" / "aws" / "s3" / bucket
    s3.upload_fileobj(io.BytesIO(b"1" * 20_000_000), bucket, "large")
    assert [path.stat().st_size for path in folder.rglob("*.value")] == [20_000_000]
    s3.put_object(Bucket=bucket, Key="large", Body=b"2" * 6_000_000)
    assert [path.stat().st_size for path in folder.rglob("*.value")] == [6_000_000]
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "large"})
    s3.delete_object(Bucket=bucket, Key="large")
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"2" * 6_000_000
    assert len(list(folder.rglob("*.value"))) == 1


def test_versions_and_deletions_of_a_versioned_bucket_work(s3: "S3Client", bucket: str) -> None:
    """A bucket with versions keeps the old ones and hides a deleted key."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="key", Body=b"one")["VersionId"]
    s3.put_object(Bucket=bucket, Key="key", Body=b"two")
    s3.delete_object(Bucket=bucket, Key="key")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert s3.get_object(Bucket=bucket, Key="key", VersionId=first)["Body"].read() == b"one"


def test_the_switch_that_would_empty_memory_and_not_the_disk_is_closed(endpoints: stack.Endpoints) -> None:
    """The server library's own reset cannot be reached; the stack has one of its own."""
    reply = requests.request("POST", f"{endpoints.aws}/moto-api/reset", timeout=10)
    assert reply.status_code == 403
    assert "local reset" in reply.text
