"""The orchestrator's processes on this machine, with PostgreSQL: killed all at once, the next start ends the load."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psutil
import pytest
import requests

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.local import stack
from tiktok_insights.resources.opening import open_session
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.launching import LAUNCH
from tiktok_insights_tests.support.postgres import Postgres, free_port, postgres_server
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.full

DEPLOY = ROOT / "deploy" / "orchestrator"
#: This limit tells a hang from a machine that is busy with other things.
_LIMIT_SECONDS = 600.0
#: Each question opens a connection, and PostgreSQL starts a process for it.
_EVERY = 0.5
_OBJECTS, _ROWS = 12, 50
_PIPELINE, _LOAD = "tiktok_pipeline", "load_pending_objects"
_STARTED, _FAILURE, _SUCCESS = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS


class Orchestrator:
    """The processes of deploy/orchestrator/docker-compose.yaml, with the same settings files and commands."""

    def __init__(self, settings: Settings, postgres: Postgres, folder: Path) -> None:
        self._settings = settings
        self._postgres = postgres
        self._folder = folder
        self._port = free_port()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.instance = dg.DagsterInstance.from_config(str(settings.dagster_home))

    def start(self) -> None:
        """Start all of them at once, as after a reboot, and come back at once."""
        if self._postgres.process is None or self._postgres.process.poll() is not None:
            self._postgres.start()
        workspace = ["--workspace", str(self._settings.dagster_home / "workspace.yaml")]
        self._begin("code-server", "tiktok-insights", "orchestrator", "code-server")
        self._begin("webserver", "dagster-webserver", "--host", "127.0.0.1", "--port", str(self._port), *workspace)
        self._begin("daemon", "dagster-daemon", "run", *workspace)

    def _begin(self, name: str, program: str, *words: str) -> None:
        with (self._folder / f"{name}.log").open("ab") as log:
            command = [str(Path(sys.executable).with_name(program)), *words]
            self._processes.append(subprocess.Popen(command, stdout=log, stderr=log))  # noqa: S603  # our own interpreter

    def said(self, name: str) -> str:
        """What one of the processes has written."""
        return (self._folder / f"{name}.log").read_text(encoding="utf-8")

    def kill_everything(self) -> None:
        """SIGKILL for the services, the runs, PostgreSQL and the local stack, all together."""
        endpoints = stack.status(self._settings.home).endpoints
        assert endpoints
        ours = [psutil.Process(process.pid) for process in self._processes]
        victims = [*ours, *(child for it in ours for child in it.children(recursive=True))]
        victims += [*self._postgres.processes(), psutil.Process(endpoints.pid)]
        for victim in victims:
            victim.send_signal(signal.SIGKILL)
        for process in (*self._processes, self._postgres.process):
            assert process
            process.wait(_LIMIT_SECONDS)
        self._processes.clear()
        wait_until(lambda: all(not it.is_running() or it.status() == psutil.STATUS_ZOMBIE for it in victims))

    def stop(self) -> None:
        """End the services; their runs are not waited for."""
        for process in self._processes:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait(_LIMIT_SECONDS)
        self._processes.clear()

    def launch(self, job: str) -> str:
        """Launch a job in the UI, which may still be coming up; gives the run's id."""

        def ask() -> str:
            url, question = f"http://127.0.0.1:{self._port}/graphql", {"query": LAUNCH, "variables": {"job": job}}
            try:
                answer = requests.Session().post(url, json=question, timeout=60).json()
            except requests.ConnectionError:
                return ""
            return str(answer["data"]["launchRun"]["run"]["runId"]) if answer["data"]["launchRun"] else ""

        return wait_until(ask, seconds=_LIMIT_SECONDS, every=_EVERY)

    def health(self) -> subprocess.CompletedProcess[str]:
        """The health check of the webserver's container."""
        url = f"http://127.0.0.1:{self._port}"
        command = [sys.executable, "-m", "tiktok_insights.cli", "orchestrator", "health", "--url", url]
        return subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=False)  # noqa: S603

    def runs(self, job: str, *statuses: dg.DagsterRunStatus) -> list[dg.DagsterRun]:
        """A job's runs in some statuses, the newest first."""
        return list(self.instance.get_runs(filters=dg.RunsFilter(job_name=job, statuses=list(statuses))))

    def wait_for(self, job: str, status: dg.DagsterRunStatus) -> None:
        """Wait until a run of a job has a status."""
        wait_until(lambda: self.runs(job, status), seconds=_LIMIT_SECONDS, every=_EVERY)

    def users(self) -> set[str]:
        """The ids in the warehouse's table."""
        with open_session(self._settings.snowflake, "test") as session:
            return {str(user) for (user,) in session.query("SELECT TIKTOK_ID FROM TIKTOK_DATA")}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of the test's own: its stack is killed."""
    return tmp_path / "home"


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A server of the test's own."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def orchestrator(
    environment: dict[str, str], postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Orchestrator]:
    """The orchestrator, not started, of a machine on which an extraction takes minutes."""
    from tiktok_insights.settings.environment import read_settings

    dagster_home = tmp_path / "dagster"
    dagster_home.mkdir()
    for name in ("dagster.yaml", "workspace.yaml"):
        shutil.copy(DEPLOY / name, dagster_home)
    variables = postgres.variables | {
        "DAGSTER_HOME": str(dagster_home),
        "TIKTOK_INSIGHTS_CODE_SERVER_HOST": "127.0.0.1",
        "TIKTOK_INSIGHTS_CODE_SERVER_PORT": str(free_port()),
        "TIKTOK_ACCOUNTS": "fake.9000.full",
        "TIKTOK_REQUESTS_PER_MINUTE": "60",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    orchestrator = Orchestrator(settings, postgres, tmp_path)
    with orchestrator.instance:
        yield orchestrator
        orchestrator.stop()
    stack.stop(settings.home)


def put_objects(store: ObjectStore, series: int) -> set[str]:
    """Objects of another producer; gives the ids of their users."""
    first = 7_423_456_789_012_345_000 + series * _OBJECTS * _ROWS
    for which in range(_OBJECTS):
        users = [str(first + which * _ROWS + place) for place in range(_ROWS)]
        key = f"csv/followers/account=42/dt=2026-01-31/series-{series}-object-{which:02}.csv"
        store.put(key, csv_file(*map(row, users)), "text/csv")
    return {str(first + number) for number in range(_OBJECTS * _ROWS)}


def test_after_kill_9_of_everything_the_next_start_finishes_the_load_by_itself(
    orchestrator: Orchestrator, postgres: Postgres, store: ObjectStore, request: pytest.FixtureRequest
) -> None:
    """No hand, no run stuck, in at most twice the time of an undisturbed start and load."""
    users = put_objects(store, 1)
    began = time.monotonic()
    orchestrator.start()
    orchestrator.wait_for(_LOAD, _SUCCESS)
    undisturbed = time.monotonic() - began
    assert orchestrator.users() == users
    assert orchestrator.health().returncode == 0

    users |= put_objects(store, 2)
    extraction, load = orchestrator.launch(_PIPELINE), orchestrator.launch(_LOAD)
    orchestrator.wait_for(_PIPELINE, _STARTED)
    wait_until(
        lambda: "series-2-object-02.csv" in str(orchestrator.instance.all_logs(load)),
        seconds=_LIMIT_SECONDS,
        every=_EVERY,
    )
    orchestrator.kill_everything()
    assert orchestrator.health().returncode == 1

    began = time.monotonic()
    orchestrator.start()
    wait_until(lambda: len(orchestrator.runs(_LOAD, _SUCCESS)) == 2, seconds=_LIMIT_SECONDS, every=_EVERY)
    disturbed = time.monotonic() - began
    request.node.user_properties.append(("seconds", f"{undisturbed:.1f} undisturbed, {disturbed:.1f} after kill -9"))
    assert orchestrator.users() == users
    for run_id in (extraction, load):
        run = orchestrator.instance.get_run_by_id(run_id)
        assert run
        assert run.status is _FAILURE
        assert "This run was interrupted: its process" in str(orchestrator.instance.all_logs(run_id))
        assert f"Run {run_id}" in orchestrator.said("code-server")
    assert disturbed <= 2 * undisturbed

    orchestrator.stop()
    assert_backup_and_restore(orchestrator, postgres)


def assert_backup_and_restore(orchestrator: Orchestrator, postgres: Postgres) -> None:
    """A dump has every run with its log; restored, it replaces whatever is there; what is no dump changes nothing."""
    before = contents(orchestrator)
    dump = script("backup.sh", postgres)
    assert dump.returncode == 0, dump.stderr
    orchestrator.instance.add_run(dg.DagsterRun(job_name="after_the_backup"))
    assert postgres.ask("CREATE TABLE of_a_newer_version (number INT)").returncode == 0
    for no_dump in (b"", dump.stdout[: len(dump.stdout) // 2], b"SELECT 1;"):
        refused = script("restore.sh", postgres, no_dump)
        assert refused.returncode != 0, no_dump[:20]
        assert "after_the_backup" in str(contents(orchestrator))
    restored = script("restore.sh", postgres, dump.stdout)
    assert restored.returncode == 0, restored.stderr
    assert contents(orchestrator) == before
    assert "of_a_newer_version" not in postgres.run("psql", "-c", "\\dt").stdout


def script(name: str, postgres: Postgres, standard_input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a script as the container of PostgreSQL does."""
    path = f"{postgres.programs}:{os.environ['PATH']}"
    environment = os.environ | postgres.client_variables | {"PATH": path}
    return subprocess.run(  # noqa: S603  # a script of ours
        ["/bin/sh", str(DEPLOY / name)], input=standard_input, env=environment, capture_output=True, check=False
    )


def contents(orchestrator: Orchestrator) -> list[tuple[str, str, str, int]]:
    """Each run with its job, its status and the number of its events."""
    instance = orchestrator.instance
    return sorted(
        (run.run_id, run.job_name, run.status.value, len(instance.all_logs(run.run_id))) for run in instance.get_runs()
    )
