"""The data stack, applied from its own text: what it makes is what the code expects, and deleting leaves nothing.

The stack of the machine is in `test_machine_stack`.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tiktok_insights.catalog.crawler_definition import crawler_input, unsafe_settings
from tiktok_insights.catalog.table_definition import table_input
from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.variables import DEFAULTS
from tiktok_insights.staging.glue.connection import GlueConnection, read_connection
from tiktok_insights.staging.glue.engine import CONNECTION
from tiktok_insights.suppression.store import secret_name
from tiktok_insights_tests.support.aws_calls import RecordedAws
from tiktok_insights_tests.support.aws_inventory import everything
from tiktok_insights_tests.support.cloudformation import Stack
from tiktok_insights_tests.support.deployed import new_stack
from tiktok_insights_tests.support.documents import ROOT

pytestmark = pytest.mark.deploy

#: In the order in which people follow them.
_GUIDES = ("prepare_snowflake", "deploy_to_aws")


@pytest.fixture(scope="module")
def stack(aws: RecordedAws) -> Iterator[Stack]:
    """The data stack; at the end it is deleted, and nothing of it is left."""
    made = new_stack(aws)
    before = everything(made)
    made.create()
    yield made
    made.delete()
    bucket = made.parameters["BucketName"]
    assert everything(made) - before == {("list_buckets", bucket), ("list_secrets", secret_name(bucket))}
    # As the guide says: bucket and key stay until somebody deletes them.
    made.delete(retained=True)
    assert everything(made) == before


def test_the_catalog_is_as_the_code_has_it(stack: Stack) -> None:
    """Table and crawler are what the pipeline would make itself, so its first run changes neither."""
    glue, names = stack.client("glue"), stack.parameters
    location = f"s3://{names['BucketName']}/csv/followers/"
    found = glue.get_table(DatabaseName=names["DatabaseName"], Name="tiktok_user_data")["Table"]
    expected = table_input(location)
    assert {name: found[name] for name in expected} == expected
    crawler = glue.get_crawler(Name=names["CrawlerName"])["Crawler"]
    assert unsafe_settings(crawler) == []
    wanted = crawler_input(names["CrawlerName"], crawler["Role"], names["DatabaseName"], location)
    configuration = json.loads(wanted.pop("Configuration"))
    assert json.loads(crawler["Configuration"]) == configuration
    targets = wanted.pop("Targets")
    assert crawler["Targets"]["S3Targets"] == targets["S3Targets"]
    assert {name: crawler[name] for name in wanted} == wanted


def test_the_job_is_as_its_launcher_and_its_package_expect_it(stack: Stack) -> None:
    """Its package is where `tiktok-insights glue upload` puts it; one run at a time, and Glue repeats none."""
    glue, bucket = stack.client("glue"), stack.parameters["BucketName"]
    job = glue.get_job(JobName=stack.parameters["JobName"])["Job"]
    folder = f"s3://{bucket}/glue/packages/none"
    assert job["Command"] == {
        "Name": "glueetl", "PythonVersion": "3", "ScriptLocation": f"{folder}/tiktok_etl.py"
    }  # fmt: skip
    assert job["DefaultArguments"] == {
        "--job-bookmark-option": "job-bookmark-disable",
        "--additional-python-modules": f"{folder}/none.gluewheels.zip",
        "--python-modules-installer-option": "--no-index",
        "--enable-auto-scaling": "true",
    }
    assert (job["GlueVersion"], job["WorkerType"], job["NumberOfWorkers"]) == ("5.1", "G.1X", 10)
    assert (job["MaxRetries"], job["ExecutionProperty"], job["Timeout"]) == (0, {"MaxConcurrentRuns": 1}, 480)
    assert job["Connections"] == {"Connections": [CONNECTION]}
    connection = GlueConnection(CONNECTION, "myorg-myaccount", "TIKTOK_LOADER", "TIKTOK_WH", "snowflake_credentials")
    assert read_connection(glue, CONNECTION) == connection


def test_the_secret_is_empty(stack: Stack) -> None:
    """A person fills it."""
    with pytest.raises(ClientError) as refused:
        stack.client("secretsmanager").get_secret_value(SecretId="snowflake_credentials")
    assert error_code(refused.value) == "ResourceNotFoundException"


def test_the_bucket_is_closed_and_keeps_versions(stack: Stack) -> None:
    """No public access, no ACLs, versions for a month, encryption, and no parts of uploads that were cut off."""
    s3: Any = stack.client("s3")
    bucket = {"Bucket": stack.parameters["BucketName"]}
    assert set(s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    (owner,) = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert owner["ObjectOwnership"] == "BucketOwnerEnforced"
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]}
    assert rules["noncurrent-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 30
    assert rules["unfinished-uploads"]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 7
    expiring = {name for name, rule in rules.items() if "Expiration" in rule}
    assert {rules[name]["Filter"]["Prefix"] for name in expiring} == {"glue/results/"}


def test_a_request_without_tls_is_denied(stack: Stack) -> None:
    """The emulator speaks no TLS, so the bucket's policy denies every object there, as S3 would."""
    with pytest.raises(ClientError) as refused:
        stack.client("s3").put_object(Bucket=stack.parameters["BucketName"], Key="raw/a", Body=b"")
    assert error_code(refused.value) == "AccessDenied"


def test_logs_have_an_end_and_alerts_a_reader(stack: Stack) -> None:
    """Glue's log groups, the topic with its subscription, and the budget that reports to it."""
    groups = stack.client("logs").describe_log_groups()["logGroups"]
    kept = {group["logGroupName"]: group["retentionInDays"] for group in groups}
    assert kept == dict.fromkeys(("/aws-glue/jobs/output", "/aws-glue/jobs/error", "/aws-glue/crawlers"), 30)
    sns, topic = stack.client("sns"), stack.made["Topic"].ref
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    (budget,) = stack.client("budgets").describe_budgets(AccountId="123456789012")["Budgets"]
    assert (budget["BudgetLimit"], budget["TimeUnit"]) == ({"Amount": "50", "Unit": "USD"}, "MONTHLY")


def test_every_role_has_managed_policies_without_wildcards_in_actions(stack: Stack) -> None:
    """The job's and the crawler's, each with the one policy of its name."""
    iam = stack.client("iam")
    for logical, policy in (("JobRole", "job"), ("CrawlerRole", "crawler")):
        (attached,) = iam.list_attached_role_policies(RoleName=stack.made[logical].ref)["AttachedPolicies"]
        assert attached["PolicyName"] == f"{stack.name}-{policy}"
        version = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId="v1")["PolicyVersion"]
        for statement in version["Document"]["Statement"]:
            assert "*" not in json.dumps(statement["Action"])


def test_the_outputs_are_settings(stack: Stack) -> None:
    """Each is one line of .env, of a variable that exists; together they are the deployment."""
    lines = dict(line.split("=", 1) for line in stack.outputs.values())
    assert len(lines) == len(stack.outputs)
    assert lines.keys() <= DEFAULTS.keys()
    settings, names = read_settings(lines), stack.parameters
    assert (settings.deployment.value, settings.s3.region) == ("aws", "us-east-1")
    assert (settings.s3.bucket, settings.glue.database) == (names["BucketName"], names["DatabaseName"])
    assert settings.glue_job.connection == CONNECTION == DEFAULTS["GLUE_CONNECTION"]
    assert (settings.glue_job.job, settings.glue.crawler) == (names["JobName"], names["CrawlerName"])
    snowflake = settings.snowflake
    assert (snowflake.account, snowflake.user) == ("myorg-myaccount", "TIKTOK_SERVICE")
    assert (snowflake.role, snowflake.warehouse) == ("TIKTOK_LOADER", "TIKTOK_WH")
    assert snowflake.database == names["SnowflakeDatabase"]


def test_the_guides_name_the_same_database_and_every_key() -> None:
    """Who types one guide after the other deploys what Snowflake has, and stores no key that their shell lacks."""
    prepare, deploy = ((ROOT / f"docs/how_to/{name}.md").read_text(encoding="utf-8") for name in _GUIDES)
    (database,) = re.findall(r'-D "database=(\w+)"', prepare)
    assert re.findall(r"SnowflakeDatabase=(\w+)", deploy) == [database]
    used = re.findall(r"\benv\.([A-Z_]+)", deploy)
    assert used
    for name in used:
        assert f"export {name}\n" in deploy.partition(f"env.{name}")[0]


def test_a_second_environment_fits_into_the_same_account_and_region(stack: Stack, aws: RecordedAws) -> None:
    """With other names, as the guide lists them; its settings name what is its own."""
    guide = (ROOT / "docs/how_to/deploy_to_aws.md").read_text(encoding="utf-8")
    paragraph = guide.partition("**A second environment.**")[2].partition("\n\n")[0]
    names = set(re.findall(r"`([A-Z]\w+Name)`", paragraph)) - {"BucketName", "KeysName"}
    before = everything(stack)
    second = new_stack(aws, GlueLogGroups="keep", **{name: f"second_{name.lower()}" for name in names})
    second.create()
    assert before < everything(stack)
    settings = read_settings(dict(line.split("=", 1) for line in second.outputs.values()))
    assert settings.glue_job.connection == "second_connectionname"
    glue = second.client("glue")
    assert read_connection(glue, settings.glue_job.connection).secret_id == "second_secretname"
    (job,) = glue.get_job(JobName="second_jobname")["Job"]["Connections"]["Connections"]
    assert job == "second_connectionname"
    second.delete(retained=True)
    assert everything(stack) == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BucketName", "My_Bucket"),
        ("SnowflakeAccount", "https://myorg-myaccount.snowflakecomputing.com"),
        ("AlertEmail", "nobody"),
        ("SnowflakeRole", "A; DROP TABLE B"),
        ("GlueVersion", "4.0"),
        ("MaxWorkers", "1000"),
        ("LogRetentionDays", "13"),
        ("JobPackage", "../secret"),
    ],
)
def test_a_parameter_that_cannot_be_right_is_refused(aws: RecordedAws, name: str, value: str) -> None:
    """Before anything is made."""
    refused = new_stack(aws, **{name: value})
    with pytest.raises(ValueError, match=name):
        refused.create()
    assert refused.made == {}
