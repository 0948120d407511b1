"""One load as the assets do it, from the lake on; in this process, or in one of its own that may be killed.

Light enough for the process that children are forked from: no server, no Dagster. What fails is in `fail_points`.
"""

import logging
import multiprocessing
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import snowflake.connector

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session, session_on
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.inventory import RawInventory
from tiktok_insights.runtime.retry_hooks import remove_retry_hooks
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.tables.creation import ensure_tables
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights.warehouse.publish import Publication, publish_passed
from tiktok_insights_tests.support.fail_points import FailPoint, Requests

_CHILD_SECONDS = 60
_LOG = logging.getLogger(__name__)


class AuditFailedError(RuntimeError):
    """A batch did not pass; in Dagster its blocking checks end the run here."""


@dataclass(frozen=True)
class Places:
    """Where a load reads and writes, as plain values that another process can be told."""

    aws: dict[str, Any]
    snowflake: dict[str, Any]
    bucket: str
    glue_database: str
    tables: Namespace
    max_rejected_share: float = 1.0

    def store(self) -> ObjectStore:
        """The bucket, made when it is missing, as S3Resource opens it."""
        store = ObjectStore(boto3.client("s3", **self.aws), self.bucket)
        store.ensure_bucket()
        return store

    def catalog(self) -> Catalog:
        """The Glue database; nothing is made yet."""
        return Catalog(boto3.client("glue", **self.aws), self.glue_database, self.bucket)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session on the warehouse, whose tables are there."""
        with session_on(snowflake.connector.connect(**self.snowflake), self.tables) as session:
            yield session

    def engine(self, store: ObjectStore, session: Session) -> LocalEngine:
        """What stages; nobody was removed here."""
        return LocalEngine(store, session)

    def load(self) -> list[Publication]:
        """Bring everything that lies in the bucket into the tables; give what has been published.

        The tables are ensured once: in the later sessions of a run, that would only be the same questions again.
        """
        store = self.store()
        raw = RawInventory(store)
        csvs = CsvInventory(store)
        list(write_missing_csvs(raw, csvs, 1.0))
        self.catalog().register(csvs.listing().partitions)
        with self.session() as session:
            ensure_tables(session)
            engine = self.engine(store, session)
            staging = Staging(store, session, self.max_rejected_share, _LOG, raw=raw, engine=engine)
            checks = staging.outcomes(staging.stage(csvs.listing()))
        if failed := [check.name for check in checks if not check.passed]:
            raise AuditFailedError(", ".join(failed))
        return publish_passed(self.session, _LOG)


def at_once() -> Iterator[int]:
    """How long the warehouse's client waits before it sends a request again, in seconds."""
    while True:
        yield 0


def load_killed_at(places: Places, point: FailPoint) -> bool:
    """Run one load in a process of its own, which ends at the fail point; False if it has not come to it."""
    child = multiprocessing.get_context("forkserver").Process(target=_load, args=(places, point), daemon=True)
    child.start()
    child.join(_CHILD_SECONDS)
    assert child.exitcode is not None, f"the load that is to be killed at {point} hangs"
    return child.exitcode == -signal.SIGKILL


def _load(places: Places, point: FailPoint) -> None:
    remove_retry_hooks()
    logging.disable(logging.CRITICAL)  # what the killed one says would stand between the test's own words
    with Requests(point).watched():
        places.load()


def prepare_children() -> None:
    """Let children be forked from a process that has imported all this: that takes seconds, a fork milliseconds."""
    multiprocessing.get_context("forkserver").set_forkserver_preload([__name__])
