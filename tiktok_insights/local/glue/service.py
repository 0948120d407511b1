"""The parts of the local Glue, put together for the stack's process."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tiktok_insights.local.aws.service_store import ServiceStore
from tiktok_insights.local.glue.crawlers import Crawlers
from tiktok_insights.local.glue.definitions import definition_actions
from tiktok_insights.local.glue.environments import Environments
from tiktok_insights.local.glue.execution import Executor
from tiktok_insights.local.glue.job_runs import JobRuns
from tiktok_insights.local.glue.middleware import GlueApplication
from tiktok_insights.local.glue.run_files import RunFiles
from tiktok_insights.local.glue.surroundings import Surroundings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class LocalGlue:
    """Everything that Glue does here.

    Args:
        folder: made when something is stored in it.
        services: what keeps Glue's definitions on disk.
        aws: the variables that lead a job to the stack's AWS.
        minute_seconds: how long a minute of a job's timeout is.

    """

    def __init__(
        self, folder: Path, services: ServiceStore, aws: Mapping[str, str], minute_seconds: float = 60.0
    ) -> None:
        files = RunFiles(folder / "runs")
        environments = Environments(folder / "environments")
        self._runs = JobRuns(files, Executor(files, environments, Surroundings(aws), minute_seconds))
        self._crawlers = Crawlers(folder / "crawls", services)

    def in_front_of(self, app: "WSGIApplication") -> GlueApplication:
        """The application with these actions."""
        return GlueApplication(app, {**definition_actions(), **self._runs.actions(), **self._crawlers.actions()})

    def close(self) -> None:
        """End all that runs."""
        self._crawlers.close()
        self._runs.close()
