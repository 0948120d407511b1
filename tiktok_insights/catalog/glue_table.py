"""The Glue table `tiktok_user_data`: made from the contract, compared with it, never overwritten.

Glue is only told what lies in the lake; no crawler guesses headers or types.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.schema import COLUMNS

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

TABLE = "tiktok_user_data"
PARTITION_KEYS = ("account", "dt")
#: The most that Glue takes in one call.
_BATCH = 100

Partition = tuple[str, str]


class CatalogDriftError(RuntimeError):
    """A table of our name has other columns than the contract; it is left as it is."""


class PartitionRefusedError(RuntimeError):
    """Glue takes a partition not; the others of the same call may be there."""


@dataclass(frozen=True, slots=True)
class CatalogState:
    """What the catalog has after a registration: all partitions, and how many of them are new."""

    database: str
    location: str
    partitions: tuple[Partition, ...]
    added: int


class Catalog:
    """The Glue database and table over one bucket's CSVs."""

    def __init__(self, glue: "GlueClient", database: str, bucket: str) -> None:
        self._glue = glue
        self.database = database
        self.location = f"s3://{bucket}/{CSV_PREFIX}"

    def register(self, partitions: Iterable[Partition]) -> CatalogState:
        """Make database and table when missing, and the partitions that are not there yet.

        May be repeated, and run twice at once. Raises CatalogDriftError and PartitionRefusedError.
        """
        self._ensure_database()
        self._ensure_table()
        wanted = sorted(set(partitions))
        present = self.partitions()
        missing = [partition for partition in wanted if partition not in present]
        for start in range(0, len(missing), _BATCH):
            self._create_partitions(missing[start : start + _BATCH])
        return CatalogState(self.database, self.location, tuple(sorted(present | set(wanted))), len(missing))

    def partitions(self) -> set[Partition]:
        """The values (account, dt) of every registered partition; none where there is no table."""
        pages = self._glue.get_paginator("get_partitions").paginate(
            DatabaseName=self.database, TableName=TABLE, ExcludeColumnSchema=True
        )
        try:
            return {(entry["Values"][0], entry["Values"][1]) for page in pages for entry in page["Partitions"]}
        except self._glue.exceptions.EntityNotFoundException:
            return set()

    def drift(self) -> list[str]:
        """Differences between the table and the contract, each a sentence; none is good."""
        try:
            table = self._glue.get_table(DatabaseName=self.database, Name=TABLE)["Table"]
        except self._glue.exceptions.EntityNotFoundException:
            return ["the table is missing"]
        storage = table.get("StorageDescriptor", {})
        found = [(c["Name"], c.get("Type", "")) for c in storage.get("Columns", [])]
        keys = tuple(key["Name"] for key in table.get("PartitionKeys", []))
        differences = [*_column_differences(found), *_key_differences(keys)]
        if (location := storage.get("Location", "")).rstrip("/") != self.location.rstrip("/"):
            differences.append(f"the table lies over {location or 'no place'}, not {self.location}")
        return differences

    def _ensure_database(self) -> None:
        try:
            self._glue.create_database(DatabaseInput={"Name": self.database, "Description": "TikTok user data"})
        except ClientError as error:
            if error_code(error) != "AlreadyExistsException":
                raise

    def _ensure_table(self) -> None:
        try:
            self._glue.create_table(DatabaseName=self.database, TableInput=table_input(self.location))
        except ClientError as error:
            if error_code(error) != "AlreadyExistsException":
                raise
        if differences := self.drift():
            msg = (
                f"The Glue table {self.database}.{TABLE} differs from the contract: {'; '.join(differences)}. "
                "It was left as it is. Rename or delete it, or set GLUE_DATABASE to another database."
            )
            raise CatalogDriftError(msg)

    def _create_partitions(self, partitions: list[Partition]) -> None:
        answer = self._glue.batch_create_partition(
            DatabaseName=self.database,
            TableName=TABLE,
            PartitionInputList=[
                {
                    "Values": list(partition),
                    "StorageDescriptor": _storage(
                        f"{self.location}account={partition[0]}/dt={partition[1]}/",
                    ),
                }
                for partition in partitions
            ],
        )
        for failure in answer.get("Errors", []):
            detail = failure.get("ErrorDetail", {})
            if detail.get("ErrorCode") != "AlreadyExistsException":
                account, dt = failure["PartitionValues"]
                msg = (
                    f"Glue refused the partition account={account}/dt={dt} of {self.database}.{TABLE}: "
                    f"{detail.get('ErrorMessage')}. Mend that, and run again; CSVs and warehouse are as they were."
                )
                raise PartitionRefusedError(msg)


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


def _storage(location: str) -> Any:
    return {
        "Columns": [{"Name": column.glue, "Type": column.glue_type, "Comment": column.meaning} for column in COLUMNS],
        "Location": location,
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
            # RFC 4180 knows no escape character; a backslash in a nickname is a backslash.
            "Parameters": {"separatorChar": ",", "quoteChar": '"', "escapeChar": '"'},
        },
    }


def _column_differences(found: list[tuple[str, str]]) -> list[str]:
    expected = [(column.glue, column.glue_type) for column in COLUMNS]
    names = [name for name, _ in found]
    differences = [f"column {name} is missing" for name, _ in expected if name not in names]
    differences += [f"column {name} is not in the contract" for name in names if name not in dict(expected)]
    types = dict(found)
    differences += [f"{n} is {types[n]}, not {t}" for n, t in expected if n in types and types[n] != t]
    if not differences and found != expected:
        differences.append("the columns stand in another order")
    return differences


def _key_differences(keys: tuple[str, ...]) -> list[str]:
    if keys == PARTITION_KEYS:
        return []
    return [f"the partition keys are {', '.join(keys) or 'none'}, not {', '.join(PARTITION_KEYS)}"]
