"""Keys, host header, quota and burst limit: the documented refusals, word for word."""

import json
import pathlib
import re

import pytest

from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.limits import Limiter
from tiktok_insights.local.fake_api.state import Settings, State
from tiktok_insights_tests.support.served import HEADERS, Api, served

INVALID = "Invalid API key. Go to https://docs.rapidapi.com/docs/keys for more info."
INFO = "/api/user/info"
QUOTA_HEADERS = {
    "x-ratelimit-requests-limit", "x-ratelimit-requests-remaining", "x-ratelimit-requests-reset",
    "x-rapidapi-request-id", "x-rapidapi-region",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"x-rapidapi-key": None}, 401, INVALID),
        ({"x-rapidapi-key": "no key"}, 401, INVALID),
        ({"x-rapidapi-key": "invalid-key"}, 401, INVALID),
        ({"x-rapidapi-key": "endpoint-disabled-key"}, 401, "This endpoint is disabled for your subscription"),
        ({"x-rapidapi-key": "not-subscribed-key"}, 403, "You are not subscribed to this API."),
        ({"x-rapidapi-host": "other-api.p.rapidapi.com"}, 403, "You are not subscribed to this API."),
        ({"x-rapidapi-host": None}, 404, "API doesn't exists"),
    ],
)  # fmt: skip
def test_a_request_without_the_right_to_ask_is_refused(
    api: Api, changes: dict[str, str | None], status: int, message: str
) -> None:
    """The documented status and body, no quota headers, and nothing is counted."""
    before = api.ask("/_control/status").json()["served"]
    headers = {name: value for name, value in {**HEADERS, **changes}.items() if value is not None}
    response = api.ask_with(headers, INFO, uniqueId="corner.bakery")
    assert (response.status_code, response.json()) == (status, {"message": message})
    assert not QUOTA_HEADERS & {name.lower() for name in response.headers}
    assert api.ask("/_control/status").json()["served"] == before


def test_an_unknown_path_is_404_for_those_who_may_ask(api: Api) -> None:
    """Others learn nothing about paths."""
    assert api.ask("/api/user/unknown").status_code == 404
    assert api.ask_with({}, "/api/user/unknown").status_code == 401


def test_an_answer_carries_the_quota_headers(api: Api) -> None:
    """The reset is in seconds: 31 days of May from the virtual start; every request is counted."""
    first, second = api.ask(INFO, uniqueId="corner.bakery"), api.ask(INFO, uniqueId="nobody.here")
    assert {name.lower() for name in first.headers} >= QUOTA_HEADERS
    assert first.headers["X-RateLimit-Requests-Limit"] == "1000000"
    assert first.headers["x-ratelimit-requests-reset"] == str(31 * 86_400)
    left = [int(response.headers["x-ratelimit-requests-remaining"]) for response in (first, second)]
    assert left[0] - left[1] == 1


def test_a_spent_quota_is_429_until_the_virtual_month_ends(tmp_path: pathlib.Path) -> None:
    """Remaining 0 and the word quota; the next month starts afresh; another key has its own."""
    with served(create_app(tmp_path, settings=Settings(monthly_quota=2))) as api:
        answers = [api.ask(INFO, uniqueId="corner.bakery") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert [answer.headers["x-ratelimit-requests-remaining"] for answer in answers] == ["1", "0", "0"]
        assert (
            answers[2]
            .json()["message"]
            .startswith(
                "You have exceeded the MONTHLY quota for Requests on your current plan, BASIC. Upgrade your plan at "
            )
        )
        assert "retry-after" not in answers[2].headers
        other = {**HEADERS, "x-rapidapi-key": "another-key"}
        assert api.ask_with(other, INFO, uniqueId="corner.bakery").status_code == 200
        api.control("clock", advance_seconds=int(answers[2].headers["x-ratelimit-requests-reset"]))
        renewed = api.ask(INFO, uniqueId="corner.bakery")
        assert (renewed.status_code, renewed.headers["x-ratelimit-requests-remaining"]) == (200, "1")


def test_too_fast_is_429_with_quota_left(tmp_path: pathlib.Path) -> None:
    """Ten at once where sixty a minute are allowed: the first two pass, quota is untouched by the others."""
    with served(create_app(tmp_path, settings=Settings(requests_per_minute=1))) as api:
        answers = [api.ask(INFO, uniqueId="corner.bakery") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 429]
        assert answers[4].json() == {
            "message": "You have exceeded the rate limit per second for your plan, BASIC, by the API provider"
        }
        assert answers[4].headers["x-ratelimit-requests-remaining"] == "999998"


def test_a_burst_limit_recovers_evenly(tmp_path: pathlib.Path) -> None:
    """At 120 a minute two may come at once and one more after each half second."""
    seconds = [100.0]
    limiter = Limiter(State(tmp_path, Settings(requests_per_minute=120)), now=lambda: seconds[0])
    assert [limiter.excess("local-key") is None for _ in range(3)] == [True, True, False]
    seconds[0] += 0.5
    assert [limiter.excess("local-key") is None for _ in range(2)] == [True, False]
    seconds[0] += 3_600
    assert [limiter.excess("local-key") is None for _ in range(3)] == [True, True, False]


def test_a_steady_client_at_the_limit_is_never_refused(tmp_path: pathlib.Path) -> None:
    """600 a minute, one every tenth of a second, each a little early or late."""
    seconds = [0.0]
    limiter = Limiter(State(tmp_path, Settings(requests_per_minute=600)), now=lambda: seconds[0])
    for number in range(300):
        seconds[0] = number * 0.1 + (number % 3) * 0.01
        assert limiter.excess("local-key") is None


def test_no_key_is_written_down_or_answered(tmp_path: pathlib.Path) -> None:
    """A planted canary appears neither in the state file nor in the status; its fingerprint does."""
    canary = "canary1234567890msh"
    with served(create_app(tmp_path)) as api:
        assert api.ask_with({**HEADERS, "x-rapidapi-key": canary}, INFO, uniqueId="city.museum").status_code == 200
        status = api.ask("/_control/status").text
    stored = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert canary not in status + stored
    assert re.fullmatch(r"[0-9a-f]{12}", next(iter(json.loads(stored)["quota_spent"])))
