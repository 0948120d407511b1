"""Each response is parsed once: what the client has read is handed on, and of stored pages each is read once."""

from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok import strict_json
from tiktok_insights.tiktok.dialects import read_page
from tiktok_insights.tiktok.models import Page
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.call_counter import CallCounter
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import client_for, extract

_SEC_UID = "MS4wLjABAAAA" + "s" * 64


def test_a_walk_parses_each_response_once(raw: RawStore, api: Api) -> None:
    """The answer about the account, and each of ten pages; the first is also searched for unknown fields."""
    with CallCounter(strict_json.loads).counting() as parsed:
        (result,) = extract(raw, api.address, "fake.300")
    assert (result.outcome, result.pages, result.requests) == (Outcome.WHOLE, 10, 11)
    assert parsed.calls == 11


def test_a_resumed_walk_parses_each_stored_page_once(raw: RawStore) -> None:
    """And the two that it asks for; the answer that opened the snapshot is read again, as nobody has it any more."""
    pages = [web_page(web_row(f"1{n}"), more=n < 3, cursor=900 - n, total=4) for n in range(4)]
    replies = [Reply(body=encoded(page)) for page in pages]
    info = Reply(body=encoded(user_info(followers=4)))
    with scripted(*replies[:2], Reply(status=500), info=info) as script:
        (broken,) = extract(raw, script.address, "some.shop")
    assert (broken.outcome, broken.pages) == (Outcome.UNFINISHED, 2)
    with scripted(*replies[2:], info=info) as script, CallCounter(strict_json.loads).counting() as parsed:
        (result,) = extract(raw, script.address, "some.shop")
    assert (result.outcome, result.pages, result.requests) == (Outcome.WHOLE, 4, 2)
    assert parsed.calls == 5


def test_what_another_run_has_stored_first_is_what_counts(raw: RawStore) -> None:
    """The page that was fetched gives way, with what it was parsed to."""

    def fetched(*ids: str) -> Page:
        body = encoded(web_page(*map(web_row, ids)))
        with scripted(Reply(body=body)) as script:
            parsed = client_for(script.address).followers(_SEC_UID, 0)
        stored = raw.put_parsed("raw/page", parsed, read_page)
        assert stored.response.body == raw.response("raw/page").body
        return stored.value

    first = fetched("1", "2")
    assert [row.tiktok_id for row in first.followers] == ["1", "2"]
    assert fetched("3") == first
