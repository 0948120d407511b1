"""What an HTTP status means, from the table of captured answers."""

import pytest

from tiktok_insights.tiktok import status_codes
from tiktok_insights.tiktok.errors import (
    EmptyBodyError,
    UnreachableError,
)
from tiktok_insights.tiktok.models import Quota
from tiktok_insights_tests.support.troubleshooting import told

NO_QUOTA = Quota(None, None, None)
LEFT = Quota(1_000, 412, 86_400)
SPENT = Quota(1_000, 0, 86_400)
MONTHLY = b'{"message":"You have exceeded the MONTHLY quota for Requests on your current plan, BASIC."}'
DAILY = b'{"message":"You have exceeded the DAILY quota for Requests on your current plan, BASIC."}'
PER_SECOND = b'{"message":"You have exceeded the rate limit per second for your plan, BASIC, by the API provider"}'
TOO_MANY = b'{"message":"Too many requests"}'


def check(status: int, body: bytes = b"{}", quota: Quota = NO_QUOTA, retry_after: float | None = None) -> None:
    """Judge an answer of the list endpoint."""
    status_codes.check(status, body, "/api/user/followers", quota, retry_after)


def test_a_200_with_a_body_is_good() -> None:
    """What the body says is judged elsewhere."""
    check(200, b'{"userList":[]}')


@pytest.mark.parametrize(("status", "body"), [(204, b""), (200, b""), (200, b" \r\n\t")])
def test_an_answer_without_content_is_empty(status: int, body: bytes) -> None:
    """An upstream hiccup, or a hidden list: worth another try."""
    with told("<path> returned <status> with an empty body."):
        check(status, body)


@pytest.mark.parametrize("body", [b"{}", b" {}\n", b"null", b"[]", b'""'])
def test_a_tiny_body_without_content_is_empty_too(body: bytes) -> None:
    """The API answers so now and then where it has nothing to say."""
    with pytest.raises(EmptyBodyError):
        check(200, body)


@pytest.mark.parametrize(
    ("status", "body", "remedy"),
    [
        (401, b'{"message":"Invalid API key. Go to https://docs.rapidapi.com for more info."}', "Check RAPIDAPI_KEY"),
        (401, b'{"message":"This endpoint is disabled for your subscription"}', "your plan includes this endpoint"),
        (403, b'{"message":"You are not subscribed to this API."}', "Subscribe to the API"),
        (404, b"", "Check TIKTOK_API_URL"),
    ],
)
def test_a_refusal_says_what_the_server_said_and_what_to_do(status: int, body: bytes, remedy: str) -> None:
    """No account can go on after it."""
    with told("<path> returned <status>…. <remedy>", remedy) as raised:
        check(status, body)
    assert f"/api/user/followers returned {status}" in str(raised.value)


@pytest.mark.parametrize(
    ("body", "quota"),
    [(MONTHLY, SPENT), (MONTHLY, NO_QUOTA), (DAILY, LEFT), (TOO_MANY, SPENT)],
    ids=["both say so", "only the message", "a daily one", "only the header"],
)
def test_a_429_of_the_quota_stops(body: bytes, quota: Quota) -> None:
    """Waiting a second does not help; the message says when the quota is filled up."""
    with told("<path> returned <status>…. The plan's requests are used up.") as raised:
        check(429, body, quota)
    assert raised.value.reset_seconds == quota.reset_seconds
    assert ("They reset in 86400 s" in str(raised.value)) == (quota.reset_seconds is not None)


@pytest.mark.parametrize("quota", [LEFT, NO_QUOTA])
@pytest.mark.parametrize("body", [PER_SECOND, TOO_MANY, b""])
def test_a_429_of_the_pace_waits(body: bytes, quota: Quota) -> None:
    """The server's own wish is kept."""
    with told("<path> returned <status>…. Lower TIKTOK_REQUESTS_PER_MINUTE") as raised:
        check(429, body, quota, retry_after=7.0)
    assert raised.value.retry_after == 7.0


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 599])
def test_a_5xx_is_the_servers_trouble(status: int) -> None:
    """Worth another try, at the time that the server asks for."""
    with told("<path> returned <status>…. The API has a problem.", str(status)) as raised:
        check(status, b"<html>Bad gateway</html>", retry_after=3.0)
    assert raised.value.retry_after == 3.0


@pytest.mark.parametrize("status", [201, 206, 301, 302, 400, 418])
def test_a_status_that_nobody_knows_fails_closed(status: int) -> None:
    """Its body is not used."""
    with told("<path> returned <status>…, an unknown status.", str(status)):
        check(status, b'{"userList":[],"hasMore":false}')


def test_what_the_server_said_is_cut_and_kept_on_one_line() -> None:
    """A page of HTML must not flood the log."""
    with pytest.raises(UnreachableError) as raised:
        check(500, b"<html>\n\n" + b"x" * 5_000)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400
