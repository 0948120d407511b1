"""A data stack on an AWS emulator, and the deployment `aws` pointed at it: the outputs are its environment.

The warehouse is that of a local stack. Which calls the pipeline makes belongs in `aws_calls`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from tiktok_insights.definitions import defs
from tiktok_insights.local import stack as local_stack
from tiktok_insights.resources.local_stack import LOCAL_KEY
from tiktok_insights.settings.environment import Settings, read_settings
from tiktok_insights.settings.key_pair import new_key_pair
from tiktok_insights_tests.support.aws_calls import RecordedAws
from tiktok_insights_tests.support.cloudformation import Stack, read_template
from tiktok_insights_tests.support.documents import ROOT
from tiktok_insights_tests.support.policies import Grant, grants

_TEMPLATES = ROOT / "deploy" / "cloudformation"
DATA, ORCHESTRATOR = _TEMPLATES / "data.yaml", _TEMPLATES / "orchestrator.yaml"
#: Who applies the template; what it needs is not compared with anything.
DEPLOYER = "deployer"


@dataclass(frozen=True)
class Deployed:
    """A data stack, the home of the local stack whose warehouse and API it uses, and how to be somebody there."""

    stack: Stack
    aws: RecordedAws
    home: Path
    patch: pytest.MonkeyPatch
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    def client(self, service: str) -> Any:
        """A client of whoever made the stack."""
        return self.stack.client(service)

    def grants(self, *policies: str) -> list[Grant]:
        """What these policies of the stack grant."""
        names = {f"{self.stack.name}-{policy}" for policy in policies}
        resources = self.stack.template["Resources"].values()
        every = [self.stack.resolve(r["Properties"]) for r in resources if r["Type"] == "AWS::IAM::ManagedPolicy"]
        found = [grant for policy in every for grant in grants(policy) if grant.policy in names]
        assert {grant.policy for grant in found} == names
        return found

    def warehouse(self) -> dict[str, Any]:
        """Where the warehouse is, which no setting of the deployment `aws` says: it is on this machine."""
        endpoints = local_stack.ensure_running(self.home)
        return {"host": endpoints.snowflake_host, "port": endpoints.snowflake_port, "protocol": "http"}

    def settings(self) -> Settings:
        """The settings that the outputs give, with that warehouse."""
        settings = read_settings()
        return replace(settings, snowflake=replace(settings.snowflake, **self.warehouse()))

    def run(self, who: str, *assets: str, job: str = "", **ops: dict[str, Any]) -> dg.ExecuteInProcessResult:
        """Materialize assets, or all of a job, with this access key; `ops` has the config of assets."""
        self.be(who)
        loaded = defs()
        chosen = loaded.resolve_job_def(job) if job else loaded.resolve_implicit_global_asset_job_def()
        keys: Sequence[dg.AssetKey] | None = [dg.AssetKey(name) for name in assets] or None
        config = {
            "ops": {name: {"config": values} for name, values in ops.items()},
            "resources": {"snowflake": {"config": self.warehouse()}},
        }
        return chosen.execute_in_process(config, self.instance, asset_selection=keys, raise_on_error=False)

    def be(self, who: str) -> None:
        """Sign every request from now on with this access key."""
        for name, value in self.aws.variables(who).items():
            self.patch.setenv(name, value)


def new_stack(aws: RecordedAws, **parameters: str) -> Stack:
    """A stack with names of its own, which is not made yet."""
    unique = uuid.uuid4().hex[:12]
    given = {
        "BucketName": f"bucket-{unique}",
        "SnowflakeAccount": "myorg-myaccount",
        "AlertEmail": "ops@example.com",
        "DatabaseName": f"glue_{unique}",
        "JobName": f"job_{unique}",
        "CrawlerName": f"crawler_{unique}",
        "SnowflakeDatabase": f"DB_{unique.upper()}",
        **parameters,
    }
    return Stack(read_template(DATA), f"tiktok-{unique}", aws.arguments(DEPLOYER), given)


def use(stack: Stack, aws: RecordedAws, home: Path, accounts: str, patch: pytest.MonkeyPatch) -> Deployed:
    """Set the outputs as the environment, with what a person adds to them: accounts and keys."""
    variables = {
        **dict(line.split("=", 1) for line in stack.outputs.values()),
        "TIKTOK_ACCOUNTS": accounts,
        "TIKTOK_API_URL": local_stack.ensure_running(home).tiktok_api,
        "TIKTOK_REQUESTS_PER_MINUTE": "6000",
        "RAPIDAPI_KEY": LOCAL_KEY,
        "SNOWFLAKE_PRIVATE_KEY": new_key_pair().private.replace("\n", "\\n"),
        # The connector would ask the cloud's metadata addresses where it runs.
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
    }
    for name, value in variables.items():
        patch.setenv(name, value)
    return Deployed(stack, aws, home, patch)
