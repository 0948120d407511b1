"""The Glue engine on what the template made: the launcher's calls and the job's, compared with their policies.

The job is the packaged one, which the emulator's Glue runs with Spark, as the role of the template would. The other
stages are compared in test_least_privilege.py.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.resources.opening import open_glue_job, open_session
from tiktok_insights.settings.key_pair import new_key_pair
from tiktok_insights.staging.glue.exchange import manifest_key
from tiktok_insights.suppression.hashes import Kind
from tiktok_insights.suppression.store import SuppressionStore
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support.aws_calls import JOB, RecordedAws
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.deployed import Deployed, new_stack, use
from tiktok_insights_tests.support.job_package import build_job_package
from tiktok_insights_tests.support.only_on_aws import ONLY_ON_AWS
from tiktok_insights_tests.support.policies import missing, unused

pytestmark = pytest.mark.full

_LAUNCHER = "launcher"


@pytest.fixture(scope="module")
def deployed(aws: RecordedAws, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A stack whose job has this version's package; one file was loaded with it, and a run was stopped."""
    folder = tmp_path_factory.mktemp("package")
    build_job_package(folder)
    package = folder / "build" / "glue"
    (name,) = (path.name.removesuffix(".gluewheels.zip") for path in package.glob("*.gluewheels.zip"))
    with pytest.MonkeyPatch.context() as patch:
        set_environment(home, patch)
        stack = new_stack(aws, JobPackage=name)
        stack.create()
        stack.client("s3").delete_bucket_policy(Bucket=stack.parameters["BucketName"])  # it demands TLS
        found = use(stack, aws, home, "fake.30", patch)
        _fill_secret(found)
        _point_at_this_machine(found)
        found.be(_LAUNCHER)
        answer = CliRunner().invoke(main, ["glue", "upload", "--folder", str(package)])
        assert answer.exit_code == 0, answer.output
        store = ObjectStore(stack.client("s3"), stack.parameters["BucketName"])
        store.put(
            "csv/followers/account=42/dt=2026-01-31/a.csv", csv_file(row("1"), row("2"), row("x"), row("3")), "text/csv"
        )
        SuppressionStore(store, lambda: stack.client("secretsmanager")).add([(Kind.ID, "2")])
        # A batch of another version, which the launcher reads, and deletes.
        store.put(manifest_key(found.settings().snowflake.namespace, "earlier"), b"{}", "application/json")
        config = {"engine": "glue", "max_rejected_share": 0.5}
        done = found.run(_LAUNCHER, "staged_tiktok_data", "tiktok_data", staged_tiktok_data=config)
        assert done.asset_materializations_for_node("tiktok_data")
        _stop(found)
        yield found


def _fill_secret(deployed: Deployed) -> None:
    """Store a key pair, as a person does after the stack is made."""
    secret = {"sfUser": "TIKTOK_SERVICE", "pem_private_key": new_key_pair().private}
    secrets = deployed.client("secretsmanager")
    secrets.put_secret_value(SecretId="snowflake_credentials", SecretString=json.dumps(secret))


def _point_at_this_machine(deployed: Deployed) -> None:
    """Let the connection lead to the warehouse on this machine; the rest stays as the template has it."""
    glue, warehouse = deployed.client("glue"), deployed.warehouse()
    found = glue.get_connection(Name="snowflake-connection")["Connection"]
    properties = json.loads(found["ConnectionProperties"]["SparkProperties"])
    properties["sfUrl"] = f"http://{warehouse['host']}:{warehouse['port']}"
    changed = {"SparkProperties": json.dumps(properties)}
    wanted = {"Name": "snowflake-connection", "ConnectionType": "SNOWFLAKE", "ConnectionProperties": changed}
    glue.update_connection(Name="snowflake-connection", ConnectionInput=wanted)


def _stop(deployed: Deployed) -> None:
    """Stop a run, as a canceled run of the pipeline does; it has ended, which Glue says."""
    runs, _ = open_glue_job(deployed.settings().glue_job)
    (run,) = runs._recent()
    assert run.state == "SUCCEEDED"
    assert runs.stop(run.run_id)


def test_the_launcher_has_what_it_needs_and_nothing_else(deployed: Deployed) -> None:
    """With the policies of the stages staging and glue, of which the second is used up."""
    calls, policy = deployed.aws.calls(_LAUNCHER), deployed.grants("glue")
    assert missing(calls, [*policy, *deployed.grants("staging")]) == []
    assert unused(calls, policy) == []


def test_the_job_has_what_it_needs_and_nothing_that_is_not_accounted_for(deployed: Deployed) -> None:
    """What only Glue itself needs on AWS is in the table, with its source."""
    calls, policy = deployed.aws.calls(JOB), deployed.grants("job")
    assert missing(calls, policy) == []
    needless = {(grant.sid, grant.action) for grant in unused(calls, policy)}
    assert needless == {(entry.sid, entry.action) for entry in ONLY_ON_AWS if entry.policy == "job"}


def test_the_crawlers_policy_is_accounted_for(deployed: Deployed) -> None:
    """The emulator's crawler works inside it and calls nothing, so the whole policy comes from AWS's documents."""
    entries = {(entry.sid, entry.action) for entry in ONLY_ON_AWS if entry.policy == "crawler"}
    assert {(grant.sid, grant.action) for grant in deployed.grants("crawler")} == entries


def test_the_batch_arrived(deployed: Deployed) -> None:
    """Staged by the job, without the user who was removed, and published by the pipeline."""
    with open_session(deployed.settings().snowflake, "test") as session:
        assert session.query("SELECT TIKTOK_ID FROM TIKTOK_DATA ORDER BY 1") == [("1",), ("3",)]
