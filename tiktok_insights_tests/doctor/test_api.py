"""The doctor on the API: a key is told good or bad without a request of the plan."""

from pathlib import Path

import pytest

from tiktok_insights.doctor.api import api_probes
from tiktok_insights.doctor.findings import Finding, State
from tiktok_insights.doctor.side_by_side import examine
from tiktok_insights.local.fake_api.limits import INVALID_KEY, NOT_SUBSCRIBED_KEY
from tiktok_insights.settings.client_settings import TikTokSettings
from tiktok_insights_tests.support.served import Api

pytestmark = pytest.mark.deploy


def look(url: str, key: str, tmp_path: Path, *, spend_request: bool = False) -> list[Finding]:
    """What the doctor finds."""
    settings = TikTokSettings(
        api_url=url, api_key=key, requests_per_minute=60.0, accounts=("corner.bakery",), home=str(tmp_path)
    )
    return examine(list(api_probes(settings, spend_request=spend_request)))


def test_a_good_key_is_accepted_without_a_request_of_the_plan(api: Api, tmp_path: Path) -> None:
    """The fake API counts what it served."""
    (found,) = look(api.address, "a-good-key-of-somebody", tmp_path)
    assert found.outcome.state is State.OK
    assert api.control("clock", advance_seconds=0)["served"] == 0


@pytest.mark.parametrize(("key", "words"), [(INVALID_KEY, "401"), (NOT_SUBSCRIBED_KEY, "403"), ("a b", "RAPIDAPI_KEY")])
def test_a_bad_key_is_missing(api: Api, tmp_path: Path, key: str, words: str) -> None:
    """What the API said is there, and what to do."""
    (found,) = look(api.address, key, tmp_path)
    assert found.outcome.state is State.MISSING
    assert words in found.outcome.reason
    assert "RAPIDAPI_KEY" in found.outcome.remedy


def test_an_api_that_does_not_respond_is_missing(tmp_path: Path) -> None:
    """Nothing listens there; the key is not in what is said."""
    (found,) = look("http://127.0.0.1:9", "canary-of-a-key-1234567890", tmp_path)
    assert found.outcome.state is State.MISSING
    assert "TIKTOK_API_URL" in found.outcome.remedy
    assert "canary" not in repr(found)


def test_one_request_proves_the_subscription(api: Api, tmp_path: Path) -> None:
    """Only where it is asked for."""
    _, found = look(api.address, "a-good-key-of-somebody", tmp_path, spend_request=True)
    assert (found.outcome.state, found.subject.place) == (State.OK, "corner.bakery"), found
    assert api.control("clock", advance_seconds=0)["served"] == 1
    _, found = look(api.address, INVALID_KEY, tmp_path, spend_request=True)
    assert found.outcome.state is State.MISSING
