"""One run under way: a thread that starts the script's process, follows it to its end, and says how it ended.

What the process sees is in `surroundings` and `environments`; which other processes belong to it, in `sessions`.
"""

import logging
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tiktok_insights.local.glue.environments import Environments
from tiktok_insights.local.glue.errors import LaunchError
from tiktok_insights.local.glue.job_run import ERROR, FAILED, RUNNING, STOPPED, SUCCEEDED, TIMEOUT, JobRun
from tiktok_insights.local.glue.run_files import RunFiles
from tiktok_insights.local.glue.s3_objects import read_object
from tiktok_insights.local.glue.surroundings import Surroundings

_POLL_SECONDS = 0.05
#: Between SIGTERM, on which Spark deletes its files, and SIGKILL.
_GRACE_SECONDS = 5.0
#: A process that left the session of its run may keep the pipe open forever.
_DRAIN_SECONDS = 5.0
_PIECE_BYTES = 65_536
_KILLED = "KILLED"
_logger = logging.getLogger(__name__)


class Execution:
    """A run in a thread of its own. `save` is told of each state, `close` of the end."""

    def __init__(
        self,
        run: JobRun,
        executor: "Executor",
        save: Callable[[JobRun, str], None],
        close: Callable[[JobRun, str, str], None],
    ) -> None:
        self._run = run
        self._executor = executor
        self._save = save
        self._close = close
        self._orders = Orders()
        self._thread = threading.Thread(target=self._execute, name=run.id, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the run to stop, as BatchStopJobRun does."""
        self._orders.stop.set()

    def kill(self) -> None:
        """End the run at once."""
        self._orders.kill.set()

    def wait(self) -> None:
        """Return when the run has ended."""
        self._thread.join()

    def _execute(self) -> None:
        try:
            state, message = self._executor.execute(self._run, self._orders, lambda: self._save(self._run, RUNNING))
        except LaunchError as error:
            state, message = self._orders.ending or (FAILED, f"LAUNCH ERROR | {error}")
        except Exception as error:
            _logger.exception("Job run %s ended for a reason of the stack's.", self._run.id)
            state, message = ERROR, f"{type(error).__name__}: {error}"
        self._close(self._run, state, message)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is told from outside."""

    stop: threading.Event = field(default_factory=threading.Event)
    kill: threading.Event = field(default_factory=threading.Event)

    @property
    def ending(self) -> tuple[str, str] | None:
        """The state and message with which a run ends that has no process yet, if it is to end."""
        return (FAILED, "") if self.kill.is_set() else (STOPPED, "") if self.stop.is_set() else None


class Executor:
    """Executes runs. `minute_seconds` is how long a minute of a job's timeout is."""

    def __init__(
        self, files: RunFiles, environments: Environments, surroundings: Surroundings, minute_seconds: float = 60.0
    ) -> None:
        self._files = files
        self._environments = environments
        self._surroundings = surroundings
        self._minute_seconds = minute_seconds

    def execute(self, run: JobRun, orders: Orders, running: Callable[[], None]) -> tuple[str, str]:
        """Execute a run, and give its last state with a message. Raises LaunchError."""
        from tiktok_insights.local.glue import sessions
        from tiktok_insights.local.glue.run_log import RunLog

        java = self._surroundings.require(run)
        log = RunLog(run.region, run.id)
        workspace = self._files.workspace(run)
        workspace.mkdir(mode=0o700, parents=True)
        script = workspace / Path(run.script).name
        script.write_bytes(read_object(run.script))
        with self._environments.use(run, lambda: orders.ending is not None) as python:
            if orders.ending:
                return orders.ending
            process = self._surroundings.start(run, python, script, java)
            run.process_started = sessions.begun_at(process.pid)
            run.pid = process.pid
            try:
                running()
                ended_by = self._follow(run, process, orders, log.write)
            finally:
                sessions.end(process.pid, run.process_started)
                process.wait()
        log.close()
        return _how_it_ended(process.returncode, ended_by, log.last_exception(), run.timeout)

    def _follow(
        self, run: JobRun, process: "subprocess.Popen[bytes]", orders: Orders, write: Callable[[bytes], None]
    ) -> str:
        """Read all that the processes say, and end them when it is time; why, or nothing."""
        assert process.stdout is not None  # noqa: S101  # it was started with a pipe
        limits = _Limits(run, orders, time.monotonic() + run.timeout * self._minute_seconds)
        with process.stdout as output, selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            is_open = True
            while is_open or process.poll() is None:
                limits.keep(has_exited=process.poll() is not None)
                if is_open and selector.select(_POLL_SECONDS):
                    piece = os.read(output.fileno(), _PIECE_BYTES)
                    is_open = bool(piece)
                    write(piece)
                elif not is_open:
                    time.sleep(_POLL_SECONDS)
                elif limits.is_drained:
                    break
        return limits.ended_by


class _Limits:
    """Ends a run's processes when it is told to, when its time is up, and when the script's own process has exited."""

    def __init__(self, run: JobRun, orders: Orders, deadline: float) -> None:
        self._session = (run.pid or 0, run.process_started)
        self._orders = orders
        self._deadline = deadline
        self._kill_at = float("inf")
        self._drained_at = float("inf")
        self.ended_by = ""

    def keep(self, *, has_exited: bool) -> None:
        """Do what is due."""
        from tiktok_insights.local.glue import sessions

        now = time.monotonic()
        if has_exited:
            if self._drained_at == float("inf"):
                self._drained_at = now + _DRAIN_SECONDS
                sessions.end(*self._session)
        elif self._orders.kill.is_set() or now > self._kill_at:
            self.ended_by = self.ended_by or _KILLED
            sessions.end(*self._session)
        elif not self.ended_by and (self._orders.stop.is_set() or now > self._deadline):
            self.ended_by = STOPPED if self._orders.stop.is_set() else TIMEOUT
            self._kill_at = now + _GRACE_SECONDS
            sessions.send(*self._session, signal.SIGTERM)

    @property
    def is_drained(self) -> bool:
        """Whether nothing more is to be expected, although the pipe is open."""
        return time.monotonic() > self._drained_at


def _how_it_ended(code: int, ended_by: str, exception: str, timeout: int) -> tuple[str, str]:
    if ended_by == _KILLED:
        return FAILED, ""
    if ended_by == TIMEOUT:
        return TIMEOUT, f"Job exceeded its timeout of {timeout} minutes."
    if ended_by == STOPPED:
        return STOPPED, ""
    if code == 0:
        return SUCCEEDED, ""
    if code < 0:
        return FAILED, f"The job's process was ended by {signal.Signals(-code).name}."
    return FAILED, exception or f"SystemExit: {code}"
