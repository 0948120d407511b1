"""The Glue job in this process, with the local stack's bucket, connection and secret: the same as the local engine."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import ObjectOutcome
from tiktok_insights.staging.glue import job
from tiktok_insights.staging.glue.exchange import manifest_key, result_key
from tiktok_insights.staging.spark import engine as spark_engine
from tiktok_insights.staging.spark import loading
from tiktok_insights.staging.spark.tasks import ReadObjects, SendStaged
from tiktok_insights.staging.staged_object import StagedObject
from tiktok_insights.staging.unreadable import Unreadable
from tiktok_insights.suppression.hashes import Kind
from tiktok_insights.suppression.store import SuppressionStore, secret_name
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA
from tiktok_insights_tests.settings.conftest import keys, rsa_key
from tiktok_insights_tests.staging.conftest import loader, session, shared_database
from tiktok_insights_tests.support.campaigns import Size
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.glue_effects import wrong_of
from tiktok_insights_tests.support.glue_jobs import JobEngine, aws_environment, glue_connection, parts_of
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.private_keys import Written
from tiktok_insights_tests.support.refused_objects import archive
from tiktok_insights_tests.support.shared_warehouse import empty_tables
from tiktok_insights_tests.support.spark import spark
from tiktok_insights_tests.support.staged_outcomes import items_of, stage
from tiktok_insights_tests.support.troubleshooting import told

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["keys", "loader", "rsa_key", "session", "shared_database", "spark"]

pytestmark = pytest.mark.spark

#: Nothing is known of the contents of any object.
UNKNOWN = KnownContents({}, {})
_STAGED = "SELECT * FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA"
_FILES = "LIST @TIKTOK_INTERNAL.%STAGED_TIKTOK_DATA"


@pytest.fixture(scope="module", autouse=True)
def worker_environment() -> Iterator[None]:
    """AWS's variables of the local stack, before Spark starts its JVM: workers inherit them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "local")
        yield


@pytest.fixture
def engine(
    worker_environment: None,
    spark: "SparkSession",
    store: ObjectStore,
    connections: Connections,
    keys: dict[str, Written],
) -> JobEngine:
    """The job on the test's bucket and warehouse."""
    name = glue_connection(connections, store.bucket, keys["RSA"].pems["PKCS#8"])
    return JobEngine(store, connections, name)


def fill(loader: Loader) -> None:
    """Objects of each kind: good ones, with duplicates, with rejected rows, refused, hostile keys, unreadable."""
    for n in range(4):
        loader.put(f"good {n} {{x}} [1] %2F*", csv_file(*(row(str(n * 100 + i), uniqueId=f"u{i}") for i in range(30))))
    loader.put("mixed", csv_file(row("1"), row("1"), row("x"), row("2", nickname='"a ""quoted"", one 🎉"'), "a,b"))
    loader.put("rejected", csv_file(row("x"), row("y")))
    loader.put("other", b"a;b\r\n1;2\r\n")
    loader.put("empty", csv_file())
    archive(loader.store, loader.put("archived", csv_file(row("7"))))


def by_key(outcomes: Iterable[ObjectOutcome]) -> list[tuple[str, ObjectOutcome]]:
    """The outcome of each object, by its key."""
    found = []
    for outcome in outcomes:
        assert isinstance(outcome, StagedObject | Unreadable)
        found.append((outcome.key if isinstance(outcome, Unreadable) else outcome.item.info.key, outcome))
    return sorted(found, key=itemgetter(0))


def told_of(capfd: pytest.CaptureFixture[str]) -> str:
    """Everything that was written since the last time, on both channels."""
    return "\n".join(capfd.readouterr())


def test_the_job_stages_what_the_local_engine_stages(
    loader: Loader, engine: JobEngine, keys: dict[str, Written], capfd: pytest.CaptureFixture[str]
) -> None:
    """The same outcomes, staged rows and quarantine; a second run changes nothing; the log has no secret."""
    fill(loader)
    items = items_of(loader)
    local = by_key(stage(loader, items))
    rows, quarantine = sorted(loader.rows(_STAGED), key=repr), dict(quarantined(loader.store))
    empty_tables(loader.session)
    on_glue = stage(loader, items, engine)
    assert by_key(on_glue) == local
    assert sorted(loader.rows(_STAGED), key=repr) == rows
    assert len(rows) > 100
    assert dict(quarantined(loader.store)) == quarantine
    result = engine.result("batch")
    assert (result.job_run_id, result.batch_id) == ("jr_1", "batch")
    assert len(result.stages) > 5
    assert all(stage.tasks and stage.seconds >= 0 for stage in result.stages)
    assert loader.rows(_FILES) == []
    log = told_of(capfd)
    for words in ("Batch batch. Objects: 9, ", "Spark ", "Loaded ", "Rows: ", "Wrote s3://"):
        assert words in log
    assert not any(part in log for part in parts_of(keys["RSA"].pems["PKCS#8"]))
    assert engine.run("batch") == ""
    assert "has its result already" in told_of(capfd)
    assert sorted(loader.rows(_STAGED), key=repr) == rows
    assert engine.result("batch") == result


def quarantined(store: ObjectStore) -> Iterator[tuple[str, bytes]]:
    """The objects in the quarantine."""
    for info in store.list("quarantine/"):
        yield info.key, store.get(info.key).body


class Killed(BaseException):
    """The end of a run, at a point where nothing can clean up after it."""


def after(effect: Callable[..., Any], end: Callable[[], None]) -> Callable[..., Any]:
    """Let a run end right after this effect."""

    def run(*args: Any, **kwargs: Any) -> Any:
        effect(*args, **kwargs)
        end()

    return run


#: What a run does, in this order: where its code is, and its name there.
EFFECTS: dict[str, tuple[Any, str]] = {
    "manifest read": (job, "_manifest"),
    "quarantine written": (spark_engine.SparkEngine, "_keep_rejected"),
    "files put": (spark_engine.SparkEngine, "_send"),
    "rows copied": (Session, "copy_staged"),
    "rows committed": (loading, "_replace_rows"),
    "files removed": (spark_engine, "load"),
    "result written": (ObjectStore, "put_once"),
}

#: Those after which the next run finds the most of an earlier one.
FEW = ("files put", "rows copied", "rows committed", "result written")


def let_end(patch: pytest.MonkeyPatch, effect: str, end: Callable[[], None]) -> None:
    """Let the next run end right after an effect."""
    owner, name = EFFECTS[effect]
    patch.setattr(owner, name, after(getattr(owner, name), end))


def kill() -> None:
    """End this process as the kernel does."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.campaign
def test_a_run_that_was_cut_off_anywhere_is_run_again(
    loader: Loader, engine: JobEngine, size: Size, capfd: pytest.CaptureFixture[str]
) -> None:
    """One run after the other is cut off, each after another effect: the last ends as an undisturbed one does."""
    fill(loader)
    items = items_of(loader)
    undisturbed = Undisturbed.of(loader, items)
    empty_tables(loader.session)

    def end() -> None:
        raise Killed

    def cut_off(effect: str) -> Iterator[str]:
        with pytest.MonkeyPatch.context() as patch:
            let_end(patch, effect, end)
            with pytest.raises(Killed):
                stage(loader, items, engine)
        if effect == effects[-1]:
            yield from undisturbed.wrong_after_another_run(loader, engine, "batch")

    effects = [effect for effect in EFFECTS if effect in FEW or size.fail_points == "every"]
    assert wrong_of(capfd, ((f"cut off after: {effect}", cut_off(effect)) for effect in effects)) == []
    assert engine.result("batch").job_run_id == f"jr_{len(effects)}"


@dataclass(frozen=True)
class Undisturbed:
    """What the local engine makes of the objects: what it says of each, and the staged rows without their batch."""

    outcomes: list[tuple[str, ObjectOutcome]]
    rows: list[tuple[Any, ...]]

    @classmethod
    def of(cls, loader: Loader, items: Sequence[CsvObject]) -> "Undisturbed":
        """Load them with the local engine."""
        return cls(by_key(stage(loader, items)), cls._rows(loader))

    def wrong_after_another_run(self, loader: Loader, engine: JobEngine, batch_id: str) -> Iterator[str]:
        """Run the job again, to its end; say what is not the same, and what is left of a run before it."""
        if error := engine.run(batch_id):
            yield error
            return
        if by_key(engine.result(batch_id).outcomes) != self.outcomes:
            yield "other outcomes"
        if (rows := self._rows(loader)) != self.rows:
            yield f"{len(rows)} staged rows, not {len(self.rows)}, or others"
        if files := loader.rows(_FILES):
            yield f"files in the stage: {files}"

    @staticmethod
    def _rows(loader: Loader) -> list[tuple[Any, ...]]:
        return sorted((tuple(row[1:]) for row in loader.rows(_STAGED)), key=repr)


@pytest.mark.full
def test_a_process_that_was_killed_is_run_again(
    loader: Loader, engine: JobEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL, also within the transaction: the next run waits for its end, and nothing is there twice."""
    fill(loader)
    items = items_of(loader)
    undisturbed = Undisturbed.of(loader, items)

    def killed(effect: str) -> Iterator[str]:
        empty_tables(loader.session)
        batch_id = effect.replace(" ", "-")
        engine.put_manifest(batch_id, items, UNKNOWN)
        run_in_a_process(engine, batch_id, effect)
        yield from undisturbed.wrong_after_another_run(loader, engine, batch_id)

    assert wrong_of(capfd, ((f"killed after: {effect}", killed(effect)) for effect in EFFECTS)) == []


def run_in_a_process(engine: JobEngine, batch_id: str, effect: str) -> None:
    """Run the job in a process of its own, which is killed after an effect."""
    code = (
        "import sys, pytest\n"
        "from tiktok_insights.staging.glue import job\n"
        f"from {__name__} import kill, let_end\n"
        f"let_end(pytest.MonkeyPatch(), {effect!r}, kill)\n"
        "print(job.main(sys.argv[1:]))\n"
    )
    variables = {**aws_environment(engine.connections.aws), **SPARK_ENVIRONMENT, "PYTHONPATH": search_path()}
    found = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", code, *engine.words(batch_id)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert found.returncode == -signal.SIGKILL, found.stdout + found.stderr


def search_path() -> str:
    """Where a process of its own finds the tests, and the Spark that they run with."""
    return os.pathsep.join((str(Path(__file__).parents[3]), *filter(None, (os.environ.get("PYTHONPATH"),))))


#: Spark in a process of its own, as small as it gets.
SPARK_ENVIRONMENT = {
    "PYSPARK_PYTHON": sys.executable,
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false --driver-memory 1g pyspark-shell",
}


def test_what_went_wrong_is_one_line(
    loader: Loader, engine: JobEngine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Missing arguments, no manifest, another version's manifest, and what a worker said."""
    told("The job run has no value for", "--batch_id").says(job.main(["--bucket", "b"]).removeprefix("Error: "))
    told("Batch <batch> has no manifest").says(engine.run("none").removeprefix("Error: "))
    loader.store.put(manifest_key(loader.session.namespace, "other"), b'{"batch": 1}', "application/json")
    told("<manifest> is not a manifest").says(engine.run("other").removeprefix("Error: "))
    loader.put("a", csv_file(row("1")))
    monkeypatch.setattr(spark_engine, "ReadObjects", _Failing)
    engine.put_manifest("batch", items_of(loader), UNKNOWN)
    capfd.readouterr()
    assert engine.run("batch") == "Error: ZeroDivisionError: the third object"
    lines = capfd.readouterr().out.splitlines()
    assert lines.count("Error: ZeroDivisionError: the third object") == 1
    assert not loader.store.exists(result_key("batch"))


def test_the_job_reads_the_suppression_list_itself(
    loader: Loader, engine: JobEngine, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its result says which list that was; without the key nothing is staged, and the log never has it."""
    secrets: Any = boto3.client("secretsmanager", **engine.connections.aws)
    removed = SuppressionStore(loader.store, lambda: secrets).add([(Kind.ID, "2")])
    loader.put("a", csv_file(row("1"), row("2"), row("3")))
    (outcome,) = stage(loader, items_of(loader), engine)
    assert isinstance(outcome, StagedObject)
    assert (outcome.counts.staged, outcome.counts.suppressed) == (2, 1)
    assert engine.result("batch").suppression == removed.fingerprint
    assert sorted(loader.rows("SELECT TIKTOK_ID FROM TIKTOK_INTERNAL.STAGED_TIKTOK_DATA")) == [("1",), ("3",)]
    secrets.delete_secret(SecretId=secret_name(loader.store.bucket), ForceDeleteWithoutRecovery=True)
    engine.put_manifest("later", items_of(loader), UNKNOWN)
    error = engine.run("later").removeprefix("Error: ")
    told("The key of the suppression list <object> is missing").says(error)
    assert not loader.store.exists(result_key("later"))
    assert removed.key.hex() not in told_of(capfd)


class _Failing(ReadObjects):
    """A worker that fails."""

    def __call__(self, _: Any) -> Iterator[Any]:
        """Fail."""
        raise ZeroDivisionError("the third object")


def test_another_run_wrote_the_result_first(
    loader: Loader, engine: JobEngine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its result stays, and the later run says so."""
    loader.put("a", csv_file(row("1")))

    def too_late(*args: Any) -> None:
        loading.load(*args)
        loader.store.put(result_key("batch"), b"theirs", "application/json")

    monkeypatch.setattr(spark_engine, "load", too_late)
    engine.put_manifest("batch", items_of(loader), UNKNOWN)
    assert engine.run("batch") == ""
    assert "Another run of this batch" in told_of(capfd)
    assert loader.store.get(result_key("batch")).body == b"theirs"


def test_a_task_that_runs_again_writes_over_its_own_file(loader: Loader) -> None:
    """Its answer was lost, or Spark took it for slow: the stage has its rows once. Another task has another file."""
    table = loader.session.namespace.name_of(STAGED_TIKTOK_DATA)
    batch = pa.record_batch([pa.array(["1", "2"])], names=["TIKTOK_ID"])
    for run, times in (("again-jr_1-", 3), ("again-jr_2-", 1)):
        for _ in range(times):
            task = SendStaged(loader.connect, table, run)
            assert [sent.column(0).to_pylist() for sent in task(iter([batch.slice(0, 0), batch]))] == [[2]]
        assert list(task(iter([batch.slice(0, 0)]))) == []
    names = [name for name, *_ in loader.rows(_FILES) if name.startswith("again-")]
    assert names == ["again-jr_1-00000.parquet", "again-jr_2-00000.parquet"]
    loading.load(loader.connect, "again", None)
    assert [name for name, *_ in loader.rows(_FILES) if name.startswith("again-")] == []


def test_rows_that_the_warehouse_did_not_load_are_missed(
    loader: Loader, engine: JobEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction ends as if it had never begun."""
    loader.put("a", csv_file(row("1")))
    copy = Session.copy_staged
    monkeypatch.setattr(Session, "copy_staged", lambda *args: copy(*args) - 1)
    with told("The workers sent <number> rows", " 1 rows"):
        loading.load(loader.connect, "batch", loading.SentFiles("batch-none-", 1))
    engine.put_manifest("batch", items_of(loader), UNKNOWN)
    assert engine.run("batch").startswith("Error: LostRowsError: The workers sent 1 rows of batch batch")
    assert loader.rows(_STAGED) == []
