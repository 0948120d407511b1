"""A load with Glue that is cut short anywhere: the next one ends in the tables of an undisturbed local load.

Each request that changes something is an effect, and so is each answer that a launcher waits for. A killed launcher
leaves its job run behind, which goes on. The undisturbed load is once that of the local engine, to compare with.
"""

import multiprocessing
import threading
from collections.abc import Iterator

import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment
from tiktok_insights_tests.support.fault_injection import FaultInjection
from tiktok_insights_tests.support.glue_effects import wrong_of
from tiktok_insights_tests.support.glue_places import GluePlaces, GlueSandbox, local_tables
from tiktok_insights_tests.support.impatient import impatient_warehouse
from tiktok_insights_tests.support.interrupted_loads import at_once
from tiktok_insights_tests.support.own_glue import OwnGlue

pytestmark = [
    pytest.mark.faults,
    pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result"),  # fakesnow's way to fetch results
]

BEFORE, AFTER, LOST = Moment.BEFORE, Moment.AFTER, Moment.ANSWER_LOST
#: The requests of a load after which something is different, and when the launcher is killed there.
EFFECTS = {
    "S3 PUT glue/manifests/": (AFTER,),
    "Glue StartJobRun": (BEFORE, LOST, AFTER),
    "Glue GetJobRun": (AFTER,),
    "S3 GET glue/results/": (AFTER,),
    "INSERT INTO PUBLIC.LOAD_BATCHES": (AFTER,),
    "COMMIT": (LOST,),
    "S3 DELETE glue/manifests/": (BEFORE, AFTER),
}


@pytest.fixture
def sandbox(
    glue: OwnGlue,
    bucket: ObjectStore,
    settings: Settings,
    connections: Connections,
    namespace: Namespace,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[GlueSandbox]:
    """Three objects that wait beside one that is loaded, in this test's own bucket and warehouse."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([GluePlaces.__module__])
    folder = tmp_path_factory.mktemp("impatient")
    with impatient_warehouse(folder, idle_transaction_seconds=1.0) as (warehouse, port):
        snowflake = {**connections.snowflake, "port": port, "backoff_policy": at_once}
        places = GluePlaces(glue.aws, snowflake, bucket.bucket, settings.glue.database, namespace)
        glue.work = places.work
        with places.session() as session:
            ensure_tables(session)
        put(bucket, "loaded", row("1"), row("2"))
        local_tables(places)
        put(bucket, "new", row("1", uniqueId="renamed"), row("3"), row("3"))
        put(bucket, "rejected", row("4"), row("0"), row("5", diggCount="12k"))
        bucket.put("csv/followers/account=44/dt=2026-01-31/refused.csv", b"a,b\r\n1,2\r\n", "text/csv")
        sandbox = GlueSandbox(places, warehouse)
        sandbox.keep()
        yield sandbox


def put(store: ObjectStore, name: str, *lines: str) -> None:
    """Put a CSV where another producer may put it."""
    store.put(f"csv/followers/account=44/dt=2026-01-31/{name}.csv", csv_file(*lines), "text/csv")


def test_a_killed_launcher_leaves_what_the_next_one_completes(
    sandbox: GlueSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL at each effect, while the job run goes on by itself."""
    sandbox.reset()
    local_tables(sandbox.places)
    expected = sandbox.seen()
    injection = FaultInjection(sandbox)
    assert injection.expected == expected
    points = [FailPoint(0, moment, Manner.SIGKILL, kind) for kind, moments in EFFECTS.items() for moment in moments]
    wrong = wrong_of(
        capsys, ((f"{point.kind}, killed {point.moment.value}", injection.wrong_after(point)) for point in points)
    )
    assert wrong == [], "\n".join(wrong)


def test_two_launchers_at_the_same_moment_load_once(sandbox: GlueSandbox, glue: OwnGlue) -> None:
    """Each has its own batch and waits for its run; the tables are those of one load."""
    sandbox.reset()
    local_tables(sandbox.places)
    expected = sandbox.seen()
    sandbox.reset()
    start = threading.Barrier(2)
    batches = set()

    def work(batch_id: str, run_id: str) -> object:
        batches.add(batch_id)
        return sandbox.places.work(batch_id, run_id)  # type: ignore[attr-defined]

    glue.work = work  # type: ignore[assignment]
    errors: list[BaseException] = []

    def load() -> None:
        start.wait(60)
        try:
            sandbox.places.load()
        except BaseException as error:  # noqa: BLE001  # told by the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert sandbox.seen() == expected
    assert sandbox.unfinished() == []
    assert len(glue.runs()) == len(batches)
