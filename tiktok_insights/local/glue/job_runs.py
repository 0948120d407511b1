"""The calls about job runs, as Glue answers them: who may start, who runs, who is stopped.

How a run is executed belongs in `execution`; where runs are stored, in `run_files`. A run of a job whose command is
`pythonshell` needs no Spark; any other command is one of Spark's.
"""

import base64
import binascii
import logging
import secrets
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tiktok_insights.local.glue.definitions import find_job
from tiktok_insights.local.glue.errors import GlueAnswerError
from tiktok_insights.local.glue.execution import Execution, Executor
from tiktok_insights.local.glue.job_run import DPUS, FAILED, STOPPING, JobRun
from tiktok_insights.local.glue.middleware import Action
from tiktok_insights.local.glue.run_files import RunFiles

if TYPE_CHECKING:
    from moto.glue.models import FakeJob

_PAGE = 200
#: Glue's default for jobs that say nothing, in minutes.
_TIMEOUT = 480
_WORKER_TYPE, _WORKERS = "G.1X", 2
_GONE = "The local stack stopped while the job was running, so the run was ended. Start the job again."
_logger = logging.getLogger(__name__)


class JobRuns:
    """Every run of every job, restored when it is made; what still runs then is ended, as nobody follows it."""

    def __init__(self, files: RunFiles, executor: Executor) -> None:
        self._files = files
        self._executor = executor
        self._lock = threading.RLock()
        self._runs = {run.id: run for run in files.load()}
        self._executions: dict[str, Execution] = {}
        self._is_closing = False
        for run in self._runs.values():
            if not run.has_ended:
                _end_orphan(run)
                self._close_run(run, FAILED, _GONE)

    def actions(self) -> dict[str, Action]:
        """The calls by their names."""
        return {
            "StartJobRun": self._start_job_run,
            "GetJobRun": self._get_job_run,
            "GetJobRuns": self._get_job_runs,
            "BatchStopJobRun": self._batch_stop_job_run,
        }

    def close(self) -> None:
        """End every run and its processes at once; nothing starts any more."""
        with self._lock:
            self._is_closing = True
            executions = list(self._executions.values())
        for execution in executions:
            execution.kill()
        for execution in executions:
            execution.wait()

    def _start_job_run(self, region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        job = find_job(region, asked["JobName"])
        if job is None:
            raise GlueAnswerError("EntityNotFoundException", "Failed to start job run due to missing metadata.")
        if retried := asked.get("JobRunId"):
            # What the retry of a run would be called, and what it would be given, no public source says.
            code = "InvalidInputException" if retried in self._runs else "EntityNotFoundException"
            raise GlueAnswerError(code, f"Job run {retried} cannot be retried.")
        run = _new_run(region, job, asked)
        with self._lock:
            under_way = [other for other in self._of_job(region, job.name) if not other.has_ended]
            if len(under_way) >= job.execution_property.get("MaxConcurrentRuns", 1):
                raise GlueAnswerError("ConcurrentRunsExceededException", f"Concurrent runs exceeded for {job.name}")
            if self._is_closing:
                raise GlueAnswerError("OperationTimeoutException", "The local stack is stopping.")
            self._runs[run.id] = run
            self._files.save(run)
            for old in self._files.forget_old(list(self._runs.values())):
                del self._runs[old.id]
            self._executions[run.id] = Execution(run, self._executor, self._save, self._close_run)
        return {"JobRunId": run.id}

    def _get_job_run(self, region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            run = self._runs.get(asked["RunId"])
            if run is None or (run.region, run.job_name) != (region, asked["JobName"]):
                raise GlueAnswerError("EntityNotFoundException", f"Job run {asked['RunId']} not found.")
            return {"JobRun": run.answer()}

    def _get_job_runs(self, region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            runs = self._of_job(region, asked["JobName"])[::-1]
            if not runs and find_job(region, asked["JobName"]) is None:
                raise GlueAnswerError("EntityNotFoundException", f"Job {asked['JobName']} not found.")
            begin = _place_after(asked["NextToken"], runs) if asked.get("NextToken") else 0
            page = runs[begin : begin + int(asked.get("MaxResults") or _PAGE)]
            told: dict[str, Any] = {"JobRuns": [run.answer() for run in page]}
        if begin + len(page) < len(runs):
            told["NextToken"] = base64.b64encode(page[-1].id.encode()).decode()
        return told

    def _batch_stop_job_run(self, region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        name, stopped, errors = asked["JobName"], [], []
        with self._lock:
            runs = {run.id: run for run in self._of_job(region, name)}
            for run_id in asked["JobRunIds"]:
                about = {"JobName": name, "JobRunId": run_id}
                run = runs.get(run_id)
                if refusal := _why_not_stopped(run_id, run):
                    errors.append({**about, "ErrorDetail": refusal})
                    continue
                stopped.append(about)
                if run and run.state != STOPPING:
                    run.move(STOPPING)
                    self._files.save(run)
                    self._executions[run_id].stop()
        return {"SuccessfulSubmissions": stopped, "Errors": errors}

    def _of_job(self, region: str, name: str) -> list[JobRun]:
        return [run for run in self._runs.values() if (run.region, run.job_name) == (region, name)]

    def _save(self, run: JobRun, state: str) -> None:
        """Store a run that has a process; one that is to be stopped stays so."""
        with self._lock:
            if run.state != STOPPING:
                run.move(state)
            self._files.save(run)

    def _close_run(self, run: JobRun, state: str, message: str) -> None:
        with self._lock:
            run.end(state, message or (_GONE if self._is_closing and state == FAILED else ""))
            self._files.save(run)
            self._executions.pop(run.id, None)
        self._files.clear_workspace(run)


def _new_run(region: str, job: "FakeJob", asked: Mapping[str, Any]) -> JobRun:
    command: Mapping[str, Any] = job.command or {}  # type: ignore[assignment]  # moto says str, and keeps what it got
    if ("WorkerType" in asked) != ("NumberOfWorkers" in asked):
        raise GlueAnswerError("InvalidInputException", "Please set both Worker Type and Number of Workers.")
    run = JobRun(
        id=f"jr_{secrets.token_hex(32)}",
        job_name=job.name,
        region=region,
        script=str(command.get("ScriptLocation", "")),
        command=str(command.get("Name", "glueetl")),
        arguments={**job.default_arguments, **asked.get("Arguments", {}), **(job.non_overridable_arguments or {})},
        glue_version=job.glue_version or "5.1",
        worker_type=asked.get("WorkerType") or job.worker_type or _WORKER_TYPE,
        workers=int(asked.get("NumberOfWorkers", job.number_of_workers or _WORKERS)),
        timeout=int(asked.get("Timeout", job.timeout or _TIMEOUT)),
        execution_class=asked.get("ExecutionClass") or job.execution_class,
    )
    if run.worker_type not in DPUS:
        raise GlueAnswerError("InvalidInputException", f"Worker type {run.worker_type} is not supported.")
    if run.workers < 1:
        raise GlueAnswerError("InvalidInputException", f"Number of workers must be at least 1, and is {run.workers}.")
    if run.timeout < 1:
        raise GlueAnswerError("InvalidInputException", f"Timeout must be at least 1 minute, and is {run.timeout}.")
    return run


def _place_after(token: str, runs: list[JobRun]) -> int:
    try:
        last = base64.b64decode(token, validate=True).decode()
        return next(place for place, run in enumerate(runs, 1) if run.id == last)
    except (binascii.Error, UnicodeDecodeError, StopIteration):
        raise GlueAnswerError("InvalidInputException", "Invalid NextToken.") from None


def _why_not_stopped(run_id: str, run: JobRun | None) -> dict[str, str] | None:
    if run is None:
        return {"ErrorCode": "EntityNotFoundException", "ErrorMessage": f"Job run {run_id} not found."}
    if run.has_ended:
        return {"ErrorCode": "InvalidInputException", "ErrorMessage": f"Job run is in state {run.state}."}
    return None


def _end_orphan(run: JobRun) -> None:
    """End what a run's processes of an earlier stack still do."""
    from tiktok_insights.local.glue import sessions

    # The stack may have been killed after the process began and before that was stored.
    session = sessions.find(run.id) if run.pid is None else (run.pid, run.process_started)
    if session and not sessions.end(*session):
        _logger.error("The processes of job run %s (session %d) could not be ended.", run.id, session[0])
