"""Faults of the connection, seen by plain sockets and by a client with a timeout."""

import http.client
import json
import time
import urllib.parse

import pytest
import requests

from tiktok_insights_tests.support.asking import (
    FOLLOWERS,
    WORLD,
    ask_page,
    ask_struck,
    listed_ids,
)
from tiktok_insights_tests.support.served import HEADERS, Api, id_of, rows_of

HANDLE = "fake.100.full"
SHOWN = {"slow", "stalled", "connection-reset", "short-body"}
"""The kinds that this module shows."""


def raw_answer(api: Api) -> http.client.HTTPResponse:
    """Ask for the first page over a connection of its own."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(api.address).netloc, timeout=10)
    connection.request("GET", f"{FOLLOWERS}?secUid={WORLD.account(HANDLE).sec_uid}", headers=HEADERS)
    return connection.getresponse()


def test_a_slow_answer_is_late_and_honest(clean: Api) -> None:
    """A second, or what `delay_ms` says."""
    started = time.monotonic()
    response = ask_struck(clean, HANDLE, "slow", delay_ms=70)
    assert time.monotonic() - started >= 0.07
    assert list(map(id_of, rows_of(response.json()))) == listed_ids(HANDLE)[:30]


def test_a_stalled_answer_outlasts_a_timeout_and_holds_up_nobody(clean: Api) -> None:
    """The client gives up; the server goes on with others at once."""
    clean.post_faults({"kind": "stalled", "account": HANDLE, "times": 1})
    address = f"{clean.address}{FOLLOWERS}?secUid={WORLD.account(HANDLE).sec_uid}"
    with requests.Session() as session, pytest.raises(requests.ReadTimeout):
        session.get(address, headers=HEADERS, timeout=0.1)
    assert ask_page(clean, HANDLE).status_code == 200


def test_a_reset_connection_gives_no_answer(clean: Api) -> None:
    """The client's system reports the reset; the next attempt is good."""
    clean.post_faults({"kind": "connection-reset", "account": HANDLE, "times": 1})
    with pytest.raises(ConnectionResetError):
        raw_answer(clean)
    assert ask_page(clean, HANDLE).status_code == 200


def test_a_short_body_stops_before_its_length(clean: Api) -> None:
    """Content-Length is the honest body's; half of it comes."""
    honest = ask_page(clean, HANDLE).content
    clean.post_faults({"kind": "short-body", "account": HANDLE, "times": 1})
    response = raw_answer(clean)
    promised = int(response.headers["content-length"])
    with pytest.raises(http.client.IncompleteRead) as stopped:
        response.read()
    assert (response.status, promised) == (200, len(honest))
    assert len(stopped.value.partial) == promised // 2
    with pytest.raises(json.JSONDecodeError):
        json.loads(stopped.value.partial)


@pytest.mark.parametrize("kind", ["connection-reset", "short-body"])
def test_a_client_with_kept_connections_meets_it_too(clean: Api, kind: str) -> None:
    """As an error of the connection, never as a page."""
    ask_page(clean, HANDLE)
    clean.post_faults({"kind": kind, "account": HANDLE})
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        ask_page(clean, HANDLE)
