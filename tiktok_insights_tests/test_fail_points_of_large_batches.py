"""A load of a large batch that fails anywhere: as in test_fail_points, where the batch is small.

In a module of its own, so that another worker can take it.
"""

from itertools import product

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights_tests.support import history
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment
from tiktok_insights_tests.support.fault_injection import FaultInjection
from tiktok_insights_tests.support.sandbox import Sandbox, sandbox
from tiktok_insights_tests.support.thousand_objects import put_all

__all__ = ["sandbox"]

pytestmark = [
    pytest.mark.batches,
    pytest.mark.full,
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result"),  # fakesnow's way to fetch results
]

#: Of a large batch: which request of a kind fails (of so many hundredths of them), when and how. Downloads, quarantined
#: rows and the batch's objects as a file go differently there.
LARGE_BATCH_POINTS = (
    ("COPY INTO TIKTOK_INTERNAL.STAGED_OBJECTS", 0, Moment.ANSWER_LOST, Manner.RAISE),
    ("S3 PUT quarantine/csv/", 50, Moment.AFTER, Manner.SIGKILL),
    ("S3 GET csv/", 50, Moment.ANSWER_CUT, Manner.RAISE),
    ("COPY INTO TIKTOK_INTERNAL.STAGED_OBJECTS", 0, Moment.AFTER, Manner.SIGKILL),
    ("upload", 99, Moment.ANSWER_LOST, Manner.RAISE),
    ("INSERT INTO LOAD_HISTORY", 0, Moment.ANSWER_LOST, Manner.SIGKILL),
)
#: Each kind that changes something fails in every way, too.
_LARGE_BATCH_KINDS = (
    "S3 GET csv/", "S3 PUT quarantine/csv/", "PUT", "upload", "COPY INTO TIKTOK_INTERNAL.STAGED_TIKTOK_DATA",
    "COPY INTO TIKTOK_INTERNAL.STAGED_OBJECTS", "INSERT INTO PUBLIC.LOAD_BATCHES", "COMMIT",
    "INSERT INTO FOLLOWER_SNAPSHOTS", "INSERT INTO TIKTOK_DATA", "INSERT INTO LOAD_HISTORY",
    "DELETE FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA",
)  # fmt: skip


def large_batch_points(names: list[str]) -> list[FailPoint]:
    """The fail points of a large batch."""
    ways = [*product(Moment, [Manner.RAISE]), (Moment.BEFORE, Manner.SIGKILL), (Moment.AFTER, Manner.SIGKILL)]
    chosen = [*LARGE_BATCH_POINTS]
    chosen += [(kind, part, *way) for kind in _LARGE_BATCH_KINDS for part in (0, 99) for way in ways]
    points = []
    for kind, part, moment, manner in chosen:
        number = sum(name.startswith(kind) for name in names)
        assert number, kind
        points.append(FailPoint(number * part // 100, moment, manner, kind))
    return points


def test_whatever_request_of_a_large_batch_fails_the_next_run_completes_it(
    sandbox: Sandbox, store: ObjectStore
) -> None:
    """1,000 mixed objects with bad ones among them: downloaded, quarantined and noted side by side."""
    uploads = put_all(store)
    with sandbox.places.session() as session:
        ensure_tables(session)
    sandbox.keep()
    injection = FaultInjection(sandbox)
    expected = history.tables(uploads)
    for table in ("TIKTOK_DATA", "ACCOUNT_SNAPSHOTS", "LOAD_HISTORY"):
        assert injection.expected[table] == expected[table]
    injection.assert_right_after(large_batch_points(injection.names))
