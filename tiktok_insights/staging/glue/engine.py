"""The engine on AWS Glue: has a run of the job stage each batch, and believes only the result that it writes.

How the run is started and followed belongs in `launcher`, what it does in `job`.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import BatchLimits, BegunBatch, Engine, ObjectOutcome
from tiktok_insights.staging.glue.arguments import JobArguments
from tiktok_insights.staging.glue.errors import GlueRefusedError, ResultError
from tiktok_insights.staging.glue.exchange import Result, SparkStage, result_key
from tiktok_insights.staging.glue.job_runs import JobRun, RunSize
from tiktok_insights.staging.glue.launcher import Launcher
from tiktok_insights.staging.glue.manifests import Manifests
from tiktok_insights.staging.glue.results import read_result
from tiktok_insights.tables.namespace import Namespace

#: The Glue connection in which the job finds the warehouse.
CONNECTION = "snowflake-connection"


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A job run whose result was believed; `run` is None where Glue knows it no longer."""

    batch_id: str
    run_id: str
    run: JobRun | None
    stages: tuple[SparkStage, ...]


class GlueEngine(Engine):
    """Stages with runs of one job, which reads from the bucket and writes to the namespace. `runs` says which."""

    limits = BatchLimits(100_000, 1_000_000_000_000)
    shares_batches = True

    def __init__(
        self,
        store: ObjectStore,
        launcher: Launcher,
        namespace: Namespace,
        log: logging.Logger,
        size: RunSize | None = None,
        connection: str = CONNECTION,
    ) -> None:
        self._store = store
        self._launcher = launcher
        self._namespace = namespace
        self._size = size or RunSize()
        self._connection = connection
        self._manifests = Manifests(store, namespace, log)
        self._log = log
        self._suppressions: dict[str, str] = {}
        self.runs: list[FinishedRun] = []

    def stage(self, batch_id: str, items: Sequence[CsvObject], contents: KnownContents) -> Iterator[ObjectOutcome]:
        """Stage the objects. Each has one outcome, and none has an effect on another's.

        Raises GlueError. The batch is continued by the next run; one whose result is not believed, is not.
        """
        if not self._manifests.write(batch_id, items, contents):
            self._log.info("Continuing batch %s. Objects: %d.", batch_id, len(items))
        try:
            result, run = self._result(batch_id, items)
        except ResultError:
            self._manifests.delete(batch_id)
            raise
        self._suppressions[batch_id] = result.suppression
        self.runs.append(FinishedRun(batch_id, result.job_run_id, run, result.stages))
        yield from result.outcomes

    def begun(self, waiting: Sequence[CsvObject]) -> Sequence[BegunBatch]:
        """The batches that were begun and whose objects all wait still; what is left of the others is cleared away."""
        all_waiting, free = set(waiting), set(waiting)
        found = []
        for batch in self._manifests.begun():
            if not batch.items or not all_waiting.issuperset(batch.items):
                self._launcher.stop(batch.batch_id)
                self._manifests.delete(batch.batch_id)
            elif free.issuperset(batch.items):
                found.append(batch)
                free -= set(batch.items)
        return found

    def forget(self, batch_id: str) -> None:
        """Keep nothing of a batch any more. Its result stays, as the record of what the job did."""
        self._manifests.delete(batch_id)

    def suppression_of(self, batch_id: str) -> str:
        """The fingerprint of the list that the job read, as its result says."""
        return self._suppressions[batch_id]

    def console_url(self, run_id: str) -> str:
        """The page of a job run in the AWS console; '' where there is none."""
        return self._launcher.runs.console_url(run_id)

    def _result(self, batch_id: str, items: Sequence[CsvObject]) -> tuple[Result, JobRun | None]:
        """The result that an earlier run has left, or that of a run of the job now."""
        if result := read_result(self._store, batch_id, items):
            self._log.info("Batch %s was staged by Glue job run %s already.", batch_id, result.job_run_id)
            return result, self._run(result.job_run_id)
        arguments = JobArguments(self._store.bucket, batch_id, self._connection, self._namespace)
        key = result_key(batch_id)
        run = self._launcher.run(arguments, self._size, lambda: self._store.exists(key))
        if result := read_result(self._store, batch_id, items):
            return result, run
        raise ResultError(
            f"Glue job run {run.run_id} ended as {run.state}, but wrote no {self._store.uri(key)}. "
            "Nothing of its batch is published. See its log, and check that the job runs the script of this version. "
            "Then run again."
        )

    def _run(self, run_id: str) -> JobRun | None:
        try:
            return self._launcher.runs.get(run_id)
        except GlueRefusedError:
            return None
