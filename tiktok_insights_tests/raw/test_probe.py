"""A probe of the fake API and of scripted ones: what it says, what it stores, and that it costs two requests."""

import gzip
from datetime import datetime

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.raw.probe import Probe, Probed, Stopwatch
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.client import Client
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import CANARY, requests_served


def probe(raw: RawStore, address: str, reference: str, *, per_minute: float = 600_000) -> Probed:
    """Probe with a client in a hurry."""
    stopwatch = Stopwatch(per_minute)
    client = Client(address, CANARY, stopwatch, timeout=(2.0, 10.0), attempts=3, first_wait=0.001)
    return Probe(raw, client, stopwatch).ask(reference)


def stored(store: ObjectStore) -> dict[str, bytes]:
    """The name and the body of everything in the bucket."""
    return {info.key: gzip.decompress(store.get(info.key).body) for info in store.list("")}


@pytest.mark.parametrize(
    ("handle", "dialect", "wrapped", "exact", "missing"),
    [
        ("fake.1000", "web", False, True, []),
        ("fake.1000.app", "app", False, False, ["followers.friend_count"]),
        ("fake.1000.data", "web", True, True, []),
        ("fake.1000.rounded", "web", False, False, ["userList.statsV2"]),
    ],
)
def test_a_probe_says_what_the_api_serves(
    raw: RawStore, api: Api, handle: str, dialect: str, wrapped: bool, exact: bool, missing: list[str]
) -> None:
    """For two requests: dialect, wrapping, fields, totals, rows, cursor with its time, counts and quota."""
    found = probe(raw, api.address, handle)
    assert (found.error, found.requests, requests_served(api)) == ("", 2, 2)
    assert found.account is not None
    assert found.page is not None
    page, answer = found.page, found.responses["page-000001"]
    assert (found.account.handle, found.account.followers_claimed, page.total) == (handle, 1000, 1000)
    assert (page.dialect, answer.wrapped_in_data) == (dialect, wrapped)
    assert (answer.unknown_fields, answer.missing_fields) == ([], missing)
    assert (page.rows_requested, page.has_more, page.rejected) == (30, True, [])
    assert 20 <= page.rows_served <= 30
    assert page.rows_with_exact_counts == (page.rows_served - page.dummies if exact else 0)
    assert found.account.counts_exact == ("rounded" not in handle)
    assert page.window is not None
    assert page.next_cursor == int(datetime.fromisoformat(page.window[0]).timestamp())
    assert page.window[0] < page.window[1]
    status = api.body("/_control/status")
    assert found.quota.remaining == (found.quota.limit or 0) - 2
    assert found.quota.limit == status["settings"]["monthly_quota"]
    assert found.quota_resets_at is not None
    assert all(0 < item.latency_seconds < 5 for item in found.responses.values())


def test_both_answers_are_stored_as_they_were_received(raw: RawStore, api: Api) -> None:
    """Under a prefix of their own, with checksum and facts as raw pages have; they are no snapshot of the account."""
    found = probe(raw, api.address, "fake.31")
    info, page = (f"probe/{found.moment}/{name}.json.gz" for name in ("account-info", "page-000001"))
    assert set(stored(raw.store)) == {info, page}
    assert [answer.stored_at for answer in found.responses.values()] == [raw.store.uri(info), raw.store.uri(page)]
    assert raw.response(page).requests == 1
    assert b'"userList"' in raw.response(page).body
    assert list(raw.accounts()) == []


def test_two_probes_are_two(raw: RawStore, api: Api) -> None:
    """The second one asks again and stores again."""
    first, second = (probe(raw, api.address, "fake.31") for _ in range(2))
    assert first.moment < second.moment
    assert requests_served(api) == 4
    assert len(stored(raw.store)) == 4


def test_an_unknown_user_costs_one_request_and_is_evidence(raw: RawStore, api: Api) -> None:
    """The error has the remedy; what came is stored."""
    found = probe(raw, api.address, "nobody.here")
    assert "no such user. Check the spelling" in found.error
    assert (found.requests, requests_served(api), found.account, found.page) == (1, 1, None, None)
    assert found.stored_evidence.endswith("/not-account-info.json.gz")
    ((_, body),) = stored(raw.store).items()
    assert b"10202" in body


def test_a_hidden_list_still_tells_who_the_account_is(raw: RawStore) -> None:
    """The first answer is told and stored, the second is the error and its evidence."""
    hidden = Reply(body=b'{"hasMore":false,"minCursor":-1,"statusCode":0}')
    with scripted(hidden, info=Reply(body=encoded(user_info(followers=7)))) as script:
        found = probe(raw, script.address, "some.shop")
    assert found.account is not None
    assert found.account.followers_claimed == 7
    assert "hides its follower list" in found.error
    assert {key.rpartition("/")[2] for key in stored(raw.store)} == {
        "account-info.json.gz",
        "not-a-page-000001.json.gz",
    }


def test_retries_are_counted_and_are_the_clients_own(raw: RawStore) -> None:
    """A hiccup costs a request more, and the latency is that of the last attempt; trouble that stays costs three."""
    page = Reply(body=encoded(web_page(web_row(), total=1)))
    with scripted(Reply(status=502, body=b"oops"), page, info=Reply(body=encoded(user_info()))) as script:
        assert probe(raw, script.address, "some.shop").requests == 3
    with scripted(Reply(status=500), info=Reply(body=encoded(user_info()))) as script:
        found = probe(raw, script.address, "some.shop")
        assert (found.requests, len(script.asked), len(script.pages_asked)) == (4, 4, 3)
    assert "returned 500" in found.error


def test_waiting_for_the_rate_limit_is_no_latency(raw: RawStore, api: Api) -> None:
    """At 60 a minute the second request is let go a second after the first."""
    found = probe(raw, api.address, "fake.31", per_minute=60)
    assert found.responses["page-000001"].latency_seconds < 0.9


def test_an_api_that_repeats_the_key_is_stored_without_it(raw: RawStore) -> None:
    """The key is in no answer, no name and no metadata."""
    page = web_page(web_row("1", signature=f"your key is {CANARY}"), total=1, debug={"x-rapidapi-key": CANARY})
    with scripted(Reply(body=encoded(page)), info=Reply(body=encoded(user_info()))) as script:
        found = probe(raw, script.address, "some.shop")
    assert found.responses["page-000001"].unknown_fields == ["debug"]
    assert CANARY not in repr(found)
    for key, body in stored(raw.store).items():
        assert CANARY.encode() not in body
        assert CANARY not in repr(raw.store.get(key).metadata)
