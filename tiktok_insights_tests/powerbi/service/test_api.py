"""What the service's answers to a request stand for, and that no secret is ever part of a message."""

import dataclasses
import logging

import pytest

from tiktok_insights.powerbi.service.errors import PowerBIError
from tiktok_insights_tests.powerbi.service.conftest import Client
from tiktok_insights_tests.support.fake_power_bi import SECRET, Disturbance, FakePowerBI
from tiktok_insights_tests.support.scripted import Asked, Reply, scripted
from tiktok_insights_tests.support.troubleshooting import Told, told

_TOKEN = Reply(body=b'{"access_token": "canary-token"}')


def sign_in(asked: Asked) -> Reply | None:
    """Let everyone in."""
    return _TOKEN if asked.path.endswith("/token") else None


def test_a_wrong_secret_is_told_without_it(service: FakePowerBI, client: Client) -> None:
    """Entra repeats the secret in its text; only its number is shown, with what to do. It is asked once."""
    client.settings = dataclasses.replace(client.settings, client_secret="wrong-canary")
    with told("Microsoft Entra does not sign in the service principal", "AADSTS7000215", "value, not its ID") as raised:
        client.refresh()
    assert "wrong-canary" not in repr(raised.value)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(400, b'{"error_description": "AADSTS7000222: expired"}'), told("Microsoft Entra does not sign in")),
        (Reply(400, b"<html>"), told("Microsoft Entra does not sign in")),
        (Reply(200, b"[]"), told("Microsoft Entra does not sign in")),
        (Reply(302, headers={"Location": "http://127.0.0.1:1/"}), told("Microsoft Entra does not sign in")),
        (Reply(503), told("<address> returned <status>. Microsoft has a problem.")),
        (Reply(429), told("<address> takes no more requests now.")),
        (Reply(hangs_up=True), told("Microsoft Entra did not respond:")),
    ],
)
def test_a_sign_in_that_fails_says_how(client: Client, reply: Reply, expected: Told) -> None:
    """A redirect is not followed: it would take the secret to another address."""
    with scripted(reply) as script:
        client.settings = dataclasses.replace(client.settings, login_url=script.address)
        with expected:
            client.api.get("groups")


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (302, "AZURE_POWERBI_API_URL"),
        (400, "docs/how_to"),
        (401, "tenant settings"),
        (403, "Member"),
        (404, "WORKSPACE_ID"),
    ],
)
def test_a_refused_request_names_the_remedy_and_repeats_no_secret(client: Client, status: int, remedy: str) -> None:
    """Though the service repeats both the token and the secret. A second 401 is no reason to ask for a third token."""
    body = f'{{"error": "canary-token {SECRET} no\x1b[2J"}}'.encode()
    with scripted(Reply(status, body, {"Location": "/elsewhere"}), choose=sign_in) as script:
        client.settings = dataclasses.replace(client.settings, api_url=script.address, login_url=script.address)
        with told("<method> <path> returned <status>…. <remedy>.", str(status), remedy) as raised:
            client.api.get("groups")
    assert "canary" not in str(raised.value)
    assert "[token]" in str(raised.value)
    assert len(script.asked) == (4 if status == 401 else 2)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(hangs_up=True), told("Power BI did not respond:")),
        (Reply(200, b"<html>"), told("<method> <path> returned no JSON.")),
        (Reply(200, b""), told("<method> <path> returned no JSON.")),
        (Reply(200, b"[" * 100_000), told("<method> <path> returned no JSON.")),
    ],
)
def test_an_answer_that_cannot_be_used_says_so(client: Client, reply: Reply, expected: Told) -> None:
    """After three attempts, where a second one could help."""
    with scripted(reply, choose=sign_in) as script:
        client.settings = dataclasses.replace(client.settings, api_url=script.address, login_url=script.address)
        with expected:
            client.api.get("groups")


def test_a_good_answer_repeats_no_secret(client: Client) -> None:
    """It may be shown, where it is not what was expected, or name an error."""
    body = f'{{"said": "canary-token {SECRET}"}}'.encode()
    with scripted(Reply(200, b"\xef\xbb\xbf" + body), choose=sign_in) as script:
        client.settings = dataclasses.replace(client.settings, api_url=script.address, login_url=script.address)
        assert client.api.get("groups") == {"said": "[token] [AZURE_POWERBI_CLIENT_SECRET]"}


@pytest.mark.parametrize(
    "value", ["[]", '{"value": 1}', '{"value": [[]]}', '{"value": [{"status": 1, "startTime": 2}]}']
)
def test_what_is_not_understood_is_no_success(client: Client, value: str) -> None:
    """A list of refreshes that reads otherwise than documented ends the run before anything is begun."""
    with scripted(Reply(200, value.encode()), choose=sign_in) as script:
        client.settings = dataclasses.replace(client.settings, api_url=script.address, login_url=script.address)
        with told("Power BI described <what> in a way that this version does not understand:"):
            client.refresh()
    assert {asked.method for asked in script.asked if not asked.path.endswith("/token")} == {"GET"}


def test_no_secret_is_logged(service: FakePowerBI, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """Not even when requests are logged and repeated."""
    caplog.set_level(logging.DEBUG)
    service.disturbances += [Disturbance("POST", "/refreshes", 503), Disturbance("GET", "/refreshes", 0, times=2)]
    client.refresh()
    service.disturbances.append(Disturbance("POST", "/refreshes", 403))
    with pytest.raises(PowerBIError):
        client.refresh()
    assert "Retrying" in caplog.text
    assert "canary" not in caplog.text
    assert "canary" not in repr(client.settings)
