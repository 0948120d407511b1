"""The folder's fixtures."""

from datetime import UTC, datetime

import pytest

from tiktok_insights.settings.environment import Settings
from tiktok_insights.warehouse.table_checks import TableCheckInput, step_7
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.shared_warehouse import altered_tables, environment, loader, session, shared_database

__all__ = ["altered_tables", "environment", "loader", "session", "shared_database"]


@pytest.fixture
def given(loader: Loader, settings: Settings) -> TableCheckInput:
    """What the checks on TIKTOK_DATA read, with Step 7 as the README shows it."""
    database = settings.snowflake.database
    return TableCheckInput(
        loader.session,
        loader.store,
        step_7("ACCOUNTADMIN", "COMPUTE_WH", database, "Main"),
        datetime(2026, 2, 1, 12, tzinfo=UTC),
    )
