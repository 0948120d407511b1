"""Every fault of the fake API against a whole extraction: the end, the cost, the words, and what comes next.

Here: the run that meets the fault and the run after it. Not here: the expectations (`fault_expectations`).
"""

import gzip
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import boto3
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.faults.kinds import KINDS
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotOrigin, SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor, RunStoppedError, every_account_finished
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import parse_page
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.fault_expectations import CLOCK_FAULTS, FAULTS, Expected
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import CANARY, LOG, fake_api, requests_served

pytestmark = pytest.mark.faults

WHOLE_PAGES = 4
WHOLE_REQUESTS = 5
#: All that sees a request to the source: ours, and what sends it.
LOGGERS = (LOG.name, "tiktok_insights", "requests", "urllib3", "stamina")
WORLD = World()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One fake API for all: a fault is in an account's name, so none meets another."""
    with fake_api(tmp_path_factory.mktemp("api")) as served:
        yield served


@pytest.fixture(scope="module")
def store(home: Path) -> ObjectStore:
    """One bucket for all, too."""
    settings = read_settings({"TIKTOK_INSIGHTS_HOME": str(home), "TIKTOK_INSIGHTS_BUCKET": "bucket-of-faults"})
    bucket = ObjectStore(boto3.client("s3", **connect(settings).aws), settings.s3.bucket)
    bucket.ensure_bucket()
    return bucket


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too fast means some milliseconds here."""
    monkeypatch.setattr("tiktok_insights.tiktok.client._BURST_WAIT_SECONDS", 0.002)


@dataclass(frozen=True)
class Run:
    """One run of one account as seen from outside; `result` is None when the API refused us altogether."""

    outcome: Outcome
    told: str
    requests: int
    result: AccountResult | None


def run(raw: RawStore, api: Api, expected: Expected, *, force: bool = False) -> Run:
    """Extract the account, and see that everybody counts the same requests."""
    before = requests_served(api)
    limiter = RateLimiter(600_000)
    client = Client(api.address, CANARY, limiter, timeout=(2.0, expected.patience), attempts=3, first_wait=0.001)
    extractor = Extractor(raw, client, SnapshotPolicy(force_new_snapshot=force), LOG)
    try:
        (result,) = extractor.extract([expected.handle])
    except RunStoppedError as stopped:
        assert client.budget.spent == requests_served(api) - before
        return Run(Outcome.REFUSED, str(stopped), client.budget.spent, None)
    assert result.requests == client.budget.spent == requests_served(api) - before
    told = " ".join(every_account_finished([result]).offenders) or result.reason
    return Run(result.outcome, told, result.requests, result)


def stored_pages(raw: RawStore, expected: Expected) -> tuple[int, set[str]]:
    """The pages of the account's newest snapshot, committed or not, and the ids of the users in them."""
    account = WORLD.account(expected.handle)
    snapshots = raw.snapshots(str(account.identifier))
    pages = [parse_page(page.body) for page in raw.pages(snapshots[-1])] if snapshots else []
    return len(pages), {follower.tiktok_id for page in pages for follower in page.followers}


def listed(expected: Expected, at: int = VIRTUAL_START) -> set[str]:
    """The ids of all users whom an undisturbed walk sees."""
    return {person.tiktok_id for person in WORLD.listed(WORLD.account(expected.handle), at)}


def see_the_run_with_the_fault(raw: RawStore, api: Api, expected: Expected) -> Run:
    """Extract while the fault strikes, and compare with what is expected."""
    first = run(raw, api, expected)
    pages, users = stored_pages(raw, expected)
    seen = (first.outcome, len(users), pages, first.requests)
    assert seen == (expected.outcome, expected.users, expected.pages, expected.requests), first.told
    assert expected.says in first.told
    if not first.outcome.succeeded and first.result is not None:
        assert first.outcome.remedy in first.told
        assert expected.handle in first.told
    return first


class WatchedStore(ObjectStore):
    """A real bucket, and all that was ever written to it, in clear."""

    def __init__(self, real: ObjectStore) -> None:
        super().__init__(real._s3, real.bucket)
        self.written: list[str] = []

    def put(self, key: str, body: bytes | IO[bytes], content_type: str) -> None:
        """Write to the bucket."""
        assert isinstance(body, bytes)
        self.written.append(f"{key} {body.decode()}")
        super().put(key, body, content_type)

    def put_once(
        self,
        key: str,
        body: bytes | IO[bytes],
        content_type: str,
        metadata: dict[str, str] | None = None,
        sha256: str = "",
    ) -> bool:
        """Write to the bucket unless the object is there."""
        assert isinstance(body, bytes)
        clear = gzip.decompress(body) if key.endswith(".gz") else body
        self.written.append(f"{key} {metadata} {clear.decode('utf-8', 'replace')}")
        return super().put_once(key, body, content_type, metadata, sha256)


@pytest.mark.parametrize("expected", FAULTS, ids=lambda expected: expected.fault)
def test_a_fault_ends_as_expected_and_the_next_run_is_whole(
    store: ObjectStore, api: Api, caplog: pytest.LogCaptureFixture, expected: Expected
) -> None:
    """Outcome, users, pages, requests and message; then no stored page is asked for again, and the key is nowhere."""
    watched = WatchedStore(store)
    raw = RawStore(watched)
    for name in LOGGERS:
        caplog.set_level(logging.DEBUG, logger=name)
    first = see_the_run_with_the_fault(raw, api, expected)
    second = run(raw, api, expected)
    assert second.requests == expected.then
    if second.requests == 0:
        assert second.result is not None
        assert (second.outcome, second.told, second.result.origin) == (first.outcome, first.told, SnapshotOrigin.FRESH)
        if first.outcome is not Outcome.WHOLE:
            second = run(raw, api, expected, force=True)
            assert second.requests == WHOLE_REQUESTS
    if first.outcome is not Outcome.WHOLE:
        assert second.outcome is Outcome.WHOLE, second.told
        assert stored_pages(raw, expected) == (WHOLE_PAGES, listed(expected))
    told = [repr(first), repr(second), caplog.text, *(repr(record.__dict__) for record in caplog.records)]
    assert len(told) > 4
    assert not [text for text in told + watched.written if CANARY in text]


@pytest.mark.parametrize("expected", CLOCK_FAULTS, ids=lambda expected: expected.fault)
def test_a_list_that_changes_during_the_walk_is_still_whole(raw: RawStore, tmp_path: Path, expected: Expected) -> None:
    """All who were there all the time are seen, and who came meanwhile is left to the next snapshot."""
    with fake_api(tmp_path) as api:
        see_the_run_with_the_fault(raw, api, expected)
        now = int(api.control("clock", advance_seconds=0)["clock"])
        stayed = listed(expected) & listed(expected, now)
        assert now > VIRTUAL_START
        assert stayed <= stored_pages(raw, expected)[1] <= listed(expected)


def test_every_kind_of_fault_has_a_line() -> None:
    """A new kind has to say how it ends."""
    assert {expected.kind for expected in FAULTS + CLOCK_FAULTS} == set(KINDS)


def test_no_two_lines_are_the_same_account() -> None:
    """Else one would find the other's strikes spent."""
    handles = [expected.handle for expected in FAULTS + CLOCK_FAULTS]
    assert len(handles) == len(set(handles))
