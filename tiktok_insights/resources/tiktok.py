"""The source API as a Dagster resource: one client, and so one rate limit, for all accounts of a run."""

import logging
from contextlib import AbstractContextManager
from pathlib import Path

from pydantic import Field

from tiktok_insights.resources.client_resource import ClientResource
from tiktok_insights.resources.opening import open_api_client
from tiktok_insights.runtime.extraction_lock import extraction_lock
from tiktok_insights.settings.client_settings import TikTokSettings
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
    home: str = Field(description="The folder with the lock for extractions on this machine.")
    local_stack: str = Field(default="", description="The home folder of the local stack. If empty, none is used.")

    def client(self) -> Client:
        """Make a client of the API."""
        return open_api_client(self.settings_as(TikTokSettings))

    def extraction_lock(self, log: logging.Logger) -> AbstractContextManager[None]:
        """Keep other extractions on this machine waiting."""
        return extraction_lock(Path(self.home), log)

    def accounts_or(self, chosen: list[str]) -> list[str]:
        """The accounts that the asset's config has chosen, or else the resource's. Raises SettingsError for none."""
        return list(require_accounts(chosen or self.accounts))
