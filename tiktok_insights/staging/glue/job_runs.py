"""The runs of one Glue job: find, start, look at and stop them. What they are started for belongs in `launcher`."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from tiktok_insights.staging.glue.arguments import BATCH_ID, JobArguments
from tiktok_insights.staging.glue.errors import GlueUnavailableError
from tiktok_insights.staging.glue.glue_calls import GlueCalls
from tiktok_insights.text.printable import printable
from tiktok_insights.text.quoting import without_values

SUCCEEDED, STOPPING = "SUCCEEDED", "STOPPING"
#: The states after which a run does nothing any more (docs.aws.amazon.com/glue/latest/dg/job-run-statuses.html).
_ENDED = {SUCCEEDED, "STOPPED", "FAILED", "ERROR", "TIMEOUT", "EXPIRED"}
#: No run lasts longer than seven days, so an older one has ended (docs.aws.amazon.com/glue/latest/webapi).
_LONGEST_RUN = timedelta(days=8)
#: In minutes, where a job does not say it.
_DEFAULT_TIMEOUT = 2880
_PAGE, _MOST_PAGES = 200, 200
_LOG_GROUP = "/aws-glue/jobs"
#: https://docs.aws.amazon.com/glue/latest/dg/auto-scaling.html
_AUTO_SCALING = "--enable-auto-scaling"


@dataclass(frozen=True, slots=True)
class RunSize:
    """What a run may use; what is empty, 0 or None is as the job has it. The timeout is in minutes.

    With autoscaling, Glue adds and removes workers while the run goes on, and `workers` is the most.
    """

    worker_type: str = ""
    workers: int = 0
    timeout_minutes: int = 0
    auto_scaling: bool | None = None

    def to_glue(self) -> dict[str, Any]:
        """The size as StartJobRun takes it, but for what it takes as arguments of the run."""
        given = {"WorkerType": self.worker_type, "NumberOfWorkers": self.workers, "Timeout": self.timeout_minutes}
        return {name: value for name, value in given.items() if value}

    @property
    def arguments(self) -> dict[str, str]:
        """What a run takes as an argument."""
        return {} if self.auto_scaling is None else {_AUTO_SCALING: str(self.auto_scaling).lower()}


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of the job, as Glue last told of it. `seconds` is how long it has run, `error` what Glue says of its end.

    `dpu_seconds` is None where Glue does not count them.
    """

    run_id: str
    state: str
    batch_id: str = ""
    error: str = ""
    started: datetime | None = None
    seconds: float = 0.0
    dpu_seconds: float | None = None
    worker_type: str = ""
    workers: int = 0
    timeout_minutes: int = _DEFAULT_TIMEOUT
    log_group: str = _LOG_GROUP

    @property
    def has_ended(self) -> bool:
        """Whether the run does nothing any more."""
        return self.state in _ENDED

    @staticmethod
    def of(answer: Mapping[str, Any]) -> "JobRun":
        """Read a JobRun of Glue's API. Raises KeyError where it is none."""
        return JobRun(
            run_id=answer["Id"],
            state=answer["JobRunState"],
            batch_id=answer.get("Arguments", {}).get(BATCH_ID, ""),
            error=printable(without_values(" ".join(str(answer.get("ErrorMessage") or "").split()))),
            started=answer.get("StartedOn"),
            seconds=float(answer.get("ExecutionTime") or 0),
            dpu_seconds=answer.get("DPUSeconds"),
            worker_type=answer.get("WorkerType", ""),
            workers=int(answer.get("NumberOfWorkers") or 0),
            timeout_minutes=int(answer.get("Timeout") or _DEFAULT_TIMEOUT),
            log_group=answer.get("LogGroupName") or _LOG_GROUP,
        )


class JobRuns:
    """The runs of the job with this name. Everything raises GlueError. The local stack has no console."""

    def __init__(self, calls: GlueCalls, job: str, *, has_console: bool = True) -> None:
        self._calls = calls
        self.job = job
        self._has_console = has_console

    def active(self, batch_id: str) -> JobRun | None:
        """The newest run for a batch that has not ended, and is not being stopped."""
        runs = (run for run in self._recent() if run.batch_id == batch_id)
        return next((run for run in runs if not run.has_ended and run.state != STOPPING), None)

    def going_on(self) -> list[JobRun]:
        """The runs that have not ended, for whichever batch."""
        return [run for run in self._recent() if not run.has_ended]

    def get(self, run_id: str) -> JobRun:
        """One run as it is now."""
        answer = self._calls.ask("get_job_run", JobName=self.job, RunId=run_id)
        return _run("get_job_run", answer.get("JobRun"))

    def start(self, arguments: JobArguments, size: RunSize) -> str:
        """Start a run, with one request; give its ID. Raises JobBusyError, and what else the answer stands for."""
        given = arguments.to_glue() | size.arguments
        answer = self._calls.send("start_job_run", JobName=self.job, Arguments=given, **size.to_glue())
        if not answer.get("JobRunId"):
            raise _no_answer("start_job_run")
        return str(answer["JobRunId"])

    def stop(self, run_id: str) -> str:
        """Stop a run. Gives why Glue does not, such as that it has ended; '' when it is being stopped."""
        answer = self._calls.ask("batch_stop_job_run", JobName=self.job, JobRunIds=[run_id])
        errors: Sequence[Mapping[str, Any]] = answer.get("Errors") or ()
        details = (error.get("ErrorDetail", {}) for error in errors)
        return "; ".join(printable(f"{said.get('ErrorCode')}: {said.get('ErrorMessage')}") for said in details)

    def console_url(self, run_id: str) -> str:
        """The page of a run in the AWS console; '' where there is none."""
        if not self._has_console:
            return ""
        home = f"https://console.aws.amazon.com/gluestudio/home?region={self._calls.region}"
        return f"{home}#/job/{quote(self.job, safe='')}/run/{quote(run_id, safe='')}"

    def _recent(self) -> Iterator[JobRun]:
        """The runs that may not have ended, and perhaps older ones; the newest first."""
        request: dict[str, Any] = {"JobName": self.job, "MaxResults": _PAGE}
        oldest = time.time() - _LONGEST_RUN.total_seconds()
        for _ in range(_MOST_PAGES):
            answer = self._calls.ask("get_job_runs", **request)
            runs = [_run("get_job_runs", run) for run in answer.get("JobRuns", ())]
            yield from runs
            started = [run.started.timestamp() for run in runs if run.started]
            token = answer.get("NextToken")
            if not token or token == request.get("NextToken") or (started and min(started) < oldest):
                return
            request["NextToken"] = token


def _run(operation: str, answer: Any) -> JobRun:
    try:
        return JobRun.of(answer)
    except (KeyError, TypeError, AttributeError) as error:
        raise _no_answer(operation) from error


def _no_answer(operation: str) -> GlueUnavailableError:
    return GlueUnavailableError(
        f"Glue does not answer {operation} (its answer says nothing). Run again: a job run that was started continues, "
        "and the next run follows it."
    )
