"""The sensors of alerts and of the heartbeat, in a real Dagster instance whose runs fail, on the real local stack."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import dagster as dg
import pytest

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.definitions import defs, resources_for
from tiktok_insights.defs.alert_sensors import alert_sensor, heartbeat_sensor
from tiktok_insights.defs.assets.warehouse import OBJECTS_LOADED
from tiktok_insights.defs.quota import QUOTA_LEFT, QUOTA_LIMIT
from tiktok_insights.defs.standing_observations import freshness, quota
from tiktok_insights.resources.cloudwatch import CloudWatchResource
from tiktok_insights.resources.glue_job import GlueJobResource
from tiktok_insights.runtime.orphaned_runs import CUT_OFF_TAG
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.watch_settings import CloudWatchSettings
from tiktok_insights.staging.glue.errors import GlueRefusedError
from tiktok_insights.staging.glue.job_runs import JobRun
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.scripted import Reply, Script, scripted

pytestmark = pytest.mark.runs

_CANARY = "canary-7b3f"
_TABLE, _RAW = dg.AssetKey("tiktok_data"), dg.AssetKey("raw_followers")


@pytest.fixture(scope="module")
def shared_instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    """A real instance, with one file for the events of all runs: to make files takes longer than most of the tests."""
    folder = str(tmp_path_factory.mktemp("dagster"))
    storage = {"class": "ConsolidatedSqliteEventLogStorage", "config": {"base_dir": folder}}
    overrides = {"event_log_storage": {"module": "dagster.core.storage.event_log", **storage}}
    with dg.DagsterInstance.local_temp(folder, overrides=overrides) as made:
        yield made


@pytest.fixture
def instance(shared_instance: dg.DagsterInstance) -> dg.DagsterInstance:
    """The instance, with nothing in it."""
    shared_instance.wipe()
    return shared_instance


@pytest.fixture
def hook(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """A server that gets the alerts."""
    with scripted(Reply()) as server:
        monkeypatch.setenv("ALERT_WEBHOOK_URL", f"{server.address}/{_CANARY}")
        yield server


class NoGlue(GlueJobResource):
    """A Glue job with these runs, or one that cannot be looked at."""

    def going_on(self) -> list[JobRun]:
        """Refuse."""
        raise GlueRefusedError(_CANARY)


class OverdueGlue(NoGlue):
    """A Glue job with a run of two hours."""

    def going_on(self) -> list[JobRun]:
        """Give the run."""
        return [JobRun("jr_1", "RUNNING", started=datetime.now(UTC) - timedelta(hours=2))]


class Daemon:
    """Evaluates ticks as Dagster's daemon does; a second one has a cursor of its own."""

    def __init__(self, instance: dg.DagsterInstance, glue: type[GlueJobResource] = GlueJobResource) -> None:
        self._instance = instance
        self._cursor: str | None = None
        settings = read_settings()
        self._resources = {"alerts": resources_for(settings)["alerts"], "glue_job": glue.of(settings.glue_job)}

    def tick(self) -> str:
        """One tick; what it says."""
        with dg.build_sensor_context(self._instance, self._cursor, resources=self._resources) as context:
            answer = alert_sensor(context)
            self._cursor = context.cursor
        assert isinstance(answer, dg.SkipReason)
        return answer.skip_message or ""


def got(hook: Script) -> list[dict[str, Any]]:
    """The alerts that arrived, without those that are not about runs and checks."""
    return [json.loads(asked.body) for asked in hook.asked]


def run(instance: dg.DagsterInstance, *, fails: bool, is_red: bool = False, blocks: bool = False) -> str:
    """Run a job whose op raises an exception with a canary, or whose check is red about a canary; give the run's ID."""

    @dg.asset(check_specs=[dg.AssetCheckSpec("every_user_has_one_row", asset="a_table", blocking=blocks)])
    def a_table(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes none
        context.log.error("%s", _CANARY)
        if fails:
            raise LookupError(f"the user {_CANARY} is missing")
        metadata = {"offender": _CANARY}
        check = dg.AssetCheckResult(passed=not is_red, metadata=metadata, description=_CANARY)
        return dg.MaterializeResult(check_results=[check], metadata={"user": _CANARY})

    definitions = dg.Definitions([a_table], jobs=[dg.define_asset_job("a_job", config=None, tags={"who": _CANARY})])
    job = definitions.resolve_job_def("a_job")
    return job.execute_in_process(instance=instance, raise_on_error=False).run_id


def test_a_failed_run_is_told_once_until_one_succeeds(instance: dg.DagsterInstance, hook: Script) -> None:
    """By two daemons with a cursor each, over many ticks; then a new failure is told again."""
    daemons = [Daemon(instance), Daemon(instance)]
    run_id = run(instance, fails=True)
    for daemon in daemons * 2:
        daemon.tick()
    (alert,) = got(hook)
    assert alert["kind"] == "run_failure"
    assert alert["subject"] == "a_job"
    assert alert["cause"] == "The run ended with LookupError."
    assert alert["place"] == f"run {run_id[:8]}, step a_table"
    run(instance, fails=True)
    daemons[0].tick()
    assert len(got(hook)) == 1
    run(instance, fails=False)
    run(instance, fails=True)
    for daemon in daemons * 2:
        daemon.tick()
    assert [found["kind"] for found in got(hook)] == ["run_failure"] * 2
    assert b"canary" not in b"".join(asked.body for asked in hook.asked)


@pytest.mark.parametrize(
    ("blocks", "says"),
    [(True, "It failed its run."), (False, "The data is published.")],
    ids=["blocking", "not blocking"],
)
def test_a_red_check_is_told_once_until_it_is_green(
    instance: dg.DagsterInstance, hook: Script, *, blocks: bool, says: str
) -> None:
    """One alert, also where the check has failed its run; its offenders are not in it."""
    daemon = Daemon(instance)
    for _ in range(2):
        run(instance, fails=False, is_red=True, blocks=blocks)
        daemon.tick()
    (alert,) = got(hook)
    assert (alert["kind"], alert["subject"]) == ("red_check", "a_table.every_user_has_one_row")
    assert says in alert["cause"]
    run(instance, fails=False, blocks=blocks)
    daemon.tick()
    run(instance, fails=False, is_red=True, blocks=blocks)
    daemon.tick()
    assert len(got(hook)) == 2
    assert b"canary" not in b"".join(asked.body for asked in hook.asked)


def test_a_run_whose_process_is_gone_and_one_that_was_canceled(instance: dg.DagsterInstance, hook: Script) -> None:
    """The first is told, though no step of it failed; the second was a person's wish."""
    daemon = Daemon(instance)
    for is_cut_off in (True, False):
        dagster_run = instance.create_run_for_job(_empty_job(), status=dg.DagsterRunStatus.STARTED)
        if is_cut_off:
            instance.add_run_tags(dagster_run.run_id, {CUT_OFF_TAG: "true"})
            instance.report_run_failed(dagster_run, _CANARY)
        else:
            instance.report_run_canceled(dagster_run, _CANARY)
    daemon.tick()
    (alert,) = got(hook)
    assert alert["cause"] == "The run ended with ProcessGone."
    assert _CANARY not in json.dumps(alert)


def _empty_job() -> dg.JobDefinition:
    @dg.job
    def empty() -> None:
        pass

    return empty


def test_the_pipelines_own_failure_names_our_line(
    instance: dg.DagsterInstance, hook: Script, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real job, whose API refuses the key and repeats it; neither key nor handle is in the alert."""
    monkeypatch.setenv("RAPIDAPI_KEY", _CANARY)
    monkeypatch.setenv("TIKTOK_ACCOUNTS", f"{_CANARY}.shop")
    with scripted(Reply(401, json.dumps({"message": f"Invalid API key {_CANARY}."}).encode())) as api:
        monkeypatch.setenv("TIKTOK_API_URL", api.address)
        job = defs().resolve_job_def("tiktok_pipeline")
        result = job.execute_in_process(instance=instance, raise_on_error=False, asset_selection=[_RAW])
    assert not result.success
    Daemon(instance).tick()
    (alert,) = got(hook)
    assert alert["subject"] == "tiktok_pipeline"
    assert "step raw_followers, tiktok_insights/" in alert["place"]
    assert "docs/troubleshooting.md explains " in alert["next_step"]
    assert _CANARY not in json.dumps(alert)


def materialize(instance: dg.DagsterInstance, key: dg.AssetKey, **metadata: int) -> None:
    """Record a materialization."""
    instance.report_runless_asset_event(dg.AssetMaterialization(key, metadata=metadata))


def test_data_are_stale_when_nothing_was_loaded_for_long(instance: dg.DagsterInstance) -> None:
    """A load of nothing is none; before the first load there is nothing to say."""
    now = datetime.now(UTC)
    assert list(freshness(instance, 48, now)) == []
    materialize(instance, _TABLE, **{OBJECTS_LOADED: 2})
    loaded = datetime.now(UTC)
    materialize(instance, _TABLE, **{OBJECTS_LOADED: 0})
    (fresh,) = freshness(instance, 48, loaded + timedelta(hours=47))
    same, stale = freshness(instance, 48, loaded + timedelta(hours=49))
    assert [type(seen).__name__ for seen in (fresh, stale)] == ["Recovery", "Alert"]
    assert fresh == same
    assert abs(stale.at - loaded - timedelta(hours=48)) < timedelta(minutes=1)
    assert fresh.at < stale.at, "an old success must not heal what is stale now"


def test_stale_data_are_told_once_and_again_after_a_load(
    instance: dg.DagsterInstance, hook: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the number of hours that is configured: here almost none."""
    monkeypatch.setenv("ALERT_STALE_HOURS", "0.000001")
    for _ in range(2):
        materialize(instance, _TABLE, **{OBJECTS_LOADED: 1})
        daemon = Daemon(instance)
        daemon.tick()
        daemon.tick()
    assert [alert["kind"] for alert in got(hook)] == ["stale_data"] * 2


@pytest.mark.parametrize(
    ("left", "kinds"), [(9, ["Alert"]), (10, ["Recovery"]), (None, [])], ids=["little", "enough", "unknown"]
)
def test_a_quota_that_is_nearly_spent_is_told(instance: dg.DagsterInstance, left: int | None, kinds: list[str]) -> None:
    """When less than the configured percentage is left; what the API does not say is not guessed."""
    materialize(instance, _RAW, **({} if left is None else {QUOTA_LEFT: left, QUOTA_LIMIT: 100}))
    assert [type(seen).__name__ for seen in quota(instance, 10)] == kinds


def test_an_extraction_tells_the_plans_quota(instance: dg.DagsterInstance, environment: dict[str, str]) -> None:
    """As the fake API's headers say it, so that the alert has its numbers."""
    job = defs().resolve_job_def("tiktok_pipeline")
    config = {"ops": {"raw_followers": {"config": {"accounts": ["corner.bakery"], "accounts_only": True}}}}
    assert job.execute_in_process(config, instance=instance, asset_selection=[_RAW]).success
    event = instance.get_latest_materialization_event(_RAW)
    assert event is not None
    assert event.asset_materialization is not None
    left, limit = (event.asset_materialization.metadata[name].value for name in (QUOTA_LEFT, QUOTA_LIMIT))
    assert 0 < int(str(left)) < int(str(limit))
    assert [type(seen).__name__ for seen in quota(instance, 100)] == ["Alert"]
    assert [type(seen).__name__ for seen in quota(instance, 1)] == ["Recovery"]


def test_a_glue_job_over_its_time_is_told_once(instance: dg.DagsterInstance, hook: Script) -> None:
    """With its run's ID, and what to do."""
    daemon = Daemon(instance, OverdueGlue)
    daemon.tick()
    daemon.tick()
    (alert,) = got(hook)
    assert (alert["kind"], alert["place"]) == ("glue_time", "Glue job tiktok_etl, job run jr_1")


def test_what_cannot_be_looked_at_keeps_no_other_alert_back(
    instance: dg.DagsterInstance, hook: Script, capfd: pytest.CaptureFixture[str]
) -> None:
    """Here Glue refuses: that is logged, without its words."""
    run(instance, fails=True)
    assert Daemon(instance, NoGlue).tick() == "Sent: 1. Not taken, and asked again later: 0."
    assert "The Glue job cannot be watched (GlueRefusedError)" in "".join(capfd.readouterr())


def test_a_server_that_fails_never_fails_the_tick(
    instance: dg.DagsterInstance, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that it will ask again."""
    with scripted(Reply(500)) as server:
        monkeypatch.setenv("ALERT_SLACK_URL", f"{server.address}/{_CANARY}")
        run(instance, fails=True)
        assert Daemon(instance).tick() == "Sent: 0. Not taken, and asked again later: 1."


@pytest.mark.parametrize(
    ("variables", "sensors"),
    [
        ({}, set()),
        ({"ALERT_SNS_TOPIC": "arn:aws:sns:eu-central-1:123456789012:alerts"}, {"alert_sensor"}),
        ({"ALERT_SLACK_URL": "https://hooks.slack.com/x"}, {"alert_sensor"}),
        ({"TIKTOK_INSIGHTS_DEPLOYMENT": "aws"}, {"heartbeat_sensor"}),
    ],
    ids=["nothing", "a topic", "Slack", "aws"],
)
def test_the_sensors_are_there_where_they_are_configured_and_then_they_run(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sensors: set[str]
) -> None:
    """Whoever names a destination wants alerts; without one, there is nothing to turn on."""
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    found = {sensor.name: sensor for sensor in defs().sensors or ()}
    assert found.keys() - {"new_s3_objects_sensor"} == sensors
    assert {found[name].default_status for name in sensors} <= {dg.DefaultSensorStatus.RUNNING}


def test_the_heartbeat_is_a_metric(connections: Connections, environment: dict[str, str]) -> None:
    """In the namespace and with the dimension that the alarm in deploy/ has."""
    settings = read_settings().cloudwatch
    assert isinstance(settings, CloudWatchSettings)
    with dg.build_sensor_context(resources={"cloudwatch": CloudWatchResource.of(settings)}) as context:
        heartbeat_sensor(context)
    client = boto3.client("cloudwatch", **connections.aws)
    dimensions = [{"Name": "Bucket", "Value": settings.bucket}]
    (metric,) = client.list_metrics(Namespace="TikTokInsights", Dimensions=dimensions)["Metrics"]
    assert (metric["MetricName"], metric["Dimensions"]) == ("Heartbeat", dimensions)
