"""A bucket with 1,000 mixed objects, every tenth no CSV of ours: filled once for a module, and the same for each test.

What goes wrong with a batch of them belongs in the tests.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import boto3
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect, Session
from tiktok_insights.lake.listing import CsvObject, Listing
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.history import Upload
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.random_objects import FIRST, mixed_objects
from tiktok_insights_tests.support.refused_objects import deny

OBJECTS = tuple(mixed_objects(1_000))


def put_all(store: ObjectStore, uploads: Sequence[Upload] = OBJECTS) -> list[Upload]:
    """Write these objects, several at once; give them with the times that the bucket says."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda upload: store.put(upload.key, upload.body, "text/csv"), uploads))
    written = {info.key: info.last_modified.replace(tzinfo=None) for info in store.list("csv/")}
    return [replace(upload, written=written[upload.key]) for upload in uploads]


@pytest.fixture(scope="module")
def filled(home: Path) -> ObjectStore:
    """The bucket."""
    with pytest.MonkeyPatch.context() as patch:
        set_environment(home, patch)
        settings = read_settings()
        store = ObjectStore(boto3.client("s3", **connect(settings).aws), settings.s3.bucket)
    store.ensure_bucket()
    put_all(store)
    return store


@pytest.fixture
def thousand(
    filled: ObjectStore, session: Session, connect_warehouse: Connect, caplog: pytest.LogCaptureFixture
) -> Iterator[Loader]:
    """The bucket and the folder's warehouse; after the test the bucket is what it was."""
    caplog.set_level("CRITICAL")  # each object that is refused is logged
    yield Loader(filled, session, connect_warehouse)
    deny(filled)
    pages = filled._s3.get_paginator("list_objects_v2").paginate(Bucket=filled.bucket)
    there = {entry["Key"]: entry for page in pages for entry in page["Contents"]}
    for key in there.keys() - {upload.key for upload in OBJECTS}:
        filled._s3.delete_object(Bucket=filled.bucket, Key=key)
    unchanged = {(key, entry["ETag"].strip('"')) for key, entry in there.items() if entry["StorageClass"] == "STANDARD"}
    put_all(filled, [upload for upload in OBJECTS if (upload.key, upload.etag) not in unchanged])


def listed(loader: Loader, seconds: int = 0) -> tuple[CsvObject, ...]:
    """All objects, as if they had come within one second, so many seconds after the oracle's first moment.

    A run takes them in the order of their keys then, whichever a test has put last.
    """
    moment = FIRST.replace(tzinfo=UTC) + timedelta(seconds=seconds)
    return tuple(replace(item, info=replace(item.info, last_modified=moment)) for item in loader.listing().objects)


def listing_of(items: tuple[CsvObject, ...], keys: set[str]) -> Listing:
    """A listing of the objects with these keys."""
    return Listing(tuple(item for item in items if item.info.key in keys), ())
