"""The totals of tracked accounts in ACCOUNT_LOOKS and its mart: from snapshots, and from looks at accounts alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tiktok_insights.clients.snowflake_session import Connect, Row, Session
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights.insights.marts import Marts
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.lake.replay import Replay, ReplayVerdict
from tiktok_insights.local.fake_api.clock import VIRTUAL_START
from tiktok_insights.local.fake_api.population import World
from tiktok_insights.raw.account_result import AccountResult
from tiktok_insights.raw.decision import SnapshotPolicy, decide
from tiktok_insights.raw.extraction import Extractor, every_account_finished, require_any
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.raw.plan import Planner
from tiktok_insights.raw.snapshots import JSON, RawStore
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.looks import record_looks
from tiktok_insights.tiktok.budget import Budget
from tiktok_insights.tiktok.client import Client
from tiktok_insights.tiktok.limiter import RateLimiter
from tiktok_insights.tiktok.outcomes import Outcome
from tiktok_insights_tests.support.bodies import encoded, user_info
from tiktok_insights_tests.support.fail_points import Requests
from tiktok_insights_tests.support.scripted import Reply, scripted
from tiktok_insights_tests.support.served import Api
from tiktok_insights_tests.support.sources import CANARY, LOG, extract, requests_served

_ACCOUNTS = ("corner.bakery", "fake.40")
_ONLY = SnapshotPolicy(accounts_only=True)
_ROWS = (
    "SELECT HANDLE, FOLLOWERS, FOLLOWING_COUNT, HEARTS, VIDEOS, TOTALS_ARE_EXACT FROM ACCOUNT_LOOKS "
    "ORDER BY LOOKED_AT, 1"
)


def look(
    raw: RawStore, address: str, *accounts: str, day: float = 0, budget: int | None = None, **options: Any
) -> list[AccountResult]:
    """Look at the accounts alone, on some day."""
    moment = datetime.fromtimestamp(VIRTUAL_START, UTC) + timedelta(days=day)
    client = Client(
        address, CANARY, RateLimiter(600_000), budget=Budget(budget), first_wait=0.001, now=lambda: moment, **options
    )
    return Extractor(raw, client, _ONLY, LOG).extract(accounts)


def expected(handle: str, days: int) -> Row:
    """What the fake API's world says of an account."""
    world = World()
    counts = world.profile(world.account(handle), VIRTUAL_START + days * 86_400).counts
    return (handle, counts.followers, counts.following, counts.hearts, counts.videos, True)


def test_a_look_is_one_request_an_account_and_one_row(raw: RawStore, api: Api, session: Session) -> None:
    """Day by day: each row has what the API said then; a second load adds nothing."""
    for day in range(3):
        results = look(raw, api.address, *_ACCOUNTS, day=day)
        assert [(result.outcome, result.requests, result.users_seen) for result in results] == [
            (Outcome.PROFILE, 1, 0),
            (Outcome.PROFILE, 1, 0),
        ]
        assert every_account_finished(results).passed
        require_any(results)
        assert record_looks(session, RawInventory(raw.store)) == []
        api.control("clock", advance_seconds=86_400)
    assert requests_served(api) == 6
    wanted = [expected(handle, day) for day in range(3) for handle in _ACCOUNTS]
    assert session.query(_ROWS) == wanted
    assert record_looks(session, raw) == []
    assert session.query(_ROWS) == wanted


def test_the_answer_that_opens_a_snapshot_is_a_look_too(raw: RawStore, api: Api, session: Session) -> None:
    """Of a committed snapshot and of an open one."""
    extract(raw, api.address, *_ACCOUNTS)
    api.control("settings", monthly_quota=requests_served(api) + 2)
    (left_open,) = extract(raw, api.address, "fake.100.full")
    assert left_open.outcome is Outcome.DEFERRED
    record_looks(session, raw)
    assert sorted(session.query(_ROWS)) == sorted(expected(handle, 0) for handle in (*_ACCOUNTS, "fake.100.full"))


def test_a_look_leaves_snapshots_lists_and_replay_alone(raw: RawStore, api: Api) -> None:
    """No snapshot is begun, resumed, stale or fresh because of it; nothing is pending."""
    (first,) = extract(raw, api.address, "fake.40")
    assert first.snapshot is not None
    account = first.snapshot.account_id
    list(write_missing_csvs(raw, CsvInventory(raw.store), 0.01))
    before = {info.key for info in raw.store.list("")}
    look(raw, api.address, "fake.40", "corner.bakery")
    new = {info.key for info in raw.store.list("")} - before
    looks = {key for key in new if "/look=" in key}
    assert {key.split("/look=")[0] for key in looks} == {f"raw/followers/account={item}" for item in raw.accounts()}
    assert new - looks == {"raw/accounts/corner.bakery.json"}
    for store in (raw, RawInventory(raw.store)):
        assert store.snapshots(account) == [first.snapshot]
        assert [store.snapshots(other) for other in store.accounts() if other != account] == [[]]
        assert decide(store, account, SnapshotPolicy(), datetime.now(UTC)).snapshot == first.snapshot
        assert len(store.looks()) == 3
    assert list(write_missing_csvs(raw, CsvInventory(raw.store), 0.01)) == []
    replayed = Replay(raw, CsvInventory(raw.store), 0.01, write=True).run()
    assert [item.verdict for item in replayed] == [ReplayVerdict.UNCHANGED]


@pytest.mark.parametrize(
    ("info", "row"),
    [
        pytest.param({"stats": {"followerCount": 29}}, ("some.shop", 30, None, None, None, True), id="nothing else"),
        pytest.param(
            {"stats": {"followingCount": 0, "heartCount": -5, "videoCount": 3}, "statsV2": {"followerCount": "7"}},
            ("some.shop", 7, 0, None, 3, False),
            id="rounded, and an overflow",
        ),
        pytest.param(
            {"statsV2": {"followerCount": "7", "followingCount": "2", "heartCount": "0", "videoCount": "0"}},
            ("some.shop", 7, 2, 0, 0, True),
            id="none yet",
        ),
        pytest.param(
            {
                "statsV2": {"followerCount": "7", "followingCount": "2", "heartCount": "0", "videoCount": "0"},
                "user": {**user_info()["userInfo"]["user"], "privateAccount": True},
            },
            ("some.shop", 7, 2, None, None, True),
            id="private",
        ),
        pytest.param({"stats": {}, "statsV2": None}, ("some.shop", None, None, None, None, True), id="no counts"),
    ],
)
def test_what_the_api_does_not_say_is_null(raw: RawStore, session: Session, info: dict[str, Any], row: Row) -> None:
    """Never 0."""
    document = user_info()
    document["userInfo"] |= info
    with scripted(info=Reply(body=encoded(document))) as script:
        look(raw, script.address, "some.shop")
    record_looks(session, raw)
    assert session.query(_ROWS) == [row]


def test_trouble_with_one_account_is_its_own(raw: RawStore, api: Api, session: Session) -> None:
    """The others are looked at."""
    results = look(raw, api.address, "no.such.account", "fake.40")
    assert [result.outcome for result in results] == [Outcome.NOT_FOUND, Outcome.PROFILE]
    record_looks(session, raw)
    assert session.query(_ROWS) == [expected("fake.40", 0)]


def test_a_damaged_answer_is_named_and_the_others_are_recorded(raw: RawStore, api: Api, session: Session) -> None:
    """Every run tries again, so it is there when it is restored."""
    look(raw, api.address, *_ACCOUNTS)
    (damaged, _) = raw.looks()
    good = raw.store.get(damaged)
    raw.store.put(damaged, b"edited", JSON)
    (unreadable,) = record_looks(session, raw)
    assert unreadable.key == damaged
    assert "Restore it from a backup" in unreadable.reason
    assert len(session.query(_ROWS)) == 1
    raw.store._s3.put_object(Bucket=raw.store.bucket, Key=damaged, Body=good.body, Metadata=good.metadata)
    assert record_looks(session, raw) == []
    assert session.query(_ROWS) == [expected(handle, 0) for handle in _ACCOUNTS]


def test_a_load_reads_only_new_looks(raw: RawStore, api: Api, session: Session) -> None:
    """One listing, which the run has anyway; a request for each new look; none when there is none."""
    look(raw, api.address, *_ACCOUNTS)
    names = [_requests(session, raw)]
    look(raw, api.address, "fake.40", day=1)
    names += [_requests(session, raw), _requests(session, raw)]
    listing = "S3 list raw/followers/"
    read = [[name for name in found if name.startswith("S3 GET")] for found in names]
    assert [len(found) for found in read] == [2, 1, 0], names
    assert [found.count(listing) for found in names] == [1, 1, 1], names


def _requests(session: Session, raw: RawStore) -> list[str]:
    inventory, requests = RawInventory(raw.store), Requests()
    with requests.watched():
        Staging(raw.store, session, 1.0, LOG, raw=inventory).stage(CsvInventory(raw.store).listing())
    return [name for name in requests.names if name.startswith("S3 ") and "csv/" not in name]


def test_two_loads_at_once_record_each_look_once(
    raw: RawStore, api: Api, session: Session, connect_warehouse: Connect
) -> None:
    """Whoever is second finds the rows of the first."""
    for day in range(3):
        look(raw, api.address, *_ACCOUNTS, day=day)

    def load(_: int) -> None:
        with connect_warehouse() as own:
            record_looks(own, RawInventory(raw.store))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(load, range(4)))
    assert session.query("SELECT COUNT(*), COUNT(DISTINCT OBJECT_KEY) FROM ACCOUNT_LOOKS") == [(6, 6)]


def test_the_mart_is_the_table_and_changes_with_a_look(raw: RawStore, api: Api, session: Session) -> None:
    """Its data have another name after each new look, so that the mart is shown again."""
    marts, (mart,) = Marts(session), [mart for mart in all_marts() if mart.name == "account_stats"]
    names = [marts.data()]
    for day in range(2):
        look(raw, api.address, "fake.40", day=day)
        record_looks(session, raw)
        names.append(marts.data())
    assert len(set(names)) == 3
    columns, rows = marts.make(mart)
    assert columns[:7] == ["ACCOUNT_ID", "LOOKED_AT", "HANDLE", "FOLLOWERS", "FOLLOWING_COUNT", "HEARTS", "VIDEOS"]
    assert [(row[1], row[3], row[7]) for row in rows] == [
        (datetime(2026, 5, 2), 40, True),  # noqa: DTZ001  # as TIMESTAMP_NTZ is
        (datetime(2026, 5, 1), 40, True),  # noqa: DTZ001
    ]
    measured = marts.measure([mart])["account_stats"]
    assert (measured.rows, measured.finding.offenders) == (2, ())


def test_a_budget_for_looks_rotates(raw: RawStore, api: Api) -> None:
    """Three accounts and two requests a day: who was looked at longest ago goes first, then the list's order."""
    accounts = ("fake.30", "fake.40", "fake.50")
    found = []
    for day in range(6):
        plans = Planner(raw, None, _ONLY, budget=2).plan(accounts)
        results = look(raw, api.address, *accounts, day=day, budget=2)
        served = {result.reference for result in results if result.outcome is Outcome.PROFILE}
        assert served == {plan.reference for plan in plans if plan.granted}
        assert [result.outcome for result in results].count(Outcome.DEFERRED) == 1
        found += sorted(served)
    assert {account: found.count(account) for account in accounts} == {"fake.30": 6, "fake.40": 3, "fake.50": 3}
