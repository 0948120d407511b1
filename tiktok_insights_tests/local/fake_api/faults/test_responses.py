"""Faults that replace the answer, over HTTP: each row of the documented error table, word for word."""

import email.utils
import time

import pytest

from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights_tests.support.asking import FOLLOWERS, ask_page, ask_struck
from tiktok_insights_tests.support.served import Api

HANDLE = "fake.100.full"
INVALID = {"message": "Invalid API key. Go to https://docs.rapidapi.com/docs/keys for more info."}
UNREACHABLE = {
    "messages": "The API is unreachable, please contact the API provider",
    "info": "Your Client (working) ---> Gateway (working) ---> API (not working)",
}
BURST = {"message": "You have exceeded the rate limit per second for your plan, BASIC, by the API provider"}

REFUSALS = {
    "401-invalid-key": (401, INVALID),
    "403-invalid-key": (403, INVALID),
    "401-disabled": (401, {"message": "This endpoint is disabled for your subscription"}),
    "403-not-subscribed": (403, {"message": "You are not subscribed to this API."}),
    "404": (404, {"message": f"Endpoint '{FOLLOWERS}' does not exist"}),
    "429-burst-bare": (429, BURST),
    "502": (502, UNREACHABLE),
    "503": (503, UNREACHABLE),
    "504": (504, UNREACHABLE),
}
QUOTAS = {
    "429-monthly-quota": ("MONTHLY", 31 * 86_400),
    "429-monthly-quota-bare": ("MONTHLY", None),
    "429-daily-quota": ("DAILY", 86_400),
    "429-daily-quota-bare": ("DAILY", None),
}
BURSTS = {
    "429-burst": BURST["message"],
    "429-too-many-requests": "Too many requests",
    "429-retry-after-seconds": BURST["message"],
    "429-retry-after-date": BURST["message"],
}
BODIES = {
    "204": (204, b""),
    "empty-body": (200, b""),
    "tiny-body": (200, b"{}"),
}
PAGES_FOR_PEOPLE = {"500-html": 500, "html": 200}
CODES = (
    10000, 10101, 10102, 10111, 10113, 10114, 10201, 10202, 10221, 10222, 10223, 209002,
    2065, 3170, 2096, 3002060, 4, 10011, 31337,
)  # fmt: skip
CODE_KINDS = {f"code-{code}{suffix}" for code in CODES for suffix in ("", "-text")}
STATES = {
    "hidden": None,
    "private": 10222,
    "banned": 10221,
    "not-found": 10202,
    "under-age": 10223,
    "audience-controls": 209002,
}
"""State -> the code that lists are refused with."""

SHOWN = {*REFUSALS, *QUOTAS, *BURSTS, *BODIES, *PAGES_FOR_PEOPLE, *CODE_KINDS, *STATES, "truncated-json"}
"""The kinds that this module shows."""


@pytest.mark.parametrize(("kind", "status", "body"), [(kind, *answer) for kind, answer in REFUSALS.items()])
def test_a_refusal_has_its_status_and_body_and_no_quota_headers(
    clean: Api, kind: str, status: int, body: dict[str, str]
) -> None:
    """As the real API refuses and fails."""
    response = ask_struck(clean, HANDLE, kind)
    assert (response.status_code, response.json()) == (status, body)
    assert not [name for name in response.headers if name.lower().startswith("x-r")]


@pytest.mark.parametrize(("kind", "period", "reset"), [(kind, *answer) for kind, answer in QUOTAS.items()])
def test_a_spent_quota_says_which_and_until_when(clean: Api, kind: str, period: str, reset: int | None) -> None:
    """Remaining 0 and the seconds to the end of the virtual month or day; bare ones have the message only."""
    response = ask_struck(clean, HANDLE, kind)
    assert response.status_code == 429
    message = f"You have exceeded the {period} quota for Requests on your current plan, BASIC. Upgrade your plan at "
    assert response.json()["message"].startswith(message)
    expected = (None, None) if reset is None else ("0", str(reset))
    headers = response.headers
    assert (headers.get("x-ratelimit-requests-remaining"), headers.get("x-ratelimit-requests-reset")) == expected


@pytest.mark.parametrize(("kind", "message"), BURSTS.items())
def test_too_fast_has_quota_left(clean: Api, kind: str, message: str) -> None:
    """So that a client can tell it from a spent quota."""
    response = ask_struck(clean, HANDLE, kind)
    assert (response.status_code, response.json()) == (429, {"message": message})
    assert int(response.headers["x-ratelimit-requests-remaining"]) > 900_000
    assert ("Retry-After" in response.headers) is kind.startswith("429-retry-after")


def test_retry_after_comes_in_seconds_or_as_a_date(clean: Api) -> None:
    """One second and two seconds ahead, or what `delay_ms` says."""
    assert ask_struck(clean, HANDLE, "429-retry-after-seconds").headers["Retry-After"] == "1"
    assert ask_struck(clean, HANDLE, "429-retry-after-seconds", delay_ms=0).headers["Retry-After"] == "0"
    assert ask_struck(clean, HANDLE, "429-retry-after-seconds", delay_ms=6_001).headers["Retry-After"] == "7"
    before = time.time()
    date = ask_struck(clean, HANDLE, "429-retry-after-date", delay_ms=60_000).headers["Retry-After"]
    assert date.endswith(" GMT")
    assert before + 59 <= email.utils.parsedate_to_datetime(date).timestamp() <= time.time() + 60


@pytest.mark.parametrize(("kind", "status", "content"), [(kind, *answer) for kind, answer in BODIES.items()])
def test_a_good_status_may_have_no_body_to_speak_of(clean: Api, kind: str, status: int, content: bytes) -> None:
    """With the quota headers of a good answer."""
    response = ask_struck(clean, HANDLE, kind)
    assert (response.status_code, response.content) == (status, content)
    assert "x-ratelimit-requests-remaining" in response.headers


@pytest.mark.parametrize(("kind", "status"), PAGES_FOR_PEOPLE.items())
def test_a_page_for_people_is_no_json(clean: Api, kind: str, status: int) -> None:
    """Its content type says so."""
    response = ask_struck(clean, HANDLE, kind)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert response.text.startswith("<!DOCTYPE html>")


def test_a_truncated_body_is_the_first_half_of_the_honest_one(clean: Api) -> None:
    """Content-Length agrees with it, so only the JSON can tell."""
    honest = ask_page(clean, HANDLE)
    response = ask_struck(clean, HANDLE, "truncated-json")
    assert response.status_code == 200
    assert int(response.headers["content-length"]) == len(response.content)
    assert abs(len(response.content) - len(honest.content) // 2) < 5
    assert response.content[:30] == honest.content[:30]
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        response.json()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("suffix", ["", "-text"])
def test_a_code_refuses_inside_a_200_in_the_dialect_of_the_account(clean: Api, code: int, suffix: str) -> None:
    """Both keys in the WEB dialect, one in the APP dialect; as a number or as a text."""
    value: int | str = str(code) if suffix else code
    web = ask_struck(clean, HANDLE, f"code-{code}{suffix}").json()
    assert (web["statusCode"], web["status_code"]) == (value, value)
    assert not {"userList", "hasMore"} & web.keys()
    app = ask_struck(clean, "fake.100.app.full", f"code-{code}{suffix}").json()
    assert app.keys() == {"status_code", "status_msg"}
    assert app["status_code"] == value


@pytest.mark.parametrize(("state", "code"), STATES.items())
def test_a_state_of_an_account_is_an_option_of_its_handle(api: Api, state: str, code: int | None) -> None:
    """Lists are refused with its code; only a banned and an unknown account have no look-up either."""
    handle = f"fake.100.{state}"
    look_up, body = ask_page(api, handle, 0).json(), ask_page(api, handle).json()
    if code is None:
        assert body == {"hasMore": False, "minCursor": -1, "statusCode": 0}
    else:
        assert (body["statusCode"], "userList" in body) == (code, False)
    if state in ("banned", "not-found"):
        assert (look_up["statusCode"], "userInfo" in look_up) == (code, False)
        return
    assert look_up["userInfo"]["user"]["uniqueId"] == handle
    assert look_up["userInfo"]["user"]["privateAccount"] is (state == "private")
    assert look_up["userInfo"]["stats"]["followerCount"] == 100


def test_a_hidden_list_has_a_code_in_the_app_dialect(api: Api) -> None:
    """2096, as documented for that backend."""
    assert ask_page(api, "fake.100.app.hidden").json()["status_code"] == 2096


def test_a_list_can_be_hidden_from_a_page_on(api: Api) -> None:
    """The pages before it are honest."""
    handle = "fake.100.full.fault-hidden-p3"
    shown = ["userList" in ask_page(api, handle, number).json() for number in (1, 2, 3, 4)]
    assert shown == [True, True, False, False]


def test_a_daily_quota_ends_at_midnight(clean: Api) -> None:
    """An hour into the virtual day, 23 are left."""
    clean.control("clock", advance_seconds=3_600)
    headers = ask_struck(clean, HANDLE, "429-daily-quota").headers
    assert headers["x-ratelimit-requests-reset"] == str(23 * 3_600)
    assert clean.ask("/_control/status").json()["clock"] == VIRTUAL_START + 3_600
