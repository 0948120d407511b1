"""A load whose batches are staged by a Glue job; the job's work is done by the local engine, in the test's process.

So what a test sees of the tables is the launcher's doing. What Spark makes of rows is compared elsewhere.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_insights.lake.listing import list_csvs
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.glue.exchange import Manifest, Result, manifest_key, result_key
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA
from tiktok_insights.warehouse.publish import Publication, publish_passed
from tiktok_insights_tests.support.history import Tables
from tiktok_insights_tests.support.interrupted_loads import Places
from tiktok_insights_tests.support.own_glue import glue_engine
from tiktok_insights_tests.support.sandbox import Sandbox

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class GluePlaces(Places):
    """Where such a load reads and writes."""

    def load(self) -> list[Publication]:
        """Bring everything that lies in the bucket into the tables, whose tables are there."""
        store = self.store()
        with self.session() as session:
            engine = glue_engine(self.aws, store, self.tables, _LOG)
            Staging(store, session, self.max_rejected_share, _LOG, engine=engine).stage(list_csvs(store))
        return publish_passed(self.session, _LOG)

    def work(self, batch_id: str, run_id: str) -> tuple[Sequence[str], int]:
        """Do what a run of the job does."""
        store = self.store()
        if store.exists(result_key(batch_id)):
            return ["It is done already."], 0
        manifest = Manifest.from_json(store.get(manifest_key(self.tables, batch_id)).body)
        with self.session() as session:
            table = session.namespace.name_of(STAGED_TIKTOK_DATA)
            session.execute(f"DELETE FROM {table} WHERE BATCH_ID = ?", (batch_id,))
            outcomes = tuple(LocalEngine(store, session).stage(batch_id, manifest.objects, manifest.contents))
        result = Result.of(batch_id, run_id, "3.5.6", outcomes)
        store.put_once(result_key(batch_id), result.to_json(), "application/json")
        return ["Done."], 0


class GlueSandbox(Sandbox):
    """The same, but for the results, whose names are those of batches; a manifest may not be left."""

    def seen(self) -> Tables:
        """What readers see."""
        tables = super().seen()
        keys = [(key,) for (key,) in tables["the bucket"] if not key.startswith("glue/results/")]
        return {**tables, "the bucket": keys, "the catalog": []}


def local_tables(places: Places) -> None:
    """Load with the local engine alone."""
    with places.session() as session:
        store = places.store()
        Staging(store, session, places.max_rejected_share, _LOG).stage(list_csvs(store))
    publish_passed(places.session, _LOG)
