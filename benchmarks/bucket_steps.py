"""Puts made-up objects into a bucket, and reads all of a bucket as fast as S3 gives it.

Objects are put into the stack's folder while the stack does not run: over HTTP, 100,000 would take a quarter of an
hour.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from benchmarks.children import Stopwatch
from benchmarks.followers_file import write_followers_file
from benchmarks.workplace import Workplace, csv_key

_MOTO_ACCOUNT, _MOTO_PARTITION, _MOTO_REGION = "123456789012", "aws", "us-east-1"
_THREADS = 16


def seed(watch: Stopwatch, *, objects: int, rows: int, **place: str) -> int:
    """Store the same followers in so many objects, each of another account; gives how many users they are of."""
    here = Workplace.of(**place)
    path = here.folder / "followers.csv"
    file = write_followers_file(path, objects * rows)
    with watch:
        put_objects(here, ((csv_key(account=n), body) for n, body in enumerate(_parts(path, rows), 1)))
    return file.users


def _parts(path: Path, rows: int) -> Iterator[bytes]:
    """The file in parts of so many rows, each with the header."""
    with path.open("rb") as lines:
        header = next(lines)
        while part := b"".join(islice(lines, rows)):
            yield header + part


def put_objects(here: Workplace, objects: Iterable[tuple[str, bytes]]) -> None:
    """Store objects as the stack does, which finds them when it starts."""
    from moto.s3.models import s3_backends

    from tiktok_insights.local.aws.server import AwsState
    from tiktok_insights.local.folder import StackFolder

    bucket = here.settings.s3.bucket
    folder = StackFolder.of(here.home)
    folder.create()
    state = AwsState(folder.aws)
    backend = s3_backends[_MOTO_ACCOUNT][_MOTO_PARTITION]
    backend.create_bucket(bucket, _MOTO_REGION)
    state.s3.save_bucket(bucket)
    for key, body in objects:
        # Asking for the ETag computes it, as the answer to a PUT does.
        _ = backend.put_object(bucket, key, body).etag
        state.s3.save_key(bucket, key)


def get_all(watch: Stopwatch, **place: str) -> int:
    """Read every object of the bucket and keep none; gives their bytes."""
    import boto3
    from botocore.config import Config

    from tiktok_insights.resources.opening import aws_arguments

    settings = Workplace.of(**place).settings.s3
    client = boto3.client("s3", **aws_arguments(settings), config=Config(max_pool_connections=_THREADS, proxies={}))
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=settings.bucket)
    keys = [item["Key"] for page in pages for item in page["Contents"]]

    def get(key: str) -> int:
        return len(client.get_object(Bucket=settings.bucket, Key=key)["Body"].read())

    with watch, ThreadPoolExecutor(_THREADS) as pool:
        return sum(pool.map(get, keys))
