"""The Glue table `tiktok_user_data`: created from the contract, compared with it, never overwritten.

Glue is only told what is in the lake: no crawler changes this table. An existing table that lacks columns at its end
gets them; any other difference is refused.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_insights.catalog.partitions import Partitions, as_input
from tiktok_insights.catalog.reading_differences import (
    partition_differences,
    reading_differences,
    structure_differences,
)
from tiktok_insights.catalog.table_definition import TABLE, Partition, columns, partition_input, table_input
from tiktok_insights.catalog.trailing_columns import missing_columns, with_columns
from tiktok_insights.clients.aws_errors import error_code
from tiktok_insights.lake.listing import CSV_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

#: How often another process may change the table while its columns are added.
_LOOKS = 5
_logger = logging.getLogger(__name__)


class CatalogDriftError(RuntimeError):
    """A table of our name has other columns, keys or another location than the contract; it is left as it is."""


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
        #: What the last registration has listed, if nothing was changed since.
        self._listed: dict[Partition, list[str]] | None = None
        #: Whether a partition of the last listing lacks columns at its end.
        self._lack_columns = False

    def register(self, partitions: Iterable[Partition]) -> CatalogState:
        """Create database and table when missing, new columns of the contract, and the partitions that are missing.

        May be repeated, and run twice at once. Raises CatalogDriftError and PartitionRefusedError.
        """
        self._ensure_database()
        self._ensure_table()
        wanted = set(partitions)
        present = self._list()
        if self._lack_columns:
            # Whoever deploys the table, such as a stack of CloudFormation, adds columns to it alone.
            self._partitions.add_columns(columns())
            present = self._list()
        missing = sorted(wanted - present.keys())
        self._listed = None if missing else present
        self._partitions.create([partition_input(self.location, partition) for partition in missing])
        return CatalogState(self.database, self.location, tuple(sorted(wanted | present.keys())), len(missing))

    def remove_empty(self, candidates: Iterable[Partition], has_csvs: Callable[[Partition], bool]) -> list[Partition]:
        """Remove the candidates whose folders have no CSVs, and give them; call it after `register`.

        `has_csvs` looks into the bucket: just before a partition is removed, and again after that, since a CSV that
        came in between needs its partition. One that points elsewhere than to its own folder is left alone.
        """
        wanted = set(candidates)
        if not wanted:
            return []
        self._listed = None
        empty = [
            partition
            for partition, entry in self._partitions.entries(with_columns=False)
            if partition in wanted and self._is_in_its_folder(partition, entry) and not has_csvs(partition)
        ]
        try:
            self._partitions.delete(empty)
        except ClientError as error:
            if error_code(error) != "AccessDeniedException":
                raise
            _logger.warning("Partitions without files stay in Glue. Grant this user glue:BatchDeletePartition.")
            return []
        came = [partition for partition in empty if has_csvs(partition)]
        self._partitions.create([partition_input(self.location, partition) for partition in came])
        return sorted(set(empty) - set(came))

    def _is_in_its_folder(self, partition: Partition, entry: Any) -> bool:
        expected = partition_input(self.location, partition)["StorageDescriptor"]["Location"]
        return bool(entry.get("StorageDescriptor", {}).get("Location", "").rstrip("/") == expected.rstrip("/"))

    def partitions(self) -> set[Partition]:
        """The values (account, dt) of every registered partition; none where there is no table."""
        return self._partitions.registered()

    def drift(self) -> list[str]:
        """Differences from the contract in what the table is and how it is read, with both values; none is good."""
        try:
            return self._all_differences(self._table())
        except self._glue.exceptions.EntityNotFoundException:
            return ["the table is missing"]

    def partition_drift(self) -> dict[Partition, list[str]]:
        """Every registered partition with its differences from the contract.

        They come from the listing of the last registration, unless that, or `remove_empty`, had something to change.
        """
        return self._list() if self._listed is None else self._listed

    def _list(self) -> dict[Partition, list[str]]:
        table, expected = table_input(self.location), columns()
        found: dict[Partition, list[str]] = {}
        self._lack_columns = False
        for partition, entry in self._partitions.entries():
            found[partition] = partition_differences(entry, partition_input(self.location, partition), table)
            self._lack_columns |= bool(missing_columns(entry, expected))
        return found

    def _table(self) -> Any:
        return self._glue.get_table(DatabaseName=self.database, Name=TABLE)["Table"]

    def _all_differences(self, table: Any) -> list[str]:
        return [*self._structure(table), *reading_differences(table, table_input(self.location))]

    def _structure(self, table: Any) -> list[str]:
        return structure_differences(table, table_input(self.location))

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
            # A table of ours that is read in another way fails its check; it is no reason to register nothing.
            if not self._structure(table):
                return
            missing = missing_columns(table, columns())
            if not missing or self._structure(extended := with_columns(table, missing)):
                break
            try:
                self._add_columns(extended)
            except ClientError as error:
                # Another process is changing the table; the next look shows what it has done.
                if error_code(error) != "ConcurrentModificationException" or not looks_left:
                    raise
            else:
                return
        differences = "; ".join(self._all_differences(table))
        msg = (
            f"The Glue table {self.database}.{TABLE} differs from the contract: {differences}. "
            "It was left unchanged. Rename or delete it, or set GLUE_DATABASE to another database."
        )
        raise CatalogDriftError(msg)

    def _add_columns(self, extended: Any) -> None:
        """Update the partitions and then the table: what is killed in between is completed by the next run."""
        self._partitions.add_columns(columns())
        self._glue.update_table(
            DatabaseName=self.database,
            TableInput=as_input(self._glue, "TableInput", extended),
            # Refused when the table has changed since it was read.
            VersionId=extended["VersionId"],
        )
        _logger.info("Added the contract's new columns to the Glue table %s.%s.", self.database, TABLE)
