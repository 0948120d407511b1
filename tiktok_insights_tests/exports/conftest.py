"""The folder's fixtures: TIKTOK_DATA with users whose texts attack every format."""

import pytest

from tiktok_insights.clients.snowflake_session import Session
from tiktok_insights.tables.definitions import TIKTOK_DATA
from tiktok_insights_tests.exports.hostile_users import USERS
from tiktok_insights_tests.support.shared_warehouse import environment, loader, session, shared_database

__all__ = ["environment", "hostile", "loader", "session", "shared_database"]


@pytest.fixture
def hostile(session: Session) -> Session:
    """A session in a database with the hostile users."""
    session.insert(TIKTOK_DATA, list(USERS))
    return session
