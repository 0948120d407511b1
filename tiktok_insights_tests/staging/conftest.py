"""The stage's fixtures."""

import pytest

from tiktok_insights.object_store import ObjectStore
from tiktok_insights.warehouse_session import Connect, Session
from tiktok_insights_tests.loading import Loader


@pytest.fixture
def loader(store: ObjectStore, session: Session, connect_warehouse: Connect) -> Loader:
    """The test's own bucket and warehouse."""
    return Loader(store, session, connect_warehouse)
