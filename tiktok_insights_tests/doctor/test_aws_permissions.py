"""The doctor on AWS: each permission of the policies is looked at, and only what is missing is named."""

import hashlib
import json
import logging
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner
from moto import backends

from tiktok_insights.catalog.glue_table import Catalog
from tiktok_insights.catalog.table_definition import TABLE
from tiktok_insights.cli import main
from tiktok_insights.doctor.aws.clients import Clients
from tiktok_insights.doctor.aws.names import Names
from tiktok_insights.doctor.aws.probes import aws_probes, calls, sign_in
from tiktok_insights.doctor.findings import Finding, State
from tiktok_insights.doctor.side_by_side import examine
from tiktok_insights.settings.client_settings import AwsSettings
from tiktok_insights.suppression.store import LIST_KEY, secret_name
from tiktok_insights_tests.support.denying_aws import ACCOUNT, REGION, DenyingAws, denying_aws
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.policy_pairs import Pair, granted_pairs

pytestmark = pytest.mark.deploy

TEMPLATE = ROOT / "deploy" / "cloudformation" / "data.yaml"
BUCKET, DATABASE, JOB, CRAWLER = "doctor-bucket", "doctor_db", "doctor_etl", "doctor_crawler"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:doctor-alerts"
NAMES = Names(
    partition="aws", region=REGION, account=ACCOUNT, bucket=BUCKET, database=DATABASE, table=TABLE, job=JOB,
    crawler=CRAWLER, topic=TOPIC,
)  # fmt: skip
#: The policies of the orchestrator's role; job and crawler have roles of their own.
POLICIES = (
    "ExtractionPolicy", "LakePolicy", "CatalogPolicy", "StagingPolicy", "GluePolicy", "DashboardPolicy", "AlertsPolicy",
)  # fmt: skip
VALUES = {
    "AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "Bucket.Arn": f"arn:aws:s3:::{BUCKET}",
    "Database": DATABASE, "CrawlerName": CRAWLER, "JobName": JOB, "Topic": TOPIC,
    "SuppressionKey": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{BUCKET}-suppression-key-??????",
}  # fmt: skip
GRANTED = tuple(sorted(granted_pairs(TEMPLATE, VALUES, POLICIES)))


@dataclass(frozen=True)
class Doctor:
    """The doctor at an AWS that has all that the pipeline needs."""

    aws: DenyingAws
    clients: Clients

    def findings(self, *denied: Pair, may_simulate: bool = True) -> list[Finding]:
        """What it finds where these permissions are missing."""
        self.aws.door.denied, self.aws.door.may_simulate = frozenset(denied), may_simulate
        found, identity = sign_in(self.clients)
        return [found, *examine(list(aws_probes(self.clients, NAMES, identity)))]

    def missing(self, *denied: Pair) -> dict[Pair, str]:
        """What it calls missing, with the remedies."""
        found = [finding for finding in self.findings(*denied) if finding.outcome.state is State.MISSING]
        return {Pair(finding.subject.name, finding.subject.place): finding.outcome.remedy for finding in found}


@pytest.fixture(scope="module")
def doctor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doctor]:
    """The doctor, once for all tests: each says what is denied."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with denying_aws(tmp_path_factory.mktemp("aws")) as aws:
        _prepare(aws)
        aws.door.granted = GRANTED
        keys = {"access_key_id": "local", "secret_access_key": "local"}
        yield Doctor(aws, Clients(AwsSettings(region=REGION, endpoint_url=aws.url, **keys)))


def test_the_doctor_looks_at_what_the_policies_grant_and_at_nothing_else() -> None:
    """By action and resource, as the template has them; each belongs to a stage."""
    looked_at = {Pair(found.action, found.resource) for call in calls(NAMES) for found in call.permissions}
    assert sorted(looked_at) == list(GRANTED)
    assert all(call.stage for call in calls(NAMES))


def test_nothing_is_missing_where_everything_is_granted(doctor: Doctor) -> None:
    """Every finding says so."""
    assert {finding.outcome.state for finding in doctor.findings()} == {State.OK}


@pytest.mark.parametrize("pair", GRANTED, ids=" ".join)
def test_the_one_permission_that_is_missing_is_named(doctor: Doctor, pair: Pair) -> None:
    """And no other; the remedy is the policy statement that grants it."""
    missing = doctor.missing(pair)
    assert missing.keys() == {pair}
    statement = {"Effect": "Allow", "Action": pair.action, "Resource": pair.resource}
    assert json.loads(missing[pair]) == statement


def test_the_command_looks_at_the_permissions_of_its_settings(
    doctor: Doctor, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the deployment `aws`: nothing of AWS is missing but the one permission."""
    denied = next(pair for pair in GRANTED if pair.action == "s3:DeleteObject")
    doctor.aws.door.denied = frozenset({denied})
    for name, value in {
        "TIKTOK_INSIGHTS_DEPLOYMENT": "aws", "TIKTOK_INSIGHTS_BUCKET": BUCKET, "GLUE_DATABASE": DATABASE,
        "GLUE_JOB": JOB, "GLUE_CRAWLER": CRAWLER, "AWS_ENDPOINT_URL": doctor.aws.url, "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "TIKTOK_API_URL": "http://127.0.0.1:9",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    answer = CliRunner().invoke(main, ["doctor", "--format", "json"])
    found = [finding for finding in json.loads(answer.stdout) if finding["area"] == "aws"]
    assert [(finding["name"], finding["place"]) for finding in found if finding["state"] == "missing"] == [denied]
    assert answer.exit_code == 1


def test_all_missing_permissions_of_different_requests_are_named_at_once(doctor: Doctor) -> None:
    """One does not hide another."""
    some = [pair for pair in GRANTED if pair.action in ("s3:PutObject", "glue:StartJobRun", "sns:Publish")]
    assert sorted(doctor.missing(*some)) == sorted(some)


def test_what_only_a_change_would_tell_comes_with_the_command_that_tells(doctor: Doctor) -> None:
    """Where IAM may not be asked, which is so for the pipeline's own role."""
    unknown = [found for found in doctor.findings(may_simulate=False) if found.outcome.state is State.UNKNOWN]
    assert [found.subject.name for found in unknown] == ["glue:StartCrawler"]
    assert unknown[0].outcome.remedy.startswith("aws iam simulate-principal-policy --policy-source-arn arn:aws:")
    assert "--action-names glue:StartCrawler" in unknown[0].outcome.remedy


def test_a_look_changes_nothing_in_aws(doctor: Doctor) -> None:
    """Not a byte of what it stores, whatever is denied: objects with their versions, catalog, runs, messages."""
    before = _state(doctor.aws)
    doctor.findings()
    doctor.findings(*GRANTED[::3])
    doctor.aws.door.denied = frozenset()
    assert _state(doctor.aws) == before


def test_the_key_of_the_suppression_list_is_missing_only_where_there_is_a_list(doctor: Doctor) -> None:
    """Nobody needs it before; where it is there, the doctor reads it."""
    secrets, s3 = doctor.aws.client("secretsmanager"), doctor.aws.client("s3")
    name, key = "key of the suppression list", {"Bucket": BUCKET, "Key": LIST_KEY}
    s3.put_object(**key, Body=b"{}")
    (found,) = (finding for finding in doctor.findings() if finding.outcome.state is not State.OK)
    assert (found.subject.name, found.outcome.state) == (name, State.MISSING)
    assert found.outcome.remedy.startswith("aws secretsmanager restore-secret")
    secrets.create_secret(Name=secret_name(BUCKET), SecretString="ab" * 32)
    findings = doctor.findings()
    assert {finding.outcome.state for finding in findings} == {State.OK}
    assert "abab" not in repr(findings)
    secrets.delete_secret(SecretId=secret_name(BUCKET), ForceDeleteWithoutRecovery=True)
    s3.delete_object(**key)


def test_each_thing_that_does_not_exist_is_named(doctor: Doctor) -> None:
    """With the command that makes it; the permissions on it are granted all the same, or cannot be told."""
    doctor.aws.door.denied = frozenset()
    other = Names(**{**_fields(NAMES), "bucket": "none", "database": "none", "job": "none", "crawler": "none"})
    _, identity = sign_in(doctor.clients)
    found = examine(list(aws_probes(doctor.clients, other, identity)))
    absent = [finding for finding in found if finding.outcome.state is State.MISSING]
    assert [finding.subject.name for finding in absent] == ["bucket", "Glue table", "crawler", "Glue job"]
    assert all(finding.outcome.remedy.startswith("aws cloudformation deploy ") for finding in absent)


def test_without_credentials_the_rest_cannot_be_told(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    """They alone are missing."""
    for name, value in (("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")):
        monkeypatch.setenv(name, value)
    clients = Clients(AwsSettings(region=REGION, endpoint_url=doctor.aws.url))
    found, identity = sign_in(clients)
    assert (found.outcome.state, identity) == (State.MISSING, None)
    others = examine(list(aws_probes(clients, NAMES, identity)))
    assert {finding.outcome.state for finding in others} == {State.UNKNOWN}


def _fields(names: Names) -> dict[str, str]:
    return {name: getattr(names, name) for name in Names.__slots__}


def _prepare(aws: DenyingAws) -> None:
    """Make what the template makes, and some objects."""
    s3, glue = aws.client("s3"), aws.client("glue")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for key in ("verify/progress.json", "exports/dashboard/index.html", "raw/followers/x.json"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"canary")
    Catalog(glue, DATABASE, BUCKET).register([])
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}/script.py"}
    glue.create_job(Name=JOB, Role="role", Command=command)
    glue.create_crawler(Name=CRAWLER, Role="role", DatabaseName=DATABASE, Targets={"S3Targets": [{"Path": "s3://x/"}]})
    aws.client("sns").create_topic(Name=TOPIC.rpartition(":")[2])
    aws.client("logs").create_log_group(logGroupName="/aws-glue/jobs/output")


def _state(aws: DenyingAws) -> dict[str, Any]:
    """All that AWS holds: its files by their content, and what is only in memory."""
    files = {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in aws.folder.rglob("*") if path.is_file()
    }
    versions = aws.client("s3").list_object_versions(Bucket=BUCKET)
    topic = backends.get_backend("sns")[ACCOUNT][REGION].topics[TOPIC]
    return {
        "files": files,
        "versions": [versions.get(kind, []) for kind in ("Versions", "DeleteMarkers")],
        "glue": pickle.dumps(vars(backends.get_backend("glue")[ACCOUNT][REGION])),
        "runs": aws.client("glue").get_job_runs(JobName=JOB)["JobRuns"],
        "crawler": aws.client("glue").get_crawler(Name=CRAWLER)["Crawler"],
        "messages": list(topic.sent_notifications),
        "metrics": len(backends.get_backend("cloudwatch")[ACCOUNT][REGION].metric_data),
        "logs": aws.client("logs").describe_log_streams(logGroupName="/aws-glue/jobs/output")["logStreams"],
    }
