"""Brings one run of the job to its end: attaches to the batch's own run or starts one, follows it, and can stop it.

StartJobRun takes no key that would make it idempotent. So the batch's ID is in the arguments of its run, and whoever
wants to start one looks for it first; two runs of one batch would do no harm, but cost twice. What the run says of the
batch belongs in `results`.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from tiktok_insights.staging.glue.arguments import JobArguments
from tiktok_insights.staging.glue.errors import (
    GlueError,
    GlueUnavailableError,
    JobBusyError,
    JobRunFailedError,
    JobRunOverdueError,
)
from tiktok_insights.staging.glue.job_runs import SUCCEEDED, JobRun, JobRuns, RunSize
from tiktok_insights.staging.glue.log_tail import LogTail

_LONGEST_WAIT = 15.0
#: How often a request to start a run may be lost.
_STARTS = 5
#: CloudWatch gets the last lines of a run that has failed after Glue knows of its end.
_LATE_LOOKS = 4
_REASONS = {
    "STOPPED": "was stopped. Run again to start it again",
    "EXPIRED": "found no capacity in time. Run again later, or with fewer or other workers",
}


class Launcher:
    """Runs the job of `runs`, whose logs are in `logs`. `log` tells people how it goes.

    `first_wait` (seconds) is the first pause between two looks, which then grow to 15 s. `busy_seconds` is how long it
    waits for other runs that occupy the job; `grace_seconds` how much longer than its timeout a run may take.
    """

    def __init__(
        self,
        runs: JobRuns,
        logs: Any,
        log: logging.Logger,
        *,
        first_wait: float = 1.0,
        busy_seconds: float = 3600.0,
        grace_seconds: float = 3600.0,
    ) -> None:
        self.runs = runs
        self._logs = logs
        self._log = log
        self._first_wait = first_wait
        self._busy_seconds = busy_seconds
        self._grace_seconds = grace_seconds

    def run(self, arguments: JobArguments, size: RunSize, has_result: Callable[[], bool]) -> JobRun:
        """Give the batch's run when it has ended and has succeeded, or left a result all the same.

        Raises JobRunFailedError, JobRunOverdueError, and what `JobRuns` raises; then a run that was started continues.
        An interrupt stops it.
        """
        try:
            active = self.runs.active(arguments.batch_id)
            if active:
                self._log.info("Following Glue job run %s, which an earlier run of the pipeline began.", active.run_id)
            return self._follow(active.run_id if active else self._start(arguments, size), has_result)
        except JobRunOverdueError:
            self.stop(arguments.batch_id)
            raise
        except Exception:
            # The next run of the pipeline follows it.
            raise
        except BaseException:
            # Dagster's cancel and Ctrl-C; the ID of a run that has just been started may not be known yet.
            self.stop(arguments.batch_id)
            raise

    def stop(self, batch_id: str) -> None:
        """Stop the batch's run, if it has one that has not ended; say whether Glue does."""
        try:
            active = self.runs.active(batch_id)
            if active is None:
                return
            if why := self.runs.stop(active.run_id):
                self._log.warning("Glue job run %s was not stopped (%s).", active.run_id, why)
            else:
                self._log.warning("Glue job run %s of batch %s is being stopped.", active.run_id, batch_id)
        except GlueError as error:
            self._log.error("The job run of batch %s may continue, since it was not stopped: %s", batch_id, error)

    def _start(self, arguments: JobArguments, size: RunSize) -> str:
        """Start a run, or find the one that another launcher, or a request whose answer was lost, has started."""
        deadline = time.monotonic() + self._busy_seconds
        wait, lost = self._first_wait, 0
        while True:
            try:
                run_id = self.runs.start(arguments, size)
            except (JobBusyError, GlueUnavailableError) as error:
                if active := self.runs.active(arguments.batch_id):
                    self._log.info("Following Glue job run %s, which was started for the same batch.", active.run_id)
                    return active.run_id
                lost += isinstance(error, GlueUnavailableError)
                if lost == _STARTS or time.monotonic() + wait > deadline:
                    raise
                self._log.info("%s Trying again in %.0f s.", error, wait)
                time.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                self._log.info("Started Glue job run %s for batch %s.", run_id, arguments.batch_id)
                if url := self.runs.console_url(run_id):
                    self._log.info("The run in the AWS console: %s", url)
                return run_id

    def _follow(self, run_id: str, has_result: Callable[[], bool]) -> JobRun:
        run = self.runs.get(run_id)
        tail = LogTail(self._logs, run.log_group, run_id, self._log)
        deadline = time.monotonic() + run.timeout_minutes * 60 + self._grace_seconds
        wait, said = self._first_wait, ""
        while not run.has_ended:
            if run.state != said:
                self._log.info("Glue job run %s is %s.", run_id, run.state)
                said = run.state
            tail.read()
            if time.monotonic() > deadline:
                raise JobRunOverdueError(
                    f"Glue job run {run_id} has not ended although its timeout of {run.timeout_minutes} minutes is "
                    "over. It is being stopped. Run again."
                )
            time.sleep(wait)
            wait = min(wait * 1.5, _LONGEST_WAIT)
            run = self.runs.get(run_id)
        tail.read()
        if run.state != SUCCEEDED and not has_result():
            raise self._failure(run, tail)
        self._log.info("Glue job run %s ended as %s after %.0f s.", run_id, run.state, run.seconds)
        return run

    def _failure(self, run: JobRun, tail: LogTail) -> JobRunFailedError:
        """Say why a run has ended without a result: by the first error that it logged, or else by Glue's own words."""
        for _ in range(_LATE_LOOKS):
            if tail.first_error:
                break
            time.sleep(self._first_wait)
            tail.read()
        if tail.last:
            self._log.error("The last lines of the log of Glue job run %s:\n%s", run.run_id, "\n".join(tail.last))
        if run.state == "TIMEOUT":
            what = (
                f"took longer than its timeout of {run.timeout_minutes} minutes. Run again with a longer timeout, or "
                "with more workers"
            )
        else:
            why = tail.first_error or run.error or "it gives no reason"
            what = _REASONS.get(run.state, f"ended as {run.state}: {why.rstrip('. ')}. Run again to start it again")
        return JobRunFailedError(f"Glue job run {run.run_id} {what}. Its objects are still pending.")
