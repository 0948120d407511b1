"""Which engine a run gets, by its settings and by what is pending; and what its metadata tell of a Glue job."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any, cast

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectInfo, ObjectStore
from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.defs.engines import EngineConfig, engine_entries
from tiktok_insights.lake.listing import CsvObject
from tiktok_insights.resources.glue_job import EngineRequest, GlueJobResource
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.staging.content import KnownContents
from tiktok_insights.staging.engine import BegunBatch, ChosenEngine, Engine
from tiktok_insights.staging.glue.cost import dpu_seconds, estimated_usd
from tiktok_insights.staging.glue.engine import FinishedRun, GlueEngine
from tiktok_insights.staging.glue.exchange import SparkStage
from tiktok_insights.staging.glue.job_runs import JobRun, RunSize
from tiktok_insights.staging.glue.manifests import Manifests
from tiktok_insights.staging.local.engine import LocalEngine
from tiktok_insights.suppression.hashes import NOBODY
from tiktok_insights.tables.namespace import Namespace
from tiktok_insights_tests.support.troubleshooting import told

LOG = logging.getLogger(__name__)
GB = 1_000_000_000
NAMESPACE = Namespace("DB", "PUBLIC", "INTERNAL", "MAIN")


def pending(gigabytes: float) -> list[CsvObject]:
    """An object of this size that waits."""
    info = ObjectInfo("csv/followers/account=42/dt=2026-01-31/a.csv", "e", int(gigabytes * GB), datetime.now(UTC))
    return [CsvObject(info, "42", "2026-01-31")]


def engine(store: ObjectStore, job: str = "etl", connection: str = "snowflake-connection", **config: Any) -> Engine:
    """The engine that a run with these settings gets; nothing is asked of Glue, and nothing of the warehouse."""
    resource = GlueJobResource(
        job=job, connection=connection, region="eu-central-1", access_key_id="key", secret_access_key="secret"
    )
    session = Session(cast(Any, None), NAMESPACE)
    return resource.engine(EngineConfig(**config).engine_request(), store, session, NOBODY, LOG)


def chosen(given: Engine, gigabytes: float) -> type[Engine]:
    """The kind of engine that stages so much; asking a job's engine for its batches would ask AWS."""
    if isinstance(given, ChosenEngine):
        return type(given._choose(pending(gigabytes)))
    return type(given)


@pytest.mark.parametrize(
    ("config", "gigabytes", "expected"),
    [
        ({}, 20.0, LocalEngine),
        ({}, 20.1, GlueEngine),
        ({"glue_above_gb": 50.0}, 50.0, LocalEngine),
        ({"glue_above_gb": 0.0}, 0.000000001, GlueEngine),
        ({"engine": "glue"}, 0.0, GlueEngine),
        ({"engine": "local"}, 1_000.0, LocalEngine),
        ({"job": ""}, 1_000.0, LocalEngine),
    ],
)
def test_the_engine_is_that_of_the_settings_or_of_the_size(
    store: ObjectStore, config: dict[str, Any], gigabytes: float, expected: type[Engine]
) -> None:
    """A deployment without a job has one engine."""
    assert chosen(engine(store, **config), gigabytes) is expected


def test_the_job_gets_the_connection_of_the_settings(store: ObjectStore) -> None:
    """Two environments in one account have two connections."""
    given = engine(store, engine="glue", connection="of-team-b")
    assert isinstance(given, ChosenEngine)
    found = given._choose(pending(1.0))
    assert isinstance(found, GlueEngine)
    assert found._connection == "of-team-b"


def test_what_a_job_has_begun_it_ends(store: ObjectStore) -> None:
    """However little that is: `auto` takes the job where a batch of its own waits still, and not for another's."""
    waiting = pending(0.001)
    other = replace(NAMESPACE, database="OTHER")
    Manifests(store, other, LOG).write("theirs", waiting, KnownContents({}, {}))
    assert chosen(engine(store), 0.001) is LocalEngine
    Manifests(store, NAMESPACE, LOG).write("begun", waiting, KnownContents({}, {}))
    given = cast(ChosenEngine, engine(store))
    assert given.begun(waiting) == [BegunBatch("begun", tuple(waiting))]
    assert isinstance(given.chosen, GlueEngine)


def test_a_run_with_nothing_to_do_opens_no_engine(store: ObjectStore) -> None:
    """Its metadata name none."""
    given = engine(store, engine="glue")
    assert given.begun([]) == ()
    assert engine_entries(given) == {}


def test_a_job_that_the_deployment_does_not_have_is_told(store: ObjectStore) -> None:
    """Before anything is staged; and workers have a type and a number."""
    with told("GLUE_JOB is not set"):
        engine(store, job="", engine="glue")
    with told("Only one of glue_worker_type"):
        engine(store, glue_workers=3)


def test_the_command_asks_for_a_job_before_anything_else(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is requested of the API for a run that would fail after it."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_DEPLOYMENT", "aws")
    answer = CliRunner().invoke(main, ["run", "--engine", "glue"])
    assert answer.exit_code == 1
    told("GLUE_JOB is not set").says(answer.output.removeprefix("Error: ").rstrip())


def test_a_machine_that_cannot_run_the_job_stages_by_itself_unless_told_otherwise(
    settings: Settings, store: ObjectStore
) -> None:
    """On the local stack, Spark, Java or the job's package may be missing."""
    resource = GlueJobResource.of(settings.glue_job)
    session = Session(cast(Any, None), settings.snowflake.namespace)
    given = resource.engine(EngineRequest("auto", 0.0), store, session, NOBODY, LOG)
    assert chosen(given, 1.0) is LocalEngine
    # `make test` has no Spark, `make test-spark` has; neither has built the package.
    missing = (
        "<folder> has no package of the Glue job." if find_spec("pyspark") else "Glue jobs on the local stack need P"
    )
    with told(missing):
        chosen(resource.engine(EngineRequest("glue"), store, session, NOBODY, LOG), 1.0)


def test_the_size_of_a_run_is_as_the_job_has_it_but_for_what_the_run_says() -> None:
    """Autoscaling is an argument of the run, in Glue's own spelling."""
    assert (RunSize().to_glue(), RunSize().arguments) == ({}, {})
    asked = EngineConfig(glue_worker_type="G.2X", glue_workers=5, glue_timeout_minutes=30, glue_auto_scaling=True)
    size = asked.engine_request().size
    assert size.to_glue() == {"WorkerType": "G.2X", "NumberOfWorkers": 5, "Timeout": 30}
    assert size.arguments == {"--enable-auto-scaling": "true"}
    assert EngineConfig(glue_auto_scaling=False).engine_request().size.arguments == {"--enable-auto-scaling": "false"}


def test_only_the_local_deployment_has_a_job_by_default() -> None:
    """In AWS, one is named."""
    assert read_settings({}).glue_job.job == "tiktok_etl"
    aws = {"TIKTOK_INSIGHTS_DEPLOYMENT": "aws"}
    assert read_settings(aws).glue_job.job == ""
    named = read_settings({**aws, "GLUE_JOB": "etl", "GLUE_ABOVE_GB": "7.5"}).glue_job
    assert (named.job, named.above_gb) == ("etl", 7.5)


@pytest.mark.parametrize(
    ("run", "seconds", "usd"),
    [
        (JobRun("r", "SUCCEEDED", seconds=3600, worker_type="G.1X", workers=10), 36_000, 4.4),
        (JobRun("r", "SUCCEEDED", seconds=3600, worker_type="G.2X", workers=10), 72_000, 8.8),
        (JobRun("r", "SUCCEEDED", seconds=30, worker_type="G.1X", workers=2), 60, 0.44 * 2 / 60),
        (JobRun("r", "SUCCEEDED", seconds=3600, dpu_seconds=1800, worker_type="G.1X", workers=10), 1800, 0.22),
        (JobRun("r", "STOPPED", seconds=0, worker_type="G.1X", workers=2), 0, 0.44 * 2 / 60),
        (JobRun("r", "SUCCEEDED", seconds=3600, worker_type="R.1X", workers=10), None, None),
    ],
)
def test_a_run_costs_its_dpu_seconds_and_at_least_a_minute(
    run: JobRun, seconds: float | None, usd: float | None
) -> None:
    """By Glue's own count where there is one; of workers with another price nothing is said."""
    assert dpu_seconds(run) == seconds
    assert estimated_usd(run) == (usd if usd is None else pytest.approx(usd))


def test_the_metadata_tell_of_run_cost_and_stages(store: ObjectStore) -> None:
    """With the run's page in the console."""
    given = engine(store, engine="glue")
    assert isinstance(given, ChosenEngine)
    used = given._choose(pending(1.0))
    assert isinstance(used, GlueEngine)
    given.chosen = used
    run = JobRun("jr_1", "SUCCEEDED", seconds=3600, worker_type="G.1X", workers=2)
    stages = (SparkStage(0, "collect", 4, 1.23), SparkStage(1, "copy", 2, 0.5))
    used.runs.append(FinishedRun("b1", "jr_1", run, stages))
    entries = engine_entries(given)
    values = {name: entry.value for name, entry in entries.items() if name != "spark_stages"}
    assert values == {
        "engine": "glue",
        "glue_job_run": "jr_1",
        "glue_job_run_console": "https://console.aws.amazon.com/gluestudio/home?region=eu-central-1#/job/etl/run/jr_1",
        "dpu_seconds": 7200.0,
        "estimated_cost_usd": 0.88,
    }
    table: Any = entries["spark_stages"]
    assert [list(record.data.values()) for record in table.records] == [
        ["jr_1", 0, "collect", 4, 1.2],
        ["jr_1", 1, "copy", 2, 0.5],
    ]
    used.runs.append(FinishedRun("b2", "jr_2", None, ()))
    assert {name for name in engine_entries(given) if name.startswith("glue_job_run")} == {
        "glue_job_run_1",
        "glue_job_run_1_console",
        "glue_job_run_2",
        "glue_job_run_2_console",
    }
