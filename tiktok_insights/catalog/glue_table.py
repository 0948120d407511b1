"""The Glue table `tiktok_user_data`: created from the contract, compared with it, never overwritten.

Glue is only told what is in the lake; no crawler guesses headers or types. An existing table that lacks columns at its
end gets them; any other difference is refused.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_insights.catalog.partitions import Partition, Partitions, as_input
from tiktok_insights.catalog.trailing_columns import missing_columns, with_columns
from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.lake.listing import CSV_PREFIX
from tiktok_insights.schema import COLUMNS

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

TABLE = "tiktok_user_data"
PARTITION_KEYS = ("account", "dt")
#: How often another process may change the table while its columns are added.
_LOOKS = 5
_logger = logging.getLogger(__name__)


class CatalogDriftError(RuntimeError):
    """A table of our name has other columns than the contract; it is left as it is."""


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
        self._partitions = Partitions(glue, database, TABLE)

    def register(self, partitions: Iterable[Partition]) -> CatalogState:
        """Create database and table when missing, new columns of the contract, and the partitions that are missing.

        May be repeated, and run twice at once. Raises CatalogDriftError and PartitionRefusedError.
        """
        self._ensure_database()
        self._ensure_table()
        wanted = sorted(set(partitions))
        present = self.partitions()
        missing = [partition for partition in wanted if partition not in present]
        self._partitions.create([self._partition_input(partition) for partition in missing])
        return CatalogState(self.database, self.location, tuple(sorted(present | set(wanted))), len(missing))

    def partitions(self) -> set[Partition]:
        """The values (account, dt) of every registered partition; none where there is no table."""
        return self._partitions.registered()

    def drift(self) -> list[str]:
        """Differences between the table and the contract, each a sentence; none is good."""
        try:
            return self._differences(self._table())
        except self._glue.exceptions.EntityNotFoundException:
            return ["the table is missing"]

    def _table(self) -> Any:
        return self._glue.get_table(DatabaseName=self.database, Name=TABLE)["Table"]

    def _differences(self, table: Any) -> list[str]:
        storage = table.get("StorageDescriptor", {})
        columns = [(c["Name"], c.get("Type", "")) for c in storage.get("Columns", [])]
        keys = tuple(key["Name"] for key in table.get("PartitionKeys", []))
        differences = [*_column_differences(columns), *_key_differences(keys)]
        if (location := storage.get("Location", "")).rstrip("/") != self.location.rstrip("/"):
            differences.append(f"the table's location is {location or 'empty'}, not {self.location}")
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
        for looks_left in reversed(range(_LOOKS)):
            table = self._table()
            if not (differences := self._differences(table)):
                return
            columns = missing_columns(table, _columns())
            if not columns or self._differences(extended := with_columns(table, columns)):
                break
            try:
                self._add_columns(extended)
            except ClientError as error:
                # Another process is changing the table; the next look shows what it has done.
                if error_code(error) != "ConcurrentModificationException" or not looks_left:
                    raise
            else:
                return
        msg = (
            f"The Glue table {self.database}.{TABLE} differs from the contract: {'; '.join(differences)}. "
            "It was left unchanged. Rename or delete it, or set GLUE_DATABASE to another database."
        )
        raise CatalogDriftError(msg)

    def _add_columns(self, extended: Any) -> None:
        """Update the partitions and then the table: what is killed in between is completed by the next run."""
        self._partitions.add_columns(_columns())
        self._glue.update_table(
            DatabaseName=self.database,
            TableInput=as_input(self._glue, "TableInput", extended),
            # Refused when the table has changed since it was read.
            VersionId=extended["VersionId"],
        )
        _logger.info("Added the contract's new columns to the Glue table %s.%s.", self.database, TABLE)

    def _partition_input(self, partition: Partition) -> dict[str, Any]:
        location = f"{self.location}account={partition[0]}/dt={partition[1]}/"
        return {"Values": list(partition), "StorageDescriptor": _storage(location)}


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
        "Columns": _columns(),
        "Location": location,
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {
            "SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
            # RFC 4180 knows no escape character; a backslash in a nickname is a backslash.
            "Parameters": {"separatorChar": ",", "quoteChar": '"', "escapeChar": '"'},
        },
    }


def _columns() -> list[dict[str, str]]:
    return [{"Name": column.glue, "Type": column.glue_type, "Comment": column.meaning} for column in COLUMNS]


def _column_differences(actual: list[tuple[str, str]]) -> list[str]:
    expected = [(column.glue, column.glue_type) for column in COLUMNS]
    names = [name for name, _ in actual]
    differences = [f"column {name} is missing" for name, _ in expected if name not in names]
    differences += [f"column {name} is not in the contract" for name in names if name not in dict(expected)]
    types = dict(actual)
    differences += [f"{n} is {types[n]}, not {t}" for n, t in expected if n in types and types[n] != t]
    if not differences and actual != expected:
        differences.append("the columns are in a different order")
    return differences


def _key_differences(keys: tuple[str, ...]) -> list[str]:
    if keys == PARTITION_KEYS:
        return []
    return [f"the partition keys are {', '.join(keys) or 'none'}, not {', '.join(PARTITION_KEYS)}"]
