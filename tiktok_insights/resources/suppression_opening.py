"""Opens the suppression list, and the raw store that keeps nobody on it. Dagster is not imported here.

The bucket and the other clients are opened in `opening`, by the same rules.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from tiktok_insights.resources.opening import aws_client, open_bucket
from tiktok_insights.settings.client_settings import S3Settings

if TYPE_CHECKING:
    from tiktok_insights.clients.object_store import ObjectStore
    from tiktok_insights.raw.snapshots import RawStore
    from tiktok_insights.suppression.store import SuppressionStore


def open_suppression(settings: S3Settings, store: "ObjectStore") -> "SuppressionStore":
    """Open the suppression list of the bucket; nothing is read yet. Secrets Manager is not at S3's own endpoint."""
    from tiktok_insights.suppression.store import SuppressionStore

    return SuppressionStore(store, lambda: aws_client("secretsmanager", replace(settings, endpoint_url="")))


def open_raw_store(settings: S3Settings) -> "RawStore":
    """Open the raw stage's objects for whoever stores answers. Raises StackError, and boto3's errors."""
    from tiktok_insights.raw.removed_rows import cleaning
    from tiktok_insights.raw.snapshots import RawStore

    store = open_bucket(settings)
    return RawStore(store, cleaning(open_suppression(settings, store).read))
