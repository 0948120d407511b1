"""A machine that goes down at the worst moment: everything is killed at once, and the next start ends the load."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import psutil
import pytest
import requests

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Row
from tiktok_insights.local import stack
from tiktok_insights.resources.opening import open_session
from tiktok_insights.runtime import dagster_home
from tiktok_insights.settings.environment import Settings
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.launching import LAUNCH
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

#: What is promised is a minute. This limit tells a hang from a machine that is busy with other things.
_LIMIT_SECONDS = 400.0
_OBJECTS, _ROWS = 40, 50
_PIPELINE, _LOAD = "tiktok_pipeline", "load_pending_objects"
_STARTED, _FAILURE, _SUCCESS = dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS
_TERMINATE = """
mutation Terminate($runIds: [String!]!, $terminatePolicy: TerminateRunPolicy) {
  terminateRuns(runIds: $runIds, terminatePolicy: $terminatePolicy) { __typename }
}
"""


class Machine:
    """`tiktok-insights ui` and all that it starts, which can lose its power."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self._settings = settings
        self._log = log
        self._ui: subprocess.Popen[bytes] | None = None
        self._port = 0
        self.instance = dg.DagsterInstance.from_config(str(dagster_home.prepare(settings.dagster_home)))

    @property
    def said(self) -> str:
        """What the terminal shows."""
        return self._log.read_text(encoding="utf-8")

    def start(self) -> None:
        """Start the UI, as a person does, and come back at once."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        with self._log.open("wb") as log:
            self._ui = subprocess.Popen(  # noqa: S603  # our own interpreter
                [sys.executable, "-m", "tiktok_insights.cli", "ui", "--port", str(self._port)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill_everything(self) -> None:
        """SIGKILL for the UI, webserver, daemon, code servers, runs and the local stack, all together."""
        assert self._ui
        endpoints = stack.status(self._settings.home).endpoints
        assert endpoints
        ui = psutil.Process(self._ui.pid)
        victims = [ui, *ui.children(recursive=True), psutil.Process(endpoints.pid)]
        for victim in victims:
            victim.send_signal(signal.SIGKILL)
        self._ui.wait(_LIMIT_SECONDS)
        # A dead process whose new parent has not looked at it yet is a zombie.
        wait_until(lambda: all(not it.is_running() or it.status() == psutil.STATUS_ZOMBIE for it in victims))

    def stop(self) -> str:
        """`tiktok-insights stop`; gives what it says."""
        command = [sys.executable, "-m", "tiktok_insights.cli", "stop"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_SECONDS, check=True)  # noqa: S603
        if self._ui:
            self._ui.wait(_LIMIT_SECONDS)
        return answer.stdout

    def launch(self, job: str) -> str:
        """Launch a job in the UI, which may still be coming up; gives the run's id."""

        def ask() -> str:
            try:
                answer = self.ask(LAUNCH, job=job)
            except requests.ConnectionError:
                return ""
            return str(answer["launchRun"]["run"]["runId"])

        return wait_until(ask, seconds=_LIMIT_SECONDS)

    def terminate(self, run_id: str) -> bool:
        """Send what the button Terminate of a run's page sends; whether the UI was up to hear it."""
        try:
            answer = self.ask(_TERMINATE, runIds=[run_id], terminatePolicy="SAFE_TERMINATE")
        except requests.ConnectionError:
            return False
        return bool(answer["terminateRuns"]["__typename"] == "TerminateRunsResult")

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask the webserver, as a page of the UI does."""
        asked = {"query": query, "variables": variables}
        answer = requests.Session().post(f"http://127.0.0.1:{self._port}/graphql", json=asked, timeout=60).json()
        data: dict[str, Any] = answer["data"]
        return data

    def runs(self, job: str, *statuses: dg.DagsterRunStatus) -> list[str]:
        """The ids of a job's runs in some statuses, the newest first."""
        filters = dg.RunsFilter(job_name=job, statuses=list(statuses))
        return [run.run_id for run in self.instance.get_runs(filters=filters)]

    def wait_for(self, job: str, status: dg.DagsterRunStatus) -> str:
        """Wait until the newest run of a job has come to a status; gives its id."""
        wait_until(
            lambda: self.runs(job)[:1] and self.runs(job)[:1] == self.runs(job, status)[:1], seconds=_LIMIT_SECONDS
        )
        return self.runs(job)[0]

    def status(self, run_id: str) -> dg.DagsterRunStatus:
        """What Dagster says of a run."""
        run = self.instance.get_run_by_id(run_id)
        assert run
        return run.status

    def messages(self, run_id: str) -> list[str]:
        """A run's log, from its beginning."""
        return [entry.message for entry in self.instance.all_logs(run_id)]

    def unfinished(self) -> list[dg.DagsterRun]:
        """The runs that wait or are under way."""
        return [run for run in self.instance.get_runs() if not run.is_finished]

    def rows(self, sql: str) -> list[Row]:
        """Ask the warehouse."""
        with open_session(self._settings.snowflake, "test") as session:
            return session.query(sql)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home of the test's own: its stack is killed."""
    return tmp_path / "home"


@pytest.fixture
def machine(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """A machine on which an extraction takes minutes."""
    monkeypatch.setenv("TIKTOK_ACCOUNTS", "fake.9000.full")
    monkeypatch.setenv("TIKTOK_REQUESTS_PER_MINUTE", "60")
    machine = Machine(settings, tmp_path / "terminal.log")
    with machine.instance:
        yield machine
        machine.stop()


def put_objects(store: ObjectStore) -> set[str]:
    """Objects of another producer; gives the ids of their users."""
    ids = [
        [str(7_423_456_789_012_345_000 + which * _ROWS + place) for place in range(_ROWS)] for which in range(_OBJECTS)
    ]
    for which, users in enumerate(ids):
        key = f"csv/followers/account=42/dt=2026-01-31/object-{which:02}.csv"
        store.put(key, csv_file(*map(row, users)), "text/csv")
    return {user for users in ids for user in users}


def test_after_a_crash_the_next_start_finishes_the_load_by_itself(
    machine: Machine, store: ObjectStore, request: pytest.FixtureRequest
) -> None:
    """Killed with an extraction and a load under way: nothing is stuck, nothing is lost, nothing is loaded twice."""
    machine.start()
    extraction = machine.launch(_PIPELINE)
    machine.wait_for(_PIPELINE, _STARTED)
    users = put_objects(store)
    load = machine.wait_for(_LOAD, _STARTED)
    wait_until(lambda: any("object-02.csv" in line for line in machine.messages(load)), seconds=_LIMIT_SECONDS)
    machine.kill_everything()
    # Dagster by itself leaves it at that: both are under way forever.
    assert {run.run_id: run.status for run in machine.unfinished()} == {extraction: _STARTED, load: _STARTED}
    assert not any("published" in line for line in machine.messages(load))

    began = time.time()
    machine.start()
    second = wait_until(lambda: machine.runs(_LOAD, _SUCCESS), seconds=_LIMIT_SECONDS)[0]
    ended = machine.instance.get_run_stats(second).end_time
    assert ended
    request.node.user_properties.append(("seconds_from_start_to_loaded", round(ended - began, 1)))
    assert {user for (user,) in machine.rows("SELECT TIKTOK_ID FROM TIKTOK_DATA")} == users
    assert machine.rows("SELECT COUNT(*), SUM(ROWS_IN) FROM LOAD_HISTORY") == [(_OBJECTS, _OBJECTS * _ROWS)]
    for run_id in (extraction, load):
        assert machine.status(run_id) is _FAILURE
        assert "This run was interrupted: its process" in machine.messages(run_id)[-1]
        assert f"Run {run_id}" in machine.said
    assert machine.unfinished() == []

    before = machine.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID")
    again = machine.launch(_LOAD)
    machine.launch(_PIPELINE)
    # The place in the pool that the extraction had is free.
    machine.wait_for(_PIPELINE, _STARTED)
    wait_until(lambda: machine.status(again) is _SUCCESS, seconds=_LIMIT_SECONDS)
    assert machine.rows("SELECT * FROM TIKTOK_DATA ORDER BY TIKTOK_ID") == before
    assert machine.stop().startswith("Stopped the UI.\nStopped the local stack")
