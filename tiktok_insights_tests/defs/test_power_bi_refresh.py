"""Runs that refresh the semantic model in a Power BI service that behaves; its own record says how many began."""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pytest

from tiktok_insights.definitions import defs
from tiktok_insights.defs.assets.powerbi import MODEL
from tiktok_insights_tests.defs.test_power_bi_assets import service
from tiktok_insights_tests.support.csv_texts import csv_file, row
from tiktok_insights_tests.support.fake_power_bi import Course, Disturbance, FakePowerBI
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.waiting import wait_until

pytestmark = pytest.mark.runs

__all__ = ["service"]

_DONE = Course(("Completed",))


class Model:
    """The model, materialized again and again in one Dagster instance. It needs no marts to know their state."""

    def __init__(self, loader: Loader, instance: dg.DagsterInstance) -> None:
        self.loader, self.instance = loader, instance

    def run(self, *names: str) -> dg.ExecuteInProcessResult:
        """Materialize the model, after these assets."""
        job = defs().resolve_implicit_global_asset_job_def()
        keys = [*map(dg.AssetKey, names), MODEL]
        return job.execute_in_process(asset_selection=keys, instance=self.instance, raise_on_error=False)

    def publish(self) -> None:
        """One more user."""
        self.loader.put("b", csv_file(row("3")))
        self.loader.load()

    @property
    def event(self) -> dg.EventLogEntry | None:
        """The last refresh that Dagster knows of."""
        return self.instance.get_latest_materialization_event(MODEL)

    @property
    def metadata(self) -> Mapping[str, dg.MetadataValue]:
        """What the model's page shows."""
        assert self.event is not None
        assert self.event.asset_materialization is not None
        return self.event.asset_materialization.metadata


@pytest.fixture
def model(loader: Loader) -> Model:
    """The model over two users; nothing was refreshed yet."""
    loader.put("a", csv_file(row("1"), row("2")))
    loader.load()
    return Model(loader, dg.DagsterInstance.ephemeral())


def test_the_model_is_refreshed_when_its_data_have_changed_and_only_then(
    service: FakePowerBI, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a publication, and for another model of the workspace. Otherwise the service is asked nothing."""
    service.courses.extend([_DONE] * 3)
    assert model.run().success
    (begun,) = service.refreshes
    assert model.metadata["refresh"].value == begun.request_id
    assert str(model.metadata["dagster-powerbi/web_url"].value).startswith("https://app.example/")
    asked = len(service.asked)
    assert model.run().success
    assert len(service.asked) == asked, "the service is not even asked"
    assert model.metadata["refresh"].value == begun.request_id
    model.publish()
    assert model.run().success
    assert service.started == 2
    service.models.append({"id": service.models[0]["id"], "name": "Other"})
    monkeypatch.setenv("AZURE_POWERBI_SEMANTIC_MODEL", "Other")
    assert model.run().success
    assert service.started == 3


def test_a_failed_refresh_fails_the_run_and_the_next_one_begins_another(service: FakePowerBI, model: Model) -> None:
    """No refresh is claimed that did not happen."""
    service.courses.extend([Course(("Failed",), ("X", "no credentials")), _DONE])
    result = model.run()
    assert not result.success
    assert "Enter the credentials" in str(result.failure_data_for_node("semantic_model"))
    assert model.event is None
    assert model.run().success
    assert service.started == 2


def test_a_red_blocking_check_keeps_its_data_out_of_power_bi(
    service: FakePowerBI, model: Model, altered_tables: None
) -> None:
    """The mart does not reconcile, so nothing is refreshed."""
    model.loader.session.execute("INSERT INTO ACCOUNT_SNAPSHOTS SELECT * FROM ACCOUNT_SNAPSHOTS")
    assert not model.run("follower_history").success
    assert service.started == 0


_RUN = """
import sys
import dagster as dg
from tiktok_insights.definitions import defs
from tiktok_insights.defs.assets.powerbi import MODEL
with dg.DagsterInstance.local_temp(sys.argv[1]) as instance:
    job = defs().resolve_implicit_global_asset_job_def()
    job.execute_in_process(asset_selection=[MODEL], instance=instance)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_refresh_of_a_run_that_was_ended_is_followed_by_the_next(
    service: FakePowerBI, loader: Loader, tmp_path: Path, how: signal.Signals
) -> None:
    """Killed or canceled: the refresh goes on, and is not begun a second time. The first answer was lost, too."""
    service.courses.append(Course(("InProgress",)))
    service.disturbances.append(Disturbance("POST", "/refreshes", 0, acts=True))
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        model = Model(loader, instance)
        with subprocess.Popen([sys.executable, "-c", _RUN, str(tmp_path)], stderr=subprocess.DEVNULL) as run:  # noqa: S603  # our own interpreter
            wait_until(lambda: service.is_followed, seconds=60)
            os.kill(run.pid, how)
            assert run.wait(30) != 0
        (left,) = service.refreshes
        assert left.is_running
        left.states = deque(["Completed"])
        assert model.event is None
        assert model.run().success
        assert (service.started, left.was_canceled) == (1, False)
        assert model.metadata["refresh"].value == left.request_id
