"""The Glue connection: where Snowflake is, as which role and in which virtual warehouse, and which secret signs in.

Connections of both kinds are read: version 1 keeps a JSON text in `SparkProperties`, version 2 has a property each.
What is in the secret belongs in `secret`; who opens sessions with both, in `warehouse`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.staging.glue.arguments import JobConfigurationError
from tiktok_insights.staging.glue.secret import json_fields

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

#: Snowflake's own servers, or the local stack's: only on this machine may a sign-in go unencrypted.
_URL = re.compile(
    r"(?:https://)?(?P<account>[a-z0-9_.-]+)\.snowflakecomputing\.(?:com|cn)(?::443)?/*"
    r"|http://(?P<host>127\.0\.0\.1):(?P<port>[0-9]{1,5})/*",
    re.IGNORECASE,
)
#: The account of the local stack.
_LOCAL_ACCOUNT = "local"


@dataclass(frozen=True, slots=True)
class GlueConnection:
    """What a Glue connection says. `host` and `port` are the local stack's, and empty for Snowflake itself."""

    name: str
    account: str
    role: str
    warehouse: str
    secret_id: str
    host: str = ""
    port: int | None = None


def read_connection(glue: "GlueClient", name: str) -> GlueConnection:
    """Read the connection. Raises JobConfigurationError."""
    try:
        found = glue.get_connection(Name=name, HidePassword=True)["Connection"]
    except ClientError as error:
        raise JobConfigurationError(
            f"The Glue connection {name} cannot be read ({error_code(error)}). Create it, or let the job's role read "
            "it: glue:GetConnection."
        ) from error
    return connection(name, found)


def connection(name: str, found: Mapping[str, Any]) -> GlueConnection:
    """Read what Glue says of a connection. Raises JobConfigurationError."""
    properties = dict(found.get("ConnectionProperties") or {})
    secret = (found.get("AuthenticationConfiguration") or {}).get("SecretArn", "")
    version_1 = {"url": "sfurl", "role": "sfrole", "warehouse": "sfwarehouse", "secret": "secretid"}
    version_2 = {"url": "HOST", "role": "ROLE", "warehouse": "WAREHOUSE", "secret": "SecretArn"}
    if "SparkProperties" in properties:
        spark = _spark_properties(name, properties["SparkProperties"])
        said = {what: spark.get(key, "") for what, key in version_1.items()}
    else:
        said = {what: properties.get(key, "") for what, key in version_2.items()} | {"secret": secret}
    if missing := [what for what, value in said.items() if not (isinstance(value, str) and value)]:
        raise JobConfigurationError(
            f"The Glue connection {name} does not say: {', '.join(missing)}. Set SparkProperties to JSON with sfUrl, "
            "sfRole, sfWarehouse and secretId, or HOST, ROLE, WAREHOUSE and the secret of its authentication."
        )
    url = _URL.fullmatch(said["url"].strip())
    if url is None:
        # In a connection of another kind, a password may be beside the server.
        server = said["url"].partition("?")[0].rpartition("@")[2]
        raise JobConfigurationError(
            f"The Glue connection {name} has the URL {server!r}. Set it to the account's server, such as "
            "myorg-myaccount.snowflakecomputing.com."
        )
    account, host, port = url["account"] or _LOCAL_ACCOUNT, url["host"] or "", int(url["port"]) if url["port"] else None
    return GlueConnection(name, account, said["role"], said["warehouse"], said["secret"], host, port)


def _spark_properties(name: str, text: str) -> dict[str, Any]:
    """The properties of version 1 by their names in lower case: Spark does not tell sfUrl from sfURL."""
    return json_fields(
        text,
        f"SparkProperties of the Glue connection {name} is not a JSON object. Set it to JSON with sfUrl, sfRole, "
        "sfWarehouse and secretId.",
    )
