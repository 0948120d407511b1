"""Extraction killed with SIGKILL, again and again, with nothing left but the bucket."""

import subprocess
import sys
import time

import pytest

from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.bodies import parse_page
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import committed_pages, extract, manifest_of, requests_served

pytestmark = pytest.mark.faults

_HANDLE = "fake.1200.full"
_PAGES = 40
#: One extraction in a process of its own, slowly enough to be hit anywhere; its arguments: API, S3, bucket, handle.
_RUN = """
import logging, sys, boto3
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter

api, s3, bucket, handle = sys.argv[1:]
client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="local",
                      aws_secret_access_key="local")
raw = RawStore(ObjectStore(client, bucket))
Extractor(raw, Client(api, "local-key", RateLimiter(3_000)), SnapshotPolicy(), logging.getLogger()).extract([handle])
"""


def stored_pages(raw: RawStore) -> int:
    """How many pages lie in the bucket."""
    return sum("page-" in info.key for info in raw.store.list("raw/followers/"))


def test_a_run_killed_at_many_moments_asks_for_no_stored_page_again(
    raw: RawStore, api: Api, settings: Settings, connections: Connections
) -> None:
    """Five kills on the way: each costs at most the page under way, and the snapshot has every follower once."""
    command = [sys.executable, "-c", _RUN, api.address, connections.aws["endpoint_url"], settings.s3.bucket, _HANDLE]
    for pages_before_the_kill in (1, 7, 8, 20, 33):
        process = subprocess.Popen(command)  # noqa: S603  # our own interpreter
        deadline = time.monotonic() + 60
        while stored_pages(raw) < pages_before_the_kill:
            assert time.monotonic() < deadline
            assert process.poll() is None
        process.kill()
        process.wait(timeout=30)
    (last,) = extract(raw, api.address, _HANDLE)

    manifest = manifest_of(raw, last)
    assert (manifest.outcome, len(manifest.pages), stored_pages(raw)) == ("whole", _PAGES, _PAGES)
    # One for who the account is, one for each page, at most one more for each kill.
    assert _PAGES + 1 <= requests_served(api) <= _PAGES + 1 + 5
    world = World()
    listed = {person.tiktok_id for person in world.listed(world.account(_HANDLE), VIRTUAL_START)}
    pages = [parse_page(page.body) for page in committed_pages(raw, manifest)]
    assert {follower.tiktok_id for page in pages for follower in page.followers} == listed
