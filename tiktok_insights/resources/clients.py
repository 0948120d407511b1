"""The API's client and the bucket without Dagster, for the command line."""

from typing import TYPE_CHECKING

from tiktok_insights.resources.connections import Connections
from tiktok_insights.settings.environment import Settings

if TYPE_CHECKING:
    from tiktok_insights.raw.snapshots import RawStore
    from tiktok_insights.tiktok.client import Client
    from tiktok_insights.tiktok.limiter import RateLimiter


def api_client(settings: Settings, connections: Connections, limiter: "RateLimiter | None" = None) -> "Client":
    """A client of the deployment's API with the settings' budget, and their rate unless there is a limiter."""
    from tiktok_insights.tiktok.budget import Budget
    from tiktok_insights.tiktok.client import Client
    from tiktok_insights.tiktok.limiter import RateLimiter

    limiter = limiter or RateLimiter(settings.requests_per_minute)
    return Client(connections.api_url, connections.api_key, limiter, budget=Budget(settings.request_budget))


def raw_store(settings: Settings, connections: Connections) -> "RawStore":
    """The raw stage's objects in the deployment's bucket, which is made when it is missing."""
    import boto3

    from tiktok_insights.clients.object_store import ObjectStore
    from tiktok_insights.raw.snapshots import RawStore

    store = ObjectStore(boto3.client("s3", **connections.aws), settings.bucket)
    store.ensure_bucket()
    return RawStore(store)
