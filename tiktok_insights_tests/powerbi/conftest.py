"""The folder's fixtures."""

from tiktok_insights_tests.support.shared_warehouse import altered_tables, environment, loader, session, shared_database

__all__ = ["altered_tables", "environment", "loader", "session", "shared_database"]
