"""The source API as a Dagster resource: one client, and so one rate limit, for all accounts of a run."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

from pydantic import Field

from tiktok_insights.resources.client_resource import ClientResource
from tiktok_insights.resources.opening import open_api_client, open_extraction_lock
from tiktok_insights.resources.s3 import S3Resource
from tiktok_insights.runtime.extraction_lock import HeldLock
from tiktok_insights.settings.client_settings import S3Settings, TikTokSettings
from tiktok_insights.settings.environment import require_accounts
from tiktok_insights.tiktok.client import Client


class TikTokResource(ClientResource):
    """The API that follower lists are read from."""

    api_url: str = Field(default="", description="The API's URL. If empty, the fake API of `local_stack`.")
    api_key: str = Field(default="", repr=False, description="The key for that API, from an environment variable.")
    requests_per_minute: float = Field(description="Maximum requests per minute, for all accounts of a run together.")
    request_budget: int | None = Field(
        default=None,
        description="Maximum requests per run. If null, all but a reserve of the plan's quota.",
    )
    list_caps: list[int] = Field(
        description="Lengths at which the API cuts lists. A list is whole only if none of them is between the users "
        "seen and the total.",
    )
    full_walk_days: float = Field(
        default=7.0,
        gt=0,
        description="An incremental run reads a list to its end when the last time is this many days ago.",
    )
    accounts: list[str] = Field(
        default=[], description="Handles or secUids to extract, unless the asset's config lists others."
    )
    home: str = Field(
        description="The folder with the lock for extractions on this machine. Without a local stack, the lock is in "
        "the bucket."
    )
    local_stack: str = Field(default="", description="The home folder of the local stack. If empty, none is used.")

    def client(self, may_send: Callable[[], None] = lambda: None) -> Client:
        """Make a client of the API; `may_send` raises a RunError when a request may not be sent."""
        return open_api_client(self.settings_as(TikTokSettings), may_send=may_send)

    def extraction_lock(self, s3: S3Resource, log: logging.Logger) -> AbstractContextManager[HeldLock]:
        """Keep other extractions waiting: on this machine or, without a local stack, all that use this bucket."""
        return open_extraction_lock(self.home, s3.settings_as(S3Settings), log)

    def accounts_or(self, chosen: list[str]) -> list[str]:
        """The accounts that the asset's config has chosen, or else the resource's. Raises SettingsError for none."""
        return list(require_accounts(chosen or self.accounts))
