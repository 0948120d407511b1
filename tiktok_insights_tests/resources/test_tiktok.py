"""Each field of the source's resource, changed in a run's config, reaches the request; the others stay as they were."""

import logging
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.defs.assets.raw import RawFollowersConfig
from tiktok_insights.raw.decision import SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.tiktok import TikTokResource
from tiktok_insights.runtime.extraction_lease import LOCK_KEY
from tiktok_insights.settings.client_settings import S3Settings
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.tiktok.errors import BudgetSpentError
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.run_config import run_with
from tiktok_insights_tests.support.scripted import Reply, Script, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import requests_served
from tiktok_insights_tests.support.troubleshooting import told

_KEY, _OTHER_KEY = "the-key-of-the-environment", "another-key"


@pytest.fixture
def api() -> Iterator[Script]:
    """The API that the environment names."""
    with scripted(info=Reply(body=encoded(user_info()))) as script:
        yield script


@pytest.fixture
def tiktok(environment: dict[str, str], api: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TikTokResource:
    """The resource as the environment has it."""
    variables = {
        "TIKTOK_INSIGHTS_HOME": str(tmp_path / "home"),
        "TIKTOK_API_URL": api.address,
        "RAPIDAPI_KEY": _KEY,
        "TIKTOK_ACCOUNTS": "some.shop,some.cafe",
        "TIKTOK_REQUESTS_PER_MINUTE": "60000",
        "TIKTOK_REQUEST_BUDGET": "10",
    }
    monkeypatch.setenv("RAPIDAPI_KEY", _KEY)
    monkeypatch.setenv("OTHER_KEY", _OTHER_KEY)
    return TikTokResource.of(read_settings(variables).tiktok)


def ask(resource: TikTokResource) -> None:
    """Ask who each account is."""
    client = resource.client()
    for account in resource.accounts_or([]):
        client.account(account)


def test_api_url(tiktok: TikTokResource, api: Script) -> None:
    """Another address is asked, with the environment's key."""
    with scripted(info=Reply(body=encoded(user_info()))) as other:
        run_with(tiktok, {"api_url": other.address}, ask)
    assert [asked.headers["x-rapidapi-key"] for asked in other.asked] == [_KEY, _KEY]
    assert api.asked == []


def test_api_key(tiktok: TikTokResource, api: Script) -> None:
    """Another variable's key is in the request's header."""
    run_with(tiktok, {"api_key": {"env": "OTHER_KEY"}}, ask)
    assert [asked.headers["x-rapidapi-key"] for asked in api.asked] == [_OTHER_KEY, _OTHER_KEY]


def test_accounts(tiktok: TikTokResource, api: Script) -> None:
    """Other accounts are asked for."""
    run_with(tiktok, {"accounts": ["a.cafe", "a.club"]}, ask)
    assert [asked.parameters["uniqueId"] for asked in api.asked] == ["a.cafe", "a.club"]


def test_requests_per_minute(tiktok: TikTokResource, api: Script) -> None:
    """At 120 a minute, the second request comes half a second after the first."""
    run_with(tiktok, {"requests_per_minute": 120}, ask)
    first, second = (asked.moment for asked in api.asked)
    assert second - first > 0.4


def test_request_budget(tiktok: TikTokResource, api: Script) -> None:
    """A budget of one request ends the second before it is sent."""
    with pytest.raises(BudgetSpentError):
        run_with(tiktok, {"request_budget": 1}, ask)
    assert len(api.asked) == 1


@pytest.mark.parametrize(("config", "outcome"), [({}, Outcome.WHOLE), ({"list_caps": [60, 500]}, Outcome.CUT)])
def test_list_caps(tiktok: TikTokResource, raw: RawStore, config: dict[str, Any], outcome: Outcome) -> None:
    """A list of 60 users, of 64 claimed, is whole unless the API is known to cut lists at 60."""
    page = web_page(*(web_row(str(number)) for number in range(1, 61)), total=64)
    outcomes: list[Outcome] = []

    def extract(resource: TikTokResource) -> None:
        extractor = Extractor(raw, resource.client(), SnapshotPolicy(), logging.getLogger(__name__))
        outcomes.extend(result.outcome for result in extractor.extract(["some.shop"]))

    with scripted(Reply(body=encoded(page)), info=Reply(body=encoded(user_info(followers="64")))) as script:
        run_with(tiktok, {"api_url": script.address, **config}, extract)
    assert outcomes == [outcome]


@pytest.mark.parametrize(("config", "outcome"), [({}, Outcome.WINDOW), ({"full_walk_days": 1e-9}, Outcome.WHOLE)])
def test_full_walk_days(tiktok: TikTokResource, raw: RawStore, config: dict[str, Any], outcome: Outcome) -> None:
    """An incremental run walks to the end of the list again when the last full walk is old enough."""
    info = Reply(body=encoded(user_info(followers="60")))
    first = web_page(*(web_row(str(number)) for number in range(30)), more=True, cursor=900, total=60)
    last = web_page(*(web_row(str(number)) for number in range(30, 60)), total=60)
    outcomes: list[Outcome] = []

    def extract(resource: TikTokResource) -> None:
        config = RawFollowersConfig(incremental=True, min_snapshot_age_hours=0)
        policy = config.policy(resource.full_walk_days)
        extractor = Extractor(raw, resource.client(), policy, logging.getLogger(__name__))
        outcomes.extend(result.outcome for result in extractor.extract(["some.shop"]))

    for _ in range(2):
        with scripted(Reply(body=encoded(first)), Reply(body=encoded(last)), info=info) as script:
            run_with(tiktok, {"api_url": script.address, **config}, extract)
    assert outcomes == [Outcome.WHOLE, outcome]


def test_home(tiktok: TikTokResource, settings: Settings, tmp_path: Path) -> None:
    """Extractions wait for each other in another folder."""

    def lock(resource: TikTokResource) -> None:
        with resource.extraction_lock(S3Resource.of(settings.s3), logging.getLogger(__name__)) as held:
            assert (tmp_path / "elsewhere" / "extraction.lock").exists()
            held.require()

    run_with(tiktok, {"home": str(tmp_path / "elsewhere")}, lock)
    assert not (tmp_path / "home").exists()


def test_without_a_local_stack_the_lock_is_in_the_bucket(
    tiktok: TikTokResource,
    settings: Settings,
    connections: Connections,
    store: ObjectStore,
    api: Script,
    tmp_path: Path,
) -> None:
    """All machines see it; while another run has taken it over, the client sends nothing."""
    aws = connections.aws
    s3 = S3Settings(
        bucket=settings.s3.bucket,
        region=aws["region_name"],
        endpoint_url=aws["endpoint_url"],
        access_key_id=aws["aws_access_key_id"],
        secret_access_key=aws["aws_secret_access_key"],
    )
    with tiktok.extraction_lock(S3Resource(**asdict(s3)), logging.getLogger(__name__)) as held:
        client = tiktok.client(held.require)
        client.account("some.shop")
        store.put(LOCK_KEY, b"another's", "text/plain")
        held._try_to_renew()  # type: ignore[attr-defined]
        with told("This run lost the extraction lock"):
            client.account("some.cafe")
    assert len(api.asked) == 1
    assert store.get(LOCK_KEY).body == b"another's"
    assert not (tmp_path / "home").exists()


def test_local_stack(tiktok: TikTokResource, api: Script, settings: Settings, connections: Connections) -> None:
    """Where no address is named, the fake API of that stack is asked."""
    before = requests_served(Api(connections.api_url))
    run_with(tiktok, {"api_url": "", "local_stack": str(settings.home), "accounts": ["corner.bakery"]}, ask)
    assert requests_served(Api(connections.api_url)) == before + 1
    assert api.asked == []
