"""The Glue job as a Dagster resource: the engine that a run stages with, this machine's or the job."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.local.folder import StackError
from tiktok_insights.resources.aws import AwsResource
from tiktok_insights.resources.opening import ensure_local_glue_job, open_glue_job
from tiktok_insights.resources.watch_opening import open_glue_watch
from tiktok_insights.settings.client_settings import GlueJobSettings
from tiktok_insights.settings.errors import SettingsError
from tiktok_insights.staging.engine import ChosenEngine, Engine
from tiktok_insights.staging.glue.engine import CONNECTION, GlueEngine
from tiktok_insights.staging.glue.errors import GlueRefusedError
from tiktok_insights.staging.glue.job_runs import JobRun, RunSize
from tiktok_insights.staging.glue.launcher import Launcher
from tiktok_insights.staging.glue.manifests import Manifests
from tiktok_insights.staging.glue.packages import PackageMissingError
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.suppression.hashes import SuppressionList

EngineName = Literal["auto", "local", "glue"]
_GB = 1_000_000_000


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """The engine that a run asks for; an empty `above_gb` is the deployment's."""

    engine: EngineName = "auto"
    above_gb: float | None = None
    size: RunSize = field(default_factory=RunSize)


class GlueJobResource(AwsResource):
    """The Glue job that stages large batches. Without a name, every batch is staged where Dagster runs."""

    job: str = Field(default="", description="The job's name. If empty, the deployment has no job.")
    connection: str = Field(
        default="snowflake-connection", description="The Glue connection with which the job signs in to Snowflake."
    )
    above_gb: float = Field(
        default=20.0, gt=0, description="A run that may choose takes the job if more gigabytes than this are pending."
    )

    role: str = Field(default="", description="The role in the local stack's Glue connection.")
    warehouse: str = Field(default="", description="The virtual warehouse in the local stack's Glue connection.")

    def engine(
        self,
        request: EngineRequest,
        store: ObjectStore,
        session: Session,
        suppression: SuppressionList,
        log: logging.Logger,
    ) -> Engine:
        """Give the engine of a run. The job reads the suppression list itself.

        Raises SettingsError where the run asks for a job that the deployment does not have.
        """
        local = LocalEngine(store, session, suppression)
        if request.engine == "glue":
            self.settings_as(GlueJobSettings).require_job()
        if bool(request.size.worker_type) != bool(request.size.workers):
            raise SettingsError("Only one of glue_worker_type and glue_workers is set. Set both, or neither.")
        if request.engine == "local" or not self.job:
            return local
        above = self.above_gb if request.above_gb is None else request.above_gb

        def choose(waiting: Sequence[CsvObject]) -> Engine:
            size = sum(item.info.size for item in waiting)
            is_small = request.engine == "auto" and size <= above * _GB
            if is_small and not Manifests(store, session.namespace, log).any():
                return local
            try:
                glue = self._glue_engine(request.size, store, session, log)
            except (StackError, PackageMissingError) as error:
                if request.engine == "glue":
                    raise
                log.warning("%s Staging on this machine instead.", error)
                return local
            # What the job has begun, it also ends, however little that is.
            if is_small and not glue.begun(waiting):
                return local
            log.info("Staging with the Glue job %s. Pending bytes: %s.", self.job, f"{size:,}")
            return glue

        return ChosenEngine(choose)

    def going_on(self) -> list[JobRun]:
        """The job's runs that have not ended; none where the deployment has no job. Raises GlueError, and asks once."""
        if not self.job:
            return []
        try:
            return open_glue_watch(self.settings_as(GlueJobSettings)).going_on()
        except GlueRefusedError:
            if self.local_stack:
                # It makes the job when a run needs it.
                return []
            raise

    def _glue_engine(self, size: RunSize, store: ObjectStore, session: Session, log: logging.Logger) -> GlueEngine:
        settings = self.settings_as(GlueJobSettings)
        if self.local_stack:
            ensure_local_glue_job(settings, store)
        runs, logs = open_glue_job(settings)
        launcher = Launcher(runs, logs, log)
        # The local stack makes its connection itself, under the usual name.
        connection = CONNECTION if self.local_stack else settings.connection
        return GlueEngine(store, launcher, session.namespace, log, size, connection)
