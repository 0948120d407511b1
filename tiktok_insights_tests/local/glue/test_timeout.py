"""The timeout of a job run, in minutes of a second each, on an AWS in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tiktok_insights.local.endpoints import Endpoints, aws_variables
from tiktok_insights_tests.local.conftest import has_ended
from tiktok_insights_tests.local.glue.jobs import FOREVER, Jobs
from tiktok_insights_tests.support.aws_in_process import aws_in_process

pytestmark = pytest.mark.faults


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Jobs]:
    """Jobs whose minutes pass in a second."""
    with aws_in_process(tmp_path, lambda url: aws_variables(_endpoints(url)), lambda app: app, 1.0) as (url, _):
        yield Jobs.on(_endpoints(url))


def _endpoints(url: str) -> Endpoints:
    return Endpoints("", url, "", 0, 0)


def test_a_run_that_takes_too_long_is_ended(quick: Jobs) -> None:
    """In the state TIMEOUT, with a message, and its process is gone; the call's timeout is taken before the job's."""
    name = quick.make(FOREVER, Timeout=600)
    run_id = quick.start(name, Timeout=3)
    pid = quick.pid(run_id)
    run = quick.ended(name, run_id)
    assert (run["JobRunState"], run["Timeout"]) == ("TIMEOUT", 3)
    assert run["ErrorMessage"] == "Job exceeded its timeout of 3 minutes."
    assert has_ended(pid)


def test_a_run_that_ignores_its_end_is_killed(quick: Jobs) -> None:
    """A few seconds after it was asked to end."""
    name = quick.make(f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{FOREVER}", Timeout=3)
    run_id = quick.start(name)
    pid = quick.pid(run_id)
    assert quick.ended(name, run_id)["JobRunState"] == "TIMEOUT"
    assert has_ended(pid)
