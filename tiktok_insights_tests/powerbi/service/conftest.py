"""The folder's fixtures: a service that behaves, and a client of it that does not wait long."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tiktok_insights.powerbi.service.api import Api
from tiktok_insights.powerbi.service.models import Refresh
from tiktok_insights.powerbi.service.refreshing import Refresher
from tiktok_insights.settings.environment import read_settings
from tiktok_insights.settings.power_bi_settings import PowerBISettings
from tiktok_insights_tests.support.fake_power_bi import MODEL, WORKSPACE, FakePowerBI, fake_power_bi

_LOG = logging.getLogger(__name__)


@dataclass
class Client:
    """A client of the service, and the refreshes that it said have begun."""

    settings: PowerBISettings
    begun: list[str] = field(default_factory=list)

    @property
    def api(self) -> Api:
        """The REST API."""
        return Api(self.settings, timeout=(5.0, 5.0), attempts=3, first_wait=0.001)

    def refresh(self, begun_before: str = "", minutes: float = 1.0) -> Refresh:
        """Refresh the model."""
        path = f"groups/{WORKSPACE}/datasets/{MODEL}"
        refresher = Refresher(self.api, path, minutes, _LOG, first_wait=0.001, attempts=3)
        return refresher.refresh(begun_before, self.begun.append)


@pytest.fixture(scope="session")
def power_bi() -> Iterator[FakePowerBI]:
    """A service for all tests: its start takes longer than they do."""
    with fake_power_bi() as served:
        yield served


@pytest.fixture
def service(power_bi: FakePowerBI) -> FakePowerBI:
    """The service, of which nothing was asked yet."""
    power_bi.reset()
    return power_bi


@pytest.fixture
def client(service: FakePowerBI) -> Client:
    """A client with the right credentials."""
    return Client(read_settings(service.variables()).power_bi)
