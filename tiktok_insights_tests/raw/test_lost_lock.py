"""An extraction that stood still for minutes while another machine took over: no request is spent twice."""

import logging
import signal
import subprocess
import sys

import boto3
import pytest

from tiktok_insights.clients.lease_object import LeaseObject
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.runtime.extraction_lease import LOCK_KEY, Terms, extraction_lease
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import client_for, manifest_of, requests_served
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

_HANDLE, _PAGES = "fake.1200.full", 40
_TERMS = Terms(valid=3.0, renew=0.4, quiet=1.0, margin=1.0, poll=0.1)
#: One extraction under the lease in a process of its own; its arguments: API, S3, bucket, handle.
_RUN = """
import logging, sys, boto3
from tiktok_insights.clients.lease_object import LeaseObject
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.runtime.extraction_lease import LOCK_KEY, Terms, extraction_lease
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter

api, s3, bucket, handle = sys.argv[1:]
client = boto3.client("s3", endpoint_url=s3, region_name="us-east-1", aws_access_key_id="local",
                      aws_secret_access_key="local")
terms = Terms(valid=3.0, renew=0.4, quiet=1.0, margin=1.0, poll=0.1)
log = logging.getLogger()
with extraction_lease(LeaseObject(client, bucket, LOCK_KEY), log, terms) as lock:
    api_client = Client(api, "local-key", RateLimiter(300), may_send=lock.require)
    raw = RawStore(ObjectStore(client, bucket))
    (result,) = Extractor(raw, api_client, SnapshotPolicy(), log).extract([handle])
print(result.outcome.value, result.reason, sep=": ")
"""


def test_an_extraction_that_wakes_up_after_another_took_over_sends_nothing_more(
    raw: RawStore, api: Api, settings: Settings, connections: Connections
) -> None:
    """It was stopped with SIGSTOP; the other machine waits for its claim to expire, and reads the list to its end."""
    s3 = connections.aws["endpoint_url"]
    command = [sys.executable, "-c", _RUN, api.address, s3, settings.s3.bucket, _HANDLE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:  # noqa: S603  # our own interpreter
        try:
            wait_until(lambda: sum("page-" in info.key for info in raw.store.list("raw/followers/")) > 5, seconds=60)
            first.send_signal(signal.SIGSTOP)
            log = logging.getLogger(__name__)
            lease = LeaseObject(boto3.client("s3", **connections.aws), settings.s3.bucket, LOCK_KEY)
            with extraction_lease(lease, log, _TERMS) as lock:
                client = client_for(api.address)
                client._may_send = lock.require
                (second,) = Extractor(raw, client, SnapshotPolicy(), log).extract([_HANDLE])
                served = requests_served(api)
                first.send_signal(signal.SIGCONT)
                said, _ = first.communicate(timeout=60)
        finally:
            first.kill()
    assert requests_served(api) == served
    # One for who the account is, one for each page, and at most the one that was under way at the stop.
    assert _PAGES + 1 <= served <= _PAGES + 2
    manifest = manifest_of(raw, second)
    assert (manifest.outcome, len(manifest.pages)) == ("whole", _PAGES)
    assert said.startswith("unfinished: This run lost the extraction lock: another run has taken it over, process")
