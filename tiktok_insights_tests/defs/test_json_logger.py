"""The log for machines: each line is JSON without a secret, and CloudWatch can make metrics from some."""

import json
from pathlib import Path
from typing import Any

import dagster as dg
import jsonschema
import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.definitions import defs
from tiktok_insights.defs.json_logger import make_json_logger
from tiktok_insights_tests.support.scripted import Reply, scripted

pytestmark = pytest.mark.runs

_CANARY = "canary-7b3f"
_TEXT = {"type": "string", "minLength": 1}
#: The rules of the specification (docs.aws.amazon.com, "Specification: Embedded metric format").
_METRIC = {
    "type": "object",
    "required": ["Name"],
    "properties": {"Name": _TEXT, "Unit": {"enum": ["Seconds", "Count", "None"]}},
}
_DIMENSIONS = {"type": "array", "minItems": 1, "items": {"type": "array", "maxItems": 30, "items": _TEXT}}
_DIRECTIVE = {
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "additionalProperties": False,
    "properties": {
        "Namespace": {"const": "TikTokInsights"},
        "Dimensions": _DIMENSIONS,
        "Metrics": {"type": "array", "minItems": 1, "maxItems": 100, "items": _METRIC},
    },
}
_EMBEDDED = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer", "minimum": 1_700_000_000_000},
                "CloudWatchMetrics": {"type": "array", "minItems": 1, "items": _DIRECTIVE},
            },
        }
    },
}


def lines_of(text: str) -> list[dict[str, Any]]:
    """All lines of a log, each of which is an object of JSON."""
    found = [json.loads(line) for line in text.splitlines()]
    assert all(isinstance(line, dict) for line in found)
    return found


def metrics_of(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with metrics, each of which follows the specification: what it names is there, and is a number."""
    found = [line for line in lines if "_aws" in line]
    for line in found:
        jsonschema.validate(line, _EMBEDDED)
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert all(isinstance(line[name], str) for names in directive["Dimensions"] for name in names)
        assert all(isinstance(line[metric["Name"]], int | float) for metric in directive["Metrics"])
    return found


@pytest.fixture
def canaries(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets in the environment."""
    monkeypatch.setenv("RAPIDAPI_KEY", f"{_CANARY}-of-the-api")
    monkeypatch.setenv("TIKTOK_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ALERT_SLACK_URL", f"https://hooks.slack.com/{_CANARY}")
    monkeypatch.setenv("TIKTOK_PSEUDONYM_KEY", f"{_CANARY}-of-the-names")


def run(*, fails: bool) -> str:
    """Run a job that logs secrets and raises a row; give its run ID."""

    @dg.asset(name="raw_followers", check_specs=[dg.AssetCheckSpec("is_true", asset="raw_followers")])
    def raw(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster takes none
        context.log.info("The key is %s, the hook %s.", f"{_CANARY}-of-the-api", f"https://hooks.slack.com/{_CANARY}")
        if fails:
            raise LookupError(f"the user {_CANARY} is missing")
        metadata: dict[str, str | int | bool] = {"users_seen": 30, "requests": 2, "a_row": _CANARY, "flag": True}
        check = dg.AssetCheckResult(passed=False, description=_CANARY, severity=dg.AssetCheckSeverity.WARN)
        return dg.MaterializeResult(metadata=metadata, check_results=[check])

    job = dg.define_asset_job("a_job", config={"loggers": {"json": {}}}, tags={"who": _CANARY})
    made = dg.Definitions([raw], jobs=[job], loggers={"json": make_json_logger()}).resolve_job_def("a_job")
    return made.execute_in_process(raise_on_error=False).run_id


def test_every_event_is_a_line_and_no_secret_is_in_one(canaries: None, capfd: pytest.CaptureFixture[str]) -> None:
    """With time, level, run, job and step; numbers, but no text, of what the run made and checked."""
    run_id = run(fails=False)
    said = capfd.readouterr().err
    lines = lines_of(said)
    events = [line for line in lines if "_aws" not in line]
    assert {(line["run_id"], line["job"]) for line in events} == {(run_id, "a_job")}
    assert {"RUN_START", "STEP_START", "STEP_SUCCESS"} <= {line["event"].replace("PIPELINE", "RUN") for line in events}
    (logged,) = [line for line in events if line["event"] == "LOG"]
    assert (logged["message"], logged["level"], logged["step"]) == (
        "The key is ***, the hook ***.",
        "INFO",
        "raw_followers",
    )
    (made,) = [line for line in events if line["event"] == "ASSET_MATERIALIZATION"]
    assert (made["asset"], made["numbers"]) == ("raw_followers", {"users_seen": 30, "requests": 2})
    (check,) = [line for line in events if line["event"] == "ASSET_CHECK_EVALUATION"]
    assert (check["check"], check["passed"], check["severity"]) == ("is_true", False, "WARN")
    assert _CANARY not in said


def test_a_step_and_a_run_that_succeed_have_metrics(canaries: None, capfd: pytest.CaptureFixture[str]) -> None:
    """The step's rows and requests, the run's sums; the run's ID is no dimension."""
    run_id = run(fails=False)
    step, whole = metrics_of(lines_of(capfd.readouterr().err))
    assert step["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Bucket", "Step"]]
    assert (step["Step"], step["Failed"], step["Rows"], step["Requests"]) == ("raw_followers", 0, 30, 2)
    assert whole["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["Bucket", "Job"]]
    assert (whole["Job"], whole["Failed"], whole["Requests"], whole["RunId"]) == ("a_job", 0, 2, run_id)
    assert whole["Seconds"] >= step["Seconds"] >= 0


def test_a_step_and_a_run_that_fail_have_metrics_and_no_message(
    canaries: None, capfd: pytest.CaptureFixture[str]
) -> None:
    """The class of the exception is all that is told of it."""
    run(fails=True)
    said = capfd.readouterr().err
    lines = lines_of(said)
    (failure,) = [line for line in lines if line.get("event") == "STEP_FAILURE"]
    assert failure["error"] == "LookupError"
    assert [line["Failed"] for line in metrics_of(lines)] == [1, 1]
    assert _CANARY not in said


def test_the_pipeline_logs_for_machines_when_it_is_asked_to(
    canaries: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """From the command line, whose own words are on standard output; the API refuses the key, and repeats it."""
    monkeypatch.setenv("TIKTOK_INSIGHTS_LOG_FORMAT", "json")
    monkeypatch.setenv("TIKTOK_ACCOUNTS", "some.shop")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    with scripted(Reply(401, json.dumps({"message": f"No: {_CANARY}-of-the-api"}).encode())) as api:
        monkeypatch.setenv("TIKTOK_API_URL", api.address)
        answer = CliRunner().invoke(main, ["run"])
    assert answer.exit_code == 1, answer.output
    lines = lines_of(answer.stderr)
    (failure,) = [line for line in lines if line.get("event") == "STEP_FAILURE"]
    assert failure["job"] == "tiktok_pipeline"
    assert failure["place"].startswith("tiktok_insights/")
    assert {line["Job"] for line in metrics_of(lines)} == {"tiktok_pipeline"}
    assert {line["Requests"] for line in metrics_of(lines) if "Requests" in line} == {len(api.asked)} != {0}
    assert _CANARY not in answer.stderr


def test_runs_that_dagster_launches_log_for_machines_too(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the default config of each job, beside what that had before."""
    before = {job: defs().resolve_job_def(job).run_config or {} for job in ("tiktok_pipeline", "replay_snapshots")}
    monkeypatch.setenv("TIKTOK_INSIGHTS_LOG_FORMAT", "json")
    for job, config in before.items():
        made = defs().resolve_job_def(job)
        assert made.run_config == {**config, "loggers": {"json": {}}}
        assert int(made.tags["dagster/max_runtime"]) >= 3600
    assert {sensor.job_name for sensor in defs().sensors or ()} == {"load_pending_objects"}
    assert defs().resolve_sensor_def("new_s3_objects_sensor")
    assert defs().get_repository_def().get_all_jobs()
