"""How a test reaches the local stack with clients of its own."""

from dataclasses import dataclass
from typing import Any

from tiktok_insights.resources.local_stack import local_api
from tiktok_insights.resources.opening import aws_arguments, snowflake_arguments
from tiktok_insights.settings.environment import Settings
from tiktok_insights.tables.namespace import Namespace


@dataclass(frozen=True, slots=True)
class Connections:
    """The fake API's address and key, the arguments of the AWS and Snowflake clients, and where the tables are."""

    api_url: str
    api_key: str
    aws: dict[str, Any]
    snowflake: dict[str, Any]
    namespace: Namespace


def connect(settings: Settings) -> Connections:
    """Say how to reach the stack of these settings, which is started if it does not run."""
    api_url, api_key = local_api(str(settings.home))
    snowflake = settings.snowflake
    return Connections(
        api_url, api_key, aws_arguments(settings.s3), snowflake_arguments(snowflake), snowflake.namespace
    )
