"""The semantic model is found by its name or its ID, or the message says which ones there are."""

import pytest

from tiktok_insights.powerbi.service.lookup import find_model
from tiktok_insights.powerbi.service.models import Model
from tiktok_insights_tests.powerbi.service.conftest import Client
from tiktok_insights_tests.support.fake_power_bi import MODEL, WORKSPACE, FakePowerBI
from tiktok_insights_tests.support.troubleshooting import told

_OTHER = "55555555-0000-4000-8000-000000000005"


def find(client: Client, wanted: str) -> Model:
    """Look a model up."""
    return find_model(client.api, WORKSPACE, wanted)


@pytest.mark.parametrize("wanted", ["TikTokInsights", MODEL])
def test_a_model_is_found_by_name_and_by_id(client: Client, wanted: str) -> None:
    """With its address, for the UI."""
    assert find(client, wanted) == Model(MODEL, "TikTokInsights", f"https://app.example/{MODEL}", is_refreshable=True)


@pytest.mark.parametrize(
    ("wanted", "listed"), [("tiktokinsights", "Its semantic models: TikTokInsights."), (_OTHER, "")]
)
def test_a_model_that_is_not_there_is_told(client: Client, wanted: str, listed: str) -> None:
    """By name, with those that are there."""
    with told("The workspace has no semantic model <model>", wanted, listed):
        find(client, wanted)


def test_of_two_models_of_one_name_none_is_taken(service: FakePowerBI, client: Client) -> None:
    """Their IDs are named, from which to choose."""
    service.models.append({"id": _OTHER, "name": "TikTokInsights"})
    with told("The workspace has <number> semantic models named <model>.", MODEL, _OTHER):
        find(client, "TikTokInsights")


def test_an_address_that_is_no_https_is_not_shown(service: FakePowerBI, client: Client) -> None:
    """The UI would make it a link."""
    service.models[0]["webUrl"] = "javascript:alert(1)"
    assert find(client, MODEL).web_url == ""


def test_a_model_that_imports_nothing_is_no_model_of_ours(service: FakePowerBI, client: Client) -> None:
    """A push dataset, say, has nothing to refresh."""
    service.models[0]["isRefreshable"] = False
    with told("The semantic model <model> cannot be refreshed"):
        find(client, MODEL)


def test_a_model_without_a_name_is_not_understood(service: FakePowerBI, client: Client) -> None:
    """Rather than taken for another one."""
    service.models.append({"id": _OTHER})
    with told("Power BI described <what> in a way"):
        find(client, "TikTokInsights")
