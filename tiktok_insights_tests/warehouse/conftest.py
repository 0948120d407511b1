"""The folder's fixtures."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tiktok_insights.settings.environment import Settings
from tiktok_insights.warehouse.lost_ids import RereadInput
from tiktok_insights.warehouse.scope import Scope, unchecked
from tiktok_insights.warehouse.table_checks import TableCheckInput, step_7
from tiktok_insights_tests.support.loading import Loader
from tiktok_insights_tests.support.shared_warehouse import altered_tables, environment, loader, session, shared_database

__all__ = ["altered_tables", "environment", "loader", "session", "shared_database"]


@pytest.fixture
def given(loader: Loader, settings: Settings) -> TableCheckInput:
    """What `verify` asks about TIKTOK_DATA: everything, with Step 7 as the README shows it."""
    database = settings.snowflake.database
    return TableCheckInput(
        loader.session,
        loader.store,
        step_7("ACCOUNTADMIN", "COMPUTE_WH", database, "Main"),
        datetime(2026, 2, 1, 12, tzinfo=UTC),
        scope=Scope(objects=1, is_everything=True),
    )


@pytest.fixture
def ask_about_changes(given: TableCheckInput) -> Callable[[], TableCheckInput]:
    """What a run asks about TIKTOK_DATA: the publications that no checks have passed."""
    return lambda: replace(given, scope=unchecked(given.session))


@pytest.fixture
def rereading(loader: Loader) -> RereadInput:
    """What the check that reads the objects again reads."""
    return RereadInput(loader.session, loader.store, datetime(2026, 2, 1, 12, tzinfo=UTC))
