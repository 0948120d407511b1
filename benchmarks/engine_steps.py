"""Each engine stages what is in a bucket, as contestants: from the listing to the rows in the staging table.

Spark runs on two cores of this machine, with the settings that the differential tests have.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.children import Stopwatch
from benchmarks.ours import LOG
from benchmarks.process_tree import TreeWatch
from benchmarks.results import SUMMARY, summary_of
from benchmarks.workplace import Workplace
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.lake.listing import list_csvs
from tiktok_insights.resources.opening import open_bucket, open_session
from tiktok_insights.schema import MAX_REJECTED_SHARE
from tiktok_insights.settings.client_settings import S3Settings
from tiktok_insights.staging.batch import Staging
from tiktok_insights.staging.engine import Engine
from tiktok_insights.tables.definitions import STAGED_TIKTOK_DATA

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_MASTER = "local[2]"


def local(watch: Stopwatch, **place: str) -> dict[str, Any]:
    """Stage with the engine of one machine."""
    return _stage(watch, Workplace.of(**place), None, 0.0)


def spark(watch: Stopwatch, **place: str) -> dict[str, Any]:
    """Stage with the engine on Spark; what its session takes to start is told apart."""
    from tiktok_insights.staging.spark.engine import SparkEngine

    here = Workplace.of(**place)
    began = time.perf_counter()
    with _session(here.folder / "spark") as session:
        started = time.perf_counter() - began
        connect = partial(open_session, here.settings.snowflake, "benchmark")
        engine = SparkEngine(session, partial(_store, here.settings.s3), connect, job_run_id="jr_benchmark")
        return _stage(watch, here, engine, started)


def _stage(watch: Stopwatch, here: Workplace, engine: Engine | None, started: float) -> dict[str, Any]:
    here.make_tables()
    with TreeWatch() as tree, watch, here.session() as session:
        store = here.store()
        Staging(store, session, MAX_REJECTED_SHARE, LOG, engine=engine).stage(list_csvs(store))
    with here.session() as session:
        summary = _staged(session)
    return {
        "summary": summary,
        "cpu_seconds": tree.cpu_seconds,
        "peak_mb": tree.peak_mb,
        "start_seconds": started,
    }


def _staged(session: Session) -> dict[str, str]:
    table = session.namespace.name_of(STAGED_TIKTOK_DATA)
    return summary_of(session.query(SUMMARY.format(table=table))[0])


@cache
def _store(settings: S3Settings) -> ObjectStore:
    """The bucket, opened once in each process: a worker serves many tasks."""
    return open_bucket(settings)


@contextmanager
def _session(folder: Path) -> Iterator["SparkSession"]:
    from pyspark.sql import SparkSession

    options = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    os.environ.update({"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"})
    builder = SparkSession.builder.master(_MASTER)
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        session.stop()
