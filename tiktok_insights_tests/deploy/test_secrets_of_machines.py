"""Secrets are planted as canaries and looked for in what makes and runs the machine: image, templates, user data, disk.

What a run leaves behind is in `test_secrets`.
"""

import json
import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML, which Dagster brings, has no types

from tiktok_insights_tests.support.aws_calls import RecordedAws
from tiktok_insights_tests.support.cloudformation import Stack, read_template
from tiktok_insights_tests.support.deployed import DATA, DEPLOYER, ORCHESTRATOR, new_stack
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.orchestrator_machine import OrchestratorMachine

pytestmark = pytest.mark.deploy

_CANARY = "canary-0815-of-a-secret"
_DEPLOY = ROOT / "deploy" / "orchestrator"
#: Where people keep secrets in a clone, or leave them by mistake.
_PLACES = (
    ".env", "keys.json", "snowflake_key.p8", ".local/stack.json", "deploy/orchestrator/.env", "tiktok_insights/.env",
    "tiktok_insights/keys.json", "tiktok_insights/settings/snowflake_key.p8",
)  # fmt: skip
_SECRET_NAMES = re.compile(r"PASSWORD|PASSPHRASE|PRIVATE_KEY|RAPIDAPI_KEY|SECRET|TOKEN|SLACK_URL|WEBHOOK_URL")


def is_sent(path: str) -> bool:
    """Whether Docker sends a file of the folder to the builder: the last line of .dockerignore that fits decides."""
    sent = True
    for line in (_DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!")
            words = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
            if re.fullmatch(f"{words}(/.*)?", path):
                sent = line.startswith("!")
    return sent


@pytest.mark.parametrize("path", _PLACES)
def test_no_secret_of_a_clone_gets_into_the_image(path: str) -> None:
    """The builder never gets the file, even beside the code; the code itself it gets."""
    assert not is_sent(path)
    assert is_sent("tiktok_insights/definitions.py")
    assert is_sent("tiktok_insights/runtime/dagster.yaml")


def test_the_image_and_the_compose_file_are_told_no_secret() -> None:
    """No argument, variable or label of the image is named like one; in the Compose file each comes from outside."""
    text = (_DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if _SECRET_NAMES.search(line)] == []
    compose = yaml.safe_load((_DEPLOY / "docker-compose.yaml").read_text(encoding="utf-8"))
    for service in compose["services"].values():
        assert "args" not in service.get("build", {})
        assert "labels" not in service
        for name, value in service["environment"].items():
            assert not _SECRET_NAMES.search(name) or value.startswith("${"), name


def test_no_secret_is_in_a_template_its_user_data_or_its_outputs(
    aws: RecordedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what is in the secrets nor what is set where the stacks are made."""
    for name in ("RAPIDAPI_KEY", "SNOWFLAKE_PRIVATE_KEY", "DAGSTER_POSTGRES_PASSWORD", "ALERT_SLACK_URL"):
        monkeypatch.setenv(name, _CANARY)
    data = new_stack(aws)
    data.create()
    ec2 = data.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    given = {
        "DataStack": data.name, "BucketName": data.parameters["BucketName"], "VpcId": subnet["VpcId"],
        "SubnetId": subnet["SubnetId"], "AvailabilityZone": subnet["AvailabilityZone"], "ImageId": "ami-03cf127a",
        "TiktokAccounts": "a", "Release": "https://example.com/a.tar.gz", "ReleaseSha256": "0" * 64,
    }  # fmt: skip
    machine = Stack(read_template(ORCHESTRATOR), f"{data.name}-run", aws.arguments(DEPLOYER), given, data.exports)
    machine.create()
    for stack, secret in ((data, "Secret"), (machine, "Keys")):
        stack.client("secretsmanager").put_secret_value(SecretId=stack.made[secret].ref, SecretString=_CANARY)
    for stack in (machine, data):
        shown = [stack.resolve(stack.template["Resources"]), stack.outputs, stack.parameters, dict(stack.template)]
        assert "UserData" in json.dumps(shown) or stack is data
        assert _CANARY not in json.dumps(shown)
        stack.delete(retained=True)
    for template in (DATA, ORCHESTRATOR):
        text = template.read_text(encoding="utf-8")
        # Neither a value of a secret nor a parameter for one, which CloudFormation would show.
        assert not re.search(r"resolve:(secretsmanager|ssm-secure)|SecretString|GenerateSecretString|NoEcho", text)


def test_the_keys_are_in_the_machines_memory_only(tmp_path: Path) -> None:
    """After a start, a backup, an upgrade and a failed one: in no output, command, log or file on a disk."""
    machine = OrchestratorMachine(tmp_path)
    keys = json.dumps({"RAPIDAPI_KEY": _CANARY, "SNOWFLAKE_PRIVATE_KEY": f"{_CANARY}\nsecond line"})
    (tmp_path / "keys.json").write_text(keys, encoding="utf-8")
    aws = tmp_path / "bin/aws"
    aws.write_text(
        aws.read_text(encoding="utf-8").replace("""echo '{"RAPIDAPI_KEY": "key"}'""", 'cat "$ROOT/keys.json"')
    )
    done = [
        machine.manage("start"),
        machine.manage("backup"),
        machine.upgrade("second"),
        machine.upgrade("third", healthy=machine.running),
        machine.manage("restore", str(next(machine.backups.glob("dagster-*")))),
    ]
    assert [answer.returncode for answer in done] == [0, 0, 0, 1, 0]
    assert _CANARY not in "".join(answer.stdout + answer.stderr for answer in done)
    having = {
        str(path.relative_to(tmp_path))
        for path in tmp_path.rglob("*")
        if path.is_file() and _CANARY.encode() in path.read_bytes()
    }
    # /run is memory; the other file is what AWS has.
    assert having == {"keys.json", "run/tiktok_insights/keys.env"}
    assert (tmp_path / "run/tiktok_insights/keys.env").stat().st_mode & 0o077 == 0
