"""Job runs of the local Glue, as a client of AWS sees them: states, messages, limits, logs, the end of processes."""

import ast
import time
from pathlib import Path
from typing import Any

import pytest

from tiktok_insights_tests.local.conftest import has_ended
from tiktok_insights_tests.local.glue.jobs import FOREVER, WAIT, Jobs
from tiktok_insights_tests.support.waiting import wait_until

_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import os, time; os.setpgid(0, 0); time.sleep(600)"])
print("child", child.pid)
"""


def test_a_run_gets_the_arguments_of_glue(jobs: Jobs) -> None:
    """The script gets the job's arguments, those of the call instead of them where both have one, and its run's ID."""
    name = jobs.make("import sys; print(sys.argv[1:])", DefaultArguments={"--a": "1", "--b": "2"}, Timeout=5)
    before = time.time()
    run_id = jobs.start(name, Arguments={"--b": "x y", "--c": ""})
    run = jobs.ended(name, run_id)
    [line] = jobs.lines(run_id)
    words = ast.literal_eval(line)
    given = dict(zip(words[::2], words[1::2], strict=True))
    assert given == {"--JOB_NAME": name, "--JOB_RUN_ID": run_id, "--a": "1", "--b": "x y", "--c": ""}
    assert run["Arguments"] == {"--a": "1", "--b": "x y", "--c": ""}
    assert (run["JobRunState"], run["Timeout"], run["Attempt"]) == ("SUCCEEDED", 5, 0)
    assert "ErrorMessage" not in run
    assert before - 1 <= run["StartedOn"].timestamp() <= run["CompletedOn"].timestamp() <= time.time()
    assert run["ExecutionTime"] == pytest.approx((run["CompletedOn"] - run["StartedOn"]).total_seconds(), abs=1)


def test_workers_are_the_jobs_or_the_calls(jobs: Jobs) -> None:
    """With their capacity; seconds of capacity are told where Glue tells them: of a run that scales."""
    name = jobs.make("", WorkerType="G.2X", NumberOfWorkers=3)
    run = jobs.ended(name, jobs.start(name))
    assert (run["WorkerType"], run["NumberOfWorkers"], run["MaxCapacity"]) == ("G.2X", 3, 6.0)
    assert "DPUSeconds" not in run
    scales = {"--enable-auto-scaling": "true"}
    run = jobs.ended(name, jobs.start(name, WorkerType="G.1X", NumberOfWorkers=4, Arguments=scales))
    assert (run["WorkerType"], run["NumberOfWorkers"], run["MaxCapacity"]) == ("G.1X", 4, 4.0)
    assert run["DPUSeconds"] == 4.0 * run["ExecutionTime"]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param("def f():\n  raise ValueError('one\\ntwo')\nf()", "ValueError: one", id="an exception"),
        pytest.param("try:\n  1 / 0\nexcept ZeroDivisionError:\n  {}['x']", "KeyError: 'x'", id="the last exception"),
        pytest.param("import json; json.loads('x')", "json.decoder.JSONDecodeError: Expecting", id="one of a module"),
        pytest.param("this is no Python", "SyntaxError: invalid syntax", id="no Python"),
        pytest.param("import sys; print('Error: no'); sys.exit(3)", "SystemExit: 3", id="an exit code"),
        pytest.param("import os; os.kill(os.getpid(), 9)", "The job's process was ended by SIGKILL.", id="a kill"),
    ],
)
def test_a_failed_run_says_why(jobs: Jobs, script: str, message: str) -> None:
    """Its message is the line of the last exception, or how the process ended."""
    name = jobs.make(script)
    run = jobs.ended(name, jobs.start(name))
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith(message)


def test_a_run_whose_script_or_packages_are_missing_fails(jobs: Jobs) -> None:
    """Before anything runs, and the message says what is missing; nothing is fetched from the network."""
    name = jobs.make("")
    jobs.s3.delete_object(Bucket=jobs.bucket, Key=f"{name}.py")
    run = jobs.ended(name, jobs.start(name))
    assert run["ErrorMessage"] == f"LAUNCH ERROR | There is no object s3://{jobs.bucket}/{name}.py."
    name = jobs.make("")
    run = jobs.ended(name, jobs.start(name, Arguments={"--additional-python-modules": "pandas"}))
    assert run["ErrorMessage"].startswith("LAUNCH ERROR | --additional-python-modules names pandas, but")
    for content, why in ((b"text", "is not a zip"), (b"PK\5\6" + b"\0" * 18, "There is no wheel")):
        modules = {"--additional-python-modules": jobs.put("package.zip", content)}
        run = jobs.ended(name, jobs.start(name, Arguments=modules))
        assert run["JobRunState"] == "FAILED"
        assert why in run["ErrorMessage"]


def test_lines_are_in_the_log_while_the_run_goes_on(jobs: Jobs, tmp_path: Path) -> None:
    """Stdout and stderr in one stream, in order; the last line needs no line break."""
    go = tmp_path / "go"
    script = f"{WAIT}\nimport sys\nprint('é', file=sys.stderr)\nwait_for('{go}')\nprint('last', end='')"
    name = jobs.make(script)
    run_id = jobs.start(name)
    wait_until(lambda: jobs.lines(run_id)[1:] == ["é"], seconds=60)
    assert jobs.run(name, run_id)["JobRunState"] == "RUNNING"
    go.touch()
    assert jobs.ended(name, run_id)["JobRunState"] == "SUCCEEDED"
    assert jobs.lines(run_id)[1:] == ["é", "last"]


def test_a_run_is_stopped_with_all_its_processes(jobs: Jobs) -> None:
    """Also with those that left its process group, as Spark's workers do; the call says which it could not stop."""
    name = jobs.make(f"{_CHILD}{FOREVER}")
    run_id = jobs.start(name)
    pid = jobs.pid(run_id)
    child = int(jobs.lines(run_id)[0].split()[1])
    reply = jobs.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id, "jr_unknown"])
    assert [item["JobRunId"] for item in reply["SuccessfulSubmissions"]] == [run_id]
    assert [(item["JobRunId"], item["ErrorDetail"]["ErrorCode"]) for item in reply["Errors"]] == [
        ("jr_unknown", "EntityNotFoundException")
    ]
    run = jobs.ended(name, run_id)
    assert run["JobRunState"] == "STOPPED"
    assert has_ended(pid)
    assert has_ended(child)
    again = jobs.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id])
    assert [item["ErrorDetail"]["ErrorCode"] for item in again["Errors"]] == ["InvalidInputException"]
    assert not again["SuccessfulSubmissions"]


def test_processes_that_a_script_left_end_with_it(jobs: Jobs) -> None:
    """A run has ended when its script has, and nothing of it goes on."""
    name = jobs.make(_CHILD)
    run_id = jobs.start(name)
    assert jobs.ended(name, run_id)["JobRunState"] == "SUCCEEDED"
    assert has_ended(int(jobs.lines(run_id)[0].split()[1]))


def test_only_so_many_runs_at_once(jobs: Jobs, tmp_path: Path) -> None:
    """One by default, or as many as the job says; the next one may start when one has ended."""
    go = tmp_path / "go"
    script = f"{WAIT}\nwait_for('{go}')"
    one, two = jobs.make(script), jobs.make(script, ExecutionProperty={"MaxConcurrentRuns": 2})
    runs = [(one, jobs.start(one)), (two, jobs.start(two)), (two, jobs.start(two))]
    for name in (one, two):
        with pytest.raises(jobs.glue.exceptions.ConcurrentRunsExceededException):
            jobs.start(name)
    go.touch()
    for name, run_id in runs:
        assert jobs.ended(name, run_id)["JobRunState"] == "SUCCEEDED"
    assert jobs.ended(one, jobs.start(one))["JobRunState"] == "SUCCEEDED"


def test_runs_are_listed_in_pages_the_newest_first(jobs: Jobs) -> None:
    """Every run once, whatever the size of a page; another job's are not among them."""
    name, other = jobs.make(""), jobs.make("")
    started = []
    for _ in range(3):
        started.append(jobs.start(name))
        jobs.ended(name, started[-1])
    for size in (1, 2, 3, 200):
        pages = jobs.glue.get_paginator("get_job_runs").paginate(JobName=name, PaginationConfig={"PageSize": size})
        listed = [[run["Id"] for run in page["JobRuns"]] for page in pages]
        assert [run_id for page in listed for run_id in page] == started[::-1]
        assert max(map(len, listed)) <= size
    assert jobs.glue.get_job_runs(JobName=other)["JobRuns"] == []
    with pytest.raises(jobs.glue.exceptions.InvalidInputException):
        jobs.glue.get_job_runs(JobName=name, NextToken="nonsense")


def test_what_is_not_there_or_not_allowed_is_refused(jobs: Jobs) -> None:
    """With the errors of Glue; nothing starts."""
    name = jobs.make("")
    missing = jobs.glue.exceptions.EntityNotFoundException
    invalid = jobs.glue.exceptions.InvalidInputException
    calls: list[tuple[type[Exception], Any, dict[str, Any]]] = [
        (missing, jobs.glue.start_job_run, {"JobName": "unknown"}),
        (missing, jobs.glue.get_job_runs, {"JobName": "unknown"}),
        (missing, jobs.glue.get_job_run, {"JobName": name, "RunId": "jr_unknown"}),
        (invalid, jobs.glue.start_job_run, {"JobName": name, "WorkerType": "G.1X"}),
        (invalid, jobs.glue.start_job_run, {"JobName": name, "WorkerType": "G.9X", "NumberOfWorkers": 2}),
        (invalid, jobs.glue.start_job_run, {"JobName": name, "WorkerType": "G.1X", "NumberOfWorkers": 0}),
    ]
    for error, call, arguments in calls:
        with pytest.raises(error):
            call(**arguments)
    assert jobs.glue.get_job_runs(JobName=name)["JobRuns"] == []
