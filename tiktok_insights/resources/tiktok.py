"""The source API as a Dagster resource: one client, and so one rate limit, for all accounts of a run."""

import logging
from contextlib import AbstractContextManager
from dataclasses import replace

import dagster as dg
from pydantic import Field

from tiktok_insights.resources.clients import api_client
from tiktok_insights.resources.connections import connect
from tiktok_insights.runtime.extraction_lock import extraction_lock
from tiktok_insights.settings.environment import read_settings, require_accounts
from tiktok_insights.tiktok.client import Client


class TikTokResource(dg.ConfigurableResource):
    """Reads follower lists. The key comes from RAPIDAPI_KEY when a client is made, and is kept nowhere."""

    accounts: list[str] = Field(description="Handles or secUids that a run extracts unless its config names others.")
    requests_per_minute: float = Field(description="The most requests a minute that all accounts of a run share.")

    request_budget: int | None = Field(
        default=None, description="The most requests that a run spends. None: all but a reserve of the plan's quota."
    )

    def client(self) -> Client:
        """Make a client for the deployment's API."""
        settings = replace(
            read_settings(), requests_per_minute=self.requests_per_minute, request_budget=self.request_budget
        )
        return api_client(settings, connect(settings))

    def turn(self, log: logging.Logger) -> AbstractContextManager[None]:
        """Keep other extractions on this machine waiting."""
        return extraction_lock(read_settings().home, log)

    def accounts_or(self, chosen: list[str]) -> list[str]:
        """The accounts that a run's config has chosen, or else the deployment's. Raises SettingsError for none."""
        return list(require_accounts(read_settings(), chosen or self.accounts))
