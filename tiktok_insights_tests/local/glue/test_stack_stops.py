"""Job runs when the stack is stopped or killed, and what of Glue is there again after its next start."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tiktok_insights.local import stack
from tiktok_insights.local.folder import StackFolder
from tiktok_insights.local.glue.environments import Environments
from tiktok_insights.local.glue.execution import Executor
from tiktok_insights.local.glue.job_run import JobRun
from tiktok_insights.local.glue.job_runs import JobRuns
from tiktok_insights.local.glue.run_files import RunFiles
from tiktok_insights.local.glue.sessions import begun_at, end, find
from tiktok_insights.local.glue.surroundings import Surroundings
from tiktok_insights_tests.local.conftest import aws_client, has_ended, kill_9
from tiktok_insights_tests.local.glue.jobs import FOREVER, Jobs

pytestmark = pytest.mark.faults

#: Ignores that nobody reads what it says.
_STUBBORN = f"import signal\nsignal.signal(signal.SIGPIPE, signal.SIG_IGN)\n{FOREVER}"
_GONE = "The local stack stopped while the job was running, so the run was ended. Start the job again."


def test_a_stack_that_stops_or_is_killed_leaves_no_run(own_home: Path) -> None:
    """After kill -9 the next start ends the processes, and a stop ends them itself; both runs have failed, and say so.

    Jobs, connections, secrets and runs that had ended are as they were, and jobs can be started again.
    """
    endpoints = stack.ensure_running(own_home)
    jobs = Jobs.on(endpoints)
    secrets: Any = aws_client(endpoints, "secretsmanager")
    secrets.create_secret(Name="credentials", SecretString="one")
    connection: Any = {"Name": "here", "ConnectionType": "SNOWFLAKE", "ConnectionProperties": {"SparkProperties": "{}"}}
    jobs.glue.create_connection(ConnectionInput=connection)
    done, name = jobs.make(""), jobs.make(_STUBBORN)
    before = jobs.ended(done, jobs.start(done))
    definition = jobs.glue.get_job(JobName=name)["Job"]

    killed = jobs.start(name)
    pid = jobs.pid(killed)
    kill_9(own_home, endpoints)
    assert not has_ended(pid)
    assert stack.ensure_running(own_home).aws == endpoints.aws
    assert has_ended(pid)
    run = jobs.run(name, killed)
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", _GONE)
    assert jobs.run(done, before["Id"]) == before
    assert jobs.glue.get_job(JobName=name)["Job"] == definition
    found: Any = jobs.glue.get_connection(Name="here")["Connection"]
    assert {name: found[name] for name in connection} == connection
    assert secrets.get_secret_value(SecretId="credentials")["SecretString"] == "one"

    stopped = jobs.start(name)
    pid = jobs.pid(stopped)
    stack.stop(own_home)
    assert has_ended(pid)
    assert [path.suffix for path in (StackFolder.of(own_home).glue_runs / "runs").iterdir()] == [".json"] * 3
    stack.ensure_running(own_home)
    run = jobs.run(name, stopped)
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", _GONE)
    assert [run["Id"] for run in jobs.glue.get_job_runs(JobName=name)["JobRuns"]] == [stopped, killed]


def test_a_run_whose_process_was_not_stored_yet_is_ended(tmp_path: Path) -> None:
    """The stack was killed between the start of the process and the storing of its ID; a torn file is ignored."""
    files = RunFiles(tmp_path)
    run = JobRun("jr_of_this_test", "job", "us-east-1", "s3://b/k", "pythonshell", {}, "5.1", "G.1X", 2, 60)
    files.save(run)
    (tmp_path / "torn.json").write_text("{")
    command = [sys.executable, "-c", "import time; time.sleep(600)", "--JOB_RUN_ID", run.id]
    with subprocess.Popen(command, start_new_session=True) as process:  # noqa: S603  # our own interpreter
        JobRuns(files, Executor(files, Environments(tmp_path), Surroundings({})))
        assert process.wait(timeout=20) == -signal.SIGKILL
    [restored] = files.load()
    assert (restored.state, restored.error_message) == ("FAILED", _GONE)


def test_a_process_is_found_whose_number_an_earlier_one_had() -> None:
    """The library keeps what it knew of the earlier one, such as when it began."""
    command = [sys.executable, "-c", "import time; time.sleep(600)", "an earlier one had my number"]
    with subprocess.Popen(command, start_new_session=True) as process:  # noqa: S603  # our own interpreter
        try:
            (known,) = [one for one in psutil.process_iter() if one.pid == process.pid]
            known._create_time = 1.0  # type: ignore[attr-defined]
            assert (found := find(command[-1])) == (process.pid, begun_at(process.pid))
            assert end(*found)
            assert process.wait(timeout=20) == -signal.SIGKILL
        finally:
            process.kill()
