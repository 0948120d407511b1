"""How to reach everything that the settings name; the local stack is started when that is the deployment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tiktok_insights.settings.environment import Deployment, Settings, SnowflakeSettings
from tiktok_insights.settings.errors import SettingsError

#: The fake API takes it; it opens nothing else.
LOCAL_KEY = "local-key"
#: The longest that a statement may take on the local stack.
_STATEMENT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Connections:
    """How to reach everything: the API's address and key, and the arguments of the AWS and Snowflake clients."""

    api_url: str
    api_key: str = field(repr=False)
    aws: dict[str, Any] = field(repr=False)
    _snowflake: Callable[[], dict[str, Any]] = field(repr=False)

    @property
    def snowflake(self) -> dict[str, Any]:
        """The arguments of Snowflake's client. Raises SettingsError when what signs in is missing."""
        return self._snowflake()


def connect(settings: Settings) -> Connections:
    """Say how to reach everything; the local stack is started if it does not run.

    Raises local.stack.StackError. What signs in to the API or to Snowflake is asked for by what needs it.
    """
    if settings.deployment is Deployment.LOCAL:
        return _connect_local(settings)
    return Connections(settings.api_url, settings.api_key, {}, partial(_snowflake_arguments, settings.snowflake))


def _connect_local(settings: Settings) -> Connections:
    from tiktok_insights.local.stack import ensure_running

    endpoints = ensure_running(settings.home)
    snowflake = settings.snowflake
    return Connections(
        api_url=settings.api_url or endpoints.tiktok_api,
        api_key=settings.api_key if settings.api_url else LOCAL_KEY,
        aws={
            "endpoint_url": endpoints.aws,
            "region_name": "us-east-1",
            "aws_access_key_id": "local",
            "aws_secret_access_key": "local",
        },
        _snowflake=lambda: {
            **_snowflake_names(snowflake),
            "account": "local",
            "user": "local",
            "password": "local",
            "host": endpoints.snowflake_host,
            "port": endpoints.snowflake_port,
            "protocol": "http",
            # The stack is on this machine: it answers at once or not at all.
            "login_timeout": 15,
            # Here an answer comes when its statement is done, and one that is sent again would run twice.
            "network_timeout": _STATEMENT_SECONDS,
            "socket_timeout": _STATEMENT_SECONDS,
            "backoff_policy": _send_again_soon,
            # The connector would ask the cloud's metadata addresses where it runs.
            "platform_detection_timeout_seconds": 0.0,
        },
    )


def _send_again_soon() -> Iterator[int]:
    """The seconds before a request that got no answer is sent again, for as long as a stack takes to start anew.

    The connector itself would go on for as long as a statement may take.
    """
    from snowflake.connector.errorcode import ER_FAILED_TO_CONNECT_TO_DB
    from snowflake.connector.errors import OperationalError

    yield from (0, 1, 1, 1)
    msg = "The local stack's Snowflake does not answer; it has ended. Run again, which starts it."
    raise OperationalError(msg=msg, errno=ER_FAILED_TO_CONNECT_TO_DB)


def _snowflake_arguments(snowflake: SnowflakeSettings) -> dict[str, Any]:
    needed = {
        "SNOWFLAKE_ACCOUNT": snowflake.account,
        "SNOWFLAKE_USER": snowflake.user,
        "SNOWFLAKE_PRIVATE_KEY": snowflake.private_key,
        "SNOWFLAKE_ROLE": snowflake.role,
    }
    if missing := [name for name, value in needed.items() if not value]:
        names = ", ".join(missing)
        msg = f"{names}: not set. The deployment 'aws' signs in to Snowflake with a key pair and a role; set it."
        raise SettingsError(msg)
    return {
        **_snowflake_names(snowflake),
        "account": snowflake.account,
        "user": snowflake.user,
        "private_key": snowflake.private_key,
        "private_key_password": snowflake.private_key_passphrase or None,
    }


def _snowflake_names(snowflake: SnowflakeSettings) -> dict[str, Any]:
    return {
        "role": snowflake.role,
        "warehouse": snowflake.warehouse,
        "database": snowflake.database,
        "schema": snowflake.schema,
        "paramstyle": "qmark",
        "autocommit": True,
    }
