"""Jobs on the stack that all tests share."""

import pytest

from tiktok_insights.local.stack import Endpoints
from tiktok_insights_tests.local.glue.jobs import Jobs


@pytest.fixture
def jobs(endpoints: Endpoints) -> Jobs:
    """Jobs with a bucket of the test's own."""
    return Jobs.on(endpoints)
