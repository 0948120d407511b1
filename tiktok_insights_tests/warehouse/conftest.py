"""The stage's fixtures."""

import pytest

from tiktok_insights.object_store import ObjectStore
from tiktok_insights.warehouse_session import Connect, Session
from tiktok_insights_tests.loading import Loader
from tiktok_insights_tests.shared_warehouse import altered_tables, environment, session, shared_database

__all__ = ["altered_tables", "environment", "loader", "session", "shared_database"]


@pytest.fixture
def loader(store: ObjectStore, session: Session, connect_warehouse: Connect) -> Loader:
    """The test's own bucket, and the folder's warehouse."""
    return Loader(store, session, connect_warehouse)
