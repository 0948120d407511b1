"""One snapshot from its first page to its manifest: misbehaving answers, kills, and what is asked again."""

import dataclasses
import logging
from pathlib import Path

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotOrigin
from tiktok_insights.raw.manifest import Manifest
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.raw.stored_response import StoredResponse
from tiktok_insights.tiktok.models import Response
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import (
    JSON,
    app_page,
    app_row,
    encoded,
    parse_page,
    user_info,
    web_page,
    web_row,
)
from tiktok_insights_tests.support.scripted import Reply, Script, scripted
from tiktok_insights_tests.support.sources import (
    CANARY,
    FailingStore,
    KilledError,
    committed_pages,
    extract,
    fake_api,
    manifest_of,
    requests_served,
)
from tiktok_insights_tests.support.troubleshooting import told

PAGE_1 = web_page(*(web_row(str(identifier)) for identifier in range(101, 131)), more=True, cursor=900, total=60)
PAGE_2 = web_page(*(web_row(str(identifier)) for identifier in range(131, 161)), total=60)
INFO = Reply(body=encoded(user_info(followers="60")))


def replies(*documents: JSON | Reply) -> list[Reply]:
    """Return documents as good replies, and replies as they are."""
    return [item if isinstance(item, Reply) else Reply(body=encoded(item)) for item in documents]


def run(raw: RawStore, *documents: JSON | Reply) -> tuple[AccountResult, Script]:
    """Extract some.shop from a server that answers so."""
    with scripted(*replies(*documents), info=INFO) as script:
        (result,) = extract(raw, script.address, "some.shop")
    return result, script


def without_times(manifest: Manifest) -> dict[str, object]:
    """Return a manifest without what differs between two walks: times, and the bytes with their signed addresses."""
    fields = dataclasses.asdict(manifest)
    for name in ("snapshot_id", "started_at", "finished_at", "quota_left", "covered_to"):
        del fields[name]
    fields["pages"] = [(entry.key.rpartition("/")[2], entry.rows) for entry in manifest.pages]
    return fields


def test_a_whole_walk_is_committed_as_it_went(raw: RawStore, store: ObjectStore) -> None:
    """Every page as received, the manifest last."""
    result, script = run(raw, PAGE_1, PAGE_2)
    manifest = manifest_of(raw, result)
    assert [asked.parameters["minCursor"] for asked in script.pages_asked] == ["0", "900"]
    assert [page.body for page in committed_pages(raw, manifest)] == [encoded(PAGE_1), encoded(PAGE_2)]
    assert (manifest.outcome, manifest.users_seen, manifest.users_claimed) == ("whole", 60, 60)
    assert (manifest.account_id, manifest.handle, manifest.requests) == ("6800000000000000001", "some.shop", 3)
    times = [info.last_modified for info in store.list(manifest.snapshot.prefix) if "_manifest" not in info.key]
    (committed,) = store.list(manifest.snapshot.manifest)
    assert all(time <= committed.last_modified for time in times)


def test_rows_of_every_kind_are_counted(raw: RawStore) -> None:
    """Users, repetitions, placeholders and rows of an unknown shape."""
    page = web_page(web_row("11"), web_row("0", uniqueId=""), "odd", web_row("12"), more=True, cursor=900, total=3)
    result, _ = run(raw, page, web_page(web_row("12"), web_row("13"), total=3))
    manifest = manifest_of(raw, result)
    assert (manifest.users_seen, manifest.rows, manifest.dummies, manifest.rejected) == (3, 5, 1, 1)
    assert [entry.rows for entry in manifest.pages] == [2, 2]


def test_the_dialect_may_switch_in_the_middle_of_a_walk(raw: RawStore) -> None:
    """The cursor goes on under both names."""
    middle = app_page(*(app_row(str(identifier)) for identifier in range(131, 161)), more=True, cursor=200, total=90)
    last = {"data": web_page(*(web_row(str(identifier)) for identifier in range(161, 191)), total=90)}
    result, script = run(raw, PAGE_1, middle, last)
    assert (result.outcome, result.users_seen, result.pages) == (Outcome.WHOLE, 90, 3)
    asked = [(request.parameters["minCursor"], request.parameters["max_time"]) for request in script.pages_asked]
    assert asked == [("0", "0"), ("900", "900"), ("200", "200")]


SAME_USERS = [dict(PAGE_1, minCursor=cursor) for cursor in (900, 800, 700, 600, 500)]


@pytest.mark.parametrize(
    ("documents", "reason", "pages"),
    [
        ([PAGE_1, PAGE_1], "did not move back", 2),
        ([PAGE_1, dict(PAGE_2, hasMore=True, minCursor=950)], "did not move back", 2),
        ([dict(PAGE_1, minCursor=-1)], "but no cursor", 1),
        ([{name: value for name, value in PAGE_1.items() if name != "minCursor"}], "but no cursor", 1),
        (SAME_USERS, "3 pages in a row had no new users", 4),
        ([PAGE_1, dict(PAGE_2, hasMore=False, total=500)], "far below its claimed total", 2),
        ([PAGE_1, {"hasMore": False, "minCursor": -1, "statusCode": 0}], "hidden during", 1),
        ([web_page(total=0)], "far below its claimed total", 1),
    ],
    ids=["stuck", "cycling", "minus one", "absent", "no news", "ended early", "vanished", "empty"],
)
def test_a_walk_that_ends_badly_is_partial_with_its_reason(
    raw: RawStore, documents: list[JSON], reason: str, pages: int
) -> None:
    """Committed, so that nobody walks forever; and the number of requests is bounded."""
    result, script = run(raw, *documents)
    assert (result.outcome, result.pages) == (Outcome.PARTIAL, pages)
    assert reason in result.reason
    assert manifest_of(raw, result).outcome == "partial"
    assert len(script.pages_asked) <= pages + 1


def test_a_capped_list_is_capped(raw: RawStore) -> None:
    """4,975 of 7,000, as a list of 5,000 less those filtered out; in one page here, to be quick."""
    result, _ = run(raw, web_page(*(web_row(str(7_000 + identifier)) for identifier in range(4_975)), total=7_000))
    assert (result.outcome, result.users_seen, result.users_claimed) == (Outcome.CUT, 4_975, 7_000)


def test_a_hidden_list_is_committed_as_hidden(raw: RawStore, store: ObjectStore) -> None:
    """Not as "0 followers"; what the API said is kept as evidence."""
    result, _ = run(raw, {"hasMore": False, "minCursor": -1, "statusCode": 0})
    manifest = manifest_of(raw, result)
    assert (manifest.outcome, manifest.pages, manifest.users_seen) == ("hidden", (), 0)
    evidence = raw.response(manifest.snapshot.evidence(1))
    assert evidence.body == b'{"hasMore":false,"minCursor":-1,"statusCode":0}'


@pytest.mark.parametrize(
    ("bad", "outcome"),
    [
        ({"statusCode": 31337}, Outcome.SCHEMA_DRIFT),
        ({"followerList": []}, Outcome.SCHEMA_DRIFT),
        ({"statusCode": "10000"}, Outcome.BLOCKED),
        (Reply(body=b"<html>"), Outcome.UNFINISHED),
        (Reply(status=500), Outcome.UNFINISHED),
        (Reply(status=204), Outcome.EMPTY_RESPONSE),
        (Reply(body=encoded(PAGE_2), cut=50), Outcome.UNFINISHED),
    ],
    ids=["unknown code", "unknown shape", "captcha", "html", "500", "204", "cut"],
)
def test_after_trouble_the_next_run_goes_on_where_this_one_stopped(
    raw: RawStore, bad: JSON | Reply, outcome: Outcome
) -> None:
    """Nothing is committed, page 1 is not asked for again, and the end is an undisturbed run's."""
    first, _ = run(raw, PAGE_1, bad)
    assert (first.outcome, first.pages, first.users_seen) == (outcome, 1, 30)
    assert first.snapshot is not None
    assert raw.manifest(first.snapshot) is None
    second, script = run(raw, PAGE_2)
    assert [asked.parameters["minCursor"] for asked in script.asked] == ["900"]
    assert (second.outcome, second.origin, second.snapshot) == (Outcome.WHOLE, SnapshotOrigin.RESUMED, first.snapshot)
    assert (second.users_seen, second.pages, second.requests) == (60, 2, 1)


def test_a_page_of_which_nothing_can_be_read_is_told(raw: RawStore) -> None:
    """It is not stored as a page without news."""
    result, _ = run(raw, web_page(*["odd"] * 5, total=60))
    told("None of the page's <number> rows has a known structure", "5 rows").says(
        result.reason.removeprefix("page 1: ")
    )
    assert result.outcome is Outcome.SCHEMA_DRIFT


def test_requests_of_this_run_count_those_that_failed_too(raw: RawStore) -> None:
    """One for the account, one good page, three attempts in vain."""
    result, script = run(raw, PAGE_1, Reply(status=500))
    assert result.requests == len(script.asked) == 5


def test_a_page_is_stored_before_the_next_one_is_asked_for(raw: RawStore, store: ObjectStore) -> None:
    """A bucket that takes no page stops the walk at once."""
    failing = RawStore(FailingStore(store, 3, after=False))
    with scripted(*replies(PAGE_1, PAGE_2), info=INFO) as script:
        with pytest.raises(KilledError):
            extract(failing, script.address, "some.shop")
        assert len(script.pages_asked) == 1


@pytest.mark.parametrize("after", [True, False], ids=["after the put", "before the put"])
def test_a_kill_at_any_put_costs_at_most_the_page_that_was_under_way(
    raw: RawStore, store: ObjectStore, tmp_path: Path, after: bool
) -> None:
    """Then a plain re-run: no committed page is asked for again, and the manifest is an undisturbed run's."""
    handle = "fake.80.full.mix"
    with fake_api(tmp_path) as api:
        (undisturbed,) = extract(raw, api.address, handle)
        expected = without_times(manifest_of(raw, undisturbed))
        assert undisturbed.requests == requests_served(api) == 4
        # Writes: the note of the account, its answer, three pages, the manifest.
        for fatal in range(1, 7):
            api.control("reset-counters")
            with pytest.raises(KilledError):
                extract(RawStore(FailingStore(store, fatal, after=after)), api.address, handle, force=True)
            (result,) = extract(raw, api.address, handle, force=fatal <= (1 if after else 2))
            assert without_times(manifest_of(raw, result)) == expected, fatal
            lost = (fatal <= 1) if after else (fatal <= 5)
            assert requests_served(api) == 4 + lost, fatal


def test_a_page_that_another_run_stored_is_adopted(raw: RawStore) -> None:
    """A 412 means that it is there: its bytes and its cursor are the ones that count."""
    first, _ = run(raw, PAGE_1, Reply(status=500))
    assert first.snapshot is not None
    theirs = web_page(*(web_row(str(identifier)) for identifier in range(201, 231)), total=60)

    class Racing(RawStore):
        """Lets another run store page 2 just before ours does."""

        def put_response(self, key: str, answer: Response, walk_until: int | None = None) -> StoredResponse:
            """Store theirs, then ours."""
            super().put_response(key, dataclasses.replace(answer, body=encoded(theirs), requests=9), walk_until)
            return super().put_response(key, answer, walk_until)

    result, _ = run(Racing(raw.store), PAGE_2)
    manifest = manifest_of(raw, result)
    assert [page.body for page in committed_pages(raw, manifest)] == [encoded(PAGE_1), encoded(theirs)]
    assert (manifest.outcome, manifest.users_seen, manifest.requests) == ("whole", 60, 11)


def test_a_changed_page_of_an_open_snapshot_stops_the_account_and_is_named(raw: RawStore, store: ObjectStore) -> None:
    """Going on from a bent page would lose followers without a word; nothing is asked for it."""
    first, _ = run(raw, PAGE_1, Reply(status=500))
    assert first.snapshot is not None
    store.put(first.snapshot.page(1), b"edited", "application/gzip")
    second, script = run(raw, PAGE_2)
    assert second.outcome is Outcome.DAMAGED
    assert "page-000001.json.gz" in second.reason
    assert script.asked == []


def test_the_key_is_in_no_object_and_no_log_record(
    raw: RawStore, store: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even when the server repeats it in a page, in an error and in a header."""
    caplog.set_level(logging.DEBUG)
    echo = Reply(body=encoded(dict(PAGE_1, echo=CANARY)), headers={"x-echo": CANARY})
    results = [run(raw, echo, Reply(status=500, body=CANARY.encode()))[0], run(raw, {"statusCode": CANARY})[0]]
    assert [result.outcome for result in results] == [Outcome.UNFINISHED, Outcome.SCHEMA_DRIFT]
    objects = [store.get(info.key) for info in store.list("")]
    assert len(objects) == 5
    told = repr(results) + caplog.text + "".join(repr(record.__dict__) for record in caplog.records)
    told += "".join(repr(stored.metadata) + stored.body.decode("latin-1") for stored in objects)
    told += "".join(
        raw.response(info.key).body.decode() for info in store.list("raw/followers/") if info.key.endswith(".gz")
    )
    assert CANARY not in told


def test_unknown_fields_are_told_once_and_kept(raw: RawStore, caplog: pytest.LogCaptureFixture) -> None:
    """One warning for the walk, however many rows and pages have them; the raw page has them as they came."""
    caplog.set_level(logging.WARNING)
    novel = dict(PAGE_1, novelty=1)
    result, _ = run(raw, novel, dict(PAGE_2, novelty=2))
    assert result.outcome is Outcome.WHOLE
    (warning,) = [record.getMessage() for record in caplog.records if "unknown fields" in record.getMessage()]
    assert "novelty" in warning
    assert b'"novelty"' in next(committed_pages(raw, manifest_of(raw, result))).body


def test_a_rush_is_walked_without_a_loss_but_for_its_holes(raw: RawStore, tmp_path: Path) -> None:
    """In a list with up to 40 follows a second, who is missed followed within a second that the manifest names."""
    world, handle = World(), "fake.900.full.dense"
    account = world.account(handle)
    follows = world.follows(account)
    # A page's border within the first second of the list would need a page that overlaps one from months ago.
    assert follows.followed_at(29) > follows.followed_at(30)
    with fake_api(tmp_path) as api:
        (result,) = extract(raw, api.address, handle)
    manifest = manifest_of(raw, result)
    seen = {row.tiktok_id for page in committed_pages(raw, manifest) for row in parse_page(page.body).followers}
    missed = [slot for slot in range(900) if world.person(follows.person_at(slot), VIRTUAL_START).tiktok_id not in seen]
    seconds = {follows.followed_at(slot) for slot in missed if not follows.is_dummy(slot)}
    assert seconds
    assert seconds <= {second for start, end in manifest.holes for second in range(start, end + 1)}
    assert manifest.users_seen >= 800
    assert not manifest.is_whole
