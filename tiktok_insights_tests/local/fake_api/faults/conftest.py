"""An API that knows no faults at the start of each test."""

import pytest

from tiktok_insights_tests.support.served import Api


@pytest.fixture
def clean(api: Api) -> Api:
    """The module's API without posted faults and strikes."""
    api.clear_faults()
    return api
