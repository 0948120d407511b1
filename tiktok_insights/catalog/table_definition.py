"""The Glue table and its partitions as the contract wants them. Pure.

How Glue gets them belongs in `glue_table`; how an existing table is compared with them, in `reading_differences`.
"""

from typing import Any

from tiktok_insights.schema import COLUMNS

TABLE = "tiktok_user_data"
PARTITION_KEYS = ("account", "dt")

#: The values of the keys `account` and `dt`; another producer's table may have other keys.
Partition = tuple[str, ...]


def table_input(location: str) -> Any:
    """Glue's TableInput for the contract, over the CSVs at the location."""
    return {
        "Name": TABLE,
        "Description": "One row per follower and page, as text; partitioned by account and day of the snapshot.",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "csv", "skip.header.line.count": "1", "EXTERNAL": "TRUE"},
        "PartitionKeys": [{"Name": name, "Type": "string"} for name in PARTITION_KEYS],
        "StorageDescriptor": _storage(location),
    }


def partition_input(table_location: str, partition: Partition) -> Any:
    """Glue's PartitionInput for one account's day, in its own folder below the table's location."""
    return {"Values": list(partition), "StorageDescriptor": _storage(f"{table_location}{name_of(partition)}/")}


def name_of(partition: Partition) -> str:
    """A partition as Hive names its folder, such as `account=42/dt=2026-01-31`."""
    if len(partition) != len(PARTITION_KEYS):
        return "/".join(partition)
    return "/".join(f"{key}={value}" for key, value in zip(PARTITION_KEYS, partition, strict=True))


def columns() -> list[dict[str, str]]:
    """The contract's columns as Glue takes them."""
    return [{"Name": column.glue, "Type": column.glue_type, "Comment": column.meaning} for column in COLUMNS]


def _storage(location: str) -> Any:
    return {
        "Columns": columns(),
        "Location": location,
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
            # RFC 4180 knows no escape character; a backslash in a nickname is a backslash.
            "Parameters": {"separatorChar": ",", "quoteChar": '"', "escapeChar": '"'},
        },
    }
