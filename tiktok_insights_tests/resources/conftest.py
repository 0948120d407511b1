"""The folder's fixtures."""

from tiktok_insights_tests.settings.conftest import keys, rsa_key

__all__ = ["keys", "rsa_key"]
