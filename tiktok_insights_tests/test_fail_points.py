"""A load that fails anywhere: a plain run comes to the state of an undisturbed one, and another run changes nothing.

`make test-faults` takes the requests after which a load is in another state, each once per manner. A short torture
also kills every tenth request, if it changes something, at a moment by turns; every thirtieth of them loses its
answer, has it broken off, and meets an exception. A full one takes all that there are: each request, before, after, and
with its answer lost or cut, by an exception and by SIGKILL.
"""

from collections.abc import Callable, Container
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, product
from typing import Any

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import csv_key
from tiktok_insights.raw.manifest import Manifest, PageEntry, SnapshotKey, iso
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.models import Quota, Response
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.bodies import encoded, web_page, web_row
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.csv_texts import HEADER_19, csv_file, row
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, changes_something
from tiktok_insights_tests.support.fault_injection import FaultInjection
from tiktok_insights_tests.support.history import Tables, Upload
from tiktok_insights_tests.support.sandbox import Sandbox, sandbox

__all__ = ["sandbox"]

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result"),  # fakesnow's way to fetch results
]

#: Every kind of request that a load is made of.
KINDS = (
    "S3 HEAD", "S3 list", "S3 GET", "S3 PUT csv/", "S3 PUT quarantine/raw/", "S3 PUT quarantine/csv/",
    "Glue CreateDatabase", "Glue CreateTable", "Glue GetTable", "Glue GetPartitions", "Glue BatchCreatePartition",
    "log in", "SELECT", "PUT", "upload", "COPY INTO TIKTOK_INTERNAL.STAGED_TIKTOK_DATA", "BEGIN",
    "UPDATE TIKTOK_INTERNAL.PUBLISH_LOCK", "COMMIT",
    "INSERT INTO PUBLIC.LOAD_BATCHES", "INSERT INTO FOLLOWER_SNAPSHOTS", "INSERT INTO TIKTOK_DATA",
    "INSERT INTO LOAD_HISTORY",
    "DELETE FROM FOLLOWER_SNAPSHOTS", "DELETE FROM TIKTOK_DATA", "DELETE FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA",
    "log out",
)  # fmt: skip
#: The requests after which a load is in another state, and when `make test` lets them fail.
TURNING_POINTS = {
    "S3 PUT csv/": Moment.AFTER,
    "Glue BatchCreatePartition": Moment.BEFORE,
    "COPY INTO TIKTOK_INTERNAL.STAGED_TIKTOK_DATA": Moment.ANSWER_LOST,
    "INSERT INTO PUBLIC.LOAD_BATCHES": Moment.AFTER,
    "INSERT INTO LOAD_HISTORY": Moment.ANSWER_LOST,
    "COMMIT": Moment.ANSWER_LOST,
    "CREATE TABLE": Moment.ANSWER_LOST,
    "CREATE VIEW": Moment.BEFORE,
}
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
OURS = SnapshotKey("42", "20260131T093000125Z")
STILL_OPEN = SnapshotKey("43", "20260131T080000000Z")


def put(store: ObjectStore, name: str, *lines: str, header: str = HEADER_19) -> Upload:
    """Put a CSV where another producer may put it; give what the oracle needs to know of it."""
    key = f"csv/followers/account=44/dt=2026-01-31/{name}.csv"
    store.put(key, csv_file(*lines, header=header), "text/csv")
    return stored(store, key)


def stored(store: ObjectStore, key: str) -> Upload:
    """The object as the oracle needs it."""
    (info,) = store.list(key)
    return Upload(key, store.get(key).body, info.last_modified.replace(tzinfo=None))


def manifest(snapshot: SnapshotKey, outcome: str, seen: int, *pages: PageEntry) -> Manifest:
    """What a run says of a snapshot in which it has seen so many users."""
    return Manifest(
        account_id=snapshot.account_id,
        handle="ann",
        sec_uid="sec",
        snapshot_id=snapshot.snapshot_id,
        started_at=iso(snapshot.moment),
        finished_at=iso(snapshot.moment + timedelta(minutes=seen)),
        outcome=outcome,
        reason="",
        users_seen=seen,
        users_claimed=9,
        is_whole=True,
        holes=(),
        rows=seen,
        dummies=0,
        rejected=0,
        requests=seen,
        pages=pages,
    )


def commit_snapshot(raw: RawStore) -> None:
    """Store a snapshot of ours: one page with users 1 and 7, a row whose id is none, and one of an unknown shape."""
    rows = (web_row("1"), web_row("7"), web_row("no id"), {"odd": True})
    page = raw.put_response(OURS.page(1), Response("/", {}, encoded(web_page(*rows)), NOON, 1, Quota(None, None, None)))
    raw.commit(manifest(OURS, "whole", 2, PageEntry(page.key, page.sha256, len(rows), iso(NOON))))


@pytest.fixture
def pending(sandbox: Sandbox, store: ObjectStore, raw: RawStore) -> list[Upload]:
    """Loaded tables, and what is pending beside them, one of each kind; gives the versions of the objects by others.

    A snapshot of ours without its CSV; another producer's object in a new version, with a duplicate and with rows to
    reject; one that cannot be read; and an open snapshot that was walked further.
    """
    before = [put(store, "loaded", row("1"), row("2")), put(store, "replaced", row("2", uniqueId="gone"), row("3"))]
    raw.note_attempt(manifest(STILL_OPEN, "deferred", 1))
    sandbox.places.load()
    commit_snapshot(raw)
    raw.note_attempt(manifest(STILL_OPEN, "deferred", 5))
    new = row("3", uniqueId="new"), row("5"), row("5"), row("0"), row("6", diggCount="12k")
    after = [put(store, "replaced", *new), put(store, "unreadable", "1,2", header="a,b")]
    sandbox.keep()
    return [*before, *after]


def by_the_oracle(store: ObjectStore, uploads: list[Upload]) -> Tables:
    """What the tables hold when the lake has written our CSV and all is loaded."""
    ours = manifest(OURS, "whole", 2)
    still_open = manifest(STILL_OPEN, "deferred", 5)
    made = replace(stored(store, csv_key(OURS)), snapshot_id=OURS.snapshot_id, facts=facts(ours))
    tables = history.tables([*uploads, made])
    # Without the time at which the object was first seen, as `seen` says.
    tables["FOLLOWER_SNAPSHOTS"] = sorted(((*row[:3], *row[4:]) for row in tables["FOLLOWER_SNAPSHOTS"]), key=repr)
    key, account = STILL_OPEN.attempt, STILL_OPEN.account_id
    tables["ACCOUNT_SNAPSHOTS"].append((key, account, STILL_OPEN.snapshot_id, *facts(still_open), None))
    return tables


def facts(said: Manifest) -> tuple[Any, ...]:
    """What ACCOUNT_SNAPSHOTS has of a manifest."""
    times = (datetime.fromisoformat(text).replace(tzinfo=None) for text in (said.started_at, said.finished_at))
    seen = (said.users_seen, said.users_claimed, said.requests, said.quota_left)
    return (said.handle, *times, said.outcome, said.reason, *seen, None, None, "[]", said.is_whole, None)


Choose = Callable[..., list[FailPoint]]


@pytest.fixture
def choose(pytestconfig: pytest.Config, size: Size) -> Choose:
    """Chooses among the fail points of some requests as the command line says."""
    wanted: str | None = pytestconfig.getoption("--fail-point")

    def chosen(names: list[str], *manners: Manner, among: Container[int] | None = None) -> list[FailPoint]:
        numbers = [number for number in range(len(names)) if among is None or number in among]
        points = [FailPoint(*point) for point in product(numbers, Moment, manners or Manner)]
        # A killed process hears no part of an answer.
        every = [point for point in points if (point.moment, point.manner) != (Moment.ANSWER_CUT, Manner.SIGKILL)]
        if wanted:
            return [point for point in every if point == FailPoint.named(wanted)]
        if size.fail_points == "every":
            return every
        turning = turning_points({number: names[number] for number in numbers})
        few = [point for point in every if turning.get(point.number) is point.moment]
        assert few
        if size.fail_points == "few":
            return few
        return [
            point for point in every if point in few or is_one_of_some(point, changes_something(names[point.number]))
        ]

    return chosen


def turning_points(names: dict[int, str]) -> dict[int, Moment]:
    """The numbers of the last requests of the kinds that `make test` takes, each with the moment at which it fails."""
    numbers = {kind: number for number, name in names.items() for kind in TURNING_POINTS if name.startswith(kind)}
    return {number: TURNING_POINTS[kind] for kind, number in numbers.items()}


def is_one_of_some(point: FailPoint, writes: bool) -> bool:
    """Whether a short torture takes this fail point of a request."""
    tenth, turn = divmod(point.number, 10)
    thirtieth, third = divmod(tenth, 3)
    moments = list(Moment)
    if turn or not writes:
        return False
    if point.manner is Manner.SIGKILL:
        return point.moment is moments[third]
    return third == 0 and (point.moment.breaks_the_answer or point.moment is moments[thirtieth % 2])


@pytest.mark.faults
@pytest.mark.parametrize("manner", Manner)
def test_whatever_request_fails_the_next_run_comes_to_the_undisturbed_state(
    sandbox: Sandbox, pending: list[Upload], store: ObjectStore, choose: Choose, manner: Manner
) -> None:
    """Every kind of request of a load; no row, batch or lock is left over, and the tables are the oracle's as well."""
    injection = FaultInjection(sandbox)
    names = injection.names
    assert [kind for kind in KINDS if not any(name.startswith(kind) for name in names)] == []
    for table, rows in by_the_oracle(store, pending).items():
        assert injection.expected[table] == rows
    injection.assert_right_after(choose(names, manner))


class NewSandbox(Sandbox):
    """In whose place there is another database each time, without any table."""

    numbers = count(1)

    def reset(self) -> None:
        """Go to a new database."""
        database = f"NEW_{next(self.numbers)}"
        snowflake = {**self.places.snowflake, "database": database}
        self.places = replace(self.places, snowflake=snowflake, tables=replace(self.places.tables, database=database))


@pytest.mark.faults
def test_whatever_fails_while_the_tables_are_made_the_next_run_completes_them(sandbox: Sandbox, choose: Choose) -> None:
    """From the database's first session to the view that people read."""
    new = NewSandbox(sandbox.places, sandbox.warehouse)
    injection = FaultInjection(new)
    setup = [number for number, name in enumerate(injection.names) if name.startswith(("CREATE", "USE", "INSERT"))]
    assert len(setup) > len(injection.expected)
    injection.assert_right_after(choose(injection.names, among=setup))
