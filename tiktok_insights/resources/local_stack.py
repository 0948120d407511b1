"""How clients reach the local stack, which is started if it is not running. Opening them belongs in `opening`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiktok_insights.local.stack import Endpoints

#: The fake API accepts it; it opens nothing else.
LOCAL_KEY = "local-key"
#: The longest that a statement may take.
_STATEMENT_SECONDS = 600
#: The connector's number for the HTTP status 404.
_NOT_FOUND = 290404


def local_api(home: str) -> tuple[str, str]:
    """Give the fake API's address and key. Raises StackError."""
    return _endpoints(home).tiktok_api, LOCAL_KEY


def local_aws(home: str) -> dict[str, Any]:
    """Give the arguments of boto3's clients. Raises StackError."""
    from tiktok_insights.local.endpoints import REGION

    return {
        "endpoint_url": _endpoints(home).aws,
        "region_name": REGION,
        "aws_access_key_id": "local",
        "aws_secret_access_key": "local",
    }


def local_snowflake(home: str) -> dict[str, Any]:
    """Give the arguments of Snowflake's connector that are not names of what is in it. Raises StackError."""
    endpoints = _endpoints(home)
    sign_in = {"user": "local", "password": "local"}
    return snowflake_at(endpoints.snowflake_host, endpoints.snowflake_port) | sign_in


def snowflake_at(host: str, port: int | None) -> dict[str, Any]:
    """Give the connector's arguments for a local stack at this address, without who signs in."""
    return {
        "account": "local",
        "host": host,
        "port": port,
        "protocol": "http",
        # The stack is on this machine: it answers at once or not at all.
        "login_timeout": 15,
        # The answer comes when the statement is done. A statement that is sent again would run twice.
        "network_timeout": _STATEMENT_SECONDS,
        "socket_timeout": _STATEMENT_SECONDS,
        "backoff_policy": _send_again_soon,
        # The connector would ask the cloud's metadata addresses where it runs.
        "platform_detection_timeout_seconds": 0.0,
    }


def _endpoints(home: str) -> "Endpoints":
    from tiktok_insights.local.stack import ensure_running

    return ensure_running(Path(home))


def _send_again_soon() -> Iterator[int]:
    """Give the seconds before each retry of a request without an answer, for as long as a stack takes to restart.

    The connector itself would try for as long as a statement may take. It also asks again for a part of a large result
    that the stack has dropped; the generator sees that in the exception which the connector is handling.
    """
    from snowflake.connector.errorcode import ER_FAILED_TO_CONNECT_TO_DB
    from snowflake.connector.errors import OperationalError

    for seconds in (0, 1, 1, 1):
        if getattr(sys.exception(), "errno", None) == _NOT_FOUND:
            msg = "The local stack has dropped a large result that was not read for a while. Run the statement again."
            raise OperationalError(msg=msg, errno=_NOT_FOUND)
        yield seconds
    msg = "The local stack's Snowflake does not respond because the stack has stopped. Run again to restart it."
    raise OperationalError(msg=msg, errno=ER_FAILED_TO_CONNECT_TO_DB)
