"""A user's folder with a local stack and the job's package: loads there with Glue, and an end to the whole stack.

The job's processes have fail points. What must hold after a load is the tests' business.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import list_csvs
from tiktok_insights.local import stack
from tiktok_insights.local.folder import StackFolder
from tiktok_insights.resources.opening import ensure_local_glue_job
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.resources.snowflake import SnowflakeResource
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.glue import launcher as launching
from tiktok_insights.warehouse.publish import publish_passed
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.local.conftest import kill_9
from tiktok_insights_tests.support.cli_user import CliUser, cli_user_in
from tiktok_insights_tests.support.connections import connect
from tiktok_insights_tests.support.fail_points import FailPoint, Manner, Moment, Requests
from tiktok_insights_tests.support.glue_fail_points import JobFailPoints
from tiktok_insights_tests.support.job_package import build_job_package
from tiktok_insights_tests.support.own_glue import glue_engine
from tiktok_insights_tests.support.waiting import wait_until

_LOG = logging.getLogger(__name__)
#: A job begins within this time also on a machine that is busy with other things.
_LIMIT_SECONDS = 600.0


@dataclass(frozen=True)
class GlueStack:
    """A user's folder, whose stack is in `.local` below it, and the fail points of its jobs."""

    user: CliUser
    points: JobFailPoints

    @property
    def home(self) -> Path:
        """The home of the stack."""
        return self.user.home / ".local"

    @contextmanager
    def settings(self, **variables: str) -> Iterator[Settings]:
        """The settings of a process in the user's folder, with names of its own for bucket, catalog and tables."""
        with pytest.MonkeyPatch.context() as patch:
            set_environment(self.home, patch)
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.chdir(self.user.home)
            # A launcher that looks every 15 s would see the end of a job late.
            patch.setattr(launching, "_LONGEST_WAIT", 1.0)
            yield read_settings()

    @contextmanager
    def users_settings(self, **variables: str) -> Iterator[Settings]:
        """The same with the user's own names, which are the usual ones."""
        names = ("TIKTOK_INSIGHTS_BUCKET", "GLUE_DATABASE", "SNOWFLAKE_DATABASE")
        with self.settings(**variables), pytest.MonkeyPatch.context() as patch:
            for name in names:
                patch.delenv(name)
            yield read_settings()

    def kill(self) -> None:
        """SIGKILL for the stack, and for the drivers, JVMs and workers of its jobs."""
        endpoints = stack.status(self.home).endpoints
        assert endpoints
        kill_9(self.home, endpoints)
        while victims := list(_processes_below(StackFolder.of(self.home).root)):
            for victim in victims:
                with suppress(psutil.NoSuchProcess):
                    victim.kill()
            psutil.wait_procs(victims, timeout=_LIMIT_SECONDS)

    def load_until_killed(self, settings: Settings, point: tuple[str, Moment], *, in_job: bool) -> bool:
        """Load with Glue; the stack is killed at a request of the launcher, or of the job. Whether it came to that."""
        killer = _Killer(self, FailPoint(0, point[1], Manner.SIGKILL, point[0]) if not in_job else None)
        self.points.clear()
        if in_job:
            self.points.hold_at(*point)
            thread = threading.Thread(target=self._kill_when_reached)
            thread.start()
        # Whatever the clients make of it: what the next load finds is compared.
        with killer.watched(), suppress(Exception):
            load(settings, "glue")
        if in_job:
            thread.join()
        reached = self.points.reached == 1 if in_job else killer.reached
        self.points.clear()
        return reached

    def _kill_when_reached(self) -> None:
        wait_until(lambda: self.points.reached, seconds=_LIMIT_SECONDS)
        self.kill()


class _Killer(Requests):
    """Kills the stack at a request of this process."""

    def __init__(self, glue_stack: GlueStack, point: FailPoint | None) -> None:
        super().__init__(point)
        self._stack = glue_stack

    def end(self, _: FailPoint) -> None:
        """Kill it; the load goes on, as far as it comes."""
        self._stack.kill()


def load(settings: Settings, engine: str) -> list[str]:
    """Bring what is pending into the tables, as the assets do; give the IDs of the job runs."""
    warehouse = SnowflakeResource.of(settings.snowflake)
    with warehouse.session() as session:
        store: ObjectStore = S3Resource.of(settings.s3).store()
        glue = None
        if engine == "glue":
            ensure_local_glue_job(settings.glue_job, store)
            glue = glue_engine(connect(settings).aws, store, session.namespace, _LOG)
        Staging(store, session, 1.0, _LOG, engine=glue).stage(list_csvs(store))
    publish_passed(warehouse.session, _LOG)
    return [run.run_id for run in glue.runs] if glue else []


def _processes_below(folder: Path) -> Iterator[psutil.Process]:
    """The processes that work in a folder, as the stack and all that it starts do."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(folder.resolve()):
                yield process


@contextmanager
def glue_stack_in(folder: Path, cli: Path) -> Iterator[GlueStack]:
    """The stack in an empty folder, with the job's package; nothing runs yet. It is stopped in the end."""
    points = JobFailPoints(folder / "points")
    home = folder / "user"
    home.mkdir()
    build_job_package(home, points)
    with cli_user_in(home, cli) as user:
        yield GlueStack(user, points)


def job_runs(settings: Settings) -> list[dict[str, Any]]:
    """The runs of the job, the newest first."""
    import boto3

    runs: Any = boto3.client("glue", **connect(settings).aws).get_job_runs(JobName=settings.glue_job.job)
    return list(runs["JobRuns"])
