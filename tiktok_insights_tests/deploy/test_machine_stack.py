"""The orchestrator's stack, applied from its own text: a machine without a way in, and a volume that outlives it."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.support.aws_calls import RecordedAws
from tiktok_insights_tests.support.aws_inventory import everything
from tiktok_insights_tests.support.cloudformation import Stack, read_template
from tiktok_insights_tests.support.deployed import DATA, DEPLOYER, ORCHESTRATOR, new_stack
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.only_on_aws import ONLY_ON_AWS

pytestmark = pytest.mark.deploy

#: One of the emulator's images.
_IMAGE = "ami-03cf127a"


def machine_parameters(stack: Stack) -> dict[str, str]:
    """Those without defaults, in the emulator's own network."""
    ec2 = stack.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    return {
        "DataStack": stack.name,
        "BucketName": stack.parameters["BucketName"],
        "VpcId": subnet["VpcId"],
        "SubnetId": subnet["SubnetId"],
        "AvailabilityZone": subnet["AvailabilityZone"],
        "ImageId": _IMAGE,
        "TiktokAccounts": "corner.bakery,city.museum",
        "Release": "https://example.com/releases/tiktok_insights-1.0.tar.gz",
        "ReleaseSha256": "0" * 64,
    }


def machine_stack(stack: Stack, aws: RecordedAws, name: str, **given: str) -> Stack:
    """The orchestrator's stack beside the data stack, not made yet."""
    parameters = {**machine_parameters(stack), **given}
    return Stack(
        read_template(ORCHESTRATOR), f"{stack.name}-{name}", aws.arguments(DEPLOYER), parameters, stack.exports
    )


@pytest.fixture(scope="module")
def stack(aws: RecordedAws) -> Iterator[Stack]:
    """The data stack, whose settings and policies the machine has."""
    made = new_stack(aws)
    made.create()
    yield made
    made.delete(retained=True)


@pytest.fixture(scope="module")
def machine(stack: Stack, aws: RecordedAws) -> Iterator[Stack]:
    """The orchestrator's stack; at the end, nothing is left of it but a snapshot of the volume."""
    made = machine_stack(stack, aws, "run")
    before = everything(made)
    made.create()
    yield made
    volume = made.made["DataVolume"].ref
    made.delete(retained=True)
    (snapshot,) = made.client("ec2").describe_snapshots(Filters=[{"Name": "volume-id", "Values": [volume]}])[
        "Snapshots"
    ]
    assert everything(made) - before == {("snapshots", snapshot["SnapshotId"])}
    made.client("ec2").delete_snapshot(SnapshotId=snapshot["SnapshotId"])
    assert everything(made) == before


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("AvailabilityZone", "us-east-1z", "AvailabilityZone is not the zone of the subnet"),
        ("VpcId", "vpc-00000000", "The subnet SubnetId is not in the network VpcId"),
        ("Snapshot", "vol-01234567", "Snapshot is vol-01234567"),
    ],
)
def test_a_machine_that_could_not_have_its_volume_is_refused(
    stack: Stack, aws: RecordedAws, name: str, value: str, why: str
) -> None:
    """Before anything is made."""
    refused = machine_stack(stack, aws, "refused", **{name: value})
    with pytest.raises(ValueError, match=why):
        refused.create()
    assert refused.made == {}


def test_the_database_is_on_a_volume_that_no_update_deletes(machine: Stack) -> None:
    """It is encrypted, in the subnet's zone, and kept as a snapshot; nothing that replaces the machine replaces it."""
    ec2, resources = machine.client("ec2"), machine.template["Resources"]
    (volume,) = ec2.describe_volumes(VolumeIds=[machine.made["DataVolume"].ref])["Volumes"]
    assert (volume["Encrypted"], volume["Size"]) == (True, 40)
    assert volume["AvailabilityZone"] == machine.parameters["AvailabilityZone"]
    described = resources["DataVolume"]
    assert (described["DeletionPolicy"], described["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")
    assert "Instance" not in json.dumps(described["Properties"])
    # An attachment of the template would be made for the new machine while the old one still has the volume.
    assert "AWS::EC2::VolumeAttachment" not in {resource["Type"] for resource in resources.values()}
    # An image that is looked up again would replace the machine by surprise.
    image = machine.template["Parameters"]["ImageId"]
    assert image["Type"] == "AWS::EC2::Image::Id"
    assert "Default" not in image


def test_a_volume_of_an_earlier_stack_is_restored_from_its_snapshot(machine: Stack) -> None:
    """By a parameter of the new one."""
    properties = machine.template["Resources"]["DataVolume"]["Properties"]
    assert "SnapshotId" not in machine.resolve(properties)
    snapshot = "snap-0123456789abcdef0"
    restored = replace(machine, _values={**machine._values, "Snapshot": snapshot})
    assert restored.resolve(properties)["SnapshotId"] == snapshot


def test_the_machine_may_do_what_its_scripts_do_and_no_more(machine: Stack) -> None:
    """Its own stack's policies against the scripts' commands and what Docker needs; only on what is its own."""
    found = {}
    for resource in machine.template["Resources"].values():
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            for statement in machine.resolve(resource["Properties"])["PolicyDocument"]["Statement"]:
                found[statement["Sid"]] = (statement["Action"], statement["Resource"], statement.get("Condition"))
    where = "arn:aws:ec2:us-east-1:123456789012"
    backups = f"arn:aws:s3:::{machine.parameters['BucketName']}/backups/orchestrator"
    logs = f"arn:aws:logs:us-east-1:123456789012:log-group:/tiktok_insights/{machine.name}:*"
    of_docker = [entry.action for entry in ONLY_ON_AWS if (entry.policy, entry.sid) == ("machine", "Logs")]
    owned = {"StringEquals": {"aws:ResourceTag/Name": machine.name}}
    assert found == {
        "Keys": ("secretsmanager:GetSecretValue", machine.made["Keys"].ref, None),
        "Volume": ("ec2:AttachVolume", f"{where}:volume/{machine.made['DataVolume'].ref}", None),
        "Backups": (["s3:GetObject", "s3:PutObject"], f"{backups}/*", None),
        "Machine": ("ec2:AttachVolume", f"{where}:instance/*", owned),
        "Logs": (of_docker, logs, None),
    }
    scripts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy/orchestrator").glob("*.sh"))
    commands = {"ec2 attach-volume", "s3 cp", "secretsmanager get-secret-value"}
    assert set(re.findall(r"(?<!: )\baws ([a-z0-9]+ [a-z-]+)", scripts)) == commands


def test_the_machines_log_has_an_end_and_goes_with_the_stack(machine: Stack) -> None:
    """Its script names the log group that the stack makes, which keeps lines as long as Glue's groups do."""
    name = machine.made["Log"].ref
    (group,) = machine.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == (f"/tiktok_insights/{machine.name}", 30)
    script = machine.resolve(machine.template["Resources"]["Instance"]["Properties"])["UserData"]
    assert f"export TIKTOK_INSIGHTS_LOG_GROUP={name}\n" in script
    installs = (ROOT / "deploy/orchestrator/user_data.sh").read_text(encoding="utf-8")
    assert "\nTIKTOK_INSIGHTS_LOG_GROUP=${TIKTOK_INSIGHTS_LOG_GROUP:-}\n" in installs
    retention = "LogRetentionDays"
    assert machine.template["Parameters"][retention] == read_template(DATA)["Parameters"][retention]


def test_the_machine_has_no_way_in_and_the_policies_of_the_stages(machine: Stack, stack: Stack) -> None:
    """No inbound rule, IMDSv2, an encrypted volume, and the heartbeat's alarm, for which silence is a breach."""
    ec2 = machine.client("ec2")
    (group,) = ec2.describe_security_groups(GroupIds=[machine.made["SecurityGroup"].ref])["SecurityGroups"]
    assert group["IpPermissions"] == []
    assert [(rule["FromPort"], rule["ToPort"]) for rule in group["IpPermissionsEgress"]] == [(443, 443)]
    (found,) = ec2.describe_instances(InstanceIds=[machine.made["Instance"].ref])["Reservations"]
    options = found["Instances"][0]["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 2)
    of_the_machine = {"Name": "attachment.instance-id", "Values": [machine.made["Instance"].ref]}
    (own,) = ec2.describe_volumes(Filters=[of_the_machine])["Volumes"]
    assert own["Encrypted"]
    attached = machine.client("iam").list_attached_role_policies(RoleName=machine.made["Role"].ref)["AttachedPolicies"]
    stages = ("extraction", "lake", "catalog", "staging", "glue", "dashboard", "alerts")
    ours = {f"{machine.name}-machine", *(f"{stack.name}-{stage}" for stage in stages)}
    assert {policy["PolicyName"] for policy in attached} == ours
    role = machine.resolve(machine.template["Resources"]["Role"]["Properties"])
    names = {arn.rpartition("/")[2] for arn in role["ManagedPolicyArns"]}
    # The emulator does not have it.
    assert names == {"AmazonSSMManagedInstanceCore", *ours}
    *_, of_choice = machine.template["Resources"]["Role"]["Properties"]["ManagedPolicyArns"]
    condition, chosen, otherwise = of_choice["Fn::If"]
    assert machine.template["Conditions"][condition] == {"Fn::Equals": [{"Ref": "MayRemovePeople"}, "yes"]}
    assert machine.resolve(chosen).endswith(f"/{stack.name}-removal")
    assert otherwise == {"Ref": "AWS::NoValue"}
    # IAM's quota for managed policies of a role, which neither cfn-lint nor the emulator counts.
    assert len([*role["ManagedPolicyArns"], chosen]) <= 10
    (alarm,) = machine.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert (alarm["TreatMissingData"], alarm["AlarmActions"]) == ("breaching", [stack.made["Topic"].ref])
    assert alarm["Dimensions"] == [{"Name": "Bucket", "Value": stack.parameters["BucketName"]}]


def test_every_export_is_named_after_its_stack_and_imported(machine: Stack, stack: Stack) -> None:
    """Two data stacks have other exports, and none that no stack needs forbids a change."""
    assert stack.exports.keys() == {f"{stack.name}-{name}" for name in stack.outputs}
    assert machine.template["Outputs"].keys() == {"Connect"}
    text = json.dumps(machine.template)
    imported = re.findall(r'"Fn::ImportValue": {"Fn::Sub": "\$\{DataStack\}-(\w+)"}', text)
    assert sorted(imported) == sorted(stack.outputs)


def test_the_longest_name_of_a_stack_that_is_allowed_fits_every_name(machine: Stack, stack: Stack) -> None:
    """IAM takes 128 letters for a policy, a budget 100, and roles get names from CloudFormation."""
    (longest,) = re.findall(r"\{0,(\d+)\}", machine.template["Parameters"]["DataStack"]["AllowedPattern"])
    limits = {"ManagedPolicyName": 128, "TopicName": 256, "BudgetName": 100, "AlarmName": 255}
    named = set()
    for template in (machine.template, stack.template):
        for name, suffix in re.findall(
            r'"(\w+Name)": {"Fn::Sub": "\$\{AWS::StackName\}([\w-]+)"}', json.dumps(template)
        ):
            named.add(name)
            assert int(longest) + 1 + len(suffix) <= limits[name], (name, suffix)
        assert '"RoleName"' not in json.dumps(template)
    assert named == limits.keys()
    guide = (ROOT / "docs/how_to/deploy_to_aws.md").read_text(encoding="utf-8")
    assert f"at most {int(longest) + 1} letters" in guide


def test_the_machine_starts_with_the_outputs_of_the_data_stack(machine: Stack, stack: Stack) -> None:
    """Its script is one that bash can read; it writes the settings, and starts a release of a known checksum."""
    properties = machine.resolve(machine.template["Resources"]["Instance"]["Properties"])
    script = properties["UserData"]
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0  # noqa: S607
    found = re.search(r"<<'SETTINGS'\n(.*)\nSETTINGS\n", script, re.DOTALL)
    assert found
    lines = found[1].splitlines()
    assert {*lines} == {*stack.outputs.values(), "TIKTOK_ACCOUNTS=corner.bakery,city.museum"}
    settings = read_settings(dict(line.split("=", 1) for line in lines))
    assert settings.tiktok.accounts == ("corner.bakery", "city.museum")
    assert script.index("sha256sum --check") < script.index("tar --extract")
    assert f"export TIKTOK_INSIGHTS_VOLUME={machine.made['DataVolume'].ref}\n" in script
    assert f"export TIKTOK_INSIGHTS_BACKUPS=s3://{stack.parameters['BucketName']}/backups/orchestrator\n" in script
    assert "PRIVATE" not in script
