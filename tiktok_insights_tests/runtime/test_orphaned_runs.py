"""Runs whose process is gone: ended with a reason; a run that lives is never touched."""

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import dagster as dg
import psutil
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.definitions import resources_for
from tiktok_insights.defs.sensors import new_s3_objects_sensor
from tiktok_insights.runtime import dagster_home, orphaned_runs
from tiktok_insights.runtime.orphaned_runs import CODE_SERVER_TAG, CUT_OFF_TAG, reap_orphaned_runs
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

_LIMIT_SECONDS = 120.0
_STARTED, _FAILURE = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE
#: A run in a process of its own that logs what it is told, until nothing more is said.
_LISTENER = """
import sys
import dagster as dg

@dg.op
def listen(context):
    for line in iter(sys.stdin.readline, ""):
        context.log.info(line.strip())

@dg.job
def listener():
    listen()

with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    listener.execute_in_process(instance=instance)
"""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """A Dagster instance with its own home and our settings."""
    with dg.DagsterInstance.from_config(str(dagster_home.prepare(tmp_path / "dagster"))) as opened:
        yield opened


class Listener:
    """A run in a process of its own, under way."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        self.process = subprocess.Popen(  # noqa: S603  # our own interpreter
            [sys.executable, "-c", _LISTENER, instance.root_directory], stdin=subprocess.PIPE, text=True
        )
        self.run_id = wait_until(lambda: [run.run_id for run in instance.get_runs()], seconds=_LIMIT_SECONDS)[0]
        self.wait_for_word("Started execution of step")

    @property
    def status(self) -> dg.DagsterRunStatus:
        """What Dagster says of the run."""
        return status_of(self._instance, self.run_id)

    def say(self, word: str) -> None:
        """Have the run log a word; come back when it has."""
        assert self.process.stdin
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        self.wait_for_word(word)

    def wait_for_word(self, word: str) -> None:
        """Wait until the word is in the run's log."""
        wait_until(lambda: word in str(self._instance.all_logs(self.run_id)), seconds=_LIMIT_SECONDS)

    def finish(self) -> int:
        """Let the run end by itself; give the process's exit code."""
        assert self.process.stdin
        self.process.stdin.close()
        return self.process.wait(_LIMIT_SECONDS)


@pytest.fixture
def listener(instance: dg.DagsterInstance) -> Iterator[Listener]:
    """A run under way; its process is gone after the test."""
    listener = Listener(instance)
    yield listener
    listener.process.kill()
    listener.process.wait()


def status_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    """What Dagster says of a run."""
    run = instance.get_run_by_id(run_id)
    assert run
    return run.status


def reaped(instance: dg.DagsterInstance, *, nobody_launches: bool = False) -> list[str]:
    """The ids of the runs that were ended now."""
    return [run.run_id for run in reap_orphaned_runs(instance, nobody_launches=nobody_launches)]


def last_words(instance: dg.DagsterInstance, run_id: str) -> str:
    """The newest message about a run."""
    return instance.all_logs(run_id)[-1].message


def test_a_killed_run_fails_with_what_happened_and_what_comes_next(
    instance: dg.DagsterInstance, listener: Listener
) -> None:
    """Dagster says STARTED until we look; then FAILURE with the process's id, and a second look finds nothing.

    Nobody has waited for the process yet, so it is a zombie: its id is still taken.
    """
    listener.process.kill()
    wait_until(lambda: psutil.Process(listener.process.pid).status() == psutil.STATUS_ZOMBIE)
    assert listener.status is _STARTED
    assert reaped(instance) == [listener.run_id]
    assert listener.status is _FAILURE
    message = last_words(instance, listener.run_id)
    assert f"its process {listener.process.pid} is gone" in message
    assert "new_s3_objects_sensor" in message
    assert [run.run_id for run in instance.get_runs(filters=dg.RunsFilter(tags={CUT_OFF_TAG: "true"}))] == [
        listener.run_id
    ]
    assert reaped(instance) == []


def test_a_run_that_lives_is_not_touched(instance: dg.DagsterInstance, listener: Listener) -> None:
    """Not in a tick, not when the UI starts; and it ends as it would have."""
    assert reaped(instance) == reaped(instance, nobody_launches=True) == []
    assert listener.status is _STARTED
    assert listener.finish() == 0
    assert listener.status is dg.DagsterRunStatus.SUCCESS
    assert reaped(instance) == []


def test_an_id_that_was_given_to_a_later_process_does_not_count(
    instance: dg.DagsterInstance, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a reboot the id may belong to anybody: who began after the run's last word is not the run."""
    listener.process.kill()
    listener.process.wait()
    now = time.time()
    wait_until(lambda: time.time() > now + 3.0)  # a birth is known to within 2 s
    command = [sys.executable, "-c", "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as other:  # noqa: S603  # our own interpreter
        monkeypatch.setattr(psutil, "Process", {listener.process.pid: psutil.Process(other.pid)}.__getitem__)
        assert reaped(instance) == [listener.run_id]
        assert other.poll() is None
    assert listener.status is _FAILURE


def test_a_clock_that_is_put_forward_kills_no_run(
    instance: dg.DagsterInstance, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the process seems born after its first words, what it says since shows that it is the same."""
    born = time.time() + 3.0  # a birth is known to within 2 s
    monkeypatch.setattr(psutil.Process, "create_time", lambda _: born)
    wait_until(lambda: time.time() > born)
    listener.say("still here")
    assert reaped(instance) == []
    assert listener.status is _STARTED


def test_a_cut_off_run_that_was_to_be_canceled_is_canceled(instance: dg.DagsterInstance, listener: Listener) -> None:
    """Who asked for the end gets it, though no process is left to obey."""
    listener.process.kill()
    listener.process.wait()
    (run,) = instance.get_runs()
    instance.report_run_canceling(run)
    assert reaped(instance) == [listener.run_id]
    assert listener.status is dg.DagsterRunStatus.CANCELED


def test_a_run_that_is_launched_is_left_alone_unless_nobody_is_there_to_launch(instance: dg.DagsterInstance) -> None:
    """It has no process yet: a daemon may be about to start one, but none is when the UI starts."""
    run = instance.add_run(dg.DagsterRun(job_name="launched", status=dg.DagsterRunStatus.STARTING))
    assert reaped(instance) == []
    assert reaped(instance, nobody_launches=True) == [run.run_id]
    assert status_of(instance, run.run_id) is _FAILURE
    assert "the process that launched it is gone" in last_words(instance, run.run_id)


def test_nothing_is_done_where_the_processes_may_be_on_other_machines() -> None:
    """Without the local storage, an id of a process says nothing."""
    with dg.DagsterInstance.ephemeral() as elsewhere:
        run = elsewhere.add_run(dg.DagsterRun(job_name="elsewhere", status=_STARTED))
        assert reaped(elsewhere, nobody_launches=True) == []
        assert status_of(elsewhere, run.run_id) is _STARTED


@pytest.mark.parametrize(
    "tags",
    [{".dagster/grpc_info": '{"host": "code-server", "port": 4000}'}, {CODE_SERVER_TAG: "code-server:4000"}],
    ids=["launched", "of the command line"],
)
def test_with_a_database_only_the_runs_of_this_code_server_are_looked_up(
    instance: dg.DagsterInstance, tags: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run beside another code server may live on another machine, whatever its process's id says here.

    The storage is taken for a database; the real one is in deploy/test_orchestrator.py.
    """
    monkeypatch.setattr(orphaned_runs, "_SQLITE", "no storage")
    run = instance.add_run(dg.DagsterRun(job_name="launched", status=_STARTED, tags=tags))
    reap = partial(reap_orphaned_runs, instance, nobody_launches=True)
    assert reap() == reap(code_server="another:4000") == reap(code_server="code-server:4001") == []
    assert [reaped.run_id for reaped in reap(code_server="code-server:4000")] == [run.run_id]
    assert status_of(instance, run.run_id) is _FAILURE


def test_the_sensor_notices_a_killed_run(instance: dg.DagsterInstance, listener: Listener, settings: Settings) -> None:
    """While the UI is up, the next look at the bucket is one at the runs, too."""
    listener.process.kill()
    listener.process.wait()
    resources = {name: resource for name, resource in resources_for(settings).items() if name in ("s3", "snowflake")}
    with dg.build_sensor_context(instance=instance, resources=resources) as context:
        new_s3_objects_sensor(context)
    assert listener.status is _FAILURE


def test_a_run_of_the_command_line_is_not_touched(settings: Settings, store: ObjectStore) -> None:
    """`tiktok-insights run`, which no daemon launched, goes on to its end."""
    store.put("csv/followers/account=42/dt=2026-01-31/mine.csv", csv_file(row("11")), "text/csv")
    command = [sys.executable, "-m", "tiktok_insights.cli", "run", "--job", "load_pending_objects"]
    with (
        dg.DagsterInstance.from_config(str(dagster_home.prepare(settings.dagster_home))) as instance,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,  # noqa: S603  # our own interpreter
    ):
        started = dg.RunsFilter(job_name="load_pending_objects", statuses=[_STARTED])
        (run,) = wait_until(lambda: instance.get_runs(filters=started), seconds=_LIMIT_SECONDS)
        assert reaped(instance) == reaped(instance, nobody_launches=True) == []
        output, _ = process.communicate(timeout=_LIMIT_SECONDS)
        assert process.returncode == 0, output
        assert status_of(instance, run.run_id) is dg.DagsterRunStatus.SUCCESS
