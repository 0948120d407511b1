"""The semantic model and the report as assets: the last step of the lineage, refreshed only where that is possible.

How a refresh is begun and followed is tested in powerbi/service.
"""

from collections.abc import Iterator

import dagster as dg
import pytest

from tiktok_insights.definitions import defs
from tiktok_insights.defs.assets.powerbi import MODEL, REPORT
from tiktok_insights.insights.mart_files import all_marts
from tiktok_insights_tests.support.fake_power_bi import WORKSPACE, FakePowerBI, fake_power_bi

MARTS = [mart.name for mart in all_marts()]


@pytest.fixture
def service(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePowerBI]:
    """A service that behaves, and the credentials for it in the environment."""
    with fake_power_bi() as served:
        for name, value in served.variables().items():
            monkeypatch.setenv(name, value)
        yield served


def test_the_keys_and_kinds_are_those_of_dagster_powerbi(environment: dict[str, str]) -> None:
    """So whoever changes to it keeps the assets; the model is downstream of all that it reads."""
    graph = defs().resolve_asset_graph()
    model, report = (graph.get(dg.AssetKey([kind, "TikTokInsights"])) for kind in ("semantic_model", "report"))
    assert (model.key, report.key) == (MODEL, REPORT)
    assert model.parent_keys == {dg.AssetKey(name) for name in ("tiktok_data", *MARTS)}
    assert report.parent_keys == {MODEL}
    for node in (model, report):
        assert node.group_name == "insights"
        assert node.kinds == {"powerbi", node.key.path[0]}
        assert node.owners == ["team:tiktok-insights"]
        assert node.metadata["files"].startswith("powerbi/TikTokInsights.")


@pytest.mark.parametrize("missing", ["TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "WORKSPACE_ID", "API_URL"])
def test_without_credentials_nothing_is_refreshed_and_the_model_says_what_is_missing(
    service: FakePowerBI, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """No job has the two assets, so that a run is green without a refresh that did not happen."""
    monkeypatch.delenv(f"AZURE_POWERBI_{missing}")
    loaded = defs()
    model = loaded.resolve_asset_graph().get(MODEL)
    assert not model.is_executable
    assert "docs/how_to/refresh_power_bi.md" in (model.description or "")
    expected = "on this machine" if missing == "API_URL" else f"Not set: AZURE_POWERBI_{missing}."
    assert expected in (model.description or "")
    for job in ("tiktok_pipeline", "load_pending_objects", "retry_refused_objects", "replay_snapshots"):
        assert "semantic_model" not in loaded.resolve_job_def(job).graph.node_dict


def test_with_credentials_every_job_that_makes_marts_refreshes_the_model(service: FakePowerBI) -> None:
    """The report stays external: it has no data of its own. Loading the definitions asks the service nothing."""
    loaded = defs()
    graph = loaded.resolve_asset_graph()
    assert graph.get(MODEL).is_executable
    assert not graph.get(REPORT).is_executable
    for key in (MODEL, REPORT):
        assert WORKSPACE in graph.get(key).metadata["workspace"].value
    for job in ("tiktok_pipeline", "load_pending_objects", "retry_refused_objects", "replay_snapshots"):
        assert "semantic_model" in loaded.resolve_job_def(job).graph.node_dict
    assert "semantic_model" not in loaded.resolve_job_def("verify").graph.node_dict
    assert service.asked == []
