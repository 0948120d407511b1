"""The folder's fixtures."""

from tiktok_insights_tests.support.shared_warehouse import environment, loader, session, shared_database

__all__ = ["environment", "loader", "session", "shared_database"]
