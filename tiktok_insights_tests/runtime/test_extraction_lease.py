"""The lease that all machines see, on the local stack's S3: two holders, a dead one, a late one, lost answers."""

import json
import logging
import math
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from tiktok_insights.clients.lease_object import LeaseObject
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.runtime.extraction_lease import LOCK_KEY, Lease, Terms, extraction_lease
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.refused_objects import deny
from tiktok_insights_tests.support.troubleshooting import told

pytestmark = pytest.mark.faults

_LOG = logging.getLogger(__name__)
#: Short enough for a test; S3 tells times in whole seconds, which `margin` makes up for.
_TERMS = Terms(valid=2.0, renew=0.3, quiet=0.7, margin=1.0, poll=0.1, patience=60.0)
_HOLD = (
    "import logging, sys, boto3\n"
    "from tiktok_insights.clients.lease_object import LeaseObject\n"
    "from tiktok_insights.runtime.extraction_lease import LOCK_KEY, Terms, extraction_lease\n"
    "s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1', aws_access_key_id='local',\n"
    "                  aws_secret_access_key='local')\n"
    "terms = Terms(valid=2.0, renew=0.3, quiet=0.7, margin=1.0, poll=0.1)\n"
    "with extraction_lease(LeaseObject(s3, sys.argv[2], LOCK_KEY), logging.getLogger(), terms):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def s3(store: ObjectStore, connections: Connections) -> Any:
    """A client of the test's own, which sends again at once; the bucket is there."""
    retries = Config(retries={"total_max_attempts": 2, "mode": "standard"})
    return boto3.client("s3", **connections.aws, config=retries)


@pytest.fixture
def lease(s3: Any, store: ObjectStore) -> LeaseObject:
    """The lock's object in the test's bucket."""
    return LeaseObject(s3, store.bucket, LOCK_KEY)


def stored(store: ObjectStore) -> dict[str, Any]:
    """What the object says."""
    found: dict[str, Any] = json.loads(store.get(LOCK_KEY).body)
    return found


@contextmanager
def throttled(s3: Any) -> Iterator[None]:
    """S3 asks to slow down, whatever this client sends."""

    def answer(request: Any, **_: Any) -> AWSResponse:
        body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
        headers = HTTPHeaders.from_dict({"content-type": "application/xml"})
        return AWSResponse(request.url, 503, headers, SimpleNamespace(stream=lambda: [body]))

    s3.meta.events.register("before-send.s3", answer)
    try:
        yield
    finally:
        s3.meta.events.unregister("before-send.s3", answer)


def lost_answer(kind: str) -> Requests:
    """The next request of a kind is done by S3, and its answer is lost."""
    return Requests(FailPoint(0, Moment.ANSWER_LOST, Manner.RAISE, kind))


def test_eight_runs_at_once_extract_one_after_the_other(lease: LeaseObject, store: ObjectStore) -> None:
    """Whoever comes first; nobody holds it while another does, and the next begins without waiting for its end."""
    events: list[tuple[str, int]] = []

    def run(number: int) -> None:
        with extraction_lease(lease, _LOG, _TERMS) as held:
            held.require()
            events.append(("begin", number))
            time.sleep(0.05)
            events.append(("end", number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(number for word, number in events if word == "begin") == list(range(8))
    assert [word for word, _ in events] == ["begin", "end"] * 8
    assert all(events[place][1] == events[place + 1][1] for place in range(0, 16, 2))
    assert time.monotonic() - began < 8 * _TERMS.valid
    assert stored(store)["seconds"] == 0


def test_it_says_who_extracts_and_until_when(
    lease: LeaseObject, store: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    """In the object, and in the log of whoever waits."""
    caplog.set_level(logging.INFO)
    with extraction_lease(lease, _LOG, _TERMS):
        claim = stored(store)
        assert {"owner", "machine", "process", "expires"} < claim.keys()
        impatient = Lease(lease, _LOG, Terms(poll=0.01, patience=0.05))
        with told("Another run has held the extraction lock", f"process {claim['process']} on {claim['machine']}"):
            impatient.take()
    assert caplog.text.count("Another run is extracting: process") == 1


def test_it_is_renewed_while_it_is_held(lease: LeaseObject, s3: Any) -> None:
    """For longer than it is valid; the others see it young all the time."""
    with extraction_lease(lease, _LOG, _TERMS) as held:
        deadline = time.monotonic() + 2 * _TERMS.valid
        while time.monotonic() < deadline:
            held.require()
            found = lease.read()
            assert found
            assert found.age <= _TERMS.valid
            time.sleep(0.2)


def test_after_kill_9_of_the_holder_the_next_run_takes_over_when_its_claim_has_expired(
    lease: LeaseObject, store: ObjectStore, connections: Connections
) -> None:
    """Not before, and without a hand."""
    command = [sys.executable, "-c", _HOLD, connections.aws["endpoint_url"], store.bucket]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:  # noqa: S603  # our own interpreter
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.kill()
        holder.wait(timeout=30)
    last = store.info(LOCK_KEY)
    assert last
    with extraction_lease(lease, _LOG, _TERMS) as held:
        held.require()
        mine = store.info(LOCK_KEY)
        assert mine
        assert (mine.last_modified - last.last_modified).total_seconds() >= _TERMS.valid


def test_a_holder_that_was_taken_over_stops(lease: LeaseObject) -> None:
    """It asks S3 once it is late, sees the other one, and never sends again; giving back leaves the other's claim."""
    late = Lease(lease, _LOG, _TERMS)
    late.take()
    with extraction_lease(lease, _LOG, _TERMS) as other:
        for _ in range(2):
            with told("This run lost the extraction lock", "another run has taken it over, process"):
                late.require()
        late.give_back()
        other.require()


def test_a_holder_that_is_late_goes_on_if_no_other_was_there(lease: LeaseObject, s3: Any) -> None:
    """After a long stop S3 still has its claim: no other run has extracted meanwhile."""
    held = Lease(lease, _LOG, _TERMS)
    held.take()
    time.sleep(_TERMS.valid - _TERMS.quiet + 0.1)
    held.require()
    with throttled(s3):
        held.require()  # asks nothing


def test_a_machine_that_was_suspended_is_late(lease: LeaseObject, monkeypatch: pytest.MonkeyPatch, s3: Any) -> None:
    """Its running clock may have stood still, but the one on the wall shows how long it was away."""
    held = Lease(lease, _LOG, _TERMS)
    held.take()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 600)
    with throttled(s3), told("This run lost the extraction lock"):
        held.require()


def test_a_holder_that_cannot_renew_stops_before_another_may_begin(lease: LeaseObject, s3: Any) -> None:
    """S3 asks it to slow down: for a moment that is nothing, in the end it sends no more, while its claim is valid."""
    with extraction_lease(lease, _LOG, _TERMS) as held:
        with throttled(s3), told("This run lost the extraction lock", "could not be renewed in time"):
            for _ in range(1_000):
                asked = held._written.seconds_ago()
                held.require()
                assert asked < _TERMS.valid - _TERMS.quiet
                time.sleep(0.02)
        held.require()  # S3 is back, and no other run was there


def test_lost_answers_change_nothing(lease: LeaseObject, store: ObjectStore) -> None:
    """S3 has stored a claim and its answer is lost: the run knows its own claim when it sees it."""
    held = Lease(lease, _LOG, _TERMS)
    with lost_answer("S3 PUT locks").watched() as requests:
        held.take()
    assert requests.reached
    with lost_answer("S3 PUT locks").watched() as requests:
        held._try_to_renew()
    assert requests.reached
    held.require()
    number = stored(store)["number"]
    with lost_answer("S3 PUT locks").watched() as requests:
        held.give_back()
    assert requests.reached
    assert stored(store) | {"number": number, "seconds": 0.0} == stored(store) | {"number": number}
    with extraction_lease(lease, _LOG, _TERMS):
        pass


def test_a_claim_whose_answer_never_came_is_still_ours(
    connections: Connections, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the answer nor the look at the object got through; the next renewal finds our own older claim."""
    once = boto3.client("s3", **connections.aws, config=Config(retries={"total_max_attempts": 1}))
    lease = LeaseObject(once, store.bucket, LOCK_KEY)
    held = Lease(lease, _LOG, _TERMS)
    held.take()
    before = stored(store)["number"]
    with monkeypatch.context() as patch, lost_answer("S3 PUT locks").watched():
        patch.setattr(LeaseObject, "read", fail)
        held._try_to_renew()
    assert stored(store)["number"] == before + 1
    held._try_to_renew()
    held.require()
    assert stored(store)["number"] > before + 1


def fail(_: LeaseObject) -> None:
    """The network is gone."""
    from botocore.exceptions import EndpointConnectionError

    raise EndpointConnectionError(endpoint_url="s3")


def claim_that_says(**changes: object) -> bytes:
    """A claim of another process, with these fields."""
    fields = {"owner": "other", "machine": "m", "process": 1, "number": 1, "seconds": 1.0, "expires": "soon"}
    return json.dumps(fields | changes).encode()


@pytest.mark.parametrize(
    "body",
    [b"[]", claim_that_says(seconds=1e9), claim_that_says(seconds=math.nan), claim_that_says(number=math.inf)],
    ids=["no claim", "decades", "not a number", "infinity"],
)
def test_what_is_no_claim_is_one_that_expires(lease: LeaseObject, store: ObjectStore, body: bytes) -> None:
    """Whatever somebody has put there keeps nobody waiting for longer than a claim."""
    store.put(LOCK_KEY, body, "application/json")
    before = store.info(LOCK_KEY)
    assert before
    with extraction_lease(lease, _LOG, _TERMS):
        mine = store.info(LOCK_KEY)
        assert mine
        assert (mine.last_modified - before.last_modified).total_seconds() >= _TERMS.valid


def test_a_missing_permission_is_named(lease: LeaseObject, store: ObjectStore) -> None:
    """By the object and the action."""
    deny(store, LOCK_KEY, action="s3:PutObject")
    with told("<object> cannot be written", "s3:PutObject", LOCK_KEY):
        Lease(lease, _LOG, _TERMS).take()
    deny(store)
    Lease(lease, _LOG, _TERMS).take()
    deny(store, LOCK_KEY, action="s3:GetObject")
    with told("<object> cannot be read", "s3:GetObject", LOCK_KEY):
        Lease(lease, _LOG, _TERMS).take()


def test_another_bucket_is_another_lock(lease: LeaseObject, s3: Any, tmp_path: Path) -> None:
    """Two deployments do not wait for each other."""
    s3.create_bucket(Bucket="another-bucket-of-this-test")
    other = LeaseObject(s3, "another-bucket-of-this-test", LOCK_KEY)
    with extraction_lease(lease, _LOG, _TERMS) as one, extraction_lease(other, _LOG, _TERMS) as two:
        one.require()
        two.require()
