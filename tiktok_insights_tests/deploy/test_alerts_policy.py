"""The policy of the alerts, compared with every AWS call of an alert and of a heartbeat, both ways."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner

from tiktok_insights.cli import main
from tiktok_insights.definitions import defs, resources_for
from tiktok_insights.settings.environment import read_settings
from tiktok_insights_tests.conftest import set_environment
from tiktok_insights_tests.support.aws_calls import RecordedAws
from tiktok_insights_tests.support.deployed import Deployed, new_stack
from tiktok_insights_tests.support.policies import missing, unused

pytestmark = pytest.mark.deploy

_ALERTS = "alerts"


@pytest.fixture
def deployed(aws: RecordedAws, tmp_path: Path) -> Iterator[Deployed]:
    """A stack whose outputs are the environment; no warehouse is needed."""
    with pytest.MonkeyPatch.context() as patch:
        set_environment(tmp_path, patch)
        stack = new_stack(aws)
        stack.create()
        stack.client("s3").delete_bucket_policy(Bucket=stack.parameters["BucketName"])  # it demands TLS
        for line in stack.outputs.values():
            patch.setenv(*line.split("=", 1))
        yield Deployed(stack, aws, tmp_path, patch)
        stack.delete(retained=True)


def test_the_alerts_have_what_they_need_and_nothing_else(deployed: Deployed) -> None:
    """A test alert to the topic of the stack, a tick that tells of a failed run, and a heartbeat."""
    deployed.be(_ALERTS)
    answer = CliRunner().invoke(main, ["alert", "--test"])
    assert answer.exit_code == 0, answer.output
    loaded, every = defs(), resources_for(read_settings())

    @dg.job(name="tiktok_pipeline")
    def failing() -> None:
        fail()

    assert not failing.execute_in_process(instance=deployed.instance, raise_on_error=False).success
    for name in ("alert_sensor", "heartbeat_sensor"):
        sensor = loaded.resolve_sensor_def(name)
        needed = {key: every[key] for key in sensor.required_resource_keys}
        with dg.build_sensor_context(instance=deployed.instance, resources=needed) as context:
            sensor(context)
    calls = deployed.aws.calls(_ALERTS)
    assert missing(calls, deployed.grants(_ALERTS, "glue")) == []
    assert unused(calls, deployed.grants(_ALERTS)) == []


@dg.op
def fail() -> None:
    """Fail, as a run does that people must hear of."""
    raise RuntimeError("of this test")
