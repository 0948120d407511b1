"""What the engine `glue` needs on the local stack, made when it is first used, and kept up to date."""

import json
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
import snowflake.connector

from tiktok_insights.local.folder import StackFolder
from tiktok_insights.resources import local_glue
from tiktok_insights.resources.local_glue import SECRET, LocalGlue, private_key
from tiktok_insights.settings.environment import Settings
from tiktok_insights.settings.private_key import private_key_der
from tiktok_insights.staging.glue.engine import CONNECTION
from tiktok_insights.staging.glue.packages import JobPackage
from tiktok_insights_tests.support.connections import Connections
from tiktok_insights_tests.support.troubleshooting import told

_PACKAGE = JobPackage("s3://bucket/tiktok_etl.py", "s3://bucket/tiktok-insights.gluewheels.zip")


@pytest.fixture
def local(settings: Settings, connections: Connections, monkeypatch: pytest.MonkeyPatch) -> LocalGlue:
    """The shared stack; neither Spark nor Java is needed to make what a job needs."""
    monkeypatch.setattr(local_glue, "missing_requirement", str)
    glue, secrets = boto3.client("glue", **connections.aws), boto3.client("secretsmanager", **connections.aws)
    return LocalGlue(Path(settings.glue.local_stack), glue, secrets)


def ensure(local: LocalGlue, job: str, package: JobPackage = _PACKAGE) -> None:
    """Make everything, as the engine does."""
    local.ensure(job, lambda: package, "LOADER", "LOADING")


def test_job_connection_and_secret_are_made(local: LocalGlue, connections: Connections) -> None:
    """As an account has them; the connection says where the stack's Snowflake is."""
    ensure(local, "made")
    job: Any = local.glue.get_job(JobName="made")["Job"]
    assert job["DefaultArguments"]["--additional-python-modules"] == _PACKAGE.package
    assert job["Command"]["ScriptLocation"] == _PACKAGE.script
    assert (job["GlueVersion"], job["WorkerType"], job["NumberOfWorkers"]) == ("5.1", "G.1X", 2)
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    connection: Any = local.glue.get_connection(Name=CONNECTION)["Connection"]
    spark = json.loads(connection["ConnectionProperties"]["SparkProperties"])
    host, port = connections.snowflake["host"], connections.snowflake["port"]
    expected = {"secretId": SECRET, "sfRole": "LOADER", "sfUrl": f"http://{host}:{port}", "sfWarehouse": "LOADING"}
    assert (connection["ConnectionType"], spark) == ("SNOWFLAKE", expected)


def test_the_key_pair_signs_in(local: LocalGlue, connections: Connections) -> None:
    """Only its user may read its file, it stays the same, and the stack's Snowflake takes it."""
    ensure(local, "signs_in")
    path = StackFolder.of(local.home).glue_runs / "snowflake_key.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    ensure(local, "signs_in")
    assert path.read_bytes() == before
    secret = json.loads(local.secrets.get_secret_value(SecretId=SECRET)["SecretString"])
    assert secret == {"sfUser": "local", "pem_private_key": before.decode()}
    given = {name: value for name, value in connections.snowflake.items() if name not in ("user", "password")}
    der = private_key_der(secret["pem_private_key"], "")
    with snowflake.connector.connect(**given, user=secret["sfUser"], private_key=der) as session:
        assert session.cursor().execute("SELECT 1").fetchall() == [(1,)]  # type: ignore[union-attr]


def test_what_has_changed_is_brought_up_to_date(local: LocalGlue) -> None:
    """A connection to another port, a secret of another key, a job of an older package; a second time, nothing is."""
    ensure(local, "updated")
    before: Any = local.glue.get_connection(Name=CONNECTION)["Connection"]
    stale: Any = {"Name": CONNECTION, "ConnectionType": "SNOWFLAKE", "ConnectionProperties": {"SparkProperties": "{}"}}
    local.glue.update_connection(Name=CONNECTION, ConnectionInput=stale)
    local.secrets.put_secret_value(SecretId=SECRET, SecretString="old")
    newer = JobPackage(_PACKAGE.script, "s3://bucket/newer.gluewheels.zip")
    ensure(local, "updated", newer)
    after: Any = local.glue.get_connection(Name=CONNECTION)["Connection"]
    assert after["ConnectionProperties"] == before["ConnectionProperties"]
    assert json.loads(local.secrets.get_secret_value(SecretId=SECRET)["SecretString"])["pem_private_key"]
    job = local.glue.get_job(JobName="updated")["Job"]
    assert job["DefaultArguments"]["--additional-python-modules"] == newer.package
    version = local.secrets.get_secret_value(SecretId=SECRET)["VersionId"]
    ensure(local, "updated", newer)
    assert local.secrets.get_secret_value(SecretId=SECRET)["VersionId"] == version
    assert local.glue.get_job(JobName="updated")["Job"] == job
    assert local.glue.get_connection(Name=CONNECTION)["Connection"] == after


def test_many_may_make_it_at_once(local: LocalGlue) -> None:
    """All agree on one key, and none fails."""
    home = local.home.parent / "new home"
    StackFolder.of(home).create()
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(private_key, [home] * 8))) == 1
    assert [path.name for path in StackFolder.of(home).glue_runs.iterdir()] == ["snowflake_key.pem"]
    shutil.rmtree(home)
    local.secrets.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    local.glue.delete_connection(ConnectionName=CONNECTION)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ensure(local, "at_once"), range(4)))
    assert local.glue.get_job(JobName="at_once")["Job"]["Name"] == "at_once"


def test_without_java_nothing_is_made(local: LocalGlue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence is the one that a run would end with."""
    sentence = told("Glue jobs on the local stack need Java 17", "there is none")
    entry = sentence.entry.message.replace("<what>", "there is none")
    monkeypatch.setattr(local_glue, "missing_requirement", lambda: entry)
    with sentence:
        ensure(local, "without_java")
    with pytest.raises(local.glue.exceptions.EntityNotFoundException):
        local.glue.get_job(JobName="without_java")
