"""The one HTTP door, against real servers: what is sent, what is retried and how often, what never leaks."""

import email.utils
import logging
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tiktok_insights.local.fake_api.app import create_app
from tiktok_insights.local.fake_api.state import Settings
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.errors import (
    AccountError,
    BurstLimitedError,
    EmptyBodyError,
    QuotaExhaustedError,
    RefusedError,
    SchemaDriftError,
    TikTokError,
    TransientError,
    UnreachableError,
    UnreadableBodyError,
)
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.models import Quota
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import SEC_UID, app_page, app_row, encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.scripted import Reply, Script, scripted
from tiktok_insights_tests.support.served import served
from tiktok_insights_tests.support.troubleshooting import told

CANARY = "canary-key-4f1d9c"
GOOD = Reply(body=encoded(web_page(web_row())))
PER_SECOND = b'{"message":"You have exceeded the rate limit per second for your plan, BASIC, by the API provider"}'
MONTHLY = b'{"message":"You have exceeded the MONTHLY quota for Requests on your current plan, BASIC."}'


def client_for(address: str, *, attempts: int = 4, read_timeout: float = 5.0, key: str = CANARY) -> Client:
    """Return a client that waits some milliseconds only."""
    limiter = RateLimiter(600_000)
    return Client(address, key, limiter, timeout=(2.0, read_timeout), attempts=attempts, first_wait=0.001)


def ask(script: Script) -> int:
    """Ask for a page and return how many requests it took."""
    return client_for(script.address).followers(SEC_UID, 0).response.requests


def test_a_request_has_the_words_of_both_dialects_and_the_key_in_its_header() -> None:
    """Only there: the key is no parameter."""
    with scripted(GOOD) as script:
        client_for(script.address + "/").followers(SEC_UID, 1_761_000_000)
    (asked,) = script.asked
    assert asked.path == "/api/user/followers"
    assert asked.parameters == {
        "secUid": SEC_UID,
        "count": "30",
        "minCursor": "1761000000",
        "maxCursor": "0",
        "max_time": "1761000000",
    }
    assert asked.headers["x-rapidapi-key"] == CANARY
    assert asked.headers["x-rapidapi-host"] == "tiktok-api23.p.rapidapi.com"


@pytest.mark.parametrize(
    ("reference", "path", "parameters"),
    [
        ("some.shop", "/api/user/info", {"uniqueId": "some.shop"}),
        (SEC_UID, "/api/user/info-by-id", {"secUid": SEC_UID}),
    ],
)
def test_an_account_is_asked_for_by_handle_or_secure_id(reference: str, path: str, parameters: dict[str, str]) -> None:
    """The prefix of secure ids tells them apart."""
    with scripted(Reply(body=encoded(user_info()))) as script:
        answer = client_for(script.address).account(reference)
    assert answer.value.account_id == "6800000000000000001"
    assert [(asked.path, asked.parameters) for asked in script.asked] == [(path, parameters)]


def test_an_answer_keeps_the_exact_body_and_the_facts_without_the_key() -> None:
    """Odd spacing and all; the quota comes from headers whose names are in any case."""
    body = b'\n {"userList" : [ ], "hasMore":false,"minCursor":0,"total":0,"name":"caf\\u00e9"} '
    headers = {"X-RateLimit-Requests-Limit": "1000", "x-ratelimit-requests-REMAINING": "412"}
    with scripted(Reply(body=body, headers=headers)) as script:
        answer = client_for(script.address).followers(SEC_UID, 0).response
    assert (answer.body, answer.requests, answer.quota) == (body, 1, Quota(1_000, 412, None))
    assert abs(answer.fetched_at - datetime.now(UTC)) < timedelta(seconds=30)
    assert CANARY not in repr(answer)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (Reply(status=500, body=b"<html>oops</html>"), UnreachableError),
        (Reply(status=503, body=b'{"messages":"The API is unreachable","info":"x"}'), UnreachableError),
        (Reply(status=204), EmptyBodyError),
        (Reply(), EmptyBodyError),
        (Reply(body=b"{}"), EmptyBodyError),
        (Reply(body=b"<html>login</html>"), UnreadableBodyError),
        (Reply(body=GOOD.body[:-40]), UnreadableBodyError),
        (Reply(body=GOOD.body, cut=100), UnreachableError),
        (Reply(hangs_up=True), UnreachableError),
        (Reply(body=b'{"statusCode":10101}'), TransientError),
        (Reply(body=b'{"status_code":"4"}'), TransientError),
    ],
    ids=[
        "500 html", "503", "204", "empty", "{}", "html", "cut json", "cut body", "hangs up", "server error", "busy",
    ],
)  # fmt: skip
def test_what_may_pass_is_asked_for_again_a_bounded_number_of_times(bad: Reply, error: type[TikTokError]) -> None:
    """Twice bad and then good is good with three requests counted; always bad ends after four."""
    with scripted(bad, bad, GOOD) as script:
        assert ask(script) == 3
        assert len(script.asked) == 3
    with scripted(bad) as script:
        with pytest.raises(error) as raised:
            ask(script)
        assert (raised.value.requests, len(script.asked)) == (4, 4)
        empty = error is EmptyBodyError
        assert raised.value.outcome is (Outcome.EMPTY_RESPONSE if empty else Outcome.UNFINISHED)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=401, body=b'{"message":"Invalid API key."}'), RefusedError),
        (Reply(status=403, body=b'{"message":"You are not subscribed to this API."}'), RefusedError),
        (Reply(status=404), RefusedError),
        (Reply(status=429, body=MONTHLY), QuotaExhaustedError),
        (Reply(status=418), SchemaDriftError),
        (Reply(body=b'{"statusCode":10202}'), AccountError),
        (Reply(body=b'{"statusCode":31337}'), SchemaDriftError),
        (Reply(body=b'{"hasMore":false,"minCursor":-1,"statusCode":0}'), AccountError),
    ],
)
def test_a_final_answer_is_asked_for_once(reply: Reply, error: type[TikTokError]) -> None:
    """Another request would only cost quota."""
    with scripted(reply) as script, pytest.raises(error) as raised:
        ask(script)
    assert (raised.value.requests, len(script.asked)) == (1, 1)


def test_a_bad_body_comes_with_the_error_as_evidence() -> None:
    """So that it can be stored."""
    with scripted(Reply(body=b'{"statusCode":31337}')) as script, pytest.raises(SchemaDriftError) as raised:
        ask(script)
    assert raised.value.response is not None
    assert raised.value.response.body == b'{"statusCode":31337}'


def test_a_burst_429_waits_and_goes_on() -> None:
    """For as long as the server asks; nobody else sends meanwhile, because the limiter is told."""
    burst = Reply(status=429, body=PER_SECOND, headers={"Retry-After": "1", "x-ratelimit-requests-remaining": "55"})
    with scripted(burst, GOOD) as script:
        client = client_for(script.address)
        started = time.monotonic()
        assert client.followers(SEC_UID, 0).response.requests == 2
        assert 1.0 <= time.monotonic() - started < 5.0


def test_a_burst_429_holds_back_everybody_who_shares_the_limit() -> None:
    """The limiter is told; its clock here moves by its own sleeping only, so it still sees the pause ahead."""
    slept: list[float] = []
    limiter = RateLimiter(600_000, lambda: 1_000.0 + sum(slept), lambda seconds: slept.append(seconds + 0.001))
    burst = Reply(status=429, body=PER_SECOND, headers={"Retry-After": "1"})
    with scripted(burst, GOOD) as script:
        Client(script.address, CANARY, limiter, first_wait=0.001).followers(SEC_UID, 0)
    assert 1.0 <= sum(slept) < 1.1


def test_a_burst_429_for_ever_is_given_up() -> None:
    """The account is unfinished, not lost; the message names the setting."""
    burst = Reply(status=429, body=PER_SECOND, headers={"Retry-After": "1"})
    with scripted(burst) as script, pytest.raises(BurstLimitedError, match="TIKTOK_REQUESTS_PER_MINUTE") as raised:
        client_for(script.address, attempts=2).followers(SEC_UID, 0)
    assert (raised.value.requests, len(script.asked)) == (2, 2)


def test_the_quota_429_stops_and_says_when_to_come_back() -> None:
    """The headers tell, whatever the message."""
    headers = {"x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": "86400"}
    reply = Reply(status=429, body=PER_SECOND, headers=headers)
    with scripted(reply) as script, pytest.raises(QuotaExhaustedError, match="86400 s") as raised:
        ask(script)
    assert raised.value.reset_seconds == 86_400
    assert raised.value.outcome is Outcome.DEFERRED


def test_retry_after_of_a_server_in_trouble_is_kept_also_as_a_date() -> None:
    """RFC 9110 allows both forms; seconds of a date may be cut, so it is one second or two."""
    moment = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    with scripted(Reply(status=503, body=b"busy", headers={"Retry-After": moment}), GOOD) as script:
        started = time.monotonic()
        assert ask(script) == 2
        assert 0.5 <= time.monotonic() - started < 5.0


@pytest.mark.parametrize("header", ["soon", "-5", "1.5", "", "Thu, 99 Foo 2026 00:00:00 GMT", "0"])
def test_a_retry_after_that_means_nothing_does_not_hold_up(header: str) -> None:
    """The usual back-off applies."""
    with scripted(Reply(status=503, headers={"Retry-After": header}), GOOD) as script:
        started = time.monotonic()
        assert ask(script) == 2
        assert time.monotonic() - started < 0.5


def test_a_server_that_is_not_there_is_given_up() -> None:
    """Nobody listens on the port; the message says what to check."""
    with scripted(GOOD) as script:
        address = script.address
    with told("No response from <address>", address) as raised:
        client_for(address, attempts=2).followers(SEC_UID, 0)
    assert raised.value.requests == 2


def test_a_slow_server_is_left_after_the_timeout(tmp_path: Path) -> None:
    """A second of latency against a tenth of patience."""
    with served(create_app(tmp_path, settings=Settings(latency_ms=1_000))) as api:
        started = time.monotonic()
        with pytest.raises(UnreachableError, match="ReadTimeout"):
            client_for(api.address, attempts=1, read_timeout=0.1).account("corner.bakery")
        assert time.monotonic() - started < 0.9


def test_both_dialects_of_the_fake_api_are_understood(tmp_path: Path) -> None:
    """And its refusals of a key, with the remedy."""
    with served(create_app(tmp_path)) as api:
        client = client_for(api.address)
        for handle, dialect in (("corner.bakery", "web"), ("fake.30.app", "app"), ("fake.30.data", "web")):
            account = client.account(handle).value
            page = client.followers(account.sec_uid, 0).value
            assert (account.handle, page.dialect, page.total) == (handle, dialect, 30)
        for key in ("invalid-key", "not-subscribed-key", "endpoint-disabled-key"):
            with pytest.raises(RefusedError, match="RAPIDAPI_KEY"):
                client_for(api.address, key=key).account("corner.bakery")


def test_the_fake_apis_burst_limit_is_waited_for(tmp_path: Path) -> None:
    """Two at once, then sixty a minute: the third request gets a 429 and one more try."""
    with served(create_app(tmp_path, settings=Settings(requests_per_minute=60))) as api:
        client = client_for(api.address)
        assert [client.account("corner.bakery").response.requests for _ in range(3)] == [1, 1, 2]


def test_no_redirect_is_followed_because_the_key_would_go_with_it() -> None:
    """The HTTP library drops only the Authorization header when the host changes."""
    with scripted(GOOD) as elsewhere:
        moved = Reply(status=302, headers={"Location": f"{elsewhere.address}/api/user/followers"})
        with scripted(moved) as script, pytest.raises(SchemaDriftError, match="302"):
            ask(script)
    assert elsewhere.asked == []


ECHO = f"your key {CANARY} is bad"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=401, body=ECHO.encode()),
        Reply(status=500, body=ECHO.encode()),
        Reply(status=429, body=ECHO.encode() + b" quota"),
        Reply(body=ECHO.encode()),
        Reply(body=encoded({"statusCode": 10202, "status_msg": ECHO})),
        Reply(body=encoded({"statusCode": CANARY})),
        Reply(body=encoded({CANARY: 1})),
        Reply(body=encoded(web_page(more=CANARY))),
        Reply(hangs_up=True),
    ],
    ids=["401", "500", "quota", "no json", "message", "code", "field", "type", "no answer"],
)
def test_the_key_is_in_no_error_and_in_no_log_even_if_the_server_repeats_it(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    """What is raised ends up in logs, manifests and the run's page."""
    caplog.set_level(logging.DEBUG)
    with scripted(reply) as script, pytest.raises(TikTokError) as raised:
        client_for(script.address, attempts=2).followers(SEC_UID, 0)
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + caplog.text
    told += "".join(repr(record.__dict__) for record in caplog.records)
    assert CANARY not in told


@pytest.mark.parametrize("key", ["", " ", "k3y\n", " k3y", "clé", "k3 y", "k3y\x00", "“k3y”"])
def test_a_key_that_cannot_be_sent_is_refused_at_once_with_the_remedy(key: str) -> None:
    """A line break copied along with it would otherwise look like a network error; the key is not shown."""
    with told("RAPIDAPI_KEY contains a space" if key else "Set RAPIDAPI_KEY to your key") as raised:
        client_for("http://127.0.0.1:9", key=key)
    assert not key.strip() or key.strip() not in str(raised.value)


def test_a_good_page_that_repeats_the_key_is_kept_without_it() -> None:
    """Raw pages are kept forever; a short local key may stand in a page by chance and changes nothing."""
    with scripted(Reply(body=encoded(web_page(web_row(signature=CANARY))))) as script:
        answer = client_for(script.address).followers(SEC_UID, 0)
        local = client_for(script.address, key="canary-key").followers(SEC_UID, 0)
    assert CANARY.encode() not in answer.response.body
    assert answer.value.followers[0].tiktok_id == "7420366745511658502"
    assert CANARY.encode() in local.response.body


def test_the_dialect_may_change_with_every_page() -> None:
    """WEB, then APP, then WEB inside data: each body is looked at."""
    replies = [
        web_page(web_row("11"), more=True, cursor=900),
        app_page(app_row("12"), more=True, cursor=800),
        {"data": web_page(web_row("13"))},
    ]
    with scripted(*(Reply(body=encoded(document)) for document in replies)) as script:
        client = client_for(script.address)
        pages = [client.followers(SEC_UID, cursor).value for cursor in (0, 900, 800)]
    assert [(page.dialect, page.followers[0].tiktok_id) for page in pages] == [
        ("web", "11"),
        ("app", "12"),
        ("web", "13"),
    ]
