"""A crawler over our CSVs as it should be defined: it writes a table of its own, and changes no other.

How a crawler is run belongs in `crawler`. On AWS, whoever sets up the account creates the crawler with these settings;
only the local stack's is created here.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_insights.catalog.table_definition import TABLE
from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.lake.listing import CSV_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

#: Keeps the crawled table apart from the contract's.
TABLE_PREFIX = "crawled_"
#: What the crawler does about changes: note them in its log, and leave the table as it is.
_LOG = "LOG"
_BEHAVIORS = ("UpdateBehavior", "DeleteBehavior")
#: The local stack has no roles, but a crawler needs the name of one.
_LOCAL_ROLE = "arn:aws:iam::123456789012:role/local"


def crawler_input(name: str, role: str, database: str, location: str) -> Any:
    """Glue's input for a crawler over the CSVs at the location."""
    return {
        "Name": name,
        "Role": role,
        "DatabaseName": database,
        "Description": "Reports how it reads the CSVs. The pipeline does not read its table.",
        "Targets": {"S3Targets": [{"Path": location}]},
        "TablePrefix": TABLE_PREFIX,
        "SchemaChangePolicy": dict.fromkeys(_BEHAVIORS, _LOG),
        # Else folders whose CSVs look different become tables of their own.
        "Configuration": json.dumps({"Version": 1.0, "Grouping": {"TableGroupingPolicy": "CombineCompatibleSchemas"}}),
    }


def ensure_crawler(glue: "GlueClient", name: str, database: str, bucket: str) -> None:
    """Create the crawler on the local stack, if it is missing."""
    try:
        glue.create_crawler(**crawler_input(name, _LOCAL_ROLE, database, f"s3://{bucket}/{CSV_PREFIX}"))
    except ClientError as error:
        if error_code(error) != "AlreadyExistsException":
            raise


def unsafe_settings(crawler: Mapping[str, Any]) -> list[str]:
    """What would let a crawler change the contract's table or partitions, a clause each with what to set instead."""
    prefix, policy = crawler.get("TablePrefix") or "", crawler.get("SchemaChangePolicy") or {}
    unsafe = []
    if TABLE.startswith(prefix):
        unsafe.append(f"its TablePrefix is {prefix!r}; set it to {TABLE_PREFIX!r}")
    unsafe += [
        f"its {name} is {policy.get(name) or 'not set'}; set it to {_LOG}"
        for name in _BEHAVIORS
        if policy.get(name) != _LOG
    ]
    return unsafe
