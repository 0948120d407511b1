"""A removal that fails at any of its effects: repeated, it comes to the state of an undisturbed one.

So it does when a load and an extraction come in between. `make test-faults` takes the effects after which a removal is
in another state; a short torture, every third of these; a full one, every effect at each moment, by an exception and by
SIGKILL.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.people.forget import verify
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.suppression.store import LIST_KEY, secret_name
from tiktok_insights.tables.definitions import ALL, LOAD_HISTORY, PUBLISH_LOCK
from tiktok_insights_tests.support.bodies import encoded, web_page
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import (
    FailPoint,
    Interrupted,
    Manner,
    Moment,
    Requests,
    changes_something,
)
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.interrupted_removals import (
    ListedPlaces,
    Removal,
    watched,
)
from tiktok_insights_tests.support.kill_campaigns import every_point, judge, turning_points
from tiktok_insights_tests.support.killed_runs import killed_at, prepare_children
from tiktok_insights_tests.support.removed_people import (
    ANN,
    COMMITTED,
    HANDLE,
    OPEN,
    OTHERS,
    SEC_UID,
    ann_web,
    held,
    manifest,
    other_web,
    put_page,
    restore,
)
from tiktok_insights_tests.support.sandbox import Sandbox, sandbox

__all__ = ["sandbox"]

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.faults,
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result"),  # fakesnow's way to fetch results
]

#: The effects after which a removal is in another state, and how each fails usually.
TURNING_POINTS = {
    "file unfinished.json": (Moment.BEFORE, Manner.SIGKILL),
    "Secrets CreateSecret": (Moment.ANSWER_LOST, Manner.SIGKILL),
    "S3 PUT suppression/": (Moment.AFTER, Manner.RAISE),
    "S3 PUT raw/": (Moment.BEFORE, Manner.SIGKILL),
    "S3 PUT csv/": (Moment.AFTER, Manner.SIGKILL),
    "DELETE FROM PUBLIC.TIKTOK_DATA": (Moment.AFTER, Manner.RAISE),
    "COMMIT": (Moment.ANSWER_LOST, Manner.RAISE),
    "file of this machine": (Moment.AFTER, Manner.RAISE),
}
#: An extraction finds her again, with a follower who is new.
_PAGE = encoded(web_page(other_web(OTHERS[0]), ann_web(), other_web("7423456789012345777")))
_FOREIGN = "csv/followers/account=44/dt=2026-01-31/foreign.csv"


def plant(store: ObjectStore) -> None:
    """Put her into two pages of a snapshot, of which one has a row to reject; an open snapshot, and others' CSVs."""
    raw = RawStore(store)
    first = web_page(other_web(OTHERS[0]), ann_web(), other_web(OTHERS[1]), more=True, cursor=3)
    second = web_page(ann_web(id=7.4e18), other_web(OTHERS[2]), {"user": {"id": "no ID"}})
    pages = [put_page(store, raw, COMMITTED.page(number), page) for number, page in enumerate((first, second), 1)]
    raw.commit(manifest(COMMITTED, *pages))
    raw.note_attempt(manifest(OPEN, put_page(store, raw, OPEN.page(1), first)))
    put_page(store, raw, OPEN.evidence(2), {"users": [{"who": ANN}]})
    store.put(_FOREIGN, csv_file(row("5"), row(ANN, uniqueId=HANDLE), row("x", uniqueId=HANDLE)), "text/csv")
    store.put(_FOREIGN.replace("foreign", "refused"), csv_file(f"Ann,{ANN}", header="name,number"), "text/csv")


class Ground:
    """A bucket, a warehouse and a home with a person in them, put back again and again."""

    kind: type[Removal] = Removal
    reference = ANN

    def __init__(self, sandbox: Sandbox, store: ObjectStore, home: Path) -> None:
        self._sandbox = sandbox
        self._store = store
        self._secrets: Any = boto3.client("secretsmanager", **sandbox.places.aws)
        sandbox.places = ListedPlaces(**vars(sandbox.places))
        self.removal = self.kind(sandbox.places, home, self.reference)
        plant(store)
        sandbox.places.load()
        sandbox.keep()
        self._objects = held(store)
        requests = Requests()
        self.reset()
        start = time.monotonic()
        with watched(requests):
            self.removal.run()
        self.seconds = time.monotonic() - start
        self.names = requests.names
        self.effects = [number for number, name in enumerate(self.names) if changes_something(name)]
        self.expected = self.state()
        self.come_in_between()
        self.removal.run()
        self.expected_with_others = self.loaded()

    def reset(self) -> None:
        """Put everything back to where the person is everywhere."""
        restore(self._store, self._objects)
        self._sandbox.reset()
        with suppress(self._secrets.exceptions.ResourceNotFoundException):
            name = secret_name(self._store.bucket)
            self._secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        home = self.removal.home
        shutil.rmtree(home, ignore_errors=True)
        (home / "dagster").mkdir(parents=True)
        (home / "dagster" / "run.err").write_text(f"{ANN} {HANDLE} {SEC_UID}\n", encoding="utf-8")

    def state(self) -> Tables:
        """Every object, row and file, but for what differs from one removal to the next: times of writing and keys."""
        tables = self._sandbox.settled()
        modified = LOAD_HISTORY.names.index("LAST_MODIFIED")
        history = tables[LOAD_HISTORY.name]
        tables[LOAD_HISTORY.name] = [(*one[:modified], *one[modified + 1 :]) for one in history]
        del tables[PUBLISH_LOCK.name]
        objects = held(self._store)
        objects.pop(LIST_KEY, None)
        tables["the objects"] = sorted((key, one.body, one.metadata, one.content_type) for key, one in objects.items())
        files = [path for path in self.removal.home.rglob("*") if path.is_file()]
        tables["the files"] = sorted((path.name, path.read_bytes()) for path in files)
        return tables

    def come_in_between(self) -> None:
        """An extraction, and a whole load."""
        self.removal.extract(_PAGE)
        self._sandbox.places.load()

    def loaded(self) -> Tables:
        """What readers see, and the bodies of all objects, when another load has taken in everything."""
        self._sandbox.places.load()
        objects = held(self._store)
        objects.pop(LIST_KEY, None)
        return {**self._sandbox.seen(), "the objects": sorted((key, one.body) for key, one in objects.items())}

    def wrong_after(self, point: FailPoint, with_others: bool) -> Iterator[str]:
        """Let a removal fail there, repeat it, and say in sentences what is not as it must be."""
        self.reset()
        yield from self._fail(point)
        if with_others:
            self.come_in_between()
        try:
            receipt = self.removal.run()
        except Exception as error:  # noqa: BLE001  # whatever it is, a repeat must not need a person
            yield f"the repeat fails: {type(error).__name__}: {error}"
            return
        if not receipt.is_complete:
            yield f"the repeat leaves {receipt.search.found} rows"
        yield from (f"after it there are {what}" for what in self._sandbox.unfinished())
        if with_others:
            yield from _differences(self.loaded(), self.expected_with_others)
        else:
            yield from _differences(self.state(), self.expected)
        yield from self.left()

    def left(self) -> Iterator[str]:
        """Where she still is."""
        for table in ALL:
            if "TIKTOK_ID" in table.names and any(ANN in one for one in self._sandbox.settled().get(table.name, [])):
                yield f"she is in {table.name}"
        if found := verify(self.removal.reach()).found:
            yield f"a search finds {found} rows of her"

    def _fail(self, point: FailPoint) -> Iterator[str]:
        if point.manner is Manner.SIGKILL:
            if not killed_at(self.removal, watched, point):
                yield "was not reached"
            return
        requests = Requests(point)
        # After a lost answer the clients send again: that removal may end well.
        with watched(requests), suppress(Interrupted, Exception):
            self.removal.run()
        if not requests.reached:
            yield "was not reached"


def _differences(found: Tables, expected: Tables) -> Iterator[str]:
    for name, rows in found.items():
        if rows != (wanted := expected[name]):
            more = [one for one in rows if one not in wanted]
            less = [one for one in wanted if one not in rows]
            yield f"{name} has {len(rows)} rows, not {len(wanted)}; strange {more[:2]}, missing {less[:2]}"


@pytest.fixture
def ground(sandbox: Sandbox, store: ObjectStore, tmp_path: Path) -> Ground:
    """The undisturbed removal."""
    prepare_children(watched.__module__)
    return Ground(sandbox, store, tmp_path / "home")


def fail(ground: Ground, kinds: Mapping[str, tuple[Moment, Manner]], size: Size, wanted: str | None) -> None:
    """Let removals fail at the points that the command line asks for, and see that their repeats end right.

    Usually, an extraction and a load come in between at every second one; in a torture each is met with them and
    without.
    """
    few = turning_points(ground, kinds)
    points = {"few": few, "some": few[::3], "every": every_point(ground)}[size.fail_points]
    if wanted:
        points = [FailPoint.named(wanted)]
    pairs = [(point, with_others) for point in points for with_others in (False, True)]
    if size.fail_points == "few" and not wanted:
        pairs = [(point, number % 2 == 0) for number, point in enumerate(points)]
    judge(ground, pairs)


def test_wherever_a_removal_fails_its_repeat_ends_right(
    ground: Ground, size: Size, pytestconfig: pytest.Config
) -> None:
    """N of N: the end state is that of an undisturbed one, and nobody comes back by a load or an extraction between."""
    fail(ground, TURNING_POINTS, size, pytestconfig.getoption("--fail-point"))
