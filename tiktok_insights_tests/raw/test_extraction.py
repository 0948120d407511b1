"""Which snapshot a run uses, how accounts go side by side, and what stops them all."""

import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.raw.decision import SnapshotOrigin, SnapshotPolicy
from tiktok_insights.raw.extraction import Extractor, RunStoppedError, every_account_finished, require_any
from tiktok_insights.raw.manifest import iso
from tiktok_insights.raw.plan import Planner
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.refused_objects import archive, deny
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import CANARY, LOG, extract, fake_api, manifest_of, requests_served
from tiktok_insights_tests.support.troubleshooting import told


def test_a_fresh_snapshot_is_used_and_spends_no_request(raw: RawStore, api: Api) -> None:
    """So a re-run after a failure downstream is free."""
    (first,) = extract(raw, api.address, "corner.bakery")
    (second,) = extract(raw, api.address, "corner.bakery")
    assert (first.origin, first.requests, requests_served(api)) == (SnapshotOrigin.NEW, 2, 2)
    assert (second.origin, second.requests, second.snapshot) == (SnapshotOrigin.FRESH, 0, first.snapshot)
    assert (second.outcome, second.users_seen, second.handle) == (first.outcome, first.users_seen, "corner.bakery")


def test_an_old_snapshot_is_followed_by_a_new_one(raw: RawStore, api: Api) -> None:
    """Here old means at once."""
    (first,) = extract(raw, api.address, "corner.bakery")
    (second,) = extract(raw, api.address, "corner.bakery", max_age=timedelta(0))
    assert (second.origin, second.requests) == (SnapshotOrigin.NEW, 2)
    assert first.snapshot is not None
    assert raw.snapshots(first.snapshot.account_id) == [first.snapshot, second.snapshot]


def test_a_new_snapshot_can_be_forced(raw: RawStore, api: Api) -> None:
    """Though there is a fresh one."""
    (first,) = extract(raw, api.address, "corner.bakery")
    (second,) = extract(raw, api.address, "corner.bakery", force=True)
    assert (second.origin, requests_served(api)) == (SnapshotOrigin.NEW, 4)
    assert second.snapshot != first.snapshot


def test_handle_and_secure_id_find_the_same_account(raw: RawStore, api: Api) -> None:
    """The second name costs one request, to learn whose it is; the third run costs none."""
    sec_uid = api.sec_uid("corner.bakery")
    (by_handle,) = extract(raw, api.address, "@corner.bakery")
    served = requests_served(api)
    (by_sec_uid,) = extract(raw, api.address, sec_uid)
    assert (by_sec_uid.origin, by_sec_uid.snapshot, by_sec_uid.requests) == (
        SnapshotOrigin.FRESH,
        by_handle.snapshot,
        1,
    )
    (again,) = extract(raw, api.address, sec_uid)
    assert (again.origin, again.requests, requests_served(api)) == (SnapshotOrigin.FRESH, 0, served + 1)


@pytest.mark.parametrize("force", [False, True])
def test_two_names_of_one_account_in_one_run_walk_it_once(raw: RawStore, api: Api, force: bool) -> None:
    """One request more than one name, and one snapshot."""
    sec_uid = api.sec_uid("fake.300")
    results = extract(raw, api.address, "fake.300", sec_uid, "@fake.300", force=force)
    assert [result.reference for result in results] == ["fake.300", sec_uid]
    assert len({result.snapshot for result in results}) == 1
    assert {result.outcome for result in results} == {Outcome.WHOLE}
    assert requests_served(api) == 1 + 2 + 10


def test_one_bad_account_does_not_stop_the_others(raw: RawStore, api: Api) -> None:
    """Results come in the order asked for; the check names the bad one."""
    results = extract(raw, api.address, "nobody.here", "corner.bakery", "fake.40.app")
    assert [result.outcome for result in results] == [Outcome.NOT_FOUND, Outcome.WHOLE, Outcome.WHOLE]
    assert (results[0].snapshot, results[0].requests) == (None, 1)
    check = every_account_finished(results)
    assert not check.passed
    assert len(check.offenders) == 1
    told("every_account_finished: <account>: <outcome>", "nobody.here: not found, ").says_check(check)
    assert check.offenders[0].endswith(": no such user. Check the spelling, or whether the handle has changed.")
    assert every_account_finished(results[1:]).passed


def test_an_account_with_an_id_of_an_unknown_shape_does_not_stop_the_others(raw: RawStore) -> None:
    """A float has lost its digits; nothing is stored under it."""
    info = Reply(body=encoded(user_info(account_id="ID")).replace(b'"ID"', b"6.8e18"))
    with scripted(Reply(body=encoded(web_page(web_row()))), info=info) as script:
        results = extract(raw, script.address, "some.shop", "other.shop")
    assert [result.outcome for result in results] == [Outcome.SCHEMA_DRIFT, Outcome.SCHEMA_DRIFT]
    assert list(raw.accounts()) == []


@pytest.mark.parametrize("key", ["invalid-key", "not-subscribed-key", "endpoint-disabled-key"])
def test_a_refused_key_stops_the_run_with_the_remedy(raw: RawStore, api: Api, key: str) -> None:
    """Nothing is stored, and the error says what to check."""
    with told("<request> returned <status>…. <remedy>.", "RAPIDAPI_KEY"):
        extract(raw, api.address, "corner.bakery", "city.museum", key=key)
    assert list(raw.accounts()) == []


def test_accounts_of_which_none_gives_anything_fail_the_run_with_what_is_said_of_each(raw: RawStore, api: Api) -> None:
    """A run that is green with nothing in it would be believed."""
    results = extract(raw, api.address, "nobody.here", "nobody.there")
    with told("None of <number> accounts could be extracted.", "nobody.here: not found", "nobody.there: not found"):
        require_any(results)


def test_an_open_snapshot_without_its_first_object_is_that_accounts_end_only(raw: RawStore, tmp_path: Path) -> None:
    """Somebody deleted it: the account is named as damaged with the object, and the other one is extracted."""
    with fake_api(tmp_path, monthly_quota=5) as api:
        (first,) = extract(raw, api.address, "fake.350.full")
        assert first.snapshot is not None
        raw.store._s3.delete_object(Bucket=raw.store.bucket, Key=first.snapshot.account_info)
        api.control("settings", monthly_quota=100)
        damaged, other = extract(raw, api.address, "fake.350.full", "fake.40")
    assert (damaged.outcome, other.outcome) == (Outcome.DAMAGED, Outcome.WHOLE)
    told("The object <object> does not exist.", first.snapshot.account_info).says(damaged.reason)


@pytest.mark.parametrize("kind", ["manifest", "attempt", "page"])
def test_an_account_whose_raw_object_is_refused_is_that_accounts_end_only(
    raw: RawStore, tmp_path: Path, kind: str
) -> None:
    """Archived or denied: the account is named with object and remedy, the other one is extracted, and `plan` says so.

    A note of how far the last run came is not needed.
    """
    with fake_api(tmp_path, monthly_quota=1_000 if kind == "manifest" else 5) as api:
        (first,) = extract(raw, api.address, "fake.350.full")
        assert first.snapshot is not None
        key = {"manifest": first.snapshot.manifest, "attempt": first.snapshot.attempt, "page": first.snapshot.page(2)}
        (archive if kind == "page" else deny)(raw.store, key[kind])
        api.control("settings", monthly_quota=1_000)
        refused, other = extract(raw, api.address, "fake.350.full", "fake.40")
        planned, _ = Planner(raw, None, SnapshotPolicy()).plan(["fake.350.full", "fake.40"])
    assert other.outcome is Outcome.WHOLE
    if kind == "attempt":
        assert refused.outcome is Outcome.WHOLE
        return
    assert (refused.outcome, refused.requests) == (Outcome.UNREADABLE, 0)
    told("<object> cannot be read", key[kind]).says(refused.reason)
    assert (planned.origin, planned.requests, planned.note) == (None, None, refused.reason)
    told("every_account_finished: <account>: <outcome>", key[kind]).says_check(every_account_finished([refused]))
    assert every_account_finished([refused]).offenders[0].endswith(". Every run tries again.")


def test_a_refused_note_of_an_accounts_name_costs_a_request_and_no_more(raw: RawStore, api: Api) -> None:
    """It only spares that request."""
    (first,) = extract(raw, api.address, "corner.bakery")
    archive(raw.store, "raw/accounts/corner.bakery.json")
    (second,) = extract(raw, api.address, "corner.bakery")
    assert (second.origin, second.requests, second.snapshot) == (SnapshotOrigin.FRESH, 1, first.snapshot)


def test_a_key_refused_in_the_middle_keeps_the_pages_so_far(raw: RawStore) -> None:
    """The next run goes on after them."""
    first = web_page(*(web_row(str(identifier)) for identifier in range(30)), more=True, cursor=900, total=60)
    info = Reply(body=encoded(user_info(followers="60")))
    refusal = Reply(status=401, body=b'{"message":"Invalid API key."}')
    with scripted(Reply(body=encoded(first)), refusal, info=info) as script, pytest.raises(RunStoppedError):
        extract(raw, script.address, "some.shop")
    (snapshot,) = raw.snapshots("6800000000000000001")
    assert len(list(raw.pages(snapshot))) == 1


def test_a_spent_quota_defers_and_the_next_run_goes_on_without_spending_again(raw: RawStore, tmp_path: Path) -> None:
    """Ten requests a month, a list of twelve pages: the eleventh request is not even sent."""
    with fake_api(tmp_path, monthly_quota=10) as api:
        (first,) = extract(raw, api.address, "fake.350.full")
        assert (first.outcome, first.pages) == (Outcome.DEFERRED, 9)
        assert "reset in" in first.reason
        assert requests_served(api) == 10
        api.control("settings", monthly_quota=100)
        (second,) = extract(raw, api.address, "fake.350.full")
        assert (second.outcome, second.origin, second.pages) == (Outcome.WHOLE, SnapshotOrigin.RESUMED, 12)
        assert (second.requests, requests_served(api)) == (3, 13)
    assert second.snapshot == first.snapshot


def test_a_spent_quota_stops_every_account(raw: RawStore, tmp_path: Path) -> None:
    """None of the others sends more than the request that it has under way."""
    handles = [f"fake.{300 + number}" for number in range(20)]
    with fake_api(tmp_path, monthly_quota=15) as api:
        results = extract(raw, api.address, *handles)
        assert requests_served(api) == 15
    assert {result.outcome for result in results} == {Outcome.DEFERRED}
    assert 15 <= sum(result.requests for result in results) <= 15 + 19


def test_what_the_bucket_raises_is_raised(store: ObjectStore, api: Api) -> None:
    """An extraction without a bucket is no result."""

    class Broken(ObjectStore):
        """Takes nothing."""

        def put(self, key: str, body: bytes | IO[bytes], content_type: str) -> None:
            """Refuse."""
            raise OSError(f"no room for {key}: {content_type} of type {type(body).__name__}")

    broken = Broken(store._s3, store.bucket)
    with pytest.raises(OSError, match="no room for raw/accounts/"):
        extract(RawStore(broken), api.address, "corner.bakery", "city.museum")


def test_an_interrupt_ends_the_run_soon(raw: RawStore, tmp_path: Path) -> None:
    """Ctrl-C, or Terminate in the UI: the walk under way stores its page and asks for no other one."""
    with fake_api(tmp_path, latency_ms=30) as api:
        main = threading.main_thread().ident or os.getpid()

        def interrupt_after_some_pages() -> None:
            deadline = time.monotonic() + 10
            while requests_served(api) < 5 and time.monotonic() < deadline:
                time.sleep(0.01)
            signal.pthread_kill(main, signal.SIGINT)

        killer = threading.Thread(target=interrupt_after_some_pages, daemon=True)
        killer.start()
        with pytest.raises(KeyboardInterrupt):
            extract(raw, api.address, "fake.3000", "fake.3001")
        killer.join(timeout=10)
        assert requests_served(api) < 40


def test_no_accounts_are_no_results(raw: RawStore, api: Api) -> None:
    """And no request."""
    assert extract(raw, api.address) == []
    assert requests_served(api) == 0


def test_a_client_with_another_clock_dates_the_whole_snapshot_by_it(raw: RawStore, api: Api) -> None:
    """So days can be played in seconds: the snapshot's name, its windows, and the age at which it stops being fresh."""
    moment = now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    client = Client(api.address, CANARY, RateLimiter(600_000), now=lambda: now)
    policy = SnapshotPolicy(min_snapshot_age=timedelta(hours=20))
    results = []
    for hours in (0, 19, 21):
        now = moment + timedelta(hours=hours)
        results += Extractor(raw, client, policy, LOG).extract(["corner.bakery"])
    assert [result.origin for result in results] == [SnapshotOrigin.NEW, SnapshotOrigin.FRESH, SnapshotOrigin.NEW]
    manifest = manifest_of(raw, results[0])
    assert manifest.snapshot.moment == moment
    assert manifest.started_at == manifest.finished_at == manifest.pages[0].fetched_at == iso(moment)
    assert manifest.covered_to == moment.timestamp()
