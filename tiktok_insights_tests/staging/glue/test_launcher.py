"""A job run from its start to its end: attaching, following, stopping, and the sentence when it ends badly."""

import _thread
import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import Content, KnownContents
from tiktok_insights.staging.engine import BegunBatch
from tiktok_insights.staging.glue import job_runs
from tiktok_insights.staging.glue.engine import GlueEngine
from tiktok_insights.staging.glue.exchange import Manifest, Result, manifest_key, result_key
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.own_glue import JOB, OwnGlue, glue_engine, launcher
from tiktok_insights_tests.support.troubleshooting import told
from tiktok_insights_tests.support.waiting import wait_until

LOG = logging.getLogger(__name__)
NAMESPACE = Namespace("DB", "PUBLIC", "TIKTOK_INTERNAL", "MAIN")
NOTHING_KNOWN = KnownContents({}, {})
MOMENT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def item(name: str) -> CsvObject:
    """An object that waits."""
    key = f"csv/followers/account=42/dt=2026-01-31/{name}.csv"
    return CsvObject(ObjectInfo(key, f"etag-{name}", 10, MOMENT), "42", "2026-01-31")


ITEMS = (item("a"), item("b"))


class Job:
    """What the job does: it stages what its manifest has, without rows. It can be held, and counts its runs."""

    def __init__(self, store: ObjectStore, *, held: bool = False) -> None:
        self._store = store
        self.batches: list[str] = []
        self.may_end = threading.Event()
        if not held:
            self.may_end.set()

    def __call__(self, batch_id: str, run_id: str) -> tuple[Sequence[str], int]:
        """Work, as `OwnGlue` asks for it."""
        self.batches.append(batch_id)
        assert self.may_end.wait(60)
        manifest = Manifest.from_json(self._store.get(manifest_key(NAMESPACE, batch_id)).body)
        staged = tuple(StagedObject(item, Content("0" * 64, MOMENT)) for item in manifest.objects)
        result = Result.of(batch_id, run_id, "3.5.6", staged)
        self._store.put_once(result_key(batch_id), result.to_json(), "application/json")
        return ["The job has ended."], 0


@pytest.fixture
def engine(glue: OwnGlue, bucket: ObjectStore) -> GlueEngine:
    """The engine on the test's bucket."""
    return glue_engine(glue.aws, bucket, NAMESPACE, LOG)


def stage(engine: GlueEngine, batch_id: str = "b1") -> set[str]:
    """Stage both objects; give the keys that have an outcome."""
    outcomes = engine.stage(batch_id, ITEMS, NOTHING_KNOWN)
    return {outcome.item.info.key for outcome in outcomes if isinstance(outcome, StagedObject)}


BOTH = {item.info.key for item in ITEMS}


def begin(glue: OwnGlue, bucket: ObjectStore, batch_id: str, items: Sequence[CsvObject] = ITEMS) -> str:
    """Do what a launcher does that is killed while its run goes on; give the run's ID."""
    bucket.put_once(
        manifest_key(NAMESPACE, batch_id), Manifest.of(batch_id, tuple(items), NOTHING_KNOWN).to_json(), "text/json"
    )
    return str(glue.client("glue").start_job_run(JobName=JOB, Arguments={"--batch_id": batch_id})["JobRunId"])


def test_a_batch_is_staged_by_one_run_that_is_told_where_and_what(
    glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """The manifest is there first; arguments name the batch and the tables; the job's lines are in the log."""
    glue.work = Job(bucket)
    caplog.set_level(logging.INFO)
    assert stage(engine) == BOTH
    (run,) = glue.runs()
    given = {name: value for name, value in run["Arguments"].items() if name != "--work"}
    assert given == {
        "--bucket": bucket.bucket,
        "--batch_id": "b1",
        "--connection": "snowflake-connection",
        "--database": "DB",
        "--schema": "PUBLIC",
        "--internal_schema": "TIKTOK_INTERNAL",
        "--view_schema": "MAIN",
    }
    assert "Glue: The job has begun.\n" in caplog.text
    assert "Glue: The job has ended.\n" in caplog.text
    (finished,) = engine.runs
    assert (finished.batch_id, finished.run_id, finished.run and finished.run.state) == ("b1", run["Id"], "SUCCEEDED")
    engine.forget("b1")
    assert [info.key for info in bucket.list("glue/")] == [result_key("b1")]


def test_a_run_of_the_batch_that_goes_on_is_followed(glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine) -> None:
    """No second one is started, and the batch keeps its ID."""
    job = Job(bucket, held=True)
    run_id = begin_held(glue, bucket, job)
    threading.Timer(0.2, job.may_end.set).start()
    assert engine.begun(ITEMS) == [BegunBatch("b1", ITEMS)]
    assert stage(engine) == BOTH
    assert ([run["Id"] for run in glue.runs()], job.batches) == ([run_id], ["b1"])


def test_a_run_is_found_on_a_later_page(glue: OwnGlue, bucket: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job may have run for other batches since."""
    monkeypatch.setattr(job_runs, "_PAGE", 1)
    client = glue.client("glue")
    definition = client.get_job(JobName=JOB)["Job"]
    names = ("Role", "Command", "DefaultArguments", "GlueVersion", "WorkerType", "NumberOfWorkers", "Timeout")
    kept = {name: definition[name] for name in names}
    client.update_job(JobName=JOB, JobUpdate={**kept, "ExecutionProperty": {"MaxConcurrentRuns": 9}})
    run_id = begin_held(glue, bucket, Job(bucket, held=True))
    for number in range(3):
        client.start_job_run(JobName=JOB, Arguments={"--batch_id": f"other{number}"})
    active = launcher(glue.aws, LOG).runs.active("b1")
    assert active is not None
    assert active.run_id == run_id
    client.update_job(JobName=JOB, JobUpdate={**kept, "ExecutionProperty": {"MaxConcurrentRuns": 1}})


def begin_held(glue: OwnGlue, bucket: ObjectStore, job: Job) -> str:
    """Begin a run that works until it may end."""
    glue.work = job
    run_id = begin(glue, bucket, "b1")
    wait_until(lambda: job.batches)
    return run_id


def test_a_result_that_is_there_needs_no_run(glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine) -> None:
    """The launcher was killed after the job had ended: what the job said is taken, with the facts of its run."""
    glue.work = Job(bucket)
    run_id = begin(glue, bucket, "b1")
    wait_until(lambda: glue.runs()[0]["JobRunState"] == "SUCCEEDED")
    assert stage(engine) == BOTH
    assert len(glue.runs()) == 1
    assert engine.runs[0].run_id == run_id


def test_what_waits_no_more_is_cleared_away_and_its_run_stopped(
    glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine
) -> None:
    """So is a manifest that cannot be read; a batch with the same objects as one that continues is left alone."""
    job = Job(bucket, held=True)
    run_id = begin_held(glue, bucket, job)
    bucket.put(manifest_key(NAMESPACE, "b0"), b"{", "application/json")
    twins = [Manifest.of(batch_id, ITEMS[1:], NOTHING_KNOWN) for batch_id in ("b2", "b3")]
    for twin in twins:
        bucket.put(manifest_key(NAMESPACE, twin.batch_id), twin.to_json(), "application/json")
    assert engine.begun(ITEMS[1:]) == [BegunBatch("b2", ITEMS[1:])]
    assert [info.key for info in bucket.list("glue/manifests/")] == [
        manifest_key(NAMESPACE, name) for name in ("b2", "b3")
    ]
    state = wait_until(lambda: next(run for run in glue.runs() if run["Id"] == run_id)["JobRunState"])
    assert state in ("STOPPING", "STOPPED")


def test_batches_of_other_tables_are_left_alone(glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine) -> None:
    """Another deployment loads the same bucket into a database of its own: its batch is neither taken nor stopped."""
    run_id = begin_held(glue, bucket, Job(bucket, held=True))
    other = glue_engine(glue.aws, bucket, replace(NAMESPACE, database="OTHER"), LOG)
    assert other.begun(ITEMS) == []
    assert other.begun(ITEMS[1:]) == []
    assert engine.begun(ITEMS) == [BegunBatch("b1", ITEMS)]
    (run,) = (run for run in glue.runs() if run["Id"] == run_id)
    assert run["JobRunState"] in ("STARTING", "RUNNING")


def test_a_job_that_is_occupied_is_waited_for(glue: OwnGlue, bucket: ObjectStore) -> None:
    """Until a limit, and then with a sentence."""
    job = Job(bucket, held=True)
    begin_held(glue, bucket, job)
    with told("Glue starts no other run now.", "Concurrent runs exceeded"):
        stage(glue_engine(glue.aws, bucket, NAMESPACE, LOG, busy_seconds=0.1), "b9")
    threading.Timer(0.2, job.may_end.set).start()
    assert stage(glue_engine(glue.aws, bucket, NAMESPACE, LOG), "b9") == BOTH


def test_a_job_that_fails_is_told_with_its_first_exception_and_last_lines(
    glue: OwnGlue, engine: GlueEngine, caplog: pytest.LogCaptureFixture
) -> None:
    """Made printable, and 50 lines of many."""
    lines = [f"line {number}" for number in range(100)]
    glue.work = lambda *_: (["Error: the warehouse \x1b[31mdoes not answer.", *lines, "ValueError: later"], 1)
    caplog.set_level(logging.INFO)
    with told("Glue job run <id> ended as <state>:", "FAILED", "the warehouse \\x1b[31mdoes not answer."):
        stage(engine)
    (last,) = (record.getMessage() for record in caplog.records if record.levelno == logging.ERROR)
    assert last.splitlines()[1:] == [*lines[-49:], "ValueError: later"]
    assert "\x1b" not in caplog.text


def test_a_job_that_takes_too_long_is_told(glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine) -> None:
    """Glue ends it after its timeout."""
    glue.work = Job(bucket, held=True)
    client = glue.client("glue")
    bucket.put(manifest_key(NAMESPACE, "b1"), Manifest.of("b1", ITEMS, NOTHING_KNOWN).to_json(), "application/json")
    client.start_job_run(JobName=JOB, Timeout=1, Arguments={"--batch_id": "b1"})
    with told("Glue job run <id> took longer", "1 minutes"):
        stage(engine)


def test_a_job_that_was_stopped_is_told(glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine) -> None:
    """By someone in the console."""
    job = Job(bucket, held=True)
    run_id = begin_held(glue, bucket, job)
    threading.Timer(0.2, lambda: glue.client("glue").batch_stop_job_run(JobName=JOB, JobRunIds=[run_id])).start()
    with told("Glue job run <id> was stopped"):
        stage(engine)
    assert [batch.batch_id for batch in engine.begun(ITEMS)] == ["b1"]


def test_a_job_for_which_glue_has_no_capacity_is_told(glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine) -> None:
    """EXPIRED is an end; WAITING is none."""
    glue.work = Job(bucket, held=True)
    glue.disturbed.faults["GetJobRun"] = ["WAITING", "EXPIRED"]
    with told("Glue job run <id> found no capacity"):
        stage(engine)


def test_a_job_that_glue_does_not_end_is_stopped(glue: OwnGlue, bucket: ObjectStore) -> None:
    """Long after its timeout."""
    glue.work = Job(bucket, held=True)
    with told("Glue job run <id> has not ended", "100 minutes"):
        stage(glue_engine(glue.aws, bucket, NAMESPACE, LOG, grace_seconds=-6000.0))
    assert wait_until(lambda: glue.runs()[0]["JobRunState"] == "STOPPED")


def test_a_job_that_says_nothing_is_not_believed(glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine) -> None:
    """It ended well and left no result; the next run begins a new batch."""
    with told("Glue job run <id> ended as <state>, but", "SUCCEEDED", result_key("b1")):
        stage(engine)
    assert engine.begun(ITEMS) == []
    assert not list(bucket.list("glue/"))


def test_a_result_counts_even_if_the_run_failed_after_it(
    glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine
) -> None:
    """What a job wrote as its last act is true, whatever became of its process."""
    job = Job(bucket)
    glue.work = lambda batch_id, run_id: (job(batch_id, run_id)[0], 1)
    assert stage(engine) == BOTH
    assert engine.runs[0].run is not None
    assert engine.runs[0].run.state == "FAILED"


def test_an_interrupt_stops_the_run(glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine) -> None:
    """As Ctrl-C and Dagster's cancel raise it, in the middle of a wait. The next run starts the job again."""
    job = Job(bucket, held=True)
    glue.work = job

    def interrupt() -> None:
        wait_until(lambda: job.batches)
        _thread.interrupt_main()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        stage(engine)
    thread.join()
    assert wait_until(lambda: glue.runs()[0]["JobRunState"] in ("STOPPING", "STOPPED"))
    glue.work = again = Job(bucket)
    assert [batch.batch_id for batch in engine.begun(ITEMS)] == ["b1"]
    assert stage(engine) == BOTH
    assert again.batches == ["b1"]


@pytest.mark.parametrize("fault", ["throttled", "lost"])
@pytest.mark.parametrize("action", ["StartJobRun", "GetJobRun", "GetJobRuns", "GetLogEvents"])
def test_a_request_that_fails_once_is_made_good(
    glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine, action: str, fault: str
) -> None:
    """Twice in a row; and no run is started twice."""
    job = Job(bucket)
    glue.work = job
    glue.disturbed.faults[action] = [fault, fault]
    assert stage(engine) == BOTH
    assert job.batches == ["b1"]


@pytest.mark.parametrize("moment", [Moment.ANSWER_LOST, Moment.ANSWER_CUT])
@pytest.mark.parametrize("action", ["StartJobRun", "GetJobRun", "GetJobRuns", "GetLogEvents"])
def test_an_answer_that_does_not_arrive_is_made_good(
    glue: OwnGlue, bucket: ObjectStore, engine: GlueEngine, action: str, moment: Moment
) -> None:
    """The connection breaks after Glue has done it, before or in the answer; and no run is started twice."""
    job = Job(bucket)
    glue.work = job
    requests = Requests(FailPoint(0, moment, Manner.RAISE, f"Glue {action}"))
    with requests.watched():
        assert stage(engine) == BOTH
    assert requests.reached
    assert job.batches == ["b1"]


@pytest.mark.parametrize("fault", ["throttled", "lost"])
def test_a_stop_that_fails_once_is_made_good(glue: OwnGlue, bucket: ObjectStore, fault: str) -> None:
    """Nothing is left running after a cancel because of one answer."""
    job = Job(bucket, held=True)
    begin_held(glue, bucket, job)
    glue.disturbed.faults["BatchStopJobRun"] = [fault, fault]
    launcher(glue.aws, LOG).stop("b1")
    assert wait_until(lambda: glue.runs()[0]["JobRunState"] == "STOPPED")


def test_the_job_is_told_the_connection_of_its_environment(glue: OwnGlue, bucket: ObjectStore) -> None:
    """Two environments in one account have two."""
    glue.work = Job(bucket)
    engine = GlueEngine(bucket, launcher(glue.aws, LOG), NAMESPACE, LOG, connection="of-team-b")
    assert stage(engine) == BOTH
    (run,) = glue.runs()
    assert run["Arguments"]["--connection"] == "of-team-b"


def test_a_glue_that_never_answers_ends_with_a_sentence(glue: OwnGlue, engine: GlueEngine) -> None:
    """After a number of tries."""
    glue.disturbed.faults["GetJobRuns"] = ["throttled"] * 99
    with told("Glue does not answer", "get_job_runs", "ThrottlingException: Rate exceeded"):
        stage(engine)
    glue.disturbed.faults.clear()


def test_a_job_that_is_not_there_is_told(glue: OwnGlue, bucket: ObjectStore) -> None:
    """With what to set."""
    runs = launcher(glue.aws, LOG)
    runs.runs.job = "no_such_job"
    with told("Glue refuses", "EntityNotFoundException", "GLUE_JOB"):
        list(GlueEngine(bucket, runs, NAMESPACE, LOG).stage("b1", ITEMS, NOTHING_KNOWN))
